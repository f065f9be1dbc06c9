package tests

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestSecurityPage: the tests that SECURITY.md refers to are there.
func TestSecurityPage(t *testing.T) {
	page, err := os.ReadFile("../SECURITY.md")
	if err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	err = filepath.WalkDir("..", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(path, "_test.go") {
			return err
		}
		text, err := os.ReadFile(path)
		all.Write(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	named := regexp.MustCompile("`(Test[A-Za-z]+)`").FindAllStringSubmatch(string(page), -1)
	for _, statement := range strings.Split(chapter(t, string(page), "### RUN"), "\n- ")[1:] {
		if !strings.Contains(statement, "`Test") && !strings.Contains(statement, "no test") {
			t.Errorf("without a test: %s", statement)
		}
	}
	if len(named) == 0 {
		t.Error("it names no tests")
	}
	for _, test := range named {
		if !strings.Contains(all.String(), "\nfunc "+test[1]+"(") {
			t.Errorf("there is no %s", test[1])
		}
	}
}

// chapter returns the part of a page below a heading.
func chapter(t *testing.T, page, heading string) string {
	t.Helper()
	_, after, found := strings.Cut(page, "\n"+heading+"\n")
	if !found {
		t.Fatalf("there is no %q", heading)
	}
	text, _, _ := strings.Cut(after, "\n### ")
	return text
}
