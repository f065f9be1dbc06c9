package tests

import (
	"fmt"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestHostileSources: a source that must not be used is refused by the name of its
// section, and leaves nothing behind.
func TestHostileSources(t *testing.T) {
	t.Parallel()
	good := gzipped(t, archive(t, map[string]string{"x/file": "content\n"}))
	climbing := gzipped(t, archive(t, map[string]string{"x/../../pwned": "content\n"}))
	const digest = "sha256 = amd64:%[1]s,arm64:%[1]s\n"
	for _, test := range []struct {
		name     string
		content  string // of FILE, and of what is at URL
		source   string
		problems []string
	}{
		{
			"another digest", good, "type = url\nlocation = URL\n" + fmt.Sprintf(digest, strings.Repeat("0", 64)),
			[]string{"the content is not what was expected", "expected sha256 0000", "actual sha256 "},
		},
		{
			"another digest of a file", good, "type = local\nlocation = FILE\n" + fmt.Sprintf(digest, strings.Repeat("0", 64)),
			[]string{"the content is not what was expected"},
		},
		{
			"a path upwards", climbing, "type = url\nlocation = URL\n",
			[]string{`refused its archive: entry "x/\.\./\.\./pwned" has "\.\." in its name`},
		},
		{
			"a path upwards in a file", climbing, "type = local\nlocation = FILE\n",
			[]string{`entry "x/\.\./\.\./pwned" has "\.\." in its name`},
		},
		{
			"no archive", "<html>Sign in</html>", "type = url\nlocation = URL\n",
			[]string{"is no archive", "see what a browser shows"},
		},
		{
			"a command", good, "type = git\nlocation = ext::sh -c 'touch PWNED'\n",
			[]string{"its location names no repository"},
		},
		{
			"an option as location", good, "type = git\nlocation = --upload-pack=touch PWNED\n",
			[]string{"its location .* would be an option of git"},
		},
		{
			"an option as reference", good, "type = git\nlocation = URL\nreference = --upload-pack=touch PWNED\n",
			[]string{`its reference "--upload-pack=touch .*" would be an option of git`},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, test.content) }))
			defer server.Close()
			file, pwned, cache := filepath.Join(dir, "file"), filepath.Join(dir, "pwned"), filepath.Join(dir, "cache")
			section := strings.NewReplacer("URL", server.URL, "FILE", file, "PWNED", pwned).Replace("[x]\n" + test.source)
			err := writeFiles(dir, map[string]string{
				"file":                      test.content,
				"kolla-build.conf":          section,
				"templates/x/Dockerfile.j2": fromBase + "ADD x-archive /x\n",
			})
			if err != nil {
				t.Fatal(err)
			}

			cmd := buildCommand(t, "-D", filepath.Join(dir, "templates"), "--config-file", filepath.Join(dir, "kolla-build.conf"))
			cmd.Dir = dir
			cmd.Env = append(cmd.Environ(), "XDG_CACHE_HOME="+cache)
			o := execute(t, cmd)
			o.wants(t, 4, `^x +failed after .*: failed to fetch source \[x\] \(\S+kolla-build\.conf:\d+\): `)
			o.wants(t, 4, test.problems...)
			if _, err := os.Lstat(pwned); err == nil {
				t.Errorf("the command was run:\n%s", o)
			}
			for _, left := range leftInCache(t, filepath.Join(cache, "kolla-build", "sources")) {
				t.Errorf("%s is left in the cache:\n%s", left, o)
			}
		})
	}
}

// leftInCache returns the paths of what could still be used of a source: of everything
// in the cache but locks, and notes about what servers have said.
func leftInCache(t *testing.T, dir string) []string {
	t.Helper()
	var left []string
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && (entry.Name() == "locks" || entry.Name() == "notes"):
			return fs.SkipDir
		case !entry.IsDir():
			left = append(left, path)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return left
}
