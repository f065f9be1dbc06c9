package registry

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"slices"
	"strings"

	"golang.org/x/net/publicsuffix"
)

// RealmError reports a registry that sends its users to a token server which must not get
// their password.
type RealmError struct {
	// Registry and Realm are the hosts, with a port if it is not the default one.
	Registry, Realm string
	// Reason completes "the token server REALM, which REGISTRY names, ".
	Reason string
	// Allowable tells whether allowing the host makes a difference.
	Allowable bool
}

func (e *RealmError) Error() string {
	return fmt.Sprintf("the token server %s, which %s names, %s", e.Realm, e.Registry, e.Reason)
}

// Remedy is what the user can do about it.
func (e *RealmError) Remedy() string {
	if !e.Allowable {
		return "have the registry name its token server with https"
	}
	return fmt.Sprintf("if that server may have the password, give --allow-realm %s", e.Realm)
}

// realms are token servers of well-known registries that the rule of [checkRealm] does not
// allow by itself, with the place where each is documented.
var realms = map[string][]string{
	// https://www.scaleway.com/en/docs/container-registry/
	"rg.fr-par.scw.cloud": {"api.scaleway.com"},
	"rg.nl-ams.scw.cloud": {"api.scaleway.com"},
	"rg.pl-waw.scw.cloud": {"api.scaleway.com"},
}

// checkRealm tells whether a registry's user may be sent to a token server with his
// password. A registry could ask for the password itself, so one that names a server of
// its own domain wins nothing: registry-1.docker.io names auth.docker.io,
// registry.gitlab.com names gitlab.com, and a GitLab on port 5050 names port 443 of its
// host. What this keeps from happening is that the password travels unencrypted, and that
// it comes to a third party. Domains are those of the public suffix list
// (https://publicsuffix.org), by which customers of one provider are apart.
//
// Without a password nothing is at stake but where this machine connects to, and whether
// the token that comes back can be overheard.
func checkRealm(registry, realm *url.URL, allowed []string, password bool) error {
	refuse := func(allowable bool, reason string) error {
		return &RealmError{Registry: registry.Host, Realm: realm.Host, Reason: reason, Allowable: allowable}
	}
	switch {
	case realm.Scheme != "https" && realm.Scheme != "http", realm.Host == "":
		return errors.New("the registry names no token server that can be asked")
	case realm.User != nil:
		return refuse(false, "has a user in its address")
	case registry.Scheme == "https" && realm.Scheme != "https":
		return refuse(false, "is asked without encryption")
	case sameOrigin(registry, realm), !password && realm.Scheme == "https":
		return nil
	case slices.Contains(allowed, realm.Host), slices.Contains(allowed, realm.Hostname()) && port(realm) == "443":
		return nil
	case realm.Scheme == "https" && port(realm) == "443" && (sameDomain(registry.Hostname(), realm.Hostname()) || slices.Contains(realms[registry.Host], realm.Host)):
		return nil
	}
	return refuse(true, "is another host's")
}

// sameOrigin tells whether two URLs lead to one server.
func sameOrigin(a, b *url.URL) bool {
	return a.Scheme == b.Scheme && strings.EqualFold(a.Hostname(), b.Hostname()) && port(a) == port(b)
}

func port(u *url.URL) string {
	switch {
	case u.Port() != "":
		return u.Port()
	case u.Scheme == "http":
		return "80"
	}
	return "443"
}

// sameDomain tells whether two hosts belong to one owner of a domain.
func sameDomain(a, b string) bool {
	a, b = strings.ToLower(a), strings.ToLower(b)
	if a == b {
		return true
	}
	if net.ParseIP(a) != nil || net.ParseIP(b) != nil {
		return false
	}
	one, err := publicsuffix.EffectiveTLDPlusOne(a)
	if err != nil {
		return false
	}
	other, err := publicsuffix.EffectiveTLDPlusOne(b)
	return err == nil && one == other
}
