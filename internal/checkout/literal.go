package checkout

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"sync"
)

// maxNesting bounds how deep literals may lie within one another.
const maxNesting = 20

// assignment matches where a module gives a constant its value.
var assignment = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`(?m)^([A-Z][A-Z0-9_]*)[ \t]*=[ \t]*`) })

// lineEnd matches what may follow a value that stands for itself.
var lineEnd = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[ \t]*(#.*)?(\r?\n|$)`) })

// constants reads the constants of a Python module: what it assigns at its top
// level to names in capital letters. Their values are string, int, bool, nil,
// []any (for lists, tuples and sets) and map[string]any. What is no literal is
// left out: a module computes many things, and only its data can be told
// without running it.
func constants(source string) map[string]any {
	found := map[string]any{}
	for _, m := range assignment().FindAllStringSubmatchIndex(source, -1) {
		r := literalReader{text: source[m[1]:]}
		if value, err := r.value(0); err == nil && lineEnd().MatchString(r.text) {
			found[source[m[2]:m[3]]] = value
		}
	}
	return found
}

// literalReader reads Python literals off the front of text.
type literalReader struct{ text string }

var errNoLiteral = errors.New("no literal")

func (r *literalReader) value(depth int) (any, error) {
	if depth > maxNesting {
		return nil, fmt.Errorf("literals are nested more than %d deep", maxNesting)
	}
	if depth > 0 {
		r.space()
	}
	if r.text == "" {
		return nil, errNoLiteral
	}
	switch c := r.text[0]; {
	case c == '\'' || c == '"':
		return r.strings(depth)
	case c == '{':
		return r.braces(depth)
	case c == '[':
		return r.list("]", depth)
	case c == '(':
		return r.parentheses(depth)
	default:
		return r.word()
	}
}

// space skips white space and comments, which may hold line ends between
// brackets.
func (r *literalReader) space() {
	for {
		r.text = strings.TrimLeft(r.text, " \t\r\n\\")
		if !strings.HasPrefix(r.text, "#") {
			return
		}
		_, r.text, _ = strings.Cut(r.text, "\n")
	}
}

func (r *literalReader) take(token string) bool {
	r.space()
	rest, found := strings.CutPrefix(r.text, token)
	r.text = rest
	return found
}

// strings reads one string, or several that stand side by side and make one.
// Outside of brackets, the line's end ends them.
func (r *literalReader) strings(depth int) (string, error) {
	var whole strings.Builder
	for r.text != "" && (r.text[0] == '\'' || r.text[0] == '"') {
		part, err := r.string()
		if err != nil {
			return "", err
		}
		whole.WriteString(part)
		if depth > 0 {
			r.space()
		} else {
			r.text = strings.TrimLeft(r.text, " \t")
		}
	}
	return whole.String(), nil
}

func (r *literalReader) string() (string, error) {
	quote := r.text[0]
	var b strings.Builder
	for i := 1; i < len(r.text); i++ {
		switch c := r.text[i]; {
		case c == quote:
			r.text = r.text[i+1:]
			return b.String(), nil
		case c == '\n':
			return "", errNoLiteral
		case c == '\\' && i+1 < len(r.text):
			i++
			if !strings.ContainsRune(`\'"`, rune(r.text[i])) {
				return "", errNoLiteral
			}
			b.WriteByte(r.text[i])
		default:
			b.WriteByte(c)
		}
	}
	return "", errNoLiteral
}

// braces reads a dict or a set.
func (r *literalReader) braces(depth int) (any, error) {
	r.text = r.text[1:]
	dict, set := map[string]any{}, []any{}
	for !r.take("}") {
		first, err := r.value(depth + 1)
		if err != nil {
			return nil, err
		}
		if r.take(":") {
			key, ok := first.(string)
			if !ok {
				return nil, errNoLiteral
			}
			if dict[key], err = r.value(depth + 1); err != nil {
				return nil, err
			}
		} else {
			set = append(set, first)
		}
		if !r.take(",") {
			if !r.take("}") {
				return nil, errNoLiteral
			}
			break
		}
	}
	if len(set) > 0 {
		return set, nil
	}
	return dict, nil
}

func (r *literalReader) list(end string, depth int) ([]any, error) {
	r.text = r.text[1:]
	items := []any{}
	for !r.take(end) {
		item, err := r.value(depth + 1)
		if err != nil {
			return nil, err
		}
		items = append(items, item)
		if !r.take(",") {
			if !r.take(end) {
				return nil, errNoLiteral
			}
			break
		}
	}
	return items, nil
}

// parentheses reads a tuple, or one value that is set in parentheses.
func (r *literalReader) parentheses(depth int) (any, error) {
	before := r.text
	items, err := r.list(")", depth)
	if err != nil || len(items) != 1 {
		return items, err
	}
	inside := strings.TrimSuffix(before[:len(before)-len(r.text)], ")")
	if strings.HasSuffix(strings.TrimRight(inside, " \t\r\n"), ",") {
		return items, nil
	}
	return items[0], nil
}

var word = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^(?:[A-Za-z_]\w*|\d+)\b`) })

func (r *literalReader) word() (any, error) {
	found := word().FindString(r.text)
	r.text = r.text[len(found):]
	switch found {
	case "True":
		return true, nil
	case "False":
		return false, nil
	case "None":
		return nil, nil
	}
	number, err := strconv.Atoi(found)
	if err != nil {
		return nil, errNoLiteral
	}
	return number, nil
}
