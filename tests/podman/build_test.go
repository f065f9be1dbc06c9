package podman

import (
	"strings"
	"testing"
)

func TestReferences(t *testing.T) {
	const summary = `{"built": [{"name": "base", "reference": "kolla/base:1"}, {"name": "haproxy", "reference": "kolla/haproxy:1"}]}`
	found, err := references([]byte(summary), []string{"haproxy"})
	if err != nil || found["haproxy"] != "kolla/haproxy:1" {
		t.Errorf("have %v, %v", found, err)
	}
	_, err = references([]byte(summary), []string{"haproxy", "keystone"})
	if err == nil || strings.Contains(err.Error(), `"haproxy"`) || !strings.Contains(err.Error(), `"keystone"`) {
		t.Errorf("want an error about the one that is missing, have %v", err)
	}
	if _, err := references(nil, nil); err == nil {
		t.Error("want an error about a summary that is no JSON")
	}
}
