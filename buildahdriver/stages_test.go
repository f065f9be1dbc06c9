package buildahdriver

import (
	"bytes"
	"context"
	"errors"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/opencontainers/go-digest"
)

// tortureStages asks for all that stages can be used for.
const tortureStages = `ARG BASE=base:1
ARG DEFAULT=default
FROM ${BASE} AS tools
ARG DEFAULT
ENV TOOL=hammer
RUN mkdir -p /out/deep /alternatives && echo $DEFAULT > /out/arg && echo x > /out/deep/file && chown -R 42436:42400 /out/deep && chmod 4755 /out/deep/file
RUN ln -s /out/deep/file /alternatives/tool && ln /out/arg /out/arg2 && ln -s nowhere /out/broken && rm -r /tmp
FROM base:1 AS unneeded
RUN echo this stage is not built; exit 1
FROM tools AS more
RUN echo $TOOL > /out/env && rm /out/arg2
FROM scratch AS files
COPY --from=more /out /
FROM base:1
COPY --from=0 /out /zero/
COPY --from=tools --chown=7:8 /out/deep /owned/
COPY --from=more /out/env /out/arg /more/
COPY --from=more /out/a* /globbed/
COPY --from=files / /files/
COPY --from=tools /alternatives/tool /tool
COPY --from=base:1 /etc/passwd /passwd
COPY --from=tools --chmod=640 /out/arg /chmod
RUN --mount=type=bind,from=more,target=/m cp -a /m/out/env /bound && ! touch /m/x 2>/dev/null
RUN --mount=type=bind,from=more,source=/out/deep,target=/m,rw touch /m/new && ls /m > /written
RUN --mount=type=bind,from=more,source=/out/deep,target=/m test ! -e /m/new
ENV LAST=yes
CMD ["last"]
`

func TestStagesAsBuildahBuildsThem(t *testing.T) {
	for name, open := range map[string]func(*Options){
		"staged":            func(*Options) {},
		"working container": func(o *Options) { o.BuildahCommit = true },
	} {
		t.Run(name, func(t *testing.T) {
			d := openDriver(t, open)
			buildBase(t, d)
			dir := writeContext(t, map[string]string{"Dockerfile": tortureStages})
			started := time.Now().Add(-time.Minute)
			var output bytes.Buffer
			options := BuildOptions{Name: "ours:1", ContextDir: dir, Labels: map[string]string{"added": "yes"}, Output: &output}
			steps, total := 0, 0
			options.OnStep = func(index, of int, _ string) {
				if index != steps+1 {
					t.Errorf("step %d follows step %d", index, steps)
				}
				steps, total = index, of
			}
			ours, err := d.Build(context.Background(), options)
			if err != nil {
				t.Fatalf("%v\n%s", err, output.String())
			}
			if steps != total || steps != 19 { // without FROM, and without what is not needed
				t.Errorf("%d steps of %d, want 19", steps, total)
			}
			images, err := d.store.Images()
			if err != nil {
				t.Fatal(err)
			}
			if len(images) != 2 { // base:1 and ours
				t.Errorf("the store has %d images: a stage is left", len(images))
			}
			options.Name, options.OnStep = "buildahs:1", nil
			options.complete()
			buildahs, err := d.buildWithImagebuildah(context.Background(), options, "a test wants it")
			if err != nil {
				t.Fatalf("%v\n%s", err, output.String())
			}
			want := readLayer(t, d, buildahs)
			for _, ofBuildah := range []string{"etc", "dev", "m", "proc", "sys", "run", "run/.containerenv"} { // it mounts on folders that it leaves
				delete(want, ofBuildah)
			}
			got := readLayer(t, d, ours)
			delete(got, "etc") // as buildah's commit sees it, mount points have changed it
			compareLayers(t, got, want, started)
			compareConfigs(t, readConfig(t, d, ours), readConfig(t, d, buildahs), false)
			if len(got) < 20 {
				t.Errorf("only %d entries to compare: %q", len(got), slices.Sorted(maps.Keys(got)))
			}
			assertNothingLeft(t, d)
		})
	}
}

// An image that is based on a stage has the layers of both, also when the stage's own
// image is gone.
func TestBasedOnAStage(t *testing.T) {
	d := openDriver(t)
	buildBase(t, d)
	image, output := buildImage(t, d, "x:1", "FROM base:1 AS one\nRUN echo one > /one\nENV ONE=1\nFROM one\nRUN cat /one && test $ONE = 1 && echo two > /two\n", nil)
	if output != "one\n" {
		t.Errorf("printed %q", output)
	}
	if got := without(slices.Sorted(maps.Keys(readLayer(t, d, image))), "etc"); !slices.Equal(got, []string{"two"}) {
		t.Errorf("the layer holds %q", got)
	}
	_, output = buildImage(t, d, "y:1", "FROM x:1\nRUN cat /one /two\n", nil)
	if output != "one\ntwo\n" {
		t.Errorf("printed %q", output)
	}
}

// Every RUN has the same walls, of whatever kind its Dockerfile is.
func TestStagesHaveTheSameWalls(t *testing.T) {
	d := openDriver(t)
	buildBase(t, d)
	const inside = "RUN test $$ = 1 || test $(cat /proc/1/comm) = sh; test -z \"$(grep -l kolla-build /proc/[0-9]*/comm 2>/dev/null)\" && test $(ls -d /proc/[0-9]* | wc -l) -lt 10\n"
	buildImage(t, d, "x:1", "FROM base:1 AS a\n"+inside+"FROM base:1\nCOPY --from=a /etc/passwd /x\n"+inside, nil)
}

func TestStageFails(t *testing.T) {
	d := openDriver(t)
	buildBase(t, d)
	_, _, err := tryBuild(t, d, "x:1", "FROM base:1 AS a\nRUN true\nFROM base:1 AS b\nCOPY --from=a /etc /e\nRUN exit 3\nFROM base:1\nCOPY --from=b / /\n", nil)
	var step *StepError
	if !errors.As(err, &step) || step.Line != 5 {
		t.Fatalf("%v is not an error of line 5", err)
	}
	images, err := d.store.Images()
	if err != nil || len(images) != 1 {
		t.Errorf("the store has %d images, want base:1 alone; %v", len(images), err)
	}
	assertNoStagingLeft(t, d)
	assertNothingLeft(t, d)
}

func TestPlatformOfAStage(t *testing.T) {
	d := openDriver(t)
	buildBase(t, d)
	_, _, err := tryBuild(t, d, "x:1", "FROM --platform=linux/s390x base:1\nRUN true\n", nil)
	if err == nil || !strings.Contains(err.Error(), "this machine builds images for") {
		t.Errorf("another platform: %v", err)
	}
	buildImage(t, d, "x:1", "FROM --platform=$BUILDPLATFORM base:1\nRUN true\n", nil)
}

func TestAddURL(t *testing.T) {
	modified := time.Date(2020, 1, 2, 3, 4, 5, 0, time.UTC)
	const content = "fetched\n"
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/missing") {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Last-Modified", modified.Format(http.TimeFormat))
		_, _ = w.Write([]byte(content))
	}))
	defer server.Close()
	d := openDriver(t)
	buildBase(t, d)
	sum := digest.FromString(content).String()
	dockerfile := strings.NewReplacer("URL", server.URL, "SUM", sum).Replace(`FROM base:1
ADD URL/dir/file.tar /folder/
ADD URL/renamed?x=1 /name
ADD --checksum=SUM --chown=7:8 --chmod=644 URL/checked /checked
ADD URL/with%20blank own /several/
ARG WHERE=URL/variable
ADD $WHERE /variable
RUN stat -c '%n %a %u:%g %Y' /folder/file.tar /name /checked "/several/with blank" /several/own /variable && cat /name
`)
	_, output := buildImage(t, d, "x:1", dockerfile, map[string]string{"own": "x"})
	seconds := "1577934245"
	for _, want := range []string{
		"/folder/file.tar 600 0:0 " + seconds, "/name 600 0:0 " + seconds, "/checked 644 7:8 " + seconds,
		"/several/with blank 600 0:0 " + seconds, "/several/own 644 0:0", "/variable 600 0:0 " + seconds, content,
	} {
		if !strings.Contains(output, want) {
			t.Errorf("%q is missing in\n%s", want, output)
		}
	}
	for instruction, want := range map[string]string{
		"ADD --checksum=" + digest.FromString("other").String() + " " + server.URL + "/x /x": "--checksum",
		"ADD --checksum=md5:1 " + server.URL + "/x /x":                                       "invalid --checksum",
		"ADD " + server.URL + "/missing /x":                                                  "404",
		"ADD " + server.URL + "/ /x/":                                                        "does not name a file",
		"COPY " + server.URL + "/x /x":                                                       "use ADD",
	} {
		_, _, err := tryBuild(t, d, "x:1", "FROM base:1\n"+instruction+"\n", nil)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want an error with %q", instruction, err, want)
		}
	}
	assertNothingLeft(t, d)
}

// What a new cache begins with comes from a stage or image, and is a part of what the cache
// is: one with the same id and another beginning is another.
func TestCacheFromAnImage(t *testing.T) {
	d := openDriver(t)
	buildBase(t, d)
	buildImage(t, d, "seed:1", "FROM scratch\nCOPY --chown=7:8 file /seed/sub/\n", map[string]string{"file": "seed\n"})
	buildImage(t, d, "seed:2", "FROM scratch\nCOPY --chown=7:8 file /seed/sub/\n", map[string]string{"file": "other\n"})
	const dockerfile = "FROM base:1\nRUN --mount=type=cache,id=s,from=seed:N,source=/seed,target=/c stat -c '%u:%g' /c/sub/file && cat /c/sub/file && echo more >> /c/sub/file\n"
	for _, test := range []struct{ seed, want string }{
		{"1", "7:8\nseed\n"}, {"1", "7:8\nseed\nmore\n"}, {"2", "7:8\nother\n"}, {"1", "7:8\nseed\nmore\nmore\n"},
	} {
		_, output := buildImage(t, d, "x:1", strings.ReplaceAll(dockerfile, "N,", test.seed+","), nil)
		if output != test.want {
			t.Errorf("seed %s: %q, want %q", test.seed, output, test.want)
		}
	}
}

// An ignore file beside the Dockerfile takes the place of the context's.
func TestIgnoreFileOfADockerfile(t *testing.T) {
	d := openDriver(t)
	buildBase(t, d)
	files := map[string]string{".dockerignore": "a\n", "a": "a", "b": "b"}
	const dockerfile = "FROM base:1\nCOPY . /x/\nRUN ls /x\n"
	_, output := buildImage(t, d, "x:1", dockerfile, files)
	if output != "Dockerfile\nb\n" {
		t.Errorf("with the context's own: %q", output)
	}
	files["Dockerfile.dockerignore"] = "b\nDockerfile*\n"
	_, output = buildImage(t, d, "x:1", dockerfile, files)
	if output != "a\n" {
		t.Errorf("with the Dockerfile's: %q", output)
	}
}

// Root has the groups that the image's group file gives it, whether it is named or not.
func TestSupplementaryGroups(t *testing.T) {
	d := openDriver(t)
	buildBase(t, d)
	_, output := buildImage(t, d, "x:1", "FROM base:1\nRUN echo root:x:0:0:root:/root:/bin/sh > /etc/passwd && printf 'root:x:0:\\nwheel:x:10:root\\n' > /etc/group\nRUN id -G\nUSER root\nRUN id -G\n", nil)
	if output != "0 10\n0 10\n" {
		t.Errorf("printed %q", output)
	}
}
