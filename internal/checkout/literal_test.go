package checkout

import (
	"reflect"
	"strings"
	"testing"
)

func TestConstants(t *testing.T) {
	source := `
# NAME = 'in a comment'
RELEASE = '2026.1'
QUOTED = "it's \"so\""
LONG = ('one/'
        # a remark, between
        'two')
NUMBER = 42
EMPTY = {}
NOTHING = None
SWITCHES = [True, False,]
TUPLE = ('a', 'b')
SINGLE = ('a',)
NESTED = {
    'aarch64': {
        "bifrost-base",  # why
    },
    'tags': {'debian': {'name': 'debian', 'tag': 'trixie'}},
}
JOINED = "a" \
    "b"
COMPUTED = os.path.join('a', 'b')
SUM = {'a': 1 + 1}
UNCLOSED = {'a': 1
lower = 'not a constant'
    INDENTED = 'nor this'
`
	want := map[string]any{
		"RELEASE":  "2026.1",
		"QUOTED":   `it's "so"`,
		"LONG":     "one/two",
		"NUMBER":   42,
		"EMPTY":    map[string]any{},
		"NOTHING":  nil,
		"SWITCHES": []any{true, false},
		"TUPLE":    []any{"a", "b"},
		"NESTED": map[string]any{
			"aarch64": []any{"bifrost-base"},
			"tags":    map[string]any{"debian": map[string]any{"name": "debian", "tag": "trixie"}},
		},
		"SINGLE": []any{"a"},
	}
	got := constants(source)
	for name := range want {
		if !reflect.DeepEqual(got[name], want[name]) {
			t.Errorf("%s: got %#v", name, got[name])
		}
		delete(got, name)
	}
	if len(got) > 0 {
		t.Errorf("more than that: %v", got)
	}
}

func FuzzConstants(f *testing.F) {
	f.Add("A = {'a': ('b' \"c\"), 'd': [1, True, None]}\n")
	f.Add("A = " + strings.Repeat("(", 100))
	f.Fuzz(func(t *testing.T, source string) {
		constants(source)
	})
}
