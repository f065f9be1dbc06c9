package source

import (
	"net/url"
	"regexp"
)

// userinfo is what may stand before the host of a URL within any text: as far
// as the last @ before the path, since passwords hold some.
var userinfo = regexp.MustCompile(`([A-Za-z][A-Za-z0-9+.-]*://)[^\s/'"]*@`)

// redact removes names and passwords from the URLs in a text.
func redact(text string) string { return userinfo.ReplaceAllString(text, "$1") }

// shown returns a URL that may be shown: without userinfo, and without its
// query, which is where signed links keep their keys.
func shown(u *url.URL) string {
	s := u.Scheme + "://" + u.Host + u.EscapedPath()
	if u.RawQuery != "" {
		s += "?..."
	}
	return s
}
