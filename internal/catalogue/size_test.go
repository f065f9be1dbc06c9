package catalogue

import (
	"maps"
	"strings"
	"testing"
)

func TestNewSizes(t *testing.T) {
	got := NewSizes(
		map[string]int64{"base": 100_000_000, "nova-base": 100_149_999, "nova-api": 100_150_000},
		map[string]string{"nova-base": "base", "nova-api": "nova-base"},
	)
	want := Sizes{"base": {1000, 1000}, "nova-base": {1, 1001}, "nova-api": {0, 1002}}
	if !maps.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestSizesKeep(t *testing.T) {
	sizes := Sizes{"nova-base": {1, 1001}, "base": {1000, 1000}}
	var text strings.Builder
	if err := sizes.Write(&text); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(text.String(), "\nbase = { own = 1000, total = 1000 }\nnova-base = {") {
		t.Errorf("not sorted, or not one a line:\n%s", text.String())
	}
	read, err := ReadSizes(strings.NewReader(text.String()))
	if err != nil || !maps.Equal(read, sizes) {
		t.Errorf("read %v, %v", read, err)
	}
}

func TestReadSizesErrors(t *testing.T) {
	for text, want := range map[string]string{
		"base = 1":                        "failed to read sizes",
		"base = {":                        "failed to read sizes",
		"base = { own = 1, total = 'x' }": "failed to read sizes",
		"base = { own = 1, sum = 1 }":     "unknown key",
		"base = { own = 2, total = 1 }":   "base cannot have 2 of its own of 1",
		"base = { own = -1, total = 1 }":  "base cannot have -1",
	} {
		if _, err := ReadSizes(strings.NewReader(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v, want %q", text, err, want)
		}
	}
}

func FuzzReadSizes(f *testing.F) {
	f.Add("base = { own = 1, total = 2 }")
	f.Add("base = 1\n[base]")
	f.Fuzz(func(t *testing.T, text string) {
		sizes, err := ReadSizes(strings.NewReader(text))
		if err == nil && sizes == nil {
			t.Error("neither sizes nor an error")
		}
	})
}
