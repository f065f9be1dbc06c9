package registry

import (
	"net/url"
	"testing"
)

func TestCheckRealm(t *testing.T) {
	const (
		fine   = ""
		plain  = "is asked without encryption"
		others = "is another host's"
	)
	for _, test := range []struct {
		registry, realm string
		allowed         []string
		anonymous       bool
		want            string
	}{
		{registry: "https://registry-1.docker.io", realm: "https://auth.docker.io/token"},
		{registry: "https://registry.gitlab.com", realm: "https://gitlab.com/jwt/auth"},
		{registry: "https://registry.digitalocean.com", realm: "https://api.digitalocean.com/v2/registry/auth"},
		{registry: "https://rg.fr-par.scw.cloud", realm: "https://api.scaleway.com/registry/token"},
		{registry: "https://quay.io", realm: "https://quay.io/v2/auth"},
		{registry: "https://gitlab.example.com:5050", realm: "https://gitlab.example.com/jwt/auth"},
		{registry: "https://harbor.example.com:8443", realm: "https://harbor.example.com:8443/service/token"},
		{registry: "http://127.0.0.1:5000", realm: "http://127.0.0.1:5000/token"},
		{registry: "https://REGISTRY.example.com", realm: "https://registry.example.com:443/token"},

		{registry: "https://registry.example.com", realm: "http://registry.example.com/token", want: plain},
		{registry: "https://registry.example.com", realm: "http://registry.example.com/token", anonymous: true, want: plain},
		{registry: "https://registry.example.com", realm: "http://registry.example.com/token", allowed: []string{"registry.example.com"}, want: plain},
		{registry: "https://registry.example.com", realm: "https://evil.example.org/token", want: others},
		{registry: "https://registry.example.com", realm: "https://evil.example.org/token", anonymous: true},
		{registry: "https://registry.example.com", realm: "https://169.254.169.254/latest", want: others},
		{registry: "https://registry.example.com", realm: "https://registry.example.com.evil.org/token", want: others},
		{registry: "https://registry.example.com", realm: "https://registry.example.com:8443/token", want: others},
		{registry: "https://registry.example.com:5050", realm: "https://registry.example.com:5051/token", want: others},
		{registry: "https://10.0.0.1", realm: "https://11.0.0.1", want: others},
		{registry: "http://registry:5000", realm: "http://auth:5001/token", want: others},
		{registry: "http://registry.example.com", realm: "http://auth.example.com/token", want: others},
		{registry: "https://one.azurewebsites.net", realm: "https://two.azurewebsites.net/token", want: others}, // customers
		{registry: "https://one.github.io", realm: "https://two.github.io/token", want: others},
		{registry: "https://a.co.uk", realm: "https://b.co.uk", want: others},
		{registry: "https://registry.example.com", realm: "https://me@registry.example.com/token", want: "has a user in its address"},

		{registry: "https://registry.example.com", realm: "https://sso.example.org/token", allowed: []string{"sso.example.org"}},
		{registry: "https://registry.example.com", realm: "https://sso.example.org:8443/token", allowed: []string{"sso.example.org"}, want: others},
		{registry: "https://registry.example.com", realm: "https://sso.example.org:8443/token", allowed: []string{"sso.example.org:8443"}},
		{registry: "http://registry:5000", realm: "http://auth:5001/token", allowed: []string{"auth:5001"}},
	} {
		registry, err := url.Parse(test.registry)
		if err != nil {
			t.Fatal(err)
		}
		realm, err := url.Parse(test.realm)
		if err != nil {
			t.Fatal(err)
		}
		got := fine
		if err := checkRealm(registry, realm, test.allowed, !test.anonymous); err != nil {
			got = err.(*RealmError).Reason
		}
		if got != test.want {
			t.Errorf("%s names %s (allowed %q, anonymous %t): got %q, want %q", test.registry, test.realm, test.allowed, test.anonymous, got, test.want)
		}
	}
	for _, realm := range []string{"", "/token", "ftp://registry.example.com", "https:///token", "javascript:x"} {
		u, err := url.Parse(realm)
		if err != nil {
			t.Fatal(err)
		}
		if err := checkRealm(&url.URL{Scheme: "https", Host: "registry.example.com"}, u, nil, true); err == nil {
			t.Errorf("%q is let pass", realm)
		}
	}
}
