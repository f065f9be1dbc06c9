package repositories

import (
	"strings"

	"github.com/kolla-build/kolla-build/internal/jinja/value"
)

// str and truth are Python's: what a YAML file may hold prints as it does there.
func str(v any) string {
	converted, err := value.FromGo(plain(v))
	if err != nil {
		return ""
	}
	text, err := value.Str(converted)
	if err != nil {
		return ""
	}
	return text
}

func truth(v any) bool {
	converted, err := value.FromGo(plain(v))
	if err != nil {
		return false
	}
	truth, err := value.Truth(converted)
	return truth && err == nil
}

func plain(v any) any {
	if described, ok := v.(repo); ok {
		return map[string]any(described)
	}
	return v
}

// lines splits a text at its line ends.
func lines(text string) []string {
	var all []string
	for line := range strings.Lines(text) {
		all = append(all, strings.TrimRight(line, "\r\n"))
	}
	return all
}
