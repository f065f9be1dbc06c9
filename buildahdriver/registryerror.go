package buildahdriver

import (
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"slices"
	"strings"

	"github.com/docker/distribution/registry/api/errcode"
	"go.podman.io/common/pkg/retry"
	"go.podman.io/image/v5/docker"
	"go.podman.io/image/v5/docker/reference"
	"golang.org/x/sys/unix"

	"github.com/kolla-build/kolla-build/buildahdriver/internal/registry"
	"github.com/kolla-build/kolla-build/internal/redact"
)

// registryError explains why something failed at the registry of the image name:
// one line that says what, with what to set, and whether trying again can help.
func registryError(what, name string, err error) error {
	host := name
	if named, parseErr := reference.ParseNormalizedNamed(name); parseErr == nil {
		host = reference.Domain(named)
	}
	if remedy, cause := explain(host, err); cause != nil {
		return remediedError{fmt.Errorf("failed to %s: %w", what, cause), remedy}
	}
	err = redactedError{fmt.Errorf("failed to %s: %w", what, err)}
	if mayHeal(err) {
		return temporaryError{err}
	}
	return err
}

// explain gives a plain sentence for the causes users meet most, in place of what
// the libraries wrap around them, and what to do about it.
func explain(host string, err error) (remedy string, cause error) {
	var (
		unknownAuthority x509.UnknownAuthorityError
		wrongHost        x509.HostnameError
		invalid          x509.CertificateInvalidError
	)
	const renew = "renew the registry's certificate, or give --tls-verify=false"
	switch {
	case isPlainHTTP(err):
		return fmt.Sprintf("list it as insecure in registries.conf ([[registry]] location = %q, insecure = true), or give --tls-verify=false", host), fmt.Errorf("%s answers http, not https", host)
	case errors.As(err, &unknownAuthority):
		return "give the authority's certificate with --cert-dir DIR (a file DIR/ca.crt), or give --tls-verify=false", fmt.Errorf("the certificate of %s is signed by an unknown authority", host)
	case errors.As(err, &wrongHost):
		return renew, fmt.Errorf("the certificate of %s is for another host: %w", host, wrongHost)
	case errors.As(err, &invalid):
		return renew, fmt.Errorf("the certificate of %s is not valid: %w", host, invalid)
	case isUnauthorized(err):
		return fmt.Sprintf("give --authfile FILE as \"podman login %s\" writes it, or the password by --creds-stdin", host), fmt.Errorf("%s does not accept the user or the password", host)
	}
	return "", nil
}

// isPlainHTTP recognizes net/http's answer to a server that does not speak TLS,
// which is not a typed error.
func isPlainHTTP(err error) bool {
	return strings.Contains(err.Error(), "server gave HTTP response to HTTPS client")
}

func isUnauthorized(err error) bool {
	var unauthorized docker.ErrUnauthorizedForCredentials
	if errors.As(err, &unauthorized) {
		return true
	}
	var code errcode.Error
	if errors.As(err, &code) && (code.Code == errcode.ErrorCodeUnauthorized || code.Code == errcode.ErrorCodeDenied) {
		return true
	}
	var codes errcode.Errors
	if errors.As(err, &codes) {
		for _, one := range codes {
			if isUnauthorized(one) {
				return true
			}
		}
	}
	return false
}

// mayHeal extends containers-common's rule by what its users miss: a 500 without
// a body of JSON, 429, and connections that broke in the middle.
func mayHeal(err error) bool {
	if isStorageFull(err) {
		return false
	}
	if realm := (*registry.RealmError)(nil); errors.As(err, &realm) {
		return false
	}
	if retry.IsErrorRetryable(err) {
		return true
	}
	var status docker.UnexpectedHTTPStatusError
	if errors.As(err, &status) {
		return statusMayHeal(status.StatusCode)
	}
	if refused := (*registry.StatusError)(nil); errors.As(err, &refused) {
		return statusMayHeal(refused.Code)
	}
	var dns *net.DNSError
	if errors.As(err, &dns) {
		return dns.IsTemporary || dns.IsTimeout
	}
	if isDigestInvalid(err) {
		return true
	}
	for _, broken := range []error{io.ErrUnexpectedEOF, net.ErrClosed, unix.EPIPE, unix.ECONNRESET, os.ErrDeadlineExceeded, docker.ErrTooManyRequests} {
		if errors.Is(err, broken) {
			return true
		}
	}
	return false
}

// isDigestInvalid recognizes DIGEST_INVALID, which is not said of what we have sent, since that is checked
// before: the distribution project's registry answers so if another push is just then writing the link of
// a layer that a manifest names, and it reads the file while that is empty.
func isDigestInvalid(err error) bool {
	var coder errcode.ErrorCoder
	if errors.As(err, &coder) {
		return coder.ErrorCode().Descriptor().Value == "DIGEST_INVALID"
	}
	var codes errcode.Errors
	return errors.As(err, &codes) && slices.ContainsFunc(codes, isDigestInvalid)
}

// statusMayHeal: a server may recover from a fault, but not by itself from a full disk.
func statusMayHeal(code int) bool {
	return code >= http.StatusInternalServerError && code != http.StatusInsufficientStorage || code == http.StatusTooManyRequests
}

// insufficientStorage is how the libraries write that status where it is in no typed error.
var insufficientStorage = fmt.Sprintf("StatusCode: %d,", http.StatusInsufficientStorage)

func isStorageFull(err error) bool {
	var status docker.UnexpectedHTTPStatusError
	if errors.As(err, &status) {
		return status.StatusCode == http.StatusInsufficientStorage
	}
	return strings.Contains(err.Error(), insufficientStorage)
}

// redactedError hides passwords in an error, and the state of uploads, which the libraries
// show with their URLs.
type redactedError struct{ error }

func (e redactedError) Error() string { return redact.URLs(e.error.Error()) }
func (e redactedError) Unwrap() error { return e.error }
