package value_test

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/kolla-build/kolla-build/internal/jinja/value"
)

// literals reads Python literals, as testdata/generate.py writes them.
type literals struct{ rest string }

func (l *literals) accept(token string) bool {
	rest, ok := strings.CutPrefix(l.rest, token)
	l.rest = rest
	return ok
}

var words = map[string]value.Value{
	"None": value.None, "True": true, "False": false, "undefined": undefined,
	"inf": math.Inf(1), "-inf": math.Inf(-1), "nan": math.NaN(),
}

var undefined = &value.Undefined{Hint: "'foo' is undefined"}

func (l *literals) value() (value.Value, error) {
	for word, v := range words {
		if l.accept(word) {
			return v, nil
		}
	}
	switch {
	case l.accept("["):
		items, err := l.items("]")
		return value.NewList(items...), err
	case l.accept("("):
		items, err := l.items(")")
		return value.Tuple(items), err
	case l.accept("{"):
		return l.dict()
	case strings.HasPrefix(l.rest, "'"), strings.HasPrefix(l.rest, `"`):
		return l.text()
	}
	return l.number()
}

func (l *literals) items(end string) ([]value.Value, error) {
	var items []value.Value
	for !l.accept(end) {
		item, err := l.value()
		if err != nil {
			return nil, err
		}
		items = append(items, item)
		if !l.accept(", ") {
			l.accept(",")
		}
	}
	return items, nil
}

func (l *literals) dict() (*value.Dict, error) {
	d := value.NewDict()
	for !l.accept("}") {
		key, err := l.value()
		if err != nil {
			return nil, err
		}
		if !l.accept(": ") {
			return nil, fmt.Errorf("no colon before %q", l.rest)
		}
		v, err := l.value()
		if err != nil {
			return nil, err
		}
		if err := d.Set(key, v); err != nil {
			return nil, err
		}
		l.accept(", ")
	}
	return d, nil
}

func (l *literals) text() (string, error) {
	mark := l.rest[0]
	l.rest = l.rest[1:]
	var b strings.Builder
	for l.rest != "" {
		if l.rest[0] == mark {
			l.rest = l.rest[1:]
			return b.String(), nil
		}
		// Go allows to escape only the quote that encloses the text.
		quote := mark
		if strings.HasPrefix(l.rest, `\'`) {
			quote = '\''
		}
		r, _, tail, err := strconv.UnquoteChar(l.rest, quote)
		if err != nil {
			return "", fmt.Errorf("%q: %w", l.rest, err)
		}
		if strings.HasPrefix(l.rest, `\x`) {
			r &= math.MaxUint8
		}
		b.WriteRune(r)
		l.rest = tail
	}
	return "", fmt.Errorf("text has no end")
}

func (l *literals) number() (value.Value, error) {
	end := strings.IndexFunc(l.rest, func(r rune) bool { return !strings.ContainsRune("0123456789.e+-", r) })
	if end < 0 {
		end = len(l.rest)
	}
	text := l.rest[:end]
	l.rest = l.rest[end:]
	if text == "" {
		r, _ := utf8.DecodeRuneInString(l.rest)
		return nil, fmt.Errorf("unexpected %q", r)
	}
	if strings.ContainsAny(text, ".e") {
		return strconv.ParseFloat(text, 64)
	}
	return strconv.ParseInt(text, 10, 64)
}
