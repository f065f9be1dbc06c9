package exit_test

import (
	"regexp"
	"testing"

	"github.com/kolla-build/kolla-build/internal/exit"
)

func TestTable(t *testing.T) {
	last := -1
	names := map[string]bool{}
	for _, s := range exit.Table() {
		if s.Code <= last || s.Code > 255 {
			t.Errorf("code %d comes after %d", s.Code, last)
		}
		last = s.Code
		if names[s.Name] || !regexp.MustCompile(`^[a-z-]+$`).MatchString(s.Name) {
			t.Errorf("name %q of code %d", s.Name, s.Code)
		}
		names[s.Name] = true
		if s.Meaning == "" {
			t.Errorf("code %d means nothing", s.Code)
		}
		if got, ok := exit.Lookup(s.Code); !ok || got != s {
			t.Errorf("Lookup(%d) = %v, %v", s.Code, got, ok)
		}
	}
	if _, ok := exit.Lookup(77); ok {
		t.Error("77 has a meaning")
	}
}
