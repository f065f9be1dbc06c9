package source

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"net/url"
	"os"

	"github.com/kolla-build/kolla-build/internal/event"
	"github.com/kolla-build/kolla-build/internal/source/cache"
)

// validators are what a server has said about the version of a file
// (RFC 9110, section 8.8).
type validators struct {
	ETag         string `json:"etag,omitempty"`
	LastModified string `json:"lastModified,omitempty"`
}

// origin is the note about where a blob came from.
type origin struct {
	URL    string `json:"url"` // for people; as it may be shown
	Digest string `json:"digest"`
	validators
}

// url fetches a source of type url.
func (f *Fetcher) url(ctx context.Context, spec Spec) (fetched, error) {
	u, err := url.Parse(spec.Location)
	if err != nil {
		// The error of url.Parse shows all of the location.
		return fetched{}, errors.New("its location is no valid URL")
	}
	switch u.Scheme {
	case "file":
		if u.Host != "" && u.Host != "localhost" {
			return fetched{}, fmt.Errorf("its location is on another machine, %q\nwrite file:///path, with three slashes", u.Host)
		}
		return f.local(ctx, spec, u.Path)
	case "http", "https":
		if u.Host == "" {
			return fetched{}, errors.New("its location has no host")
		}
	default:
		return fetched{}, fmt.Errorf("its location is neither http, https nor file, but %q\nfor a folder or file on this machine, type = local", u.Scheme)
	}
	if blob, ok := f.cache.Blob(spec.digest()); ok {
		return fetched{Blob: blob, how: "found in the cache"}, nil
	}
	d := newDownload(f, spec, u)
	// One process downloads, the others find it in the cache then.
	unlock, err := f.cache.Lock(ctx, d.key)
	if err != nil {
		return fetched{}, err
	}
	defer unlock()
	defer d.tidy()
	if f.opts.Cached {
		if blob, ok := d.cached(); ok {
			return fetched{Blob: blob, how: "found in the cache"}, nil
		}
	}
	if f.opts.Offline {
		return fetched{}, ErrNotCached
	}
	got, err := retry(ctx, f, spec, func() (fetched, error) { return d.attempt(ctx) })
	if err != nil && f.opts.Stale && away(err) && ctx.Err() == nil {
		if blob, ok := d.cached(); ok {
			f.tell(event.Warning, "using %s from the cache, which may be old: %v", spec.Section, err)
			return fetched{Blob: blob, how: "found in the cache"}, nil
		}
	}
	return got, err
}

// download is the fetching of one URL, over all its attempts.
type download struct {
	f     *Fetcher
	spec  Spec
	url   string // without userinfo
	shown string
	auth  string // the header Authorization, or nothing
	key   string // of its lock, partial and notes

	known origin // what the cache has of this URL, if known.Digest is set
}

func newDownload(f *Fetcher, spec Spec, u *url.URL) *download {
	d := &download{f: f, spec: spec, shown: shown(u), key: spec.Location}
	if u.User != nil {
		password, _ := u.User.Password()
		d.auth = "Basic " + base64.StdEncoding.EncodeToString([]byte(u.User.Username()+":"+password))
	}
	bare := *u
	bare.User, bare.Fragment = nil, ""
	d.url = bare.String()
	return d
}

// cached returns what the cache has of this URL.
func (d *download) cached() (cache.Blob, bool) {
	var known origin
	if !d.f.cache.Note("url "+d.key, &known) || d.spec.SHA256 != "" && known.Digest != d.spec.digest() {
		return cache.Blob{}, false
	}
	d.known = known
	return d.f.cache.Blob(known.Digest)
}

// finish makes a blob of a partial that is complete.
func (d *download) finish(v validators) (cache.Blob, error) {
	blob, err := d.f.cache.Adopt(d.partial(), d.spec.digest())
	if err != nil {
		return cache.Blob{}, err
	}
	return blob, d.f.cache.SetNote("url "+d.key, origin{URL: d.shown, Digest: blob.Digest, validators: v})
}

func (d *download) partial() string { return d.f.cache.Partial(d.key) }

// resumable returns how much of the file is here from a broken download, if the
// server can be asked for the rest of the same version.
func (d *download) resumable() (offset int64, v validators) {
	info, err := os.Stat(d.partial())
	if err != nil || info.Size() == 0 || !d.f.cache.Note("partial "+d.key, &v) || v.ifRange() == "" {
		return 0, validators{}
	}
	return info.Size(), v
}

// tidy removes a partial that nobody could resume.
func (d *download) tidy() {
	if offset, _ := d.resumable(); offset == 0 {
		_ = os.Remove(d.partial()) // usually it is gone
	}
}
