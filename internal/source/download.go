package source

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"time"
)

// Download writes what an http or https URL serves to w, once and without a cache, and
// returns when the server says that it was last modified: the zero time if it does not. It
// goes through the proxies of the environment, refuses redirects that leave TLS, and gives
// up when next to nothing has come for the length of stall. An error that a further attempt
// may not meet has the method Temporary.
func Download(ctx context.Context, location string, w io.Writer, stall time.Duration) (modified time.Time, err error) {
	u, err := url.Parse(location)
	if err != nil {
		return modified, errors.New("it is no valid URL") // url.Parse would show all of it
	}
	if u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return modified, fmt.Errorf("%s is neither http nor https", shown(u))
	}
	ctx, idle := withIdle(ctx, stall)
	defer idle.stop()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, location, nil)
	if err != nil {
		return modified, fmt.Errorf("%s is no valid URL", shown(u))
	}
	request.Header.Set("User-Agent", "kolla-build")
	response, err := newClient(os.Environ()).Do(request)
	if err != nil {
		return modified, downloadError{fmt.Errorf("failed to fetch %s: %w", shown(u), cause(ctx, err)), !errors.Is(err, errRedirect)}
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		transient := response.StatusCode >= 500 || response.StatusCode == http.StatusTooManyRequests
		return modified, downloadError{fmt.Errorf("failed to fetch %s: the server answers %s", shown(u), response.Status), transient}
	}
	var writeErr error
	_, err = io.Copy(writeFunc(func(p []byte) (int, error) {
		n, err := w.Write(p)
		writeErr = err
		return n, err
	}), idle.reader(response.Body))
	switch {
	case writeErr != nil:
		return modified, writeErr
	case err != nil:
		return modified, downloadError{fmt.Errorf("failed to fetch %s: %w", shown(u), cause(ctx, err)), true}
	}
	modified, _ = http.ParseTime(response.Header.Get("Last-Modified"))
	return modified, nil
}

// cause is why a request ended, in the words of whoever ended it.
func cause(ctx context.Context, err error) error {
	if cause := context.Cause(ctx); cause != nil {
		return cause
	}
	var wrapped *url.Error // it shows the URL, with its password
	if errors.As(err, &wrapped) {
		return wrapped.Err
	}
	return err
}

type downloadError struct {
	error
	transient bool
}

func (e downloadError) Unwrap() error { return e.error }

// Temporary tells whether a further attempt may help.
func (e downloadError) Temporary() bool { return e.transient }

type writeFunc func([]byte) (int, error)

func (f writeFunc) Write(p []byte) (int, error) { return f(p) }
