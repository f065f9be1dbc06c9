package jinja

import (
	"strings"

	"github.com/kolla-build/kolla-build/internal/jinja/value"
)

// orderFilters are the filters that compare items.
func orderFilters() map[string]Filter {
	none := value.Value(value.None)
	extreme := func(operator string) Filter {
		do := func(s *State, p []value.Value) (value.Value, error) { return extremum(s, operator, p) }
		name := map[string]string{"<": "do_min", ">": "do_max"}[operator]
		return bind(name, do, need("value"), option("case_sensitive", false), option("attribute", none))
	}
	return map[string]Filter{
		"dictsort": bind("do_dictsort", dictsort, need("value"), option("case_sensitive", false), option("by", "key"), option("reverse", false)),
		"groupby": bind("sync_do_groupby", groupby, need("value"), need("attribute"), option("default", none),
			option("case_sensitive", false)),
		"max": extreme(">"),
		"min": extreme("<"),
		"sort": bind("do_sort", sorted, need("value"), option("reverse", false), option("case_sensitive", false),
			option("attribute", none)),
	}
}

func dictsort(_ *State, p []value.Value) (value.Value, error) {
	position := int64(0)
	switch p[2] {
	case value.Value("key"):
	case value.Value("value"):
		position = 1
	default:
		return nil, argumentError(`You can only sort by either "key" or "value"`)
	}
	dict, isDict := p[0].(*value.Dict)
	if !isDict {
		return nil, noItems(p[0])
	}
	key, err := sortKey(position, p[1], nil)
	if err != nil {
		return nil, err
	}
	reverse, err := value.Truth(p[3])
	if err != nil {
		return nil, err
	}
	pairs := itemsOf(dict)
	return pairs, value.SortBy(pairs.Items, key, reverse)
}

// sorted sorts by the item, or by attributes with commas between them.
func sorted(s *State, p []value.Value) (value.Value, error) {
	all, err := s.run.items(p[0])
	if err != nil {
		return nil, err
	}
	paths := []value.Value{p[3]}
	if text, isText := p[3].(string); isText {
		paths = nil
		for path := range strings.SplitSeq(text, ",") {
			paths = append(paths, path)
		}
	}
	getters := make([]getter, len(paths))
	for i, path := range paths {
		if getters[i], err = sortKey(path, p[2], nil); err != nil {
			return nil, err
		}
	}
	reverse, err := value.Truth(p[1])
	if err != nil {
		return nil, err
	}
	result := value.NewList(append([]value.Value(nil), all...)...)
	return result, value.SortBy(result.Items, func(item value.Value) (value.Value, error) {
		keys := make([]value.Value, len(getters))
		for i, get := range getters {
			k, err := get(item)
			if err != nil {
				return nil, err
			}
			keys[i] = k
		}
		return value.NewList(keys...), nil
	}, reverse)
}

// extremum returns the first item that no other one precedes by the operator.
func extremum(s *State, operator string, p []value.Value) (value.Value, error) {
	all, err := s.run.items(p[0])
	if err != nil {
		return nil, err
	}
	if len(all) == 0 {
		return missing("No aggregated item, sequence was empty."), nil
	}
	key, err := sortKey(p[2], p[1], nil)
	if err != nil {
		return nil, err
	}
	best := all[0]
	bestKey, err := key(best)
	if err != nil {
		return nil, err
	}
	for _, item := range all[1:] {
		k, err := key(item)
		if err != nil {
			return nil, err
		}
		better, err := value.Compare(operator, k, bestKey)
		if err != nil {
			return nil, err
		}
		if better {
			best, bestKey = item, k
		}
	}
	return best, nil
}

// groupby sorts by an attribute and makes a group of items where it is equal.
func groupby(s *State, p []value.Value) (value.Value, error) {
	all, err := s.run.items(p[0])
	if err != nil {
		return nil, err
	}
	all = append([]value.Value(nil), all...)
	key, err := sortKey(p[1], p[3], p[2])
	if err != nil {
		return nil, err
	}
	name := attributeGetter(p[1], p[2], nil)
	if err := value.SortBy(all, key, false); err != nil {
		return nil, err
	}
	groups := value.NewList()
	var open *group
	var openKey value.Value
	for _, item := range all {
		k, err := key(item)
		if err != nil {
			return nil, err
		}
		same := false
		if open != nil {
			if same, err = value.Equal(openKey, k); err != nil {
				return nil, err
			}
		}
		if !same {
			open, openKey = &group{list: value.NewList()}, k
			if open.grouper, err = name(item); err != nil {
				return nil, err
			}
			groups.Items = append(groups.Items, open)
		}
		open.list.Items = append(open.list.Items, item)
	}
	return groups, nil
}

// group is a pair of what is common to some items, and those items.
type group struct {
	grouper value.Value
	list    *value.List
}

// TypeName is that of Jinja2's class.
func (*group) TypeName() string { return "_GroupTuple" }

// Module is that of Jinja2's class.
func (*group) Module() string { return "jinja2.filters" }

func (g *group) tuple() value.Tuple { return value.Tuple{g.grouper, g.list} }

// Repr is that of a tuple.
func (g *group) Repr() string {
	text, err := value.Repr(g.tuple())
	if err != nil {
		return "(...)"
	}
	return text
}

// Attribute implements [value.Attributer].
func (g *group) Attribute(name string) (value.Value, bool) {
	switch name {
	case "grouper":
		return g.grouper, true
	case "list":
		return g.list, true
	default:
		return nil, false
	}
}

// Iterate implements [value.Iterable].
func (g *group) Iterate() ([]value.Value, error) { return g.tuple(), nil }

// Length implements [value.Sized].
func (g *group) Length() int { return 2 }

// Item implements [value.Itemer].
func (g *group) Item(key value.Value) (value.Value, bool, error) {
	item, err := value.Item(g.tuple(), key)
	return item, err == nil && !isUndefined(item), err
}
