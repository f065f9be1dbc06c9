package registry

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/docker/distribution/registry/client/auth/challenge"
	"go.podman.io/image/v5/docker"
	"go.podman.io/image/v5/docker/reference"
	"go.podman.io/image/v5/pkg/docker/config"
	"go.podman.io/image/v5/types"
)

const (
	// maxToken bounds what is read of an answer with a token, in bytes.
	maxToken = 1 << 20
	// minTokenLife is how long a token counts that says less, or nothing, as the
	// specification has it: https://distribution.github.io/distribution/spec/auth/token/.
	minTokenLife = 60 * time.Second
	// tokenMargin is how long before its end a token is renewed.
	tokenMargin = 10 * time.Second
	// clientID is what OAuth wants to know of us.
	clientID = "kolla-build"
)

// bearer is a token, and when it has to be renewed.
type bearer struct {
	token string
	until time.Time
}

// resource is the path of a request about a repository.
var resource = regexp.MustCompile(`^/v2/(.+)/(?:blobs|manifests|tags|referrers)(?:/|$)`)

// repository returns the repository that a request is about, or nothing.
func repository(u *url.URL) string {
	if found := resource.FindStringSubmatch(u.Path); found != nil {
		return found[1]
	}
	return ""
}

// scopes returns what a request needs leave for. Of the repository that is pushed to,
// everything is asked for at once, so that one token serves all requests.
func scopes(request *http.Request, pushTo string) []string {
	name := repository(request.URL)
	if name == "" {
		return nil
	}
	actions := "pull"
	if name == pushTo || request.Method != http.MethodGet && request.Method != http.MethodHead {
		actions = "pull,push"
	}
	needed := []string{"repository:" + name + ":" + actions}
	if from := request.URL.Query().Get("from"); from != "" && request.Method == http.MethodPost {
		needed = append(needed, "repository:"+from+":pull")
	}
	return needed
}

// covers tells whether a scope has the actions of another of the same repository.
func covers(scope, other string) bool {
	_, has, _ := cutLast(scope)
	_, wants, _ := cutLast(other)
	for action := range strings.SplitSeq(wants, ",") {
		if !slices.Contains(strings.Split(has, ","), action) {
			return false
		}
	}
	return true
}

// cutLast cuts a scope at its last colon.
func cutLast(scope string) (before, after string, found bool) {
	i := strings.LastIndex(scope, ":")
	if i < 0 {
		return scope, "", false
	}
	return scope[:i], scope[i+1:], true
}

// authorize answers the first challenge that it can answer.
func (r *registry) authorize(request *http.Request, challenges []challenge.Challenge, pushTo string) error {
	if len(challenges) == 0 {
		return nil
	}
	credentials, err := r.credentials(repository(request.URL))
	if err != nil {
		return err
	}
	for _, c := range challenges {
		switch c.Scheme {
		case "basic":
			if credentials.Username != "" {
				request.SetBasicAuth(credentials.Username, credentials.Password)
			}
			return nil
		case "bearer":
			needed := scopes(request, pushTo)
			for scope := range strings.FieldsSeq(c.Parameters["scope"]) {
				// The registry knows better, for the same repository.
				if name := repository(request.URL); strings.HasPrefix(scope, "repository:"+name+":") && !covers(needed[0], scope) {
					needed = append(needed, scope)
				}
			}
			token, err := r.token(request.Context(), request.URL, c.Parameters, needed, credentials)
			if err != nil {
				return err
			}
			request.Header.Set("Authorization", "Bearer "+token)
			return nil
		}
	}
	return nil
}

// credentials returns what the user has for a repository, or for the registry.
func (r *registry) credentials(name string) (types.DockerAuthConfig, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if found, known := r.accounts[name]; known {
		return found, nil
	}
	domain := domainOf(r.host)
	if name == "" {
		found, err := withLogin(r.system, loginFile(r.system), func(s *types.SystemContext) (types.DockerAuthConfig, error) {
			return config.GetCredentials(s, domain)
		})
		if err != nil {
			return found, fmt.Errorf("failed to read the credentials for %s: %w", domain, err)
		}
		r.accounts[name] = found
		return found, nil
	}
	named, err := reference.WithName(domain + "/" + name)
	if err != nil {
		return types.DockerAuthConfig{}, fmt.Errorf("failed to look up credentials: %w", err)
	}
	found, err := withLogin(r.system, loginFile(r.system), func(s *types.SystemContext) (types.DockerAuthConfig, error) {
		return config.GetCredentialsForRef(s, named)
	})
	if err != nil {
		return found, fmt.Errorf("failed to read the credentials for %s: %w", named, err)
	}
	r.accounts[name] = found
	return found, nil
}

// token returns a token for the scopes, from the server that a challenge names or one that
// was got before.
func (r *registry) token(ctx context.Context, asked *url.URL, parameters map[string]string, scopes []string, credentials types.DockerAuthConfig) (string, error) {
	key := strings.Join(scopes, " ")
	r.mu.Lock()
	known, found := r.tokens[key]
	r.mu.Unlock()
	if found && time.Now().Before(known.until) {
		return known.token, nil
	}
	got, err := r.requestToken(ctx, asked, parameters, scopes, credentials)
	if err != nil {
		return "", fmt.Errorf("failed to get a token for %s: %w", r.host, err)
	}
	r.mu.Lock()
	r.tokens[key] = got
	r.mu.Unlock()
	return got.token, nil
}

func (r *registry) requestToken(ctx context.Context, asked *url.URL, parameters map[string]string, scopes []string, credentials types.DockerAuthConfig) (bearer, error) {
	realm, err := url.Parse(parameters["realm"])
	if err != nil {
		return bearer{}, errors.New("the registry names no token server that can be asked")
	}
	secret := credentials.Password != "" || credentials.IdentityToken != ""
	if err := checkRealm(asked, realm, r.allowed, secret); err != nil {
		return bearer{}, err
	}
	values := realm.Query()
	values["scope"] = append(values["scope"], scopes...)
	if service := parameters["service"]; service != "" {
		values.Set("service", service)
	}
	var request *http.Request
	if credentials.IdentityToken != "" {
		values.Set("grant_type", "refresh_token")
		values.Set("refresh_token", credentials.IdentityToken)
		values.Set("client_id", clientID)
		if request, err = http.NewRequestWithContext(ctx, http.MethodPost, realm.String(), strings.NewReader(values.Encode())); err == nil {
			request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		}
	} else {
		if credentials.Username != "" {
			values.Set("account", credentials.Username)
		}
		realm.RawQuery = values.Encode()
		if request, err = http.NewRequestWithContext(ctx, http.MethodGet, realm.String(), nil); err == nil && credentials.Password != "" {
			request.SetBasicAuth(credentials.Username, credentials.Password)
		}
	}
	if err != nil {
		return bearer{}, err
	}
	request.Header.Set("User-Agent", r.system.DockerRegistryUserAgent)
	response, err := r.tokenClient(asked, realm).Do(request)
	if err != nil {
		return bearer{}, redacted(err)
	}
	defer response.Body.Close()
	switch response.StatusCode {
	case http.StatusOK:
		return readToken(io.LimitReader(response.Body, maxToken))
	case http.StatusUnauthorized, http.StatusForbidden:
		return bearer{}, docker.ErrUnauthorizedForCredentials{Err: fmt.Errorf("%s answers %s", realm.Host, response.Status)}
	case http.StatusTooManyRequests:
		return bearer{}, docker.ErrTooManyRequests
	}
	return bearer{}, &StatusError{Code: response.StatusCode, text: fmt.Sprintf("%s answers %s", realm.Host, response.Status)}
}

// tokenClient returns a client for a token server. A password follows no redirect to
// another server.
func (r *registry) tokenClient(asked, realm *url.URL) *http.Client {
	transport := r.elsewhere
	if sameOrigin(asked, realm) {
		transport = r.transport
	}
	return &http.Client{Transport: transport, Timeout: answerTimeout, CheckRedirect: func(next *http.Request, via []*http.Request) error {
		switch {
		case !sameOrigin(next.URL, via[0].URL):
			return fmt.Errorf("the token server redirects to %s://%s, which is another", next.URL.Scheme, next.URL.Host)
		case len(via) >= maxRedirects:
			return errRedirects
		}
		return nil
	}}
}

// readToken reads a token by either of the names that it may have.
func readToken(answer io.Reader) (bearer, error) {
	var token struct {
		Token       string    `json:"token"`
		AccessToken string    `json:"access_token"`
		ExpiresIn   int64     `json:"expires_in"` // seconds
		IssuedAt    time.Time `json:"issued_at"`
	}
	if err := json.NewDecoder(answer).Decode(&token); err != nil {
		return bearer{}, fmt.Errorf("the answer is not understood: %w", err)
	}
	if token.Token == "" {
		token.Token = token.AccessToken
	}
	if token.Token == "" {
		return bearer{}, errors.New("the answer has none")
	}
	if slices.ContainsFunc([]rune(token.Token), func(r rune) bool { return r <= ' ' || r >= 0x7f }) {
		return bearer{}, errors.New("the answer has one with characters that no header may have")
	}
	// Not by when it says that it was issued: clocks differ.
	life := time.Duration(min(token.ExpiresIn, int64(24*time.Hour/time.Second))) * time.Second
	return bearer{token.Token, time.Now().Add(max(life, minTokenLife) - tokenMargin)}, nil
}
