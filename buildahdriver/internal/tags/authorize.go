package tags

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"

	"github.com/docker/distribution/registry/client/auth/challenge"
	"go.podman.io/image/v5/docker/reference"
	"go.podman.io/image/v5/pkg/docker/config"
	"go.podman.io/image/v5/types"
)

// maxToken bounds what is read of an answer with a token, in bytes.
const maxToken = 1 << 20

// authorize answers the first challenge that it can answer. See
// https://distribution.github.io/distribution/spec/auth/token/.
func (r *registry) authorize(request *http.Request, name reference.Named, challenges []challenge.Challenge) error {
	if len(challenges) == 0 {
		return nil
	}
	credentials, err := config.GetCredentialsForRef(r.system, name)
	if err != nil {
		return fmt.Errorf("failed to read the credentials for %s: %w", r.server, err)
	}
	for _, c := range challenges {
		switch c.Scheme {
		case "basic":
			request.SetBasicAuth(credentials.Username, credentials.Password)
			return nil
		case "bearer":
			token, err := r.token(request.Context(), c.Parameters, name, credentials)
			if err != nil {
				return fmt.Errorf("failed to get a token for %s: %w", name, err)
			}
			request.Header.Set("Authorization", "Bearer "+token)
			return nil
		}
	}
	return fmt.Errorf("%s asks for credentials in a way that is not known here", r.server)
}

// token asks the server that the challenge names for leave to read a repository.
func (r *registry) token(ctx context.Context, parameters map[string]string, name reference.Named, credentials types.DockerAuthConfig) (string, error) {
	if credentials.IdentityToken != "" {
		return "", errors.New("identity tokens are not used here")
	}
	realm, err := url.Parse(parameters["realm"])
	if err != nil {
		return "", err
	}
	query := realm.Query()
	query.Set("scope", "repository:"+reference.Path(name)+":pull")
	if service := parameters["service"]; service != "" {
		query.Set("service", service)
	}
	realm.RawQuery = query.Encode()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, realm.String(), nil)
	if err != nil {
		return "", err
	}
	request.Header.Set("User-Agent", r.system.DockerRegistryUserAgent)
	if credentials.Username != "" {
		request.SetBasicAuth(credentials.Username, credentials.Password)
	}
	response, err := r.client.Do(request)
	if err != nil {
		return "", err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return "", errors.New(response.Status)
	}
	return readToken(io.LimitReader(response.Body, maxToken))
}

// readToken reads a token by either of the names that it may have.
func readToken(answer io.Reader) (string, error) {
	var token struct {
		Token       string `json:"token"`
		AccessToken string `json:"access_token"`
	}
	if err := json.NewDecoder(answer).Decode(&token); err != nil {
		return "", err
	}
	if token.Token == "" {
		token.Token = token.AccessToken
	}
	if token.Token == "" {
		return "", errors.New("the answer has none")
	}
	return token.Token, nil
}
