package value_test

import (
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/kolla-build/kolla-build/internal/jinja/value"
)

// machine is an object with all that an object may have.
type machine struct{}

func (*machine) TypeName() string                { return "Machine" }
func (*machine) Module() string                  { return "works" }
func (*machine) Repr() string                    { return "<machine>" }
func (*machine) Length() int                     { return 0 }
func (*machine) Iterate() ([]value.Value, error) { return []value.Value{int64(1), "two"}, nil }
func (*machine) Attribute(n string) (value.Value, bool) {
	return "part " + n, n == "wheel" || n == "_secret"
}
func (*machine) Item(key value.Value) (value.Value, bool, error) {
	if key == value.None {
		return nil, false, value.Errorf("TypeError", "no machine has None")
	}
	return "item", key == "door", nil
}

// stone is an object with nothing.
type stone struct{ _ int } // of a size, so that each has an address of its own

func (*stone) TypeName() string { return "Stone" }

func str(t *testing.T, v value.Value) string {
	t.Helper()
	text, err := value.Str(v)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func wantError(t *testing.T, err error, kind string) {
	t.Helper()
	if e := (*value.Error)(nil); !errors.As(err, &e) || e.Kind != kind {
		t.Errorf("error is %v, want a %s", err, kind)
	}
}

func call(t *testing.T, self value.Value, name string, args ...value.Value) (value.Value, error) {
	t.Helper()
	f, err := value.Attribute(self, name)
	if err != nil {
		t.Fatal(err)
	}
	return f.(value.Callable).Call(value.Arguments{Positional: args})
}

func TestObject(t *testing.T) {
	m := &machine{}
	if got := str(t, value.NewList(m, &stone{}, &value.Function{Name: "f"})); got != "[<machine>, <Stone object>, <built-in function f>]" {
		t.Error(got)
	}
	if ok, err := value.Truth(m); ok || err != nil {
		t.Errorf("an object of length 0 is %t, %v", ok, err)
	}
	if ok, err := value.Truth(&stone{}); !ok || err != nil {
		t.Errorf("an object without length is %t, %v", ok, err)
	}
	if ok, err := value.Contains(m, "two"); !ok || err != nil {
		t.Errorf("two in machine is %t, %v", ok, err)
	}
	if n, err := value.Length(m); n != 0 || err != nil {
		t.Errorf("length is %d, %v", n, err)
	}
	a, b := &stone{}, &stone{}
	if ok, _ := value.Equal(a, a); !ok {
		t.Error("an object is not equal to itself")
	}
	if ok, _ := value.Equal(a, b); ok {
		t.Error("two objects are equal")
	}
	_, err := value.Iterate(a)
	wantError(t, err, "TypeError")
	_, err = value.Binary("+", a, int64(1))
	wantError(t, err, "TypeError")
}

func TestObjectLookup(t *testing.T) {
	m := &machine{}
	tests := []struct {
		name string
		do   func() (value.Value, error)
		want string // a text, or the error for misuse of an undefined value
	}{
		{"attribute", func() (value.Value, error) { return value.Attribute(m, "wheel") }, "part wheel"},
		{"attribute that is an item", func() (value.Value, error) { return value.Attribute(m, "door") }, "item"},
		{"item", func() (value.Value, error) { return value.Item(m, "door") }, "item"},
		{"item that is an attribute", func() (value.Value, error) { return value.Item(m, "wheel") }, "part wheel"},
		{"impossible key", func() (value.Value, error) { return value.Item(m, value.None) }, "UndefinedError: works.Machine object has no element None"},
		{"absent", func() (value.Value, error) { return value.Attribute(m, "sail") }, "UndefinedError: 'works.Machine object' has no attribute 'sail'"},
		{"private", func() (value.Value, error) { return value.Attribute(m, "_secret") }, "SecurityError: access to attribute '_secret' of 'Machine' object is unsafe."},
		{"private as item", func() (value.Value, error) { return value.Item(m, "_secret") }, "SecurityError: access to attribute '_secret' of 'Machine' object is unsafe."},
		{"absent private", func() (value.Value, error) { return value.Attribute(m, "_other") }, "UndefinedError: 'works.Machine object' has no attribute '_other'"},
		{"of None", func() (value.Value, error) { return value.Attribute(value.None, "x") }, "UndefinedError: 'None' has no attribute 'x'"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			v, err := test.do()
			if err != nil {
				t.Fatal(err)
			}
			got := str(t, v)
			if u, ok := v.(*value.Undefined); ok {
				got = u.Misuse().Error()
			}
			if got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
}

func TestNamespace(t *testing.T) {
	n := value.NewNamespace()
	n.Set("x", int64(1))
	n.Set("self", n)
	if got := str(t, n); got != "<Namespace {'x': 1, 'self': <Namespace ...>}>" {
		t.Error(got)
	}
	if v, err := value.Attribute(n, "x"); v != int64(1) || err != nil {
		t.Errorf("n.x is %v, %v", v, err)
	}
	if v, ok := n.Get("y"); ok {
		t.Errorf("n.y is %v", v)
	}
	v, err := value.Attribute(n, "y")
	if err != nil || v.(*value.Undefined).Hint != "'jinja2.utils.Namespace object' has no attribute 'y'" {
		t.Errorf("n.y is %v, %v", v, err)
	}
}

func TestFunction(t *testing.T) {
	f := &value.Function{Name: "count", Do: func(a value.Arguments) (value.Value, error) { return int64(len(a.Positional)), nil }}
	if v, err := f.Call(value.Arguments{Positional: []value.Value{value.None}}); v != int64(1) || err != nil {
		t.Errorf("got %v, %v", v, err)
	}
	_, err := call(t, "a", "encode")
	wantError(t, err, "NotImplementedError")
}

func TestSortBy(t *testing.T) {
	words := func() []value.Value { return []value.Value{"bb", "a", "cc", "d"} }
	length := func(v value.Value) (value.Value, error) { return int64(len(v.(string))), nil }
	tests := []struct {
		name    string
		key     func(value.Value) (value.Value, error)
		reverse bool
		want    string
	}{
		{"items themselves", nil, false, "['a', 'bb', 'cc', 'd']"},
		{"reverse", nil, true, "['d', 'cc', 'bb', 'a']"},
		{"stable", length, false, "['a', 'd', 'bb', 'cc']"},
		{"reverse is stable too", length, true, "['bb', 'cc', 'a', 'd']"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			items := words()
			if err := value.SortBy(items, test.key, test.reverse); err != nil {
				t.Fatal(err)
			}
			if got := str(t, value.NewList(items...)); got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
	mixed := []value.Value{"b", "a", int64(1), "c"}
	wantError(t, value.SortBy(mixed, nil, false), "TypeError")
	if got := str(t, value.NewList(mixed...)); got != "['b', 'a', 1, 'c']" {
		t.Errorf("after an error the items are %s", got)
	}
}

func TestSortCallsItsKey(t *testing.T) {
	list := value.NewList("b", "A", "c")
	lower := &value.Function{Name: "lower", Do: func(a value.Arguments) (value.Value, error) { return call(t, a.Positional[0], "lower") }}
	sort, err := value.Attribute(list, "sort")
	if err != nil {
		t.Fatal(err)
	}
	_, err = sort.(value.Callable).Call(value.Arguments{Keywords: []value.Keyword{{Name: "key", Value: lower}}})
	if got := str(t, list); err != nil || got != "['A', 'b', 'c']" {
		t.Errorf("got %s, %v", got, err)
	}
}

func TestDictKeepsOrder(t *testing.T) {
	d := value.NewDict()
	for i := range int64(40) {
		if err := d.Set(i, i*i); err != nil {
			t.Fatal(err)
		}
	}
	for i := range int64(36) {
		if ok, err := d.Delete(float64(i)); !ok || err != nil {
			t.Fatalf("%d: %t, %v", i, ok, err)
		}
	}
	if ok, err := d.Delete("absent"); ok || err != nil {
		t.Errorf("an absent key was deleted: %t, %v", ok, err)
	}
	if err := d.Set(int64(0), "again"); err != nil {
		t.Fatal(err)
	}
	if got := str(t, d); got != "{36: 1296, 37: 1369, 38: 1444, 39: 1521, 0: 'again'}" {
		t.Error(got)
	}
	if v, ok, err := d.Get(int64(38)); v != int64(1444) || !ok || err != nil {
		t.Errorf("d[38] is %v, %t, %v", v, ok, err)
	}
}

func TestViewShowsTheDictAsItIs(t *testing.T) {
	d, same := value.NewDict(), value.NewDict()
	_ = same.Set("k", int64(1))
	keys, _ := call(t, d, "keys")
	items, _ := call(t, d, "items")
	values, _ := call(t, d, "values")
	_ = d.Set("k", 1.0)
	if got := str(t, value.NewList(keys, values, items)); got != "[dict_keys(['k']), dict_values([1.0]), dict_items([('k', 1.0)])]" {
		t.Error(got)
	}
	for view, item := range map[value.Value]value.Value{keys: "k", values: true, items: value.Tuple{"k", int64(1)}} {
		if ok, err := value.Contains(view, item); !ok || err != nil {
			t.Errorf("%v in %s is %t, %v", item, value.TypeName(view), ok, err)
		}
	}
	for name, view := range map[string]value.Value{"keys": keys, "items": items} {
		other, _ := call(t, same, name)
		if ok, err := value.Equal(view, other); !ok || err != nil {
			t.Errorf("%s are equal: %t, %v", name, ok, err)
		}
	}
	other, _ := call(t, same, "values")
	if ok, _ := value.Equal(values, other); ok {
		t.Error("views of values are equal")
	}
}

func TestIterateCopies(t *testing.T) {
	list := value.NewList("a", "b")
	items, err := value.Iterate(list)
	if err != nil {
		t.Fatal(err)
	}
	list.Items[0] = "changed"
	if items[0] != "a" {
		t.Error("what is iterated over changes with the list")
	}
}

func TestFromGo(t *testing.T) {
	type name string
	tests := []struct {
		in   any
		want string
	}{
		{nil, "None"},
		{true, "True"},
		{7, "7"},
		{uint8(7), "7"},
		{float32(0.5), "0.5"},
		{"text", "'text'"},
		{name("own"), "'own'"},
		{[]string{"a"}, "['a']"},
		{[]any{1, nil, []int{2}}, "[1, None, [2]]"},
		{[2]bool{true, false}, "[True, False]"},
		{map[string]any{"b": 1, "a": []string(nil)}, "{'a': [], 'b': 1}"},
		{map[name]int{"z": 1}, "{'z': 1}"},
		{value.Tuple{int64(1)}, "(1,)"},
		{value.NewNamespace(), "<Namespace {}>"},
	}
	for _, test := range tests {
		v, err := value.FromGo(test.in)
		if err != nil {
			t.Errorf("%v: %v", test.in, err)
			continue
		}
		if got, err := value.Repr(v); got != test.want || err != nil {
			t.Errorf("%v: got %s, %v, want %s", test.in, got, err, test.want)
		}
	}
	_, err := value.FromGo(uint64(math.MaxUint64))
	wantError(t, err, "OverflowError")
	_, err = value.FromGo(map[string]any{"k": []any{make(chan int)}})
	wantError(t, err, "TypeError")
	if !strings.HasPrefix(err.Error(), `key "k": item 0: `) {
		t.Errorf("the error does not say where: %v", err)
	}
	_, err = value.FromGo(map[int]string{1: "x"})
	wantError(t, err, "TypeError")
	circle := map[string]any{}
	circle["self"] = circle
	_, err = value.FromGo(circle)
	wantError(t, err, "RecursionError")
}
