package environments

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/kolla-build/kolla-build/tests/registry"
)

var (
	all    = flag.Bool("all", false, "run every row, and not only the quick ones")
	update = flag.Bool("update", false, "write the golden files anew, from the first row that is run")
	table  = flag.String("table", "", "write the table into this Markdown `file`, between the marks in it")
)

// steps are the commands of a row, in order: those of a tree stop at the first that fails.
var steps = []string{"build", "push", "again"}

// TestEnvironments builds in each environment, and compares what reaches the registry.
func TestEnvironments(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("only root can make these containers with runc")
	}
	program := os.Getenv("KOLLA_BUILD_BINARY")
	if program == "" {
		program = "../../bin/kolla-build"
	}
	dir, err := os.MkdirTemp("/var/tmp", "kolla-build-environments-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	m := &machine{dir: dir, program: program}
	trees := filepath.Join(dir, "trees")
	busybox, err := os.ReadFile("/bin/busybox")
	if err != nil {
		t.Fatal("there is no static busybox\ninstall it: contrib/setup test")
	}
	host := registry.Start(t, registry.Options{}).Host
	if err := pushBase(t.Context(), host, "base", imageTag); err != nil {
		t.Fatal(err)
	}
	if err := writeTrees(trees, host, busybox); err != nil {
		t.Fatal(err)
	}
	var lines []reportLine
	for _, r := range rows {
		if !*all && !r.quick {
			continue
		}
		t.Run(r.name, func(t *testing.T) {
			lines = append(lines, r.try(t, m, trees, host))
		})
	}
	if *table != "" {
		if err := writeTable(*table, lines); err != nil {
			t.Fatal(err)
		}
	}
}

// try runs the commands of a row, and compares what comes of them with what is expected.
func (r row) try(t *testing.T, m *machine, trees, host string) reportLine {
	res, err := m.enter(t.Context(), r, trees, r.script(host))
	if err != nil {
		t.Fatalf("%v\n%s", err, res.output)
	}
	done := parse(res.output)
	checkDoctor(t, done)
	line := reportLine{row: r, withRun: r.judge(t, done, "run", r.fails), withoutRun: r.judge(t, done, "plain", r.failsWithoutRun)}
	line.mode = modeOf(res.output)
	if t.Failed() {
		t.Logf("all that was said:\n%s", res.output)
	}
	for image, tree := range map[string]string{"root": "run", "child": "run", "plain": "plain", "copied": "plain", "based": "plain"} {
		if push, ran := done[tree+" push"]; ran && push.code == 0 {
			compare(t, host, r.name+"/debian-binary-"+image, image)
		}
	}
	return line
}

// compare compares an image at the registry with what it is in every environment.
func compare(t *testing.T, host, repository, image string) {
	t.Helper()
	got, err := entries(t.Context(), host, repository, imageTag)
	if err != nil {
		t.Error(err)
		return
	}
	golden := filepath.Join("testdata", image+".golden")
	if *update {
		if err := os.WriteFile(golden, []byte(strings.Join(got, "\n")+"\n"), 0o644); err != nil {
			t.Error(err)
		}
		return
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Error(err)
		return
	}
	for _, d := range difference(got, strings.Split(strings.TrimSpace(string(want)), "\n")) {
		t.Errorf("image %s: %s", image, d)
	}
}

const imageTag = "tested"

// script is what runs in the container.
func (r row) script(host string) string {
	var s strings.Builder
	s.WriteString(`
step() {
	name=$1; shift
	begun=$(date +%s%N)
	echo "@begin $name"
	"$@" 2>&1
	code=$?
	echo "@end $name $code $((($(date +%s%N) - begun) / 1000000))"
	return $code
}
`)
	fmt.Fprintf(&s, "step doctor kolla-build doctor --format json %s\n", strings.Join(r.options, " "))
	for _, tree := range []string{"run", "plain"} {
		command := fmt.Sprintf("kolla-build -b debian --namespace %s --tag %s --registry %s --tls-verify=false -D /trees/%s %s", r.name, imageTag, host, tree, strings.Join(r.options, " "))
		fmt.Fprintf(&s, "step '%[1]s build' %[2]s && step '%[1]s push' %[2]s --push && step '%[1]s again' %[2]s --push\n", tree, command)
	}
	return s.String()
}

// done is a step that was done.
type done struct {
	code         int
	milliseconds int
	said         string
}

var mark = regexp.MustCompile(`(?m)^@begin (.+)\n((?s:.*?))^@end .+ (\d+) (\d+)$`)

func parse(output string) map[string]done {
	found := map[string]done{}
	for _, m := range mark.FindAllStringSubmatch(output, -1) {
		code, _ := strconv.Atoi(m[3])
		milliseconds, _ := strconv.Atoi(m[4])
		found[m[1]] = done{code, milliseconds, m[2] + "\n"}
	}
	return found
}

// judge compares the steps of a tree with what is expected, and returns what the table
// says of them.
func (r row) judge(t *testing.T, all map[string]done, tree, fails string) string {
	t.Helper()
	for _, step := range steps {
		d, ran := all[tree+" "+step]
		switch {
		case !ran:
			t.Errorf("%s %s did not run", tree, step)
			return "no: did not run"
		case fails != "":
			if d.code != 6 || !strings.Contains(d.said, fails) {
				t.Errorf("%s %s: exit code %d, want 6 and %q", tree, step, d.code, fails)
			}
			return "no: " + lastLines(d.said)
		case d.code != 0:
			t.Errorf("%s %s: exit code %d", tree, step, d.code)
			return fmt.Sprintf("no: `%s` ended with %d: %s", step, d.code, lastLines(d.said))
		case step == "again" && !strings.Contains(d.said, "unchanged"):
			t.Errorf("%s again: something was built again", tree)
			return "no: built again"
		}
	}
	return "yes"
}

// difference lists the lines of one list that the other lacks.
func difference(got, want []string) []string {
	var lines []string
	for _, line := range got {
		if !slices.Contains(want, line) {
			lines = append(lines, "unexpected: "+line)
		}
	}
	for _, line := range want {
		if !slices.Contains(got, line) {
			lines = append(lines, "missing:    "+line)
		}
	}
	return lines
}
