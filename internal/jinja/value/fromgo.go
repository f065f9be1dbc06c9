package value

import (
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"
)

// FromGo returns the value for something of Go: nil, bools, numbers, strings,
// slices and arrays (as lists), maps with strings as keys (as dicts, sorted by
// key), and what is a [Value] already. Anything else is a TypeError; an unsigned
// number that an int64 does not hold is an OverflowError.
func FromGo(v any) (Value, error) { return fromGo(v, 0) }

func fromGo(v any, depth int) (Value, error) {
	if depth > maxDepth {
		return nil, Errorf("RecursionError", "value of Go is nested too deep")
	}
	switch v := v.(type) {
	case nil:
		return None, nil
	case bool, int64, float64, string, NoneType, *Undefined, *List, Tuple, *Dict, Object:
		return v, nil
	case int:
		return int64(v), nil
	case []string:
		items := make([]Value, len(v))
		for i, s := range v {
			items[i] = s
		}
		return NewList(items...), nil
	}
	return reflected(reflect.ValueOf(v), depth)
}

func reflected(v reflect.Value, depth int) (Value, error) {
	switch v.Kind() {
	case reflect.Bool:
		return v.Bool(), nil
	case reflect.String:
		return v.String(), nil
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return v.Int(), nil
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		if v.Uint() > math.MaxInt64 {
			return nil, overflow()
		}
		return int64(v.Uint()), nil
	case reflect.Float32, reflect.Float64:
		return v.Float(), nil
	case reflect.Slice, reflect.Array:
		return reflectedList(v, depth)
	case reflect.Map:
		if v.Type().Key().Kind() == reflect.String {
			return reflectedDict(v, depth)
		}
	}
	return nil, Errorf("TypeError", "a template cannot hold a %s of Go", v.Type())
}

func reflectedList(v reflect.Value, depth int) (Value, error) {
	items := make([]Value, v.Len())
	for i := range items {
		item, err := fromGo(v.Index(i).Interface(), depth+1)
		if err != nil {
			return nil, fmt.Errorf("item %d: %w", i, err)
		}
		items[i] = item
	}
	return NewList(items...), nil
}

func reflectedDict(v reflect.Value, depth int) (Value, error) {
	keys := v.MapKeys()
	slices.SortFunc(keys, func(a, b reflect.Value) int { return strings.Compare(a.String(), b.String()) })
	d := NewDict()
	for _, k := range keys {
		item, err := fromGo(v.MapIndex(k).Interface(), depth+1)
		if err != nil {
			return nil, fmt.Errorf("key %q: %w", k.String(), err)
		}
		if err := d.Set(k.String(), item); err != nil {
			return nil, err
		}
	}
	return d, nil
}
