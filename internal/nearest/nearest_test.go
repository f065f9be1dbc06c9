package nearest_test

import (
	"slices"
	"testing"

	"github.com/kolla-build/kolla-build/internal/nearest"
)

func TestMatch(t *testing.T) {
	images := []string{
		"base", "cinder-api", "cron", "glance-api", "glance-base", "haproxy", "keepalived",
		"keystone", "keystone-base", "mariadb", "memcached", "nova-api", "nova-base",
		"nova-conductor", "openstack-base", "rabbitmq", "redis",
	}
	flags := []string{"base", "base-tag", "push", "push-threads", "registry", "threads", "template-only", "tag"}
	tests := []struct {
		word       string
		candidates []string
		limit      int
		want       []string
	}{
		{"rabitmq", images, 3, []string{"rabbitmq"}},
		{"Memcache", images, 3, []string{"memcached"}},
		{"kystone", images, 1, []string{"keystone"}},
		{"glace", images, 3, []string{"glance-api", "glance-base"}},
		{"xyzzy", images, 3, nil},
		{"", images, 3, nil},
		{"nova-apo", images, 1, []string{"nova-api"}},
		{"rabitmq", images, 0, nil},
		{"rabitmq", nil, 3, nil},
		{"treads", flags, 1, []string{"threads"}},
		{"registrry", flags, 3, []string{"registry"}},
		{"template_only", flags, 3, []string{"template-only"}},
	}
	for _, tt := range tests {
		t.Run(tt.word, func(t *testing.T) {
			if got := nearest.Match(tt.word, tt.candidates, tt.limit); !slices.Equal(got, tt.want) {
				t.Errorf("Match(%q) = %q, want %q", tt.word, got, tt.want)
			}
		})
	}
}
