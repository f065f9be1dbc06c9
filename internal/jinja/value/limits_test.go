package value_test

import (
	"math"
	"strings"
	"testing"

	"github.com/kolla-build/kolla-build/internal/jinja/value"
)

const huge = int64(math.MaxInt64)

// TestLimits asks for more than a template may have; what is refused must be
// refused before it is made.
func TestLimits(t *testing.T) {
	long := func() string {
		v, err := value.Binary("*", "x", int64(value.MaxText))
		if err != nil {
			t.Fatal(err)
		}
		return v.(string)
	}()
	full, err := value.Binary("*", value.NewList(value.None), int64(value.MaxItems))
	if err != nil {
		t.Fatal(err)
	}
	binary := func(op string, a, b value.Value) func() (value.Value, error) {
		return func() (value.Value, error) { return value.Binary(op, a, b) }
	}
	method := func(self value.Value, name string, args ...value.Value) func() (value.Value, error) {
		return func() (value.Value, error) { return call(t, self, name, args...) }
	}
	tests := map[string]func() (value.Value, error){
		"text + text":      binary("+", long, "x"),
		"text * int":       binary("*", "xy", huge),
		"int * list":       binary("*", huge, value.NewList("x", "y")),
		"tuple * int":      binary("*", value.Tuple{"x"}, huge),
		"list + list":      binary("+", full, value.NewList("x")),
		"join":             method(long, "join", value.Tuple{"a", "b"}),
		"replace":          method(long, "replace", "x", "yz"),
		"replace nothing":  method(long, "replace", "", "y"),
		"center":           method("x", "center", huge),
		"rjust":            method("x", "rjust", int64(value.MaxText), "日"),
		"zfill":            method("x", "zfill", huge),
		"expandtabs":       method("\t\t\t\t\t\t\t\t\t", "expandtabs", int64(1<<21)),
		"upper":            method("ŉ"+long[:value.MaxText-2], "upper"),
		"split":            method(long, "split", "x"),
		"rsplit":           method(long, "rsplit", "x"),
		"append":           method(full, "append", "x"),
		"extend":           method(full, "extend", full),
		"insert":           method(full, "insert", int64(0), "x"),
		"iterate":          func() (value.Value, error) { _, err := value.Iterate(long); return nil, err },
		"%":                binary("%", "%99999999d", int64(1)),
		"% by star":        binary("%", "%*s", value.Tuple{int64(math.MaxInt32), "x"}),
		"% precision":      binary("%", "%.99999999f", 1.5),
		"% again":          binary("%", "%s%s", value.Tuple{long, "x"}),
		"format":           method("{:99999999}", "format", "x"),
		"format precision": method("{:.99999999f}", "format", 1.5),
		"format group":     method("{:099999999,}", "format", int64(1)),
		"format again":     method("{0}{0}", "format", long),
		"repr":             func() (value.Value, error) { return value.Repr(long) },
		"pretty":           func() (value.Value, error) { return value.Pretty(long) },
	}
	for name, do := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := do()
			wantError(t, err, "MemoryError")
		})
	}
}

func TestReprOfWhatHoldsItself(t *testing.T) {
	list := value.NewList("x")
	list.Items = append(list.Items, list, value.Tuple{list})
	if got := str(t, list); got != "['x', [...], ([...],)]" {
		t.Error(got)
	}
	d := value.NewDict()
	_ = d.Set("self", d)
	twice := value.NewList(d, d)
	if got := str(t, twice); got != "[{'self': {...}}, {'self': {...}}]" {
		t.Error(got)
	}
}

func TestPrettyOfWhatHoldsItself(t *testing.T) {
	list := value.NewList(strings.Repeat("x", 60))
	d := value.NewDict()
	_ = d.Set("list", value.NewList(list, "y"))
	_ = d.Set("dict", d)
	list.Items = append(list.Items, list, value.Tuple{list}, d)
	want := "['" + strings.Repeat("x", 60) + `',
 <Recursion on list>,
 (<Recursion on list>,),
 {'dict': <Recursion on dict>, 'list': [<Recursion on list>, 'y']}]`
	if got, err := value.Pretty(list); err != nil || got != want {
		t.Errorf("got %s, %v\nwant %s", got, err, want)
	}
}

func TestNestedTooDeep(t *testing.T) {
	a, b := value.NewList(), value.NewList()
	for range 2000 {
		a, b = value.NewList(a), value.NewList(b)
	}
	_, err := value.Repr(a)
	wantError(t, err, "RecursionError")
	_, err = value.Pretty(a)
	wantError(t, err, "RecursionError")
	_, err = value.Equal(a, b)
	wantError(t, err, "RecursionError")
	_, err = value.Compare("<", a, b)
	wantError(t, err, "RecursionError")

	circle, other := value.NewList(), value.NewList()
	circle.Items = append(circle.Items, other)
	other.Items = append(other.Items, circle)
	_, err = value.Equal(circle, other)
	wantError(t, err, "RecursionError")
}

// TestSharedManyTimes has values that are small, but of which the text or the
// comparison would take for ever: each level holds the one below twice.
func TestSharedManyTimes(t *testing.T) {
	a, b := value.NewList(), value.NewList()
	var key value.Value = value.Tuple{}
	for range 60 {
		a, b = value.NewList(a, a), value.NewList(b, b)
		key = value.Tuple{key, key}
	}
	_, err := value.Repr(a)
	wantError(t, err, "MemoryError")
	_, err = value.Pretty(a)
	wantError(t, err, "MemoryError")
	_, err = value.Equal(a, b)
	wantError(t, err, "MemoryError")
	wantError(t, value.NewDict().Set(key, "x"), "MemoryError")
}
