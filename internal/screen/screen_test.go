package screen_test

import (
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/kolla-build/kolla-build/internal/screen"
)

func TestClean(t *testing.T) {
	tests := []struct{ name, in, want string }{
		{"plain", "hello, wörld", "hello, wörld"},
		{"colours", "\x1b[1;31mred\x1b[0m", "red"},
		{"clear the screen", "\x1b[2J\x1b[Hgone", "gone"},
		{"title", "\x1b]0;owned\x07text", "text"},
		{"title with string terminator", "\x1b]0;owned\x1b\\text", "text"},
		{"reset", "\x1bctext", "text"},
		{"charset", "\x1b(Btext", "text"},
		{"lone escape", "a\x1b", "a\uFFFD"},
		{"eight-bit control sequence", "a\u009b31m", "a\uFFFD31m"},
		{"progress bar", "10%\r50%\r100%\n", "100%"},
		{"windows line", "text\r\n", "text"},
		{"NUL and bell", "a\x00b\x07c\x7f", "a\uFFFDb\uFFFDc\uFFFD"},
		{"tab", "a\tb", "a b"},
		{"newline inside", "a\nb", "a b"},
		{"not UTF-8", "a\xffb", "a\uFFFDb"},
		{"reordered letters", "a\u202eb", "a\uFFFDb"},
		{"gitlab section", "section_start:1:x\r\x1b[0Ktext", "text"},
		{"azure command", "x ##vso[task.setvariable]y", "x # #vso[task.setvariable]y"},
		{"old github command", "##[error]no", "# #[error]no"},
		{"github command", " \t::error::no", "  : :error::no"},
		{"colons in the middle stay", "a ::error::no", "a ::error::no"},
		{"headings stay", "## heading", "## heading"},
		{"command hidden by an escape", "#\x1b[m#[error]no", "# #[error]no"},
		{"long", strings.Repeat("ä", 41), strings.Repeat("ä", 39) + "…"},
		{"not too long", strings.Repeat("ä", 40), strings.Repeat("ä", 40)},
		{"empty", "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := screen.Clean(tt.in, 40); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestLines(t *testing.T) {
	got := screen.Lines("one\r\n\x1b[1mtwo\n\nthree is cut\n\n", 8)
	if want := []string{"one", "two", "", "three i…"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestDuration(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0:                          "0.0s",
		40 * time.Millisecond:      "0.0s",
		12340 * time.Millisecond:   "12.3s",
		59960 * time.Millisecond:   "1m00s",
		185 * time.Second:          "3m05s",
		3599900 * time.Millisecond: "1h00m",
		62 * time.Minute:           "1h02m",
		26 * time.Hour:             "26h00m",
	} {
		if got := screen.Duration(d); got != want {
			t.Errorf("%v: got %s, want %s", d, got, want)
		}
	}
}

func FuzzClean(f *testing.F) {
	f.Add("\x1b]0;x\x1b\\##[x]\r\u202e\xff")
	f.Add("#\x1b[m#[error]")
	f.Fuzz(func(t *testing.T, text string) {
		got := screen.Clean(text, 40)
		if !utf8.ValidString(got) || utf8.RuneCountInString(got) > 40 {
			t.Errorf("%q is not valid, or too long", got)
		}
		if i := strings.IndexFunc(got, unicode.IsControl); i >= 0 {
			t.Errorf("%q holds a control character", got)
		}
		if strings.Contains(got, "##[") || strings.HasPrefix(strings.TrimSpace(got), "::") {
			t.Errorf("%q holds a command", got)
		}
	})
}
