package template

import (
	"slices"
	"strings"
	"sync"
)

// links remembers which templates load which others by import, include or
// extends, and finds those that would load themselves: minijinja counts no
// depth for imports.
//
// A template that includes itself under a condition would be sound in Jinja2,
// but is refused here; none of Kolla's trees has one.
type links struct {
	mu    sync.Mutex
	loads map[string][]string
}

// cycleMark begins the name, impossible as a path, that stands for a template
// which must not be loaded. What follows is the cycle, for the message.
const cycleMark = "\x00"

func newLinks() *links { return &links{loads: map[string][]string{}} }

// follow records that parent loads name, and returns the name to load.
func (l *links) follow(name, parent string) string {
	l.mu.Lock()
	defer l.mu.Unlock()
	if way := l.way(name, parent, map[string]bool{}); way != nil {
		return cycleMark + strings.Join(append([]string{parent}, way...), " -> ")
	}
	if !slices.Contains(l.loads[parent], name) {
		l.loads[parent] = append(l.loads[parent], name)
	}
	return name
}

// way returns the templates by which one leads to another, or nil. Seen holds
// those that are known to lead nowhere.
func (l *links) way(from, to string, seen map[string]bool) []string {
	if from == to {
		return []string{to}
	}
	if seen[from] {
		return nil
	}
	seen[from] = true
	for _, next := range l.loads[from] {
		if rest := l.way(next, to, seen); rest != nil {
			return append([]string{from}, rest...)
		}
	}
	return nil
}
