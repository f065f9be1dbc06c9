package template

import (
	"slices"
	"strings"

	"github.com/mitsuhiko/minijinja/minijinja-go/v2/value"
)

// pythonString prints a value as Python's str does: True, None and the items
// of lists in their own way.
func pythonString(v value.Value) string {
	if v.Kind() == value.KindString {
		return v.String()
	}
	return pythonRepr(v)
}

// pythonRepr prints a value as Python's repr does.
func pythonRepr(v value.Value) string {
	switch v.Kind() {
	case value.KindNone:
		return "None"
	case value.KindBool:
		if v.IsTrue() {
			return "True"
		}
		return "False"
	case value.KindString:
		return pythonQuote(v.String())
	case value.KindSeq:
		var items []string
		for _, item := range v.Iter() {
			items = append(items, pythonRepr(item))
		}
		return "[" + strings.Join(items, ", ") + "]"
	case value.KindMap:
		entries, ok := v.AsMap()
		if !ok {
			return v.String()
		}
		var items []string
		for key, item := range entries {
			items = append(items, pythonQuote(key)+": "+pythonRepr(item))
		}
		slices.Sort(items)
		return "{" + strings.Join(items, ", ") + "}"
	default:
		return v.String()
	}
}

// pythonQuote puts text into the quotes that Python chooses: single ones,
// unless the text holds some and no double ones.
func pythonQuote(text string) string {
	quote := `'`
	if strings.Contains(text, `'`) && !strings.Contains(text, `"`) {
		quote = `"`
	}
	escaped := strings.NewReplacer(`\`, `\\`, "\n", `\n`, "\r", `\r`, "\t", `\t`, quote, `\`+quote).Replace(text)
	return quote + escaped + quote
}
