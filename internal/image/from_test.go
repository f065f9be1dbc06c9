package image

import (
	"slices"
	"testing"
)

func TestParseFroms(t *testing.T) {
	tests := []struct {
		name       string
		dockerfile string
		last       string
		bases      []string
	}{
		{"plain", "FROM debian:trixie\nRUN true\n", "debian:trixie", []string{"debian:trixie"}},
		{"lower case", "from debian:trixie", "debian:trixie", []string{"debian:trixie"}},
		{"indented, with carriage return", "  FROM debian:trixie\r\n", "debian:trixie", []string{"debian:trixie"}},
		{"tabs between words", "FROM\tdebian:trixie", "debian:trixie", []string{"debian:trixie"}},
		{"platform flag", "FROM --platform=linux/arm64 debian:trixie", "debian:trixie", []string{"debian:trixie"}},
		{"comment first", "# FROM nothing\n\nFROM debian:trixie", "debian:trixie", []string{"debian:trixie"}},
		{"continued", "FROM \\\n  debian:trixie \\\n  AS x", "debian:trixie", []string{"debian:trixie"}},
		{"comment in a continued line", "FROM \\\n# why\n  debian:trixie", "debian:trixie", []string{"debian:trixie"}},
		{"empty line in a continued line", "FROM \\\n\n  debian:trixie", "debian:trixie", []string{"debian:trixie"}},
		{"FROM in a continued RUN", "FROM a:1\nRUN echo \\\n  FROM b:1\nRUN true", "a:1", []string{"a:1"}},
		{"argument first", "ARG X=1\nFROM a:1", "a:1", []string{"a:1"}},
		{"two stages", "FROM a:1 AS build\nFROM b:1\nCOPY --from=build /x /x", "b:1", []string{"a:1", "b:1"}},
		{"last stage from a stage", "FROM a:1 AS One\nFROM b:1\nFROM one", "a:1", []string{"a:1", "b:1"}},
		{"stage from stage from stage", "FROM a:1 AS x\nFROM x AS y\nFROM y", "a:1", []string{"a:1"}},
		{"same base twice", "FROM a:1\nFROM a:1", "a:1", []string{"a:1"}},
		{"heredoc", "FROM a:1\nRUN <<EOF\nFROM b:1\nEOF\nRUN true", "a:1", []string{"a:1"}},
		{"quoted heredoc", "FROM a:1\nCOPY <<-'END' /x\nFROM b:1\n\tEND\nFROM c:1", "c:1", []string{"a:1", "c:1"}},
		{"two heredocs", "FROM a:1\nCOPY <<A <<B /x\nFROM b:1\nA\nFROM b:2\nB\nFROM c:1", "c:1", []string{"a:1", "c:1"}},
		{"shift is no heredoc", "FROM a:1\nRUN echo $((1<<X))\nFROM b:1", "b:1", []string{"a:1", "b:1"}},
		{"here-string is no heredoc", "FROM a:1\nRUN cat <<<EOF\nFROM b:1\nEOF", "b:1", []string{"a:1", "b:1"}},
		{"none", "RUN true\n", "", nil},
		{"bare", "FROM\n", "", nil},
		{"empty", "", "", nil},
		{"ends in a backslash", `FROM a:1 \`, "a:1", []string{"a:1"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := parseFroms(tt.dockerfile)
			if got.last != tt.last || !slices.Equal(got.bases, tt.bases) {
				t.Errorf("got %q %q, want %q %q", got.last, got.bases, tt.last, tt.bases)
			}
		})
	}
}

func FuzzParseFroms(f *testing.F) {
	f.Add("FROM a:1 AS x\nRUN <<EOF\nEOF\nFROM x \\\n\n#\n")
	f.Fuzz(func(t *testing.T, dockerfile string) {
		got := parseFroms(dockerfile)
		if got.last != "" && !slices.Contains(got.bases, got.last) {
			t.Errorf("last base %q is not among %q", got.last, got.bases)
		}
	})
}
