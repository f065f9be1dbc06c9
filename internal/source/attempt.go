package source

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/kolla-build/kolla-build/internal/event"
	"github.com/kolla-build/kolla-build/internal/source/cache"
	"github.com/kolla-build/kolla-build/internal/source/pack"
)

// ifRange returns the validator that a range can depend on: a strong ETag, or
// a date (RFC 9110, section 13.1.5).
func (v validators) ifRange() string {
	if v.ETag != "" && !strings.HasPrefix(v.ETag, "W/") {
		return v.ETag
	}
	return v.LastModified
}

// attempt makes one request. What it gets of the body stays in the partial, so
// that the next attempt can go on from there.
func (d *download) attempt(ctx context.Context) (fetched, error) {
	ctx, idle := withIdle(ctx, d.f.opts.Timeout)
	defer idle.stop()

	offset, version := d.resumable()
	blob, known := cache.Blob{}, false
	if offset == 0 {
		blob, known = d.cached()
	}
	request, err := d.request(ctx, offset, version, known)
	if err != nil {
		return fetched{}, err
	}
	response, err := d.f.client.Do(request)
	if err != nil {
		return fetched{}, d.unreachable(ctx, err)
	}
	defer response.Body.Close()

	switch code := response.StatusCode; {
	case code == http.StatusNotModified && known:
		return fetched{Blob: blob, how: "found unchanged in the cache"}, nil
	case code == http.StatusOK:
		offset = 0
		version = validators{response.Header.Get("ETag"), response.Header.Get("Last-Modified")}
	case code == http.StatusPartialContent && offset > 0 && startsAt(response, offset):
	case code == http.StatusPartialContent || code == http.StatusRequestedRangeNotSatisfiable:
		return fetched{}, &awayError{err: errors.New("the server does not know the broken download any more"), heals: true, after: d.restart()}
	default:
		return fetched{}, d.badStatus(response)
	}
	if err := d.receive(ctx, response, idle, offset, version); err != nil {
		return fetched{}, err
	}
	blob, err = d.finish(version)
	var mismatch *cache.DigestError
	if offset > 0 && errors.As(err, &mismatch) {
		// The pieces may be of different versions. All of it may do.
		return fetched{}, &awayError{err: err, heals: true}
	}
	return fetched{Blob: blob, how: "fetched"}, err
}

// restart forgets the broken download, and returns how long to wait: hardly.
func (d *download) restart() time.Duration {
	_ = os.Remove(d.partial())
	return time.Millisecond
}

// request asks for the rest of a broken download, for the file if it is not the
// known one any more, or for the file.
func (d *download) request(ctx context.Context, offset int64, version validators, known bool) (*http.Request, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, d.url, nil)
	if err != nil {
		return nil, errors.New("its location is no valid URL")
	}
	set := func(key, value string) {
		if value != "" {
			r.Header.Set(key, value)
		}
	}
	set("User-Agent", "kolla-build")
	set("Authorization", d.auth)
	switch {
	case offset > 0:
		set("Range", fmt.Sprintf("bytes=%d-", offset))
		set("If-Range", version.ifRange())
	case known:
		set("If-None-Match", d.known.ETag)
		set("If-Modified-Since", d.known.LastModified)
	}
	return r, nil
}

// receive appends the body to the partial, which has offset bytes.
func (d *download) receive(ctx context.Context, response *http.Response, idle *idle, offset int64, version validators) (err error) {
	length := response.ContentLength // -1 if the server does not say
	if length > d.f.opts.MaxSize-offset {
		return d.f.tooBig()
	}
	d.announce(offset, length)
	if err := d.f.cache.SetNote("partial "+d.key, version); err != nil {
		return err
	}
	flags := os.O_WRONLY | os.O_CREATE | os.O_APPEND
	if offset == 0 {
		flags |= os.O_TRUNC
	}
	file, err := os.OpenFile(d.partial(), flags, 0o600)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close()) }()

	var broken error // what the server has done, rather than the disk
	live := idle.reader(response.Body)
	body := bufio.NewReader(readFunc(func(p []byte) (int, error) {
		n, err := live.Read(p)
		if err != nil && !errors.Is(err, io.EOF) {
			broken = err
		}
		return n, err
	}))
	if head, err := body.Peek(pack.SniffLen); offset == 0 && (err == nil || errors.Is(err, io.EOF)) {
		if err := pack.Sniff(head); err != nil {
			return fmt.Errorf("%s is no archive: %w\nsee what a browser shows at the location", d.shown, err)
		}
	}
	n, err := io.Copy(file, io.LimitReader(body, d.f.opts.MaxSize-offset+1))
	switch {
	case offset+n > d.f.opts.MaxSize:
		return errors.Join(d.f.tooBig(), file.Truncate(0))
	case broken != nil:
		return d.unreachable(ctx, broken)
	}
	return err
}

// announce tells the user what comes.
func (d *download) announce(offset, length int64) {
	text := fmt.Sprintf("fetching %s from %s", d.spec.Section, d.shown)
	switch {
	case offset > 0 && length > 0:
		text += fmt.Sprintf(" (the last %s)", size(length))
	case length > 0:
		text += fmt.Sprintf(" (%s)", size(length))
	}
	d.f.tell(event.Info, "%s", text)
}

// startsAt tells whether a response goes on where the partial ends.
func startsAt(r *http.Response, offset int64) bool {
	var start int64
	_, err := fmt.Sscanf(r.Header.Get("Content-Range"), "bytes %d-", &start)
	return err == nil && start == offset
}

// badStatus says what a status means that is no success.
func (d *download) badStatus(r *http.Response) error {
	code := r.StatusCode
	err := fmt.Errorf("%s answered %d %s", d.shown, code, http.StatusText(code))
	switch {
	case code == http.StatusTooManyRequests, code == http.StatusRequestTimeout, code == http.StatusTooEarly,
		code >= 500 && code != http.StatusNotImplemented && code != http.StatusHTTPVersionNotSupported:
		return &awayError{err: err, heals: true, after: retryAfter(r.Header, time.Now())}
	case code == http.StatusUnauthorized, code == http.StatusForbidden:
		return fmt.Errorf("%w\nif it wants a name and a password, write them before the host: https://NAME:PASSWORD@HOST/", err)
	case code == http.StatusNotFound, code == http.StatusGone:
		return fmt.Errorf("%w\ncheck the location and the version in it", err)
	}
	return err
}

// unreachable says why there is no answer, or no more of it.
func (d *download) unreachable(ctx context.Context, err error) error {
	if cause := context.Cause(ctx); cause != nil {
		err = cause
		if !errors.Is(err, errIdle) {
			return err // the run is over
		}
	}
	var outer *url.Error // shows all of the URL
	if errors.As(err, &outer) {
		err = outer.Err
	}
	if errors.Is(err, errRedirect) {
		return err
	}
	err = fmt.Errorf("%s cannot be reached: %w", d.shown, err)
	var (
		certificate *tls.CertificateVerificationError
		lookup      *net.DNSError
	)
	switch {
	case errors.As(err, &certificate):
		return fmt.Errorf("%w\nadd its authority's certificate to those of this machine, or to the file that SSL_CERT_FILE names", err)
	case errors.As(err, &lookup) && lookup.IsNotFound:
		return &awayError{err: fmt.Errorf("%w\ncheck the host's name, and whether HTTPS_PROXY has to be set", err)}
	}
	return &awayError{err: err, heals: true}
}
