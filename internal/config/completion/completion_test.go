package completion

import (
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/kolla-build/kolla-build/internal/config"
)

var environment = config.Environment{Version: "1.2.3", Distros: []string{"debian", "ubuntu"}}

func script(t *testing.T, shell string) string {
	t.Helper()
	text, err := Script(shell, environment)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestEveryOptionIsThere(t *testing.T) {
	spelling := map[string]func(string) string{
		"bash": func(name string) string { return "--" + name },
		"zsh":  func(name string) string { return "--" + name },
		"fish": func(name string) string { return " -l " + name },
	}
	for _, shell := range Names() {
		text := script(t, shell)
		for _, o := range config.Options(environment) {
			if o.OnCommandLine() && o.Idle == "" && !strings.Contains(text, spelling[shell](o.Name)) {
				t.Errorf("%s: --%s is missing", shell, o.Name)
			}
		}
		for _, c := range config.Commands() {
			if !strings.Contains(text, c.Name) {
				t.Errorf("%s: %s is missing", shell, c.Name)
			}
			for _, o := range c.Options {
				if !strings.Contains(text, spelling[shell](o.Name)) {
					t.Errorf("%s: --%s of %s is missing", shell, o.Name, c.Name)
				}
			}
		}
		if !strings.Contains(text, "--list-images") {
			t.Errorf("%s: no names of images", shell)
		}
		if strings.Count(strings.NewReplacer(`'\''`, "", `\'`, "").Replace(text), "'")%2 != 0 {
			t.Errorf("%s: a quote is open", shell)
		}
	}
	if _, err := Script("tcsh", environment); err == nil || !strings.Contains(err.Error(), "bash, zsh, fish") {
		t.Errorf("tcsh: %v", err)
	}
}

// The script is run by the shell that it is for, with a program that knows two
// images.
func TestBash(t *testing.T) {
	const harness = `
kolla-build() { printf '1 : nova-api\n2 : cron\n'; }
compopt() { :; }
COMP_WORDS=("$@")
COMP_CWORD=$(($# - 1))
_kolla_build
printf '%s\n' "${COMPREPLY[@]}"
`
	tests := []struct {
		words string
		want  []string
	}{
		{"kolla-build -b ", []string{"debian", "ubuntu"}},
		{"kolla-build --base = u", []string{"ubuntu"}},
		{"kolla-build --base =", []string{"debian", "ubuntu"}},
		{"kolla-build --push-t", []string{"--push-threads"}},
		{"kolla-build --noc", []string{"--nocache"}},
		{"kolla-build n", []string{"nova-api"}},
		{"kolla-build c", []string{"config", "check", "completion", "cron"}},
		{"kolla-build -d c", []string{"cron"}},
		{"kolla-build completion ", []string{"bash", "zsh", "fish"}},
		{"kolla-build --tag x", []string{""}},
		{"kolla-build plan --ex", []string{"--explain"}},
		{"kolla-build --ex", []string{""}},
		{"kolla-build plan --format ", []string{"text", "json", "dot"}},
		{"kolla-build plan -b ", []string{"debian", "ubuntu"}},
		{"kolla-build --format ", []string{"json", "none"}},
		{"kolla-build prune --keep", []string{"--keep-storage"}},
	}
	for _, test := range tests {
		args := append([]string{"-c", script(t, "bash") + harness, "bash"}, strings.Split(test.words, " ")...)
		out, err := exec.Command("bash", args...).CombinedOutput()
		got := strings.Split(strings.TrimSuffix(string(out), "\n"), "\n")
		slices.Sort(got)
		slices.Sort(test.want)
		if err != nil || !slices.Equal(got, test.want) {
			t.Errorf("%q: got %q, %v, want %q", test.words, got, err, test.want)
		}
	}
}

func TestZshSpec(t *testing.T) {
	for _, test := range []struct {
		flag flag
		want string
	}{
		{flag{long: "push", help: "it's [x]: y"}, `--push'[it'\''s \[x\]\: y]'`},
		{flag{long: "base", short: "b", help: "h", takes: "D", values: []string{"a", "b"}}, `'(-b --base)'{-b+,--base=}'[h]:D:(a b)'`},
		{flag{long: "docker-dir", short: "D", help: "h", takes: "DIR", dirs: true, repeats: true}, `'*'{-D+,--docker-dir=}'[h]:DIR:_files -/'`},
		{flag{long: "secret", help: "h", takes: "x", repeats: true}, `'*'--secret='[h]:x:'`},
	} {
		if got := zshSpec(test.flag); got != test.want {
			t.Errorf("got %s, want %s", got, test.want)
		}
	}
}
