package environments

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"time"
)

// reportLine is a line of the table.
type reportLine struct {
	row                       row
	withRun, withoutRun, mode string
}

// The marks between which the table stands.
const (
	beginTable = "<!-- begin: make environments -->"
	endTable   = "<!-- end: make environments -->"
)

func writeTable(file string, lines []reportLine) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	before, rest, found := bytes.Cut(text, []byte(beginTable))
	_, after, ended := bytes.Cut(rest, []byte(endTable))
	if !found || !ended {
		return errors.New(file + " lacks the marks of the table")
	}
	var b strings.Builder
	fmt.Fprintf(&b, "\nRun on %s, Linux %s, runc.\n\n", time.Now().UTC().Format(time.DateOnly), kernel())
	b.WriteString("| environment | images with RUN | images without RUN | how it builds there |\n|---|---|---|---|\n")
	for _, line := range lines {
		fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", line.row.platform, cell(line.withRun), cell(line.withoutRun), cell(line.mode))
	}
	return os.WriteFile(file, []byte(string(before)+beginTable+"\n"+b.String()+"\n"+endTable+string(after)), 0o644)
}

func kernel() string {
	release, err := os.ReadFile("/proc/sys/kernel/osrelease")
	if err != nil {
		return "unknown"
	}
	return strings.TrimSpace(string(release))
}

func cell(text string) string { return strings.ReplaceAll(text, "|", `\|`) }

var levels = regexp.MustCompile(`^(kolla-build: |error: |warning: )+`)

// lastLines is what a command said at last: the error and its remedy.
func lastLines(said string) string {
	lines := strings.Split(strings.TrimSpace(said), "\n")
	if len(lines) > 2 {
		lines = lines[len(lines)-2:]
	}
	for i, line := range lines {
		lines[i] = strings.Join(strings.Fields(levels.ReplaceAllString(line, "")), " ")
	}
	return strings.Join(lines, "; ")
}

// modes are what the program says of the way that it builds, and words for the table.
var modes = []struct{ said, short string }{
	{"are run by chroot", "chroot"},
	{"without namespaces or any other right", "no rights"},
	{"with a single user id", "a single id"},
	{"built on copies of their parents' files", "copies"},
	{"a stand-in for null", "no devices"},
}

// modeOf sums up what the commands said of the way that images are built.
func modeOf(output string) string {
	var found []string
	for _, mode := range modes {
		if strings.Contains(output, mode.said) {
			found = append(found, mode.short)
		}
	}
	if slices.Contains(found, "no rights") {
		return "no rights"
	}
	if !slices.Contains(found, "copies") {
		found = append(found, "overlay")
	}
	return strings.Join(found, ", ")
}
