package source

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"golang.org/x/net/http/httpproxy"
)

const maxRedirects = 10

// errRedirect wraps what is wrong with a redirect.
var errRedirect = errors.New("refused a redirect")

// newClient returns the client of a fetcher. It has no timeout: each request
// is watched for signs of life instead.
func newClient(env []string) *http.Client {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	proxy := proxies(env)
	transport.Proxy = func(r *http.Request) (*url.URL, error) { return proxy(r.URL) }
	// Archives are kept as they are: a tar.gz that is served with a
	// Content-Encoding of gzip would otherwise arrive as a tar.
	transport.DisableCompression = true
	return &http.Client{Transport: transport, CheckRedirect: checkRedirect}
}

// proxies reads the usual variables. Those in lower case win, as for curl.
func proxies(env []string) func(*url.URL) (*url.URL, error) {
	values := map[string]string{}
	for _, entry := range env {
		key, value, _ := strings.Cut(entry, "=")
		values[key] = value
	}
	get := func(key string) string {
		if value := values[strings.ToLower(key)]; value != "" {
			return value
		}
		return values[key]
	}
	config := httpproxy.Config{HTTPProxy: get("HTTP_PROXY"), HTTPSProxy: get("HTTPS_PROXY"), NoProxy: get("NO_PROXY")}
	return config.ProxyFunc()
}

// checkRedirect keeps what began with TLS on TLS, and credentials with the host
// that they were given for.
func checkRedirect(r *http.Request, via []*http.Request) error {
	from := via[len(via)-1].URL
	switch {
	case len(via) > maxRedirects:
		return fmt.Errorf("%w: there were %d before it", errRedirect, maxRedirects)
	case r.URL.Scheme != "http" && r.URL.Scheme != "https":
		return fmt.Errorf("%w to %s", errRedirect, shown(r.URL))
	case from.Scheme == "https" && r.URL.Scheme != "https":
		return fmt.Errorf("%w from https to %s, which is not encrypted", errRedirect, shown(r.URL))
	}
	for _, earlier := range via {
		if earlier.URL.Host != r.URL.Host {
			r.Header.Del("Authorization")
		}
	}
	return nil
}
