package tests

import (
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// What may be allocated before main, in bytes. Every process of ours pays it, and one run
// starts several. Time is not looked at, since it depends on the machine; what is allocated
// does not, and nothing has taken long in init yet without it. The limits are somewhat above
// what the libraries need today.
const (
	maxInit    = 512 << 10 // by one package
	maxOwnInit = 20 << 10  // by one of ours, which is to do its work when it is asked to
	maxInitSum = 3 << 20   // by all of them
)

// ourPackages begins the names of ours.
const ourPackages = "github.com/kolla-build/kolla-build/"

// TestStart: no package does much work just because it is linked.
func TestStart(t *testing.T) {
	t.Parallel()
	cmd := exec.Command(program, "--version")
	cmd.Env = append(cmd.Environ(), "GODEBUG=inittrace=1")
	o := execute(t, cmd)
	o.wants(t, 0)
	allocated := parseInits(t, o.stderr)
	if len(allocated) == 0 {
		t.Fatalf("the program does not tell of its packages:\n%s", o)
	}
	sum := 0
	for name, bytes := range allocated {
		sum += bytes
		limit := maxInit
		if strings.HasPrefix(name, ourPackages) {
			limit = maxOwnInit
		}
		if bytes > limit {
			t.Errorf("package %s allocates %d bytes in init, want at most %d", name, bytes, limit)
		}
	}
	if sum > maxInitSum {
		t.Errorf("%d packages allocate %d bytes in init, want at most %d", len(allocated), sum, maxInitSum)
	}
}

// maxSize bounds the program, in bytes. It has 37 MB, nearly all of it buildah's libraries. A
// dependency that comes along unnoticed, such as a client of Kubernetes or a cloud's SDK, takes
// 4 MB or more; updates of those we have take much less.
const maxSize = 41 << 20

// TestSize: the program has not become much larger.
func TestSize(t *testing.T) {
	t.Parallel()
	info, err := os.Stat(program)
	if err != nil {
		t.Fatal(err)
	}
	if info.Size() > maxSize {
		t.Errorf("%s has %d bytes, want at most %d", program, info.Size(), maxSize)
	}
}

// initLine is what the runtime tells of a package with inittrace=1.
var initLine = regexp.MustCompile(`(?m)^init (\S+) @.* (\d+) bytes, \d+ allocs$`)

// parseInits returns what each package has allocated, in bytes.
func parseInits(t *testing.T, trace string) map[string]int {
	t.Helper()
	allocated := map[string]int{}
	for _, match := range initLine.FindAllStringSubmatch(trace, -1) {
		bytes, err := strconv.Atoi(match[2])
		if err != nil {
			t.Fatal(err)
		}
		allocated[match[1]] += bytes
	}
	return allocated
}
