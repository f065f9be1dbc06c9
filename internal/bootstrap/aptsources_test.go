package bootstrap

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestAPTSources(t *testing.T) {
	const keys = "/usr/share/keyrings/all.gpg"
	for name, test := range map[string]struct{ list, want string }{
		"suites of one archive are joined": {
			"deb http://mirror.test/debian trixie main\ndeb http://mirror.test/debian trixie-updates main\n" +
				"deb http://mirror.test/debian-security trixie-security main\n",
			"Types: deb\nURIs: http://mirror.test/debian\nSuites: trixie trixie-updates\nComponents: main\nSigned-By: " + keys + "\n\n" +
				"Types: deb\nURIs: http://mirror.test/debian-security\nSuites: trixie-security\nComponents: main\nSigned-By: " + keys + "\n",
		},
		"components differ": {
			"deb http://mirror.test/u noble main universe # comment\n\n# comment\ndeb http://mirror.test/u noble-updates main\n",
			"Types: deb\nURIs: http://mirror.test/u\nSuites: noble\nComponents: main universe\nSigned-By: " + keys + "\n\n" +
				"Types: deb\nURIs: http://mirror.test/u\nSuites: noble-updates\nComponents: main\nSigned-By: " + keys + "\n",
		},
		"keys of its own": {
			"deb [signed-by=\"/keys/mine.gpg\"] http://mirror.test/d trixie main\n",
			"Types: deb\nURIs: http://mirror.test/d\nSuites: trixie\nComponents: main\nSigned-By: /keys/mine.gpg\n",
		},
		"other options":    {"deb [trusted=yes] http://mirror.test/d trixie main\n", ""},
		"several options":  {"deb [signed-by=/a trusted=yes] http://mirror.test/d trixie main\n", ""},
		"no components":    {"deb http://mirror.test/flat ./\n", ""},
		"not closed":       {"deb [signed-by=/a http://mirror.test/d trixie main\n", ""},
		"something else":   {"Types: deb\nURIs: http://mirror.test/d\n", ""},
		"nothing":          {"# empty\n", ""},
		"a kind not known": {"rpm http://mirror.test/d trixie main\n", ""},
	} {
		t.Run(name, func(t *testing.T) {
			root := aptRoot(t, map[string]string{"etc/apt/sources.list": test.list, keys[1:]: "keys"})
			if err := moveAPTSources(root, Spec{SourcesFile: "x.sources", SignedBy: keys}); err != nil {
				t.Fatal(err)
			}
			got, _ := root.ReadFile("etc/apt/sources.list.d/x.sources")
			if string(got) != test.want {
				t.Errorf("got\n%s\nwant\n%s", got, test.want)
			}
			if _, err := root.Stat(aptSourcesList); (err == nil) != (test.want == "") {
				t.Errorf("sources.list: %v", err)
			}
		})
	}
}

func TestAPTSourcesThatStay(t *testing.T) {
	const list = "deb http://mirror.test/d trixie main\n"
	root := aptRoot(t, map[string]string{"etc/apt/sources.list": list, "etc/apt/sources.list.d/x.sources": "own"})
	if err := moveAPTSources(root, Spec{SourcesFile: "x.sources"}); err != nil {
		t.Fatal(err)
	}
	if got, err := root.ReadFile("etc/apt/sources.list.d/x.sources"); string(got) != "own" {
		t.Errorf("got %q, %v", got, err)
	}
	if err := moveAPTSources(aptRoot(t, nil), Spec{SourcesFile: "x.sources"}); err != nil {
		t.Errorf("without a list: %v", err)
	}
	root = aptRoot(t, map[string]string{"etc/apt/sources.list": list})
	if err := moveAPTSources(root, Spec{SourcesFile: "x.sources", SignedBy: "/no/keys"}); err != nil {
		t.Fatal(err)
	}
	want := "Types: deb\nURIs: http://mirror.test/d\nSuites: trixie\nComponents: main\n"
	if got, err := root.ReadFile("etc/apt/sources.list.d/x.sources"); string(got) != want {
		t.Errorf("without keys: got %q, %v", got, err)
	}
}

// FuzzAPTSources wants every paragraph to have its four fields, whatever the list has.
func FuzzAPTSources(f *testing.F) {
	for _, seed := range []string{"deb http://m.test/d trixie main\n", "deb [signed-by=\"/k\"] m s c # x\ndeb-src m s2 c", "deb [", "\v deb\tm s c"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, list string) {
		sources, plain := parseAPTSources(list)
		if !plain {
			return
		}
		fields := map[string]int{}
		for line := range strings.Lines(formatAPTSources(sources, "")) {
			name, value, _ := strings.Cut(strings.TrimSuffix(line, "\n"), ": ")
			if fields[name]++; value == "" && name != "" {
				t.Errorf("%q: got the line %q", list, line)
			}
		}
		for _, name := range []string{"Types", "URIs", "Suites", "Components"} {
			if fields[name] != len(sources) {
				t.Errorf("%q: got %v", list, fields)
			}
		}
	})
}

// aptRoot makes a root file system of some files.
func aptRoot(t *testing.T, files map[string]string) *os.Root {
	t.Helper()
	root, err := os.OpenRoot(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { root.Close() })
	for name, text := range files {
		if err := root.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := root.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return root
}
