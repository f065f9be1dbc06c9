package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/kolla-build/kolla-build/internal/config"
	"github.com/kolla-build/kolla-build/internal/machine"
	"github.com/kolla-build/kolla-build/internal/run"
)

// The help and the manual know the commands that there are.
func TestCommands(t *testing.T) {
	var told []string
	for _, c := range config.Commands() {
		told = append(told, c.Name)
		if commands[c.Name] == nil {
			t.Errorf("the help tells of %s, which is no command", c.Name)
		}
	}
	for name := range commands {
		if !slices.Contains(told, name) {
			t.Errorf("the help does not tell of %s", name)
		}
	}
}

func TestGenconfig(t *testing.T) {
	file := filepath.Join(t.TempDir(), "kolla-build.conf")
	var out strings.Builder
	if err := genconfigCommand(nil, &out); err != nil {
		t.Fatal(err)
	}
	if err := genconfigCommand([]string{file}, nil); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(file)
	if err != nil || string(text) != out.String() || len(text) == 0 {
		t.Errorf("the file has %d bytes, stdout %d: %v", len(text), out.Len(), err)
	}
	err = genconfigCommand([]string{file}, nil)
	if err == nil || !strings.Contains(err.Error(), "is there already\n") {
		t.Errorf("a second time: %v", err)
	}
	for _, args := range [][]string{{"a", "b"}, {"--help"}} {
		if err := genconfigCommand(args, nil); err == nil {
			t.Errorf("%q passes", args)
		}
	}
}

func TestConfigCommand(t *testing.T) {
	file := filepath.Join(t.TempDir(), "x.conf")
	if err := os.WriteFile(file, []byte("[DEFAULT]\nbase = debian\ncreds = me:hunter2\n[glance-base]\nversion = 7\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	var text, marshalled strings.Builder
	if err := configCommand([]string{"--config-file", file, "-n", "mine"}, &text); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"[DEFAULT]\n", "\n[glance-base]\n", "# " + file + ":2\n", "# --namespace\n", "creds = ********"} {
		if !strings.Contains(text.String(), want) {
			t.Errorf("no %q in\n%s", want, text.String())
		}
	}
	if err := configCommand([]string{"--config-file", file, "-f", "json"}, &marshalled); err != nil {
		t.Fatal(err)
	}
	var values []effective
	if err := json.Unmarshal([]byte(marshalled.String()), &values); err != nil {
		t.Fatal(err)
	}
	for _, want := range []effective{
		{"DEFAULT", "base", "debian", "file", file + ":2"},
		{"DEFAULT", "format", "json", "flag", "--format"},
		{"DEFAULT", "threads", strconv.Itoa(run.DefaultThreads(machine.Cores(), machine.Memory())), "default", ""},
		{"glance-base", "version", "7", "file", file + ":5"},
	} {
		if !slices.Contains(values, want) {
			t.Errorf("%v is missing", want)
		}
	}
	if strings.Contains(text.String()+marshalled.String(), "hunter2") {
		t.Error("the password shows")
	}
}

func TestCompletionAndMan(t *testing.T) {
	var out strings.Builder
	if err := completionCommand([]string{"fish"}, &out); err != nil || !strings.Contains(out.String(), "complete -c kolla-build") {
		t.Errorf("fish: %v", err)
	}
	if err := manCommand(nil, &out); err != nil || !strings.Contains(out.String(), ".TH KOLLA") {
		t.Errorf("man: %v", err)
	}
	for _, err := range []error{completionCommand(nil, nil), completionCommand([]string{"tcsh"}, nil), manCommand([]string{"x"}, nil)} {
		if err == nil || strings.HasSuffix(err.Error(), "\n") {
			t.Errorf("got %v", err)
		}
	}
}
