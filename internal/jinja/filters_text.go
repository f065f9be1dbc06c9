package jinja

import (
	"strings"
	"unicode"

	"github.com/kolla-build/kolla-build/internal/jinja/syntax"
	"github.com/kolla-build/kolla-build/internal/jinja/value"
)

// textFilters are the filters that make one text of another.
func textFilters() map[string]Filter {
	none := value.Value(value.None)
	return map[string]Filter{
		"capitalize": bind("do_capitalize", textMethod("capitalize"), need("s")),
		"center":     bind("do_center", textMethod("center"), need("value"), option("width", int64(80))),
		"format":     format,
		"lower":      bind("do_lower", textMethod("lower"), need("s")),
		"pprint":     bind("do_pprint", pprint, need("value")),
		"replace":    bind("do_replace", replace, need("s"), need("old"), need("new"), option("count", none)),
		"string":     bind("soft_str", textOf, need("s")),
		"title":      bind("do_title", title, need("s")),
		"trim":       bind("do_trim", textMethod("strip"), need("value"), option("chars", none)),
		"truncate": bind("do_truncate", truncate, need("s"), option("length", int64(255)), option("killwords", false),
			option("end", "..."), option("leeway", none)),
		"upper":     bind("do_upper", textMethod("upper"), need("s")),
		"wordcount": bind("do_wordcount", wordcount, need("s")),
	}
}

func pprint(_ *State, p []value.Value) (value.Value, error) { return value.Pretty(p[0]) }

func textOf(_ *State, p []value.Value) (value.Value, error) { return str(p[0]) }

// format applies % to a text: format strings of printf.
func format(_ *State, a value.Arguments) (value.Value, error) {
	if len(a.Positional) == 0 {
		return nil, value.Errorf("TypeError", "do_format() missing 1 required positional argument: 'value'")
	}
	text, err := str(a.Positional[0])
	if err != nil {
		return nil, err
	}
	if len(a.Positional) == 1 && len(a.Keywords) > 0 {
		named := value.NewDict()
		for _, k := range a.Keywords {
			if err := named.Set(k.Name, k.Value); err != nil {
				return nil, err
			}
		}
		return value.Binary("%", text, named)
	}
	if len(a.Keywords) > 0 {
		return nil, argumentError("can't handle positional and keyword arguments at the same time")
	}
	return value.Binary("%", text, value.Tuple(a.Positional[1:]))
}

func replace(_ *State, p []value.Value) (value.Value, error) {
	var texts [3]string
	for i := range texts {
		text, err := str(p[i])
		if err != nil {
			return nil, err
		}
		texts[i] = text
	}
	count := p[3]
	if count == value.Value(value.None) {
		count = int64(-1)
	}
	return method(texts[0], "replace", texts[1], texts[2], count)
}

// title begins words with a capital letter. A word begins after what isBreak
// tells, which is not what Python's title() thinks of words.
func title(_ *State, p []value.Value) (value.Value, error) {
	text, err := str(p[0])
	if err != nil {
		return nil, err
	}
	var out strings.Builder
	for text != "" {
		end := strings.IndexFunc(text, isBreak)
		if end == 0 {
			end = strings.IndexFunc(text, func(r rune) bool { return !isBreak(r) })
		}
		if end < 0 {
			end = len(text)
		}
		word, err := titled(text[:end])
		if err != nil {
			return nil, err
		}
		out.WriteString(word)
		text = text[end:]
	}
	return out.String(), nil
}

func isBreak(r rune) bool { return strings.ContainsRune("-({[<", r) || syntax.IsSpace(r) }

func titled(word string) (string, error) {
	first := string([]rune(word)[:1])
	upper, err := method(first, "upper")
	if err != nil {
		return "", err
	}
	lower, err := method(strings.TrimPrefix(word, first), "lower")
	if err != nil {
		return "", err
	}
	return upper.(string) + lower.(string), nil
}

// truncate shortens a text to a length, at the end of a word if it may not cut
// one. A text that is hardly longer stays.
func truncate(_ *State, p []value.Value) (value.Value, error) {
	length, err := integer(p[1])
	if err != nil {
		return nil, err
	}
	leeway := int64(5)
	if p[4] != value.Value(value.None) {
		if leeway, err = integer(p[4]); err != nil {
			return nil, err
		}
	}
	end, err := value.Length(p[3])
	if err != nil {
		return nil, err
	}
	switch {
	case length < int64(end):
		return nil, value.Errorf("AssertionError", "expected length >= %d, got %d", end, length)
	case leeway < 0:
		return nil, value.Errorf("AssertionError", "expected leeway >= 0, got %d", leeway)
	}
	n, err := value.Length(p[0])
	if err != nil || int64(n) <= length+leeway {
		return p[0], err
	}
	kept, err := value.Slice(p[0], value.None, length-int64(end), value.None)
	if err != nil {
		return nil, err
	}
	kill, err := value.Truth(p[2])
	if err != nil {
		return nil, err
	}
	if text, isText := kept.(string); isText && !kill {
		if space := strings.LastIndex(text, " "); space >= 0 {
			kept = text[:space]
		}
	}
	return value.Binary("+", kept, p[3])
}

func wordcount(_ *State, p []value.Value) (value.Value, error) {
	text, err := str(p[0])
	if err != nil {
		return nil, err
	}
	words := strings.FieldsFunc(text, func(r rune) bool { return r != '_' && !unicode.In(r, unicode.L, unicode.N) })
	return int64(len(words)), nil
}
