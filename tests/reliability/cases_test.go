package main

import (
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

const top = "../.."

// Every case has a test, and the tests are there.
func TestCases(t *testing.T) {
	for i, c := range Cases() {
		if c.Number != i+1 {
			t.Errorf("case %d is at the place of %d", c.Number, i+1)
		}
		if c.Fault == "" || c.Expected == "" || len(c.Proofs) == 0 {
			t.Errorf("case %d is not complete", c.Number)
		}
		for _, p := range c.Proofs {
			name, script, isScript := strings.Cut(p.Test, "/")
			if !functions(t, p.Package)[name] {
				t.Errorf("case %d: %s has no %s", c.Number, p.Package, name)
			}
			if isScript {
				if _, err := os.Stat(filepath.Join(top, p.Package, "testdata", "script", script+".txtar")); err != nil || name != "TestScript" {
					t.Errorf("case %d: there is no script %s: %v", c.Number, script, err)
				}
			}
		}
	}
}

// functions returns the names of the tests of a package.
func functions(t *testing.T, pkg string) map[string]bool {
	t.Helper()
	if cached[pkg] != nil {
		return cached[pkg]
	}
	names := map[string]bool{}
	files, err := filepath.Glob(filepath.Join(top, pkg, "*_test.go"))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range files {
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, declaration := range file.Decls {
			if f, ok := declaration.(*ast.FuncDecl); ok && f.Recv == nil {
				names[f.Name.Name] = true
			}
		}
	}
	cached[pkg] = names
	return names
}

var cached = map[string]map[string]bool{}

// The page has the cases that the table has.
func TestPage(t *testing.T) {
	page, err := os.ReadFile(filepath.Join(top, "docs", "reliability.md"))
	if errors.Is(err, fs.ErrNotExist) {
		t.Fatal("there is no docs/reliability.md\nmake it: make faults")
	}
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(string(page), preface+header) {
		t.Error("it has another beginning\nmake it anew: make faults")
	}
	for _, r := range judge(Cases(), nil) {
		if !strings.Contains(string(page), "\n"+r.begin()) {
			t.Errorf("it lacks %q\nmake it anew: make faults ARGS='-case %d'", r.begin(), r.Number)
		}
	}
}

// Lines of other cases stay.
func TestLinesStay(t *testing.T) {
	old := preface + header + "| 1 | old | \n| 3 | stays | \n"
	rows := []row{{Case: Case{Number: 1, Fault: "new"}}, {Case: Case{Number: 2, Fault: "added"}}}
	page := markdown(rows, old, time.Now())
	first, second, third := strings.Index(page, "| 1 | new |"), strings.Index(page, "| 2 | added |"), strings.Index(page, "| 3 | stays |")
	if first < 0 || second < first || third < second || strings.Contains(page, "old") || strings.Count(page, preface) != 1 {
		t.Error(page)
	}
}

func TestVerdicts(t *testing.T) {
	events := `{"Action":"output","Test":"TestA","Output":"words\n"}
{"Action":"pass","Test":"TestA/part","Elapsed":1}
{"Action":"pass","Test":"TestA","Elapsed":2.5}
{"Action":"fail","Test":"TestB","Elapsed":1}
{"Action":"skip","Test":"TestC","Elapsed":0}
{"Action":"pass","Test":"TestScript/s","Elapsed":3}
{"Action":"fail","Test":"TestScript","Elapsed":3}
`
	results := map[Proof]result{}
	if err := readEvents(strings.NewReader(events), "p", results); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		tests   []string
		open    string
		want    string
		seconds float64
	}{
		{[]string{"TestA", "TestScript/s"}, "", "yes", 5.5},
		{[]string{"TestA"}, "something", "in part", 2.5},
		{[]string{"TestA", "TestB"}, "", "no", 3.5},
		{[]string{"TestA", "TestNowhere"}, "", "no", 2.5},
		{[]string{"TestA", "TestC"}, "", "yes", 2.5},
		{[]string{"TestC"}, "", "not here", 0},
	} {
		rows := judge([]Case{{Proofs: in("p", test.tests...), Open: test.open}}, results)
		if got := rows[0].survived(); got != test.want || rows[0].seconds != test.seconds {
			t.Errorf("%v: %s, %v s", test.tests, got, rows[0].seconds)
		}
		if failed := failures(rows) != nil; failed != (test.want == "no") {
			t.Errorf("%v: failed %v", test.tests, failed)
		}
	}
}
