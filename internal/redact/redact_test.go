package redact_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/kolla-build/kolla-build/internal/redact"
)

func TestURLs(t *testing.T) {
	for text, want := range map[string]string{
		"":                                  "",
		"no URL, me@host":                   "no URL, me@host",
		"https://host/x":                    "https://host/x",
		"https://host:8443/x@v1":            "https://host:8443/x@v1",
		"https://[::1]:5000/x@v1":           "https://[::1]:5000/x@v1",
		"https://me:pass@host/x":            "https://********@host/x",
		"https://me:p@ssw0rd@host/x":        "https://********@host/x",
		"https://me:p/ss@host/x":            "https://********@host/x",
		"https://me:p?ss@host/x":            "https://********@host/x",
		"https://me:p@s/s@host/x":           "https://********@host/x",
		"https://me:@host/x":                "https://********@host/x",
		"https://token@host/x":              "https://********@host/x",
		"https://host/x?X-Amz-Signature=1":  "https://host/x?...",
		"ssh://git@host/x":                  "ssh://git@host/x",
		"ssh://git:pass@host/x":             "ssh://********@host/x",
		"git+https://me:pass@host/x@master": "git+https://********@master",
		`get "https://me:pass@host/x": EOF, and 'http://a:b@c' (http://d:e@f)`: `get "https://********@host/x": EOF, and 'http://********@c' (http://********@f)`,
		"Patch https://host/v2/x/blobs/uploads/1?_state=abc: EOF":              "Patch https://host/v2/x/blobs/uploads/1?...: EOF",
		"parse \"https://me:%zz@host\": invalid":                               "parse \"https://********@host\": invalid",
	} {
		if got := redact.URLs(text); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}

func TestLocation(t *testing.T) {
	for text, want := range map[string]string{
		"me:p@ss@host:5000":      "********@host:5000",
		"host:5000":              "host:5000",
		"host:5000/x@sha256:ab":  "host:5000/x@sha256:ab",
		"https://me:p@ss@host/x": "https://********@host/x",
	} {
		if got := redact.Location(text); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}

// FuzzURLs: a password that net/url finds in a URL is not in the redacted text.
func FuzzURLs(f *testing.F) {
	f.Add("me", "p@ss")
	f.Add("", "/?#")
	f.Fuzz(func(t *testing.T, user, password string) {
		if len(password) < 4 {
			return
		}
		u := &url.URL{Scheme: "https", Host: "h", User: url.UserPassword(user, password), Path: "/x"}
		got := redact.URL(u)
		if got != "https://"+redact.Mask+"@h/x" {
			t.Errorf("%q shows as %q", u, got)
		}
		text := "get https://" + user + ":" + password + "@h/x now"
		if strings.ContainsAny(user, "/?#%[:@") || strings.ContainsAny(password+user, " \t\r\n\v\f'\"<>\u0085\u00a0") {
			return
		}
		if port, _, _ := strings.Cut(strings.ReplaceAll(password, "?", "/"), "/"); port != password && strings.Trim(port, "0123456789") == "" {
			return // it reads as a host with a port
		}
		if parsed, err := url.Parse("https://" + user + ":" + password + "@h/x"); err == nil {
			password, _ = parsed.User.Password()
		}
		if got := redact.URLs(text); len(password) >= 4 && strings.Contains(got, password) && !strings.Contains("get https://"+redact.Mask+"@h/x?... now", password) {
			t.Errorf("%q shows %q", text, got)
		}
	})
}
