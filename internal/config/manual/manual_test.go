package manual

import (
	"regexp"
	"strings"
	"testing"

	"github.com/kolla-build/kolla-build/internal/config"
	"github.com/kolla-build/kolla-build/internal/exit"
)

func TestPage(t *testing.T) {
	env := config.Environment{Version: "1.2.3", Distros: []string{"debian"}}
	page := Page(env)
	macro := regexp.MustCompile(`^\.(TH|SH|SS|TP|PP|RS|RE|br)( |$)`)
	for line := range strings.Lines(page) {
		line = strings.TrimSuffix(line, "\n")
		if strings.HasPrefix(line, "'") || strings.HasPrefix(line, ".") && !macro.MatchString(line) {
			t.Errorf("roff finds a request in %q", line)
		}
		if line == "" {
			t.Error("there is an empty line")
		}
	}
	plain := strings.ReplaceAll(page, `\-`, "-")
	for _, o := range config.Options(env) {
		want := "--" + o.Name
		if !o.OnCommandLine() {
			want = o.Key()
		}
		if o.Scope != config.ScopePositional && !strings.Contains(plain, want) {
			t.Errorf("%s is missing", want)
		}
	}
	_, status, found := strings.Cut(plain, `.SH "EXIT STATUS"`)
	if !found {
		t.Fatal("there is no exit status")
	}
	for _, s := range exit.Table() {
		if !strings.Contains(status, s.Meaning) {
			t.Errorf("%q is missing", s.Meaning)
		}
	}
	for _, c := range config.Commands() {
		if !strings.Contains(plain, "kolla-build "+c.Usage()) {
			t.Errorf("%s is missing", c.Name)
		}
		for _, o := range c.Options {
			if !strings.Contains(plain, o.Usage()+`\fR`) {
				t.Errorf("%s %s is missing", c.Name, o.Usage())
			}
		}
	}
}

func TestEscape(t *testing.T) {
	for text, want := range map[string]string{
		"a-b": `a\-b`, ".x": `\&.x`, "'x": `\&'x`, `\fB`: `\efB`, "x.y": "x.y",
	} {
		if got := escape(text); got != want {
			t.Errorf("escape(%q) = %q, want %q", text, got, want)
		}
	}
	if got, want := quoted(`a "b"`), `"a \(dqb\(dq"`; got != want {
		t.Errorf("quoted: %s, want %s", got, want)
	}
}
