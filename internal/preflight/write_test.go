package preflight

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// sample has every verdict.
var sample = Report{
	Checks: []Check{
		{ID: "one", Title: "the first", Found: "there", Verdict: Works},
		{ID: "two", Title: "second", Found: "rotating rust", Verdict: Slower, Consequence: "it takes longer", Remedy: "buy an SSD"},
		{ID: "three", Title: "third", Found: "less than a <whole>", Verdict: Limited, Consequence: "some do not fit", Remedy: "run as root: grow"},
		{ID: "four", Title: "fourth", Found: "nothing", Verdict: Fails, Consequence: "no image can be built", Remedy: "begin anew"},
	},
	Mode: ModePlain,
}

func TestWriteText(t *testing.T) {
	want := `works    the first  there
slower   second     rotating rust
                    so: it takes longer
                    fix: buy an SSD
limited  third      less than a <whole>
                    so: some do not fit
                    fix: run as root: grow
fails    fourth     nothing
                    so: no image can be built
                    fix: begin anew

This machine cannot build images yet; fix what fails, from the top.
`
	write := func(r Report, color bool) string {
		var text strings.Builder
		if err := WriteText(&text, r, color); err != nil {
			t.Fatal(err)
		}
		return text.String()
	}
	if got := write(sample, false); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	colored := write(sample, true)
	if got := regexp.MustCompile("\x1b\\[[0-9]*m").ReplaceAllString(colored, ""); got != want {
		t.Errorf("less the colors: got\n%s", got)
	}
	for _, part := range []string{"\x1b[32mworks  \x1b[0m  the", "\x1b[33mslower \x1b[0m", "\x1b[33mlimited\x1b[0m", "\x1b[31mfails  \x1b[0m"} {
		if !strings.Contains(colored, part) {
			t.Errorf("no %q in %q", part, colored)
		}
	}
	if got, want := write(Report{Mode: ModeMapped, Able: true}, false), "\nBuilds run in a user namespace with a full range of ids.\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestWriteJSON(t *testing.T) {
	want := `{
  "checks": [
    {
      "id": "one",
      "title": "the first",
      "found": "there",
      "verdict": "works"
    },
    {
      "id": "three",
      "title": "third",
      "found": "less than a <whole>",
      "verdict": "limited",
      "consequence": "some do not fit",
      "remedy": "run as root: grow"
    }
  ],
  "mode": "plain",
  "able": false
}
`
	report := sample
	report.Checks = []Check{sample.Checks[0], sample.Checks[2]}
	var text strings.Builder
	if err := WriteJSON(&text, report); err != nil {
		t.Fatal(err)
	}
	if text.String() != want {
		t.Errorf("got\n%s\nwant\n%s", &text, want)
	}
}

// TestDocumented: docs/doctor.md has every check, mode and verdict, and no others.
func TestDocumented(t *testing.T) {
	document, err := os.ReadFile("../../docs/doctor.md")
	if err != nil {
		t.Fatal(err)
	}
	var documented []string
	for _, row := range regexp.MustCompile("(?m)^\\| `([a-z-]+)` \\|").FindAllStringSubmatch(string(document), -1) {
		documented = append(documented, row[1])
	}
	words := []string{"proc", string(Works), string(Slower), string(Limited), string(Fails),
		string(ModeRoot), string(ModeMapped), string(ModeSingle), string(ModeChroot), string(ModePlain)}
	for _, file := range []string{"checks.go", "storechecks.go"} {
		source, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, id := range regexp.MustCompile(`const id, title = "([a-z-]+)"`).FindAllStringSubmatch(string(source), -1) {
			words = append(words, id[1])
		}
	}
	slices.Sort(words)
	slices.Sort(documented)
	if !slices.Equal(words, documented) {
		t.Errorf("the page has %q\nand the code   %q", documented, words)
	}
}
