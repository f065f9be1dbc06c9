package catalogue

import (
	"maps"
	"strings"
	"testing"
)

func TestParents(t *testing.T) {
	got, err := Parents([]byte(`{"base": ["cron", {"openstack-base": [{"nova-base": ["nova-api"]}, {"x": []}]}]}`))
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{
		"cron": "base", "openstack-base": "base", "nova-base": "openstack-base", "nova-api": "nova-base", "x": "openstack-base",
	}
	if !maps.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestParentsErrors(t *testing.T) {
	for _, text := range []string{"", "{", "[]", "1", `{"a": 1}`, `{"a": "b"}`, `{"a": [1]}`, `{"a": [["b"]]}`} {
		_, err := Parents([]byte(text))
		if err == nil || !strings.Contains(err.Error(), "dependencies of images") {
			t.Errorf("%q: got %v", text, err)
		}
	}
}

func FuzzParents(f *testing.F) {
	f.Add([]byte(`{"base": ["cron", {"openstack-base": []}]}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		if parents, err := Parents(text); err == nil && parents == nil {
			t.Error("neither parents nor an error")
		}
	})
}
