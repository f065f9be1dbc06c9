package value

import (
	"math"
	"slices"
)

var (
	listMethods  table[*List]
	tupleMethods table[Tuple]
)

func newListMethods() map[string]method[*List] {
	return map[string]method[*List]{
		"append":  {min: 1, max: 1, do: listAppend},
		"extend":  {min: 1, max: 1, do: listExtend},
		"insert":  {min: 2, max: 2, do: listInsert},
		"remove":  {min: 1, max: 1, do: listRemove},
		"pop":     {max: 1, do: listPop},
		"clear":   {do: listClear},
		"index":   {min: 1, max: 3, do: listIndex},
		"count":   {min: 1, max: 1, do: listCount},
		"sort":    {raw: listSort},
		"reverse": {do: listReverse},
		"copy":    {do: listCopy},
	}
}

func newTupleMethods() map[string]method[Tuple] {
	return map[string]method[Tuple]{
		"index": {min: 1, max: 3, do: tupleIndex},
		"count": {min: 1, max: 1, do: tupleCount},
	}
}

func listAppend(l *List, args []Value) (Value, error) {
	if err := checkItems(len(l.Items) + 1); err != nil {
		return nil, err
	}
	l.Items = append(l.Items, args[0])
	return None, nil
}

func listExtend(l *List, args []Value) (Value, error) {
	items, err := Iterate(args[0])
	if err != nil {
		return nil, err
	}
	if err := checkItems(len(l.Items) + len(items)); err != nil {
		return nil, err
	}
	l.Items = append(l.Items, items...)
	return None, nil
}

func listInsert(l *List, args []Value) (Value, error) {
	i, err := toInt(args[0])
	if err != nil {
		return nil, err
	}
	if err := checkItems(len(l.Items) + 1); err != nil {
		return nil, err
	}
	l.Items = slices.Insert(l.Items, clamp(i, len(l.Items), 0, len(l.Items)), args[1])
	return None, nil
}

func listRemove(l *List, args []Value) (Value, error) {
	i, err := indexOf(l.Items, args[0], &comparison{})
	if err != nil {
		return nil, err
	}
	if i < 0 {
		return nil, valueError("list.remove(x): x not in list")
	}
	l.Items = slices.Delete(l.Items, i, i+1)
	return None, nil
}

func listPop(l *List, args []Value) (Value, error) {
	i, err := integer(args[0], -1)
	if err != nil {
		return nil, err
	}
	if len(l.Items) == 0 {
		return nil, indexError("pop from empty list")
	}
	if i < 0 {
		i += int64(len(l.Items))
	}
	if i < 0 || i >= int64(len(l.Items)) {
		return nil, indexError("pop index out of range")
	}
	item := l.Items[i]
	l.Items = slices.Delete(l.Items, int(i), int(i)+1)
	return item, nil
}

func listClear(l *List, _ []Value) (Value, error) {
	l.Items = nil
	return None, nil
}

func listReverse(l *List, _ []Value) (Value, error) {
	slices.Reverse(l.Items)
	return None, nil
}

func listCopy(l *List, _ []Value) (Value, error) { return NewList(slices.Clone(l.Items)...), nil }

func listCount(l *List, args []Value) (Value, error) { return countItems(l.Items, args[0]) }

func tupleCount(t Tuple, args []Value) (Value, error) { return countItems(t, args[0]) }

func countItems(items []Value, item Value) (Value, error) {
	count := int64(0)
	for _, candidate := range items {
		ok, err := Equal(candidate, item)
		if err != nil {
			return nil, err
		}
		count += boolInt(ok)
	}
	return count, nil
}

func listIndex(l *List, args []Value) (Value, error) {
	i, err := findItem(l.Items, args)
	if err != nil || i >= 0 {
		return int64(i), err
	}
	text, err := Repr(args[0])
	if err != nil {
		return nil, err
	}
	return nil, valueError("%s is not in list", text)
}

func tupleIndex(t Tuple, args []Value) (Value, error) {
	i, err := findItem(t, args)
	if err == nil && i < 0 {
		err = valueError("tuple.index(x): x not in tuple")
	}
	return int64(i), err
}

// findItem returns the place of the item that args name, between the optional
// start and stop, or -1.
func findItem(items []Value, args []Value) (int, error) {
	limits := [2]int{0, len(items)}
	for i, v := range args[1:] {
		if v == nil {
			continue
		}
		at, ok := asInt(v)
		if !ok {
			return -1, typeError("slice indices must be integers or have an __index__ method")
		}
		limits[i] = clamp(at, len(items), 0, len(items))
	}
	if limits[0] >= limits[1] {
		return -1, nil
	}
	i, err := indexOf(items[limits[0]:limits[1]], args[0], &comparison{})
	if err != nil || i < 0 {
		return -1, err
	}
	return limits[0] + i, nil
}

func listSort(l *List, a Arguments) (Value, error) {
	if len(a.Positional) > 0 {
		return nil, typeError("sort() takes no positional arguments")
	}
	m := method[*List]{max: math.MaxInt8, names: []string{"key", "reverse"}}
	args, err := m.arguments("list", "sort", a)
	if err != nil {
		return nil, err
	}
	reverse := false
	if args[1] != nil {
		flag, err := toInt(args[1])
		if err != nil {
			return nil, err
		}
		reverse = flag != 0
	}
	key, err := sortKey(args[0])
	if err != nil || len(l.Items) == 0 {
		return None, err
	}
	return None, SortBy(l.Items, key, reverse)
}

// sortKey returns the function that a sort is to call on each item, if any. One
// that cannot be called is no error before there is an item.
func sortKey(v Value) (func(Value) (Value, error), error) {
	if v == nil || v == None {
		return nil, nil
	}
	return func(item Value) (Value, error) {
		f, ok := v.(Callable)
		if !ok {
			return nil, typeError("'%s' object is not callable", TypeName(v))
		}
		return f.Call(Arguments{Positional: []Value{item}})
	}, nil
}
