package value_test

import (
	"errors"
	"testing"
	"unicode/utf8"

	"github.com/kolla-build/kolla-build/internal/jinja/value"
)

// checkFormatted fails if formatting did anything but make a text of an allowed
// size or raise an exception.
func checkFormatted(t *testing.T, format string, result value.Value, err error) {
	t.Helper()
	if e := (*value.Error)(nil); errors.As(err, &e) {
		return
	}
	text, ok := result.(string)
	switch {
	case err != nil || !ok:
		t.Errorf("%q: got %v, %v", format, result, err)
	case len(text) > value.MaxText:
		t.Errorf("%q: made %d bytes", format, len(text))
	case utf8.ValidString(format) && !utf8.ValidString(text):
		t.Errorf("%q: made no UTF-8", format)
	}
}

func FuzzPercent(f *testing.F) {
	for _, seed := range []string{"%s", "%(a)s", "%-+ #08.3f|%%", "%*.*d", "%c%r%a", "%5%", "%(a", "%lld", "%é", "%.99999999999d"} {
		f.Add(seed, "text", int64(-7), 1.5)
	}
	f.Fuzz(func(t *testing.T, format, text string, i int64, x float64) {
		mapping := value.NewDict()
		if err := mapping.Set("a", x); err != nil {
			t.Fatal(err)
		}
		for _, args := range []value.Value{text, i, x, mapping, value.Tuple{i, x, text}, value.Tuple{i, i, x}, value.NewList(text)} {
			if !utf8.ValidString(text) {
				continue
			}
			result, err := value.Binary("%", format, args)
			checkFormatted(t, format, result, err)
		}
	})
}

func FuzzBraces(f *testing.F) {
	for _, seed := range []string{"{}", "{0.real}{1[0]}", "{a!r:>{0}}", "{:é^+#012,.3f}", "{{}}", "{0[}", "{!", "{:{:{}}}", "{:_x}", "{:99999999999}"} {
		f.Add(seed, "text", int64(-7), 1.5)
	}
	f.Fuzz(func(t *testing.T, format, text string, i int64, x float64) {
		if !utf8.ValidString(text) {
			return
		}
		method, err := value.Attribute(format, "format")
		if err != nil {
			t.Fatal(err)
		}
		for _, positional := range [][]value.Value{{i, x, text}, {x, value.NewList(text)}, {text, i}, nil} {
			args := value.Arguments{Positional: positional, Keywords: []value.Keyword{{Name: "a", Value: text}}}
			result, err := method.(value.Callable).Call(args)
			checkFormatted(t, format, result, err)
		}
	})
}
