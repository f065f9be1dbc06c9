# make             builds bin/kolla-build
# make help        tells the rest

# The build tags stand here once; everything else gets them through GOFLAGS.
#   containers_image_openpgp   checks signatures in Go: no libgpgme to install
#   exclude_graphdriver_btrfs  no libbtrfs to install
#   seccomp                    RUN steps get a system call filter (libseccomp)
TAGS := containers_image_openpgp,exclude_graphdriver_btrfs,seccomp

# One set of flags for build, vet and test, so that they share Go's build cache:
# the packages of buildah take minutes to compile, and need to but once.
export GOFLAGS := $(strip $(GOFLAGS) -trimpath -buildvcs=false -tags=$(TAGS))

# storage/pkg/unshare enters the user namespace from C, before Go's runtime starts.
export CGO_ENABLED := 1

# safe.directory: a CI machine's clone often belongs to somebody else.
# Without a tag to tell of, the program keeps the version in its source.
VERSION ?= $(shell git -c safe.directory='*' describe --tags --dirty 2>/dev/null)

GO := contrib/go

.DEFAULT_GOAL := build
.NOTPARALLEL:
.PHONY: build quickstart catalogue rpm environments conformance cloud sources test lint golden env clean help setup-build setup-run setup-test setup-cloud
.PHONY: release release-test image setup-release setup-image
.PHONY: test-program test-root fuzz faults power-cuts model

build: setup-build ## build bin/kolla-build
	$(GO) build -ldflags "-s -w $(if $(VERSION),-X main.version=$(VERSION))" -o bin/kolla-build ./cmd/kolla-build

quickstart: setup-run build ## build a first tree of images, as an unprivileged user
	contrib/quickstart

catalogue: setup-run build ## build all images of Debian's packages; tell how long and how large
	$(GO) run ./contrib/catalogue $(ARGS)
	$(GO) test ./internal/catalogue -update

# As with the tests, root's rights would hide mistakes.
AS_USER := $(CURDIR)/contrib/as-user

rpm: setup-test build ## build all images of distros with RPMs on stand-ins for their packages
	KOLLA_BUILD_BINARY=$(CURDIR)/bin/kolla-build $(GO) test -count=1 -v -timeout 2h \
		-exec "'$(AS_USER)'" ./tests -run '^TestRPM$$' -rpm $(ARGS)

cloud: setup-cloud build ## start keystone and glance from images of Debian's packages, and use them
	$(GO) run -exec "'$(AS_USER)'" ./tests/cloud $(ARGS)

sources: setup-cloud build ## build services from Debian's upstream tarballs, without an index, and try them
	$(GO) run -exec "'$(AS_USER)'" ./tests/sources $(ARGS)

release: setup-release build ## build static binaries, .deb and .rpm into dist; ARCHES="amd64 arm64"
	TAGS=$(TAGS) VERSION=$(VERSION) contrib/release/build $(ARCHES)

image: setup-image build ## build the image of kolla-build itself, and leave it in dist; ARGS are for the build
	TAGS=$(TAGS) VERSION=$(VERSION) contrib/release/build --program $(CURDIR)/dist/image/kolla-build
	contrib/release/image $(ARGS)

release-test: setup-test release ## try what release makes, as root: in empty roots, under qemu, as packages
	$(GO) test -count=1 -v ./tests/release -dist $(CURDIR)/dist $(ARGS)

environments: setup-test build ## build in the containers of CI platforms, as root; write the table of docs/environments.md
	KOLLA_BUILD_BINARY=$(CURDIR)/bin/kolla-build $(GO) test -count=1 -v -timeout 1h ./tests/environments \
		-all -table $(CURDIR)/docs/environments.md $(ARGS)

# The corpus is that of the buildah that we link, or of a checkout: make conformance CHECKOUT=DIR
conformance: CHECKOUT ?= $(shell $(GO) list -m -f '{{.Dir}}' go.podman.io/buildah)
conformance: setup-test ## build buildah's own test Dockerfiles, and compare the images with buildah's
	rm -rf bin/corpus && mkdir -p bin/corpus
	cp -r $(CHECKOUT)/tests/conformance/testdata bin/corpus/conformance
	cp -r $(CHECKOUT)/tests/bud bin/corpus/bud
	chmod -R u+w,a+rX bin/corpus
	$(GO) test -count=1 -v -timeout 1h -exec "'$(AS_USER)'" ./buildahdriver -run '^TestConformance$$' \
		-corpus $(CURDIR)/bin/corpus $(ARGS)

test: setup-test build ## check and test everything; ARGS are for go test: make test ARGS=-v
	contrib/test $(ARGS)

test-program: setup-run build ## test the program with no more installed than its users need: contrib/bare-machine
	KOLLA_BUILD_BINARY=$(CURDIR)/bin/kolla-build $(GO) test -count=1 -exec "'$(AS_USER)'" $(ARGS) ./tests \
		-run '^TestScript$$/^(answers|build|failure|plan|unchanged)$$|^TestMissingHelper$$|^TestInterrupt$$|^TestResume$$'

power-cuts: setup-test build ## cut the power while images are built, as root: ARGS='-copies 300'
	$(GO) run ./tests/powercuts $(ARGS)

test-root: setup-run build ## test what root alone does, on a machine that is thrown away: contrib/bare-machine
	KOLLA_BUILD_BINARY=$(CURDIR)/bin/kolla-build $(GO) test -count=1 $(ARGS) ./tests/root ./buildahdriver/internal/...

faults: setup-test build ## do to the program what it has to survive; write the table of docs/reliability.md; ARGS='-case 9,23'
	KOLLA_BUILD_BINARY=$(CURDIR)/bin/kolla-build $(GO) run ./tests/reliability -go $(CURDIR)/$(GO) -exec "'$(AS_USER)'" \
		-table $(CURDIR)/docs/reliability.md $(ARGS)

DURATION ?= 10m
model: setup-test build ## do random things to stores for DURATION, and compare what is there with what has to be
	KOLLA_BUILD_BINARY=$(CURDIR)/bin/kolla-build $(GO) test -count=1 -v -timeout 0 -exec "'$(AS_USER)'" ./tests/model \
		-duration $(DURATION) -steps 60 $(ARGS)

fuzz: setup-build ## run each fuzz target for FUZZTIME (10s); ARGS=--quick leaves out those that need buildah
	contrib/fuzz $(ARGS)

lint: setup-test ## check style and layering only
	contrib/lint

golden: setup-build ## write the golden files anew; read the diff before you commit it
	$(GO) test $$(grep -rl --include='*_test.go' 'flag.Bool("update"' . | xargs -r -n1 dirname | sort -u) -update

env: ## print what a shell needs for plain go commands: eval "$(make -s env)"
	@echo 'export CGO_ENABLED=$(CGO_ENABLED) GOFLAGS="$(GOFLAGS)"'

clean: ## remove what build made
	rm -rf bin dist

help: ## print this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/make \1\t\2/p' Makefile | expand -t 18

# Setup installs what is missing; where nothing is, it takes no time.
setup-build:
	@contrib/setup build
setup-run:
	@contrib/setup build run
setup-test:
	@contrib/setup build run test
setup-cloud:
	@contrib/setup build run cloud
setup-image:
	@contrib/setup build run image
setup-release:
	@contrib/setup build release
