package display

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"
)

func TestLines(t *testing.T) {
	tests := []struct {
		name   string
		pieces []string
		want   []string
	}{
		{"whole", []string{"a\nb\n"}, []string{"a", "b"}},
		{"in pieces", []string{"a", "b\nc", "", "d\n", "e"}, []string{"ab", "cd", "e"}},
		{"empty lines", []string{"\n\n"}, []string{"", ""}},
		{"nothing", []string{""}, nil},
		{"escape in pieces", []string{"\x1b[3", "1mred\n"}, []string{"red"}},
		{"windows line in pieces", []string{"text\r", "\nmore\r\n"}, []string{"text", "more"}},
		{"progress in pieces", []string{"10%\r", "50%\r", "100%\n"}, []string{"100%"}},
		{"progress without end", []string{strings.Repeat("10%\r", lineBytes), "20%\r", "\r\n"}, []string{"20%"}},
		{"progress in many pieces", append(slices.Repeat([]string{"10%\r"}, lineBytes), "20%\n"), []string{"20%"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var l lines
			var got []string
			emit := func(line string) { got = append(got, line) }
			for _, piece := range tt.pieces {
				l.feed([]byte(piece), emit)
			}
			l.finish(emit)
			if !slices.Equal(got, tt.want) {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestMemoryIsBounded(t *testing.T) {
	var l lines
	var got []string
	emit := func(line string) { got = append(got, line) }
	piece := bytes.Repeat([]byte("x"), 1<<20)
	for range 10 {
		l.feed(piece, emit)
	}
	if cap(l.pending) > 2*lineBytes {
		t.Errorf("%d bytes are kept of a line without end", cap(l.pending))
	}
	l.feed([]byte("\rdone\n"), emit)
	if want := []string{"done"}; !slices.Equal(got, want) {
		t.Errorf("got %.20q, want %q", got, want)
	}
	l.feed(append(piece, '\n'), emit)
	if n := len([]rune(got[1])); n != lineWidth {
		t.Errorf("a line of %d characters", n)
	}
}

func TestTail(t *testing.T) {
	var few, many tail
	few.add("a")
	few.add("b")
	if got := few.all(); !slices.Equal(got, []string{"a", "b"}) {
		t.Errorf("got %q", got)
	}
	for i := range 3*tailLines + 7 {
		many.add(fmt.Sprint(i))
	}
	got := many.all()
	if len(got) != tailLines || got[0] != fmt.Sprint(2*tailLines+7) || got[tailLines-1] != fmt.Sprint(3*tailLines+6) {
		t.Errorf("got %s", strings.Join(got, " "))
	}
}
