package jinja

import (
	"strings"

	"github.com/kolla-build/kolla-build/internal/jinja/value"
)

// layoutFilters are the filters that work on the lines of a text.
func layoutFilters() map[string]Filter {
	return map[string]Filter{
		"indent": bind("do_indent", indent, need("s"), option("width", int64(4)), option("first", false), option("blank", false)),
		"wordwrap": bind("do_wordwrap", wordwrap, need("s"), option("width", int64(79)), option("break_long_words", true),
			option("wrapstring", value.None), option("break_on_hyphens", true)),
	}
}

// lines splits a text at the ends of lines that Python knows.
func lines(v value.Value) ([]string, error) {
	text, isText := v.(string)
	if !isText {
		return nil, value.Errorf("AttributeError", "'%s' object has no attribute 'splitlines'", value.TypeName(v))
	}
	split, err := method(text, "splitlines")
	if err != nil {
		return nil, err
	}
	var all []string
	for _, line := range split.(*value.List).Items {
		all = append(all, line.(string))
	}
	return all, nil
}

// indent indents the lines of a text but the first one and the empty ones.
func indent(_ *State, p []value.Value) (value.Value, error) {
	indention, isText := p[1].(string)
	if !isText {
		spaces, err := value.Binary("*", " ", p[1])
		if err != nil {
			return nil, err
		}
		indention = spaces.(string)
	}
	first, err := value.Truth(p[2])
	if err != nil {
		return nil, err
	}
	blank, err := value.Truth(p[3])
	if err != nil {
		return nil, err
	}
	text := p[0]
	if !is[*value.List](text) { // a list takes anything, and has no lines then
		// One more line end, so that the last one of the text stays.
		if text, err = value.Binary("+", text, "\n"); err != nil {
			return nil, err
		}
	}
	all, err := lines(text)
	if err != nil {
		return nil, err
	}
	for i, line := range all {
		if i == 0 && first || i > 0 && (blank || line != "") {
			all[i] = indention + line
		}
	}
	return joined(all, "\n")
}

// joined joins texts, if the result is not too long.
func joined(all []string, separator string) (value.Value, error) {
	size := len(separator) * max(0, len(all)-1)
	for _, s := range all {
		size += len(s)
	}
	if size > value.MaxText {
		return nil, value.Errorf("MemoryError", "text of more than %d MiB", value.MaxText>>20)
	}
	return strings.Join(all, separator), nil
}

// wordwrap breaks each line of a text, so that none is longer than width.
func wordwrap(_ *State, p []value.Value) (value.Value, error) {
	width, err := integer(p[1])
	if err != nil {
		return nil, err
	}
	w := wrapper{width: int(width)}
	if w.breakWords, err = value.Truth(p[2]); err != nil {
		return nil, err
	}
	if w.breakHyphens, err = value.Truth(p[4]); err != nil {
		return nil, err
	}
	separator := "\n"
	if p[3] != value.Value(value.None) {
		if separator, err = str(p[3]); err != nil {
			return nil, err
		}
	}
	if u, is := p[0].(*value.Undefined); is {
		return nil, u.Misuse()
	}
	all, err := lines(p[0])
	if err != nil {
		return nil, err
	}
	var out []string
	for _, line := range all {
		wrapped, err := w.wrap(line)
		if err != nil {
			return nil, err
		}
		out = append(out, strings.Join(wrapped, separator))
	}
	return joined(out, separator)
}
