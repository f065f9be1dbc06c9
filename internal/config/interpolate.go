package config

import (
	"fmt"
	"strings"
)

// maxExpanded bounds a value after its references are replaced, in bytes. Each
// of a chain of values may name the one before twice.
const maxExpanded = 64 << 10

// expand replaces $name and ${name} by what lookup has for the name; $$ and \$
// stand for a dollar sign. A dollar sign before anything else is left alone,
// as Python's string.Template does, whose rules oslo.config follows. A name in
// braces may have a section in front: ${nova-base.location}.
func expand(text string, lookup func(name string) (string, error)) (string, error) {
	var b strings.Builder
	for {
		before, after, found := strings.Cut(text, "$")
		if !found {
			b.WriteString(text)
			break
		}
		if escaped, ok := strings.CutSuffix(before, `\`); ok {
			b.WriteString(escaped + "$")
			text = after
			continue
		}
		b.WriteString(before)
		name, rest := reference(after)
		switch {
		case name != "":
			value, err := lookup(name)
			if err != nil {
				return "", err
			}
			b.WriteString(value)
		case strings.HasPrefix(rest, "$"):
			b.WriteByte('$')
			rest = rest[1:]
		default:
			b.WriteByte('$')
		}
		text = rest
		if b.Len() > maxExpanded {
			break
		}
	}
	if b.Len() > maxExpanded {
		return "", fmt.Errorf("the value grows beyond %d bytes", maxExpanded)
	}
	return b.String(), nil
}

// reference splits what comes after a dollar sign into the name referred to
// and the rest. There may be no name.
func reference(text string) (name, rest string) {
	if braced, ok := strings.CutPrefix(text, "{"); ok {
		name, rest, closed := strings.Cut(braced, "}")
		if closed && name != "" && !strings.ContainsFunc(name, func(r rune) bool { return !isNameRune(r) && r != '.' && r != '-' }) {
			return name, rest
		}
		return "", text
	}
	end := strings.IndexFunc(text, func(r rune) bool { return !isNameRune(r) })
	if end < 0 {
		end = len(text)
	}
	if end > 0 && text[0] >= '0' && text[0] <= '9' {
		return "", text
	}
	return text[:end], text[end:]
}

func isNameRune(r rune) bool {
	return r == '_' || 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9'
}
