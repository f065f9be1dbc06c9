package checkout

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Sources returns the sections that say where images come from, each with its
// keys as a configuration file has them. They are nil where the checkout has
// none.
func (c *Checkout) Sources() map[string]map[string]string { return sections(c.constants["SOURCES"]) }

// Users returns the sections of the services' users.
func (c *Checkout) Users() map[string]map[string]string { return sections(c.constants["USERS"]) }

func sections(table any) map[string]map[string]string {
	var all map[string]map[string]string
	for section, keys := range dict(table) {
		if all == nil {
			all = map[string]map[string]string{}
		}
		all[section] = map[string]string{}
		for key, value := range dict(keys) {
			all[section][key] = entry(value)
		}
	}
	return all
}

// entry writes a value as a configuration file has it.
func entry(value any) string {
	pairs, ok := value.(map[string]any)
	if !ok {
		return fmt.Sprint(value)
	}
	var list []string
	for _, key := range slices.Sorted(maps.Keys(pairs)) {
		list = append(list, fmt.Sprintf("%s:%v", key, pairs[key]))
	}
	return strings.Join(list, ",")
}
