package plan

import (
	"fmt"
	"strings"
	"testing"
)

func lines(text string) []string {
	var in Inputs
	in.AddDockerfile(strings.ReplaceAll(text, " ", "\n"))
	return in.Lines
}

func TestChangedLines(t *testing.T) {
	for _, test := range []struct{ old, now, want string }{
		{"a b c", "a x c", "2 content"},
		{"a b c", "x b y", "1 content, 3 content"},
		{"a b c d e f", "a b x c d f", "3 added, 6 removed"},
		{"a b c", "a b", "3 removed"},
		{"a b c ", "b c ", "1 removed"},
		{"a b c ", "a b c d e ", "4 added"},
		{"a b c ", "c a b ", "1 added, 4 removed"},
		{"", "a b", "0 content"},
		{"a b", "a b", "0 content"},
	} {
		var got []string
		for _, c := range changedLines("Dockerfile", lines(test.old), lines(test.now)) {
			got = append(got, fmt.Sprintf("%d %s", c.Line, c.What))
		}
		if got := strings.Join(got, ", "); got != test.want {
			t.Errorf("%q to %q: %s, want %s", test.old, test.now, got, test.want)
		}
	}
}

// TestVeryDifferentTexts wants an answer in little time and memory.
func TestVeryDifferentTexts(t *testing.T) {
	var old, now strings.Builder
	for i := range 2 * maxCompared {
		fmt.Fprintf(&old, "%d ", i)
		fmt.Fprintf(&now, "x%d ", i)
	}
	got := changedLines("Dockerfile", lines("a "+old.String()+"b"), lines("a "+now.String()+"b"))
	if len(got) != 1 || got[0].Line != 2 || got[0].What != Content {
		t.Errorf("got %v", got)
	}
}

func TestSentence(t *testing.T) {
	var changes []Change
	for _, name := range []string{"a", "b", "c", "d", "e"} {
		changes = append(changes, Change{Kind: File, Name: name, What: Added})
	}
	if got := sentence(changes); got != "file a is new, file b is new, file c is new, and 2 more" {
		t.Errorf("got %s", got)
	}
}
