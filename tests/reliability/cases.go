package main

import "slices"

// Case is something that goes wrong, or that somebody tries, and the tests that do it to the program.
type Case struct {
	Number   int
	Fault    string // what is done to the program, in Markdown
	Expected string // what a run has to make of it, in Markdown
	Proofs   []Proof

	// Open is a part of the case that the program does not survive, or of which nobody knows
	// whether it does. NotHere is a part that cannot be tried, with the reason. Both are
	// empty if the tests cover everything.
	Open, NotHere string
}

// Proof names a test: of a package, by the path below the module's root, and with the name of the
// script behind a slash if it is a part of TestScript.
type Proof struct{ Package, Test string }

func in(pkg string, tests ...string) []Proof {
	var proofs []Proof
	for _, test := range tests {
		proofs = append(proofs, Proof{pkg, test})
	}
	return proofs
}

// The packages that most tests are in.
const (
	driver   = "./buildahdriver"
	registry = "./buildahdriver/internal/registry"
	transfer = "./buildahdriver/internal/transfer"
	source   = "./internal/source"
	pack     = "./internal/source/pack"
	whole    = "./tests"
)

// Cases returns all cases in the order of their numbers.
func Cases() []Case {
	return slices.Concat(inputCases(), sourceCases(), registryCases(), storeCases(), isolationCases())
}

func inputCases() []Case {
	return []Case{
		{
			Number:   1,
			Fault:    "a syntax error or an undefined variable in a template",
			Expected: "exit code 3, file, line and column with context; no store is opened",
			Proofs:   slices.Concat(in(whole, "TestScript/tree-errors", "TestBrokenTemplateOpensNoStore"), in("./internal/jinja", "TestErrorsTellTheWay")),
		},
		{
			Number:   2,
			Fault:    "endless includes, loops, recursion, and huge texts in a template",
			Expected: "an error that names the limit; memory is bounded",
			Proofs:   slices.Concat(in("./internal/jinja", "TestLimits"), in("./internal/jinja/value", "TestLimits")),
		},
		{
			Number:   3,
			Fault:    "images that are based on each other in a circle",
			Expected: "refused before anything is built, with the circle in order",
			Proofs:   slices.Concat(in(whole, "TestScript/tree-errors"), in("./internal/image", "TestNewTreeErrors")),
		},
		{
			Number:   4,
			Fault:    "FROM names an image that is neither in the tree nor at a registry",
			Expected: "the images above it fail by name, the others are built",
			Proofs:   in(whole, "TestMissingParent"),
			Open:     "it is told once for each image on it, not once for all; `--nopull` does not look for newer images, but pulls one that is missing",
		},
		{
			Number:   5,
			Fault:    "two folders of one name; names and tags that no registry takes",
			Expected: "refused before anything is built",
			Proofs:   slices.Concat(in(whole, "TestScript/tree-errors"), in("./internal/image", "TestNaming", "TestLongestTag", "TestNewTreeErrors"), in("./internal/config", "TestAllowedNames")),
		},
		{
			Number:   6,
			Fault:    "a regular expression that matches nothing, or is none; an unknown profile",
			Expected: "an error that suggests the nearest names",
			Proofs:   slices.Concat(in(whole, "TestScript/list", "TestScript/outcome"), in("./internal/image", "TestSelectNothing", "TestBadPatterns")),
		},
		{
			Number:   7,
			Fault:    "unknown keys and wrong values in the configuration",
			Expected: "all problems are told in one run, with file and line",
			Proofs:   slices.Concat(in(whole, "TestScript/options"), in("./internal/config", "TestProblems", "TestFileProblems", "TestFileNotices")),
		},
	}
}

func sourceCases() []Case {
	return []Case{
		{
			Number:   8,
			Fault:    "a source of another sha256, or that is no archive",
			Expected: "exit code 4, both digests are told, and nothing of it stays",
			Proofs:   slices.Concat(in(whole, "TestHostileSources"), in(source, "TestSHA256", "TestNoArchive")),
		},
		{
			Number:   9,
			Fault:    "archives with `..`, absolute paths, links and hard links out, devices, setuid files, bombs, a million entries, whiteouts",
			Expected: "refused by the entry's name; nothing outside is changed",
			Proofs: slices.Concat(in(pack, "TestCheckRefusesEntries", "TestCheckRefusesArchives", "TestBombs", "TestTooManyEntries", "TestTooLongNames", "TestOutwardLinksOnlyInOwnArchives"),
				in(transfer, "TestHostileArchives", "TestSparseBomb")),
		},
		{
			Number:   10,
			Fault:    "git locations and references that are options or commands, submodules and links that lead out, a repository's own hooks",
			Expected: "refused, and nothing is run",
			Proofs: slices.Concat(in(source, "TestGitRefusesHostileSpecs", "TestGitRefusesHostileCommits", "TestGitSubmodulesAreNotFollowed", "TestGitIgnoresItsSurroundings"),
				in("./internal/git", "TestForeignRepositoryRunsNothing", "TestHooksAreOff"), in(driver, "TestParseGitSource")),
		},
		{
			Number:   11,
			Fault:    "a source's server redirects elsewhere or to http, lies about lengths, stalls, breaks off",
			Expected: "credentials go nowhere else; what stalls ends; what breaks off is resumed",
			Proofs:   in(source, "TestRedirects", "TestStalledServers", "TestServersThatResumeBadly", "TestResume", "TestTooBig", "TestGitStalls"),
		},
		{
			Number:   12,
			Fault:    "COPY of a link in the build context that leads to a file of the host",
			Expected: "nothing outside of the build context is read",
			Proofs:   slices.Concat(in(driver, "TestContextLinksStayInside"), in(transfer, "TestContextStaysInside"), in(source, "TestContextThatLeadsOut"), in("./internal/template", "TestLinks")),
		},
	}
}

func registryCases() []Case {
	return []Case{
		{
			Number:   13,
			Fault:    "500, 502 and 503 of a registry, once and for ever",
			Expected: "tried again, and the manifest is put once; in the end exit code 5, and the other images are pushed",
			Proofs:   slices.Concat(in(driver, "TestRegistryErrorsNameTheRemedy"), in(whole, "TestRegistryFaults"), in("./internal/run", "TestRetry")),
		},
		{
			Number:   14,
			Fault:    "429 with `Retry-After`, in seconds and as a date",
			Expected: "waited for, and not for a day",
			Proofs:   slices.Concat(in(whole, "TestRegistryFaults"), in(source, "TestRetryAfter", "TestStatusThatHeals")),
			NotHere:  "the library's cap of a day takes a minute to see; it is tested for sources only",
		},
		{
			Number:   15,
			Fault:    "the connection is reset in the middle of an upload",
			Expected: "the image is pushed again, layers that are there are not; no temporary file stays",
			Proofs:   slices.Concat(in(whole, "TestRegistryFaults"), in(driver, "TestPushInterrupted")),
		},
		{
			Number:   16,
			Fault:    "a registry that accepts an upload and never answers",
			Expected: "an interrupt ends it at once; after ten minutes it is given up, and tried again",
			Proofs:   slices.Concat(in(whole, "TestStalledRegistry"), in(registry, "TestStalledConnections")),
			NotHere:  "the ten minutes; half a second is tested",
		},
		{
			Number:   17,
			Fault:    "a token server on another host, without TLS, or on an address inside the network",
			Expected: "no password goes there",
			Proofs:   in(registry, "TestPasswordsStay", "TestCheckRealm", "TestWithoutRouteLibraryLeaks"),
		},
		{
			Number:   18,
			Fault:    "an upload is to go on at another host, port or scheme; redirects",
			Expected: "no password goes there",
			Proofs:   in(registry, "TestPasswordsStay"),
		},
		{
			Number:   19,
			Fault:    "a base image whose manifest or layer does not have the digest that it is asked for by, or is endless",
			Expected: "refused, and nothing gets its name",
			Proofs:   slices.Concat(in(driver, "TestLyingRegistry"), in(registry, "TestDigestTrusts")),
		},
		{
			Number:   20,
			Fault:    "certificates of an unknown authority, for another host, expired; http in place of https",
			Expected: "one line that names the remedy, and no step back to http",
			Proofs:   slices.Concat(in(driver, "TestRegistryErrorsNameTheRemedy", "TestBadCertificates"), in(whole, "TestPushRefused")),
		},
		{
			Number:   21,
			Fault:    "a registry that is full, or does not take the tag: 507, 413, denied, 409, 400",
			Expected: "told, and not tried again",
			Proofs:   in(driver, "TestRefusalsAreFinal"),
		},
		{
			Number:   22,
			Fault:    "two runs push the same names at once",
			Expected: "both succeed, and what is pulled is one of the two, whole",
			Proofs:   in(whole, "TestTwoRunsPushTheSame"),
		},
	}
}

func storeCases() []Case {
	return []Case{
		{
			Number:   23,
			Fault:    "kill -9 at any point of a run",
			Expected: "the next run goes on from there, and nothing unfinished stays",
			Proofs: slices.Concat(in(whole, "TestKilledAtAnyPoint", "TestResume"), in(driver, "TestLeavingsOfAKilledProcessAreRemoved", "TestCrashLeavesNothingForLong", "TestPruneRemovesStaleThings"),
				in("./tests/model", "TestModel"), in(source, "TestGitRepositoryOfAKilledProcess")),
		},
		{
			Number:   24,
			Fault:    "SIGINT, SIGTERM and SIGHUP, once and twice, at once and in a RUN that ignores them",
			Expected: "exit code 130 within 5 s; no process, mount or file stays",
			Proofs:   slices.Concat(in(whole, "TestInterrupt", "TestInterruptBootstrap", "TestSignalBeforeTheRun", "TestHangup", "TestKilledChild", "TestNohup"), in(driver, "TestCancelledRunLeavesNothing")),
		},
		{
			Number:   25,
			Fault:    "the disk of the store or of the logs is full",
			Expected: "the path is told, and once there is space all is well",
			Proofs:   slices.Concat(in("./internal/logfile", "TestFullDisk"), in(whole, "TestFullStore", "TestScript/full")),
			NotHere:  "quotas (EDQUOT): the kernel of this machine was built without those of XFS, ext4 and tmpfs",
		},
		{
			Number:   26,
			Fault:    "several processes build the same and other images in one store",
			Expected: "all succeed, with the same result as alone",
			Proofs:   slices.Concat(in(whole, "TestTwoRunsPushTheSame"), in(driver, "TestParallelBuilds", "TestPruneWaitsForBuilds"), in(source, "TestTwoProcesses"), in("./tests/model", "TestModel")),
		},
		{
			Number:   27,
			Fault:    "another tool removes images and adds its own, in the middle of builds",
			Expected: "a build succeeds or fails with a clear error, and nothing of the other tool's goes",
			Proofs:   slices.Concat(in(driver, "TestParentIsProtected", "TestPruneSparesOthers", "TestPruneWaitsForBuilds"), in("./tests/model", "TestModel")),
		},
		{
			Number:   28,
			Fault:    "the store's lists, images and layers, and our own caches, are truncated, flipped or lost",
			Expected: "builds heal it, or say what to type; nothing damaged is used in silence",
			Proofs: slices.Concat(in(driver, "TestDamagedStore", "TestCheckChangesNothing", "TestBlobCacheDamaged", "TestNothingGoesThroughALink"), in("./internal/statcache", "TestParseDamaged"),
				in(source, "TestDamagedCacheIsFetchedAgain"), in("./internal/source/cache", "TestBlobThatWasChangedIsGone")),
		},
		{
			Number:   29,
			Fault:    "umask, HOME, XDG_RUNTIME_DIR, TMPDIR, PATH and locales that are odd, missing, read-only or closed; clocks",
			Expected: "it builds, or one line says what is wrong",
			Proofs:   slices.Concat(in(whole, "TestSurroundings", "TestUmask", "TestReadOnly", "TestFileLimit", "TestScript/clock"), in("./tests/model", "TestModel"), in(driver, "TestPrepareEnvironment")),
		},
		{
			Number:   30,
			Fault:    "no subordinate ids, no newuidmap, no user namespaces, no /dev/fuse, seccomp or AppArmor in the way",
			Expected: "told before anything is built, with the remedy",
			Proofs:   slices.Concat(in(whole, "TestEnvironmentErrors", "TestDoctorConditions", "TestMissingHelper"), in(driver, "TestMappingError"), in("./internal/preflight", "TestExamine")),
			NotHere:  "kernels that restrict by AppArmor or SELinux: their facts are made up in TestExamine",
		},
	}
}

func isolationCases() []Case {
	return []Case{
		{
			Number:   31,
			Fault:    "secrets, passwords of registries, proxies and sources are searched in everything that a run leaves",
			Expected: "they are nowhere",
			Proofs: slices.Concat(in(whole, "TestSecretsAreNowhere", "TestCredsAreHidden"), in(driver, "TestSecretReachesNoLayer", "TestSecretMounts", "TestNeighboursBehindAMaskedProc", "TestSessionKeyring"),
				in(source, "TestNothingSecretIsSaid"), in("./internal/redact", "TestURLs"), in("./internal/config", "TestSecretsStayHidden", "TestPasswordsOfURLsStayHidden")),
		},
		{
			Number:   32,
			Fault:    "a RUN prints without end, escapes of terminals, NULs, one endless line, commands to CI",
			Expected: "memory and logs are bounded, and the screen shows none of it raw",
			Proofs:   slices.Concat(in("./internal/screen", "TestClean", "TestLines"), in("./internal/logfile", "TestBoundedLog"), in(driver, "TestOutputHeldOutside", "TestStepLimits"), in(whole, "TestFloodOfOutput")),
		},
		{
			Number:   33,
			Fault:    "`RUN --mount` through links in images, build contexts and caches; links in place of /proc and /etc",
			Expected: "nothing of the host can be reached or made",
			Proofs:   in(driver, "TestMountTargetsStayInTheImage", "TestBindAndTmpfsMounts", "TestLinksInCachesLeadNowhere", "TestNestedMounts", "TestLinksDoNotRedirectMounts", "TestStagesHaveTheSameWalls"),
		},
		{
			Number:   34,
			Fault:    "the same tree is built twice, with another umask, locale and time zone; some images fail",
			Expected: "the same files with the same owners and modes; siblings of what fails are built",
			Proofs:   slices.Concat(in(whole, "TestUmask", "TestSurroundings", "TestScript/failure", "TestScript/outcome"), in(driver, "TestAllWaysMakeTheSameImage"), in("./internal/run", "TestFailureTakesDescendants")),
			Open:     "digests of layers differ between two builds of the same, since a RUN gives files the time at which it runs",
		},
	}
}
