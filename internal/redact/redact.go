// Package redact hides passwords in texts that people and logs see.
package redact

import (
	"net/url"
	"regexp"
	"strings"
)

// Mask stands in the place of what is secret.
const Mask = "********"

// hiddenQuery stands in the place of a query: signed links keep their keys there, and
// registries the state of an upload, with which anybody can go on with it.
const hiddenQuery = "?..."

// address is a URL within any text, broken ones included.
var address = regexp.MustCompile(`([A-Za-z][A-Za-z0-9+.-]*)://([^\s'"<>]+)`)

// URLs hides users, passwords and queries of the URLs in a text.
func URLs(text string) string {
	if !strings.Contains(text, "://") {
		return text
	}
	return address.ReplaceAllStringFunc(text, func(found string) string {
		scheme, rest, _ := strings.Cut(found, "://")
		return scheme + "://" + query(userinfo(scheme, rest))
	})
}

// Location hides the same in a text that is one URL as a whole, or was meant to be one: it
// may lack a scheme.
func Location(text string) string {
	if strings.Contains(text, "://") {
		return URLs(text)
	}
	return query(userinfo("", text))
}

// URL returns a URL as it may be shown.
func URL(u *url.URL) string { return URLs(u.String()) }

// userinfo hides what stands before the host. Passwords with an unescaped @ or / are not
// valid in URLs, yet people write them; so if there is a password it may go on as far as
// the last @. Without one, an @ in the path is a part of the path.
func userinfo(scheme, rest string) string {
	authority, _, _ := strings.Cut(rest, "/")
	authority, _, _ = strings.Cut(authority, "?")
	end := strings.LastIndex(authority, "@")
	_, password, has := strings.Cut(authority, ":")
	if end >= 0 {
		_, _, has = strings.Cut(authority[:end], ":")
	} else if !has || isPort(password) || strings.HasPrefix(authority, "[") {
		return rest
	}
	switch {
	case has:
		end = strings.LastIndex(rest, "@")
	case strings.HasSuffix(scheme, "ssh"):
		return rest // a name is no secret there; elsewhere it may be a token
	}
	if end < 0 {
		return rest
	}
	return Mask + rest[end:]
}

func isPort(text string) bool { return text != "" && strings.Trim(text, "0123456789") == "" }

// query hides what comes after a question mark.
func query(rest string) string {
	if path, q, has := strings.Cut(rest, "?"); has && q != "" {
		return path + hiddenQuery + trailing(q)
	}
	return rest
}

// trailing returns the punctuation of the sentence that a URL stands in.
func trailing(text string) string {
	return text[len(strings.TrimRight(text, ":;,.)]")):]
}
