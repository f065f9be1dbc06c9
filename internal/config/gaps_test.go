package config

import (
	"slices"
	"testing"
)

// TestGaps has what Python's oslo.config makes of a list.
func TestGaps(t *testing.T) {
	for value, want := range map[string][]string{
		"": nil, " ": nil, ",": nil, ",,": nil, "a": {"a"}, "a,": {"a"}, "a,,": {"a"},
		"a,,b": {"a", "", "b"}, "a, ,b": {"a", "", "b"}, ",a": {"", "a"}, "a , b": {"a", "b"},
		"a, ,": {"a", ""}, "a,\nb,\n": {"a", "b"},
	} {
		if got := splitGaps(value); !slices.Equal(got, want) {
			t.Errorf("%q: got %q, want %q", value, got, want)
		}
	}
}
