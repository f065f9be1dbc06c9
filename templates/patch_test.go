package templates

import (
	"os"
	"strings"
	"testing"
)

const patchText = `--- opt/file
+++ opt/file
@@ -1 +1 @@
-before
+after
`

func newPatch(t *testing.T, series string) *sandbox {
	t.Helper()
	s := newSandbox(t)
	s.install("base/patch.sh", "kolla_patch")
	s.write("/opt/file", "before\n")
	s.write("/patches/one.patch", patchText)
	s.write("/patches/deep.patch", strings.ReplaceAll(patchText, "opt/", "a/opt/"))
	s.write("/patches/series", series)
	return s
}

func (s *sandbox) read(name string) string {
	s.t.Helper()
	text, err := os.ReadFile(s.path(name))
	if err != nil {
		s.t.Fatal(err)
	}
	return string(text)
}

func TestPatch(t *testing.T) {
	for name, series := range map[string]string{
		"a patch":          "one.patch\n",
		"no final newline": "one.patch",
		"comments":         "# one\n\none.patch # the only one\n",
		"as quilt has it":  "deep.patch -p1\n",
	} {
		t.Run(name, func(t *testing.T) {
			s := newPatch(t, series)
			s.must("kolla_patch")
			if got := s.read("/opt/file"); got != "after\n" {
				t.Errorf("the file holds %q", got)
			}
			// An image that this one is built from has the same patches.
			if out := s.must("kolla_patch"); !strings.Contains(out, "applied already") {
				t.Errorf("it does not tell that there is nothing to do: %s", out)
			}
		})
	}
}

func TestPatchNothing(t *testing.T) {
	s := newPatch(t, "")
	s.must("kolla_patch")
	if err := os.RemoveAll(s.path("/patches")); err != nil {
		t.Fatal(err)
	}
	s.must("kolla_patch")
	if got := s.read("/opt/file"); got != "before\n" {
		t.Errorf("the file holds %q", got)
	}
}

func TestPatchFails(t *testing.T) {
	s := newPatch(t, "none.patch\n")
	if out, ok := s.run("kolla_patch"); ok || !strings.Contains(out, "none.patch") {
		t.Errorf("a patch that is not there: %v, %s", ok, out)
	}
	s = newPatch(t, "one.patch\n")
	s.write("/opt/file", "something else\n")
	if out, ok := s.run("kolla_patch"); ok {
		t.Errorf("a patch that does not apply: %s", out)
	}
	if got := s.read("/etc/kolla/patched"); got != "" {
		t.Errorf("it counts as applied: %s", got)
	}
}
