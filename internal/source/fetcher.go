package source

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"sync"
	"time"

	"github.com/docker/go-units"
	"golang.org/x/sync/singleflight"

	"github.com/kolla-build/kolla-build/internal/event"
	"github.com/kolla-build/kolla-build/internal/screen"
	"github.com/kolla-build/kolla-build/internal/source/cache"
	"github.com/kolla-build/kolla-build/internal/source/pack"
)

// The defaults of Options.
const (
	DefaultTimeout = 120 * time.Second // as of the Python tool
	DefaultMaxSize = 8 << 30
)

// Options are what a Fetcher needs to know.
type Options struct {
	// CacheDir keeps what has been fetched, for later runs too.
	CacheDir string

	// Timeout is how long a server may give no sign of life. There is no
	// limit to how long a download takes. 0 means DefaultTimeout.
	Timeout time.Duration

	// Retries is how often a download that failed is tried again, if that can
	// help.
	Retries int

	// MaxSize limits a download and what is packed, in bytes. 0 means
	// DefaultMaxSize.
	MaxSize int64

	// Stale allows to use what the cache has, with a warning, if the server
	// cannot be reached. A source with a SHA256 is taken from the cache in any
	// case, and without asking: its content cannot have changed.
	Stale bool

	// Cached takes what the cache has without asking whether there is something newer.
	// What it does not have is fetched.
	Cached bool

	// Offline is Cached, and what the cache does not have is an error,
	// [ErrNotCached].
	Offline bool

	// Sink hears what is fetched.
	Sink event.Sink

	// Env is the environment that proxies are looked up in and that git gets,
	// as KEY=VALUE; nil means that of this process.
	Env []string
}

// Fetcher fetches sources. It is safe for concurrent use.
type Fetcher struct {
	opts   Options
	cache  *cache.Cache
	client *http.Client

	// firstPause is the first of the growing pauses between attempts.
	firstPause time.Duration

	flights singleflight.Group // what is being fetched
	done    sync.Map           // what has been fetched: string to Archive
}

// ErrNotCached tells of a source that would have to be fetched.
var ErrNotCached = errors.New("the cache does not have it")

// New returns a fetcher with a cache in opts.CacheDir.
func New(opts Options) (*Fetcher, error) {
	if opts.Timeout == 0 {
		opts.Timeout = DefaultTimeout
	}
	if opts.MaxSize == 0 {
		opts.MaxSize = DefaultMaxSize
	}
	opts.Cached = opts.Cached || opts.Offline
	if opts.Sink == nil {
		opts.Sink = event.Fan()
	}
	if opts.Env == nil {
		opts.Env = os.Environ()
	}
	c, err := cache.Open(opts.CacheDir)
	if err != nil {
		return nil, err
	}
	return &Fetcher{opts: opts, cache: c, client: newClient(opts.Env), firstPause: time.Second}, nil
}

// Fetch returns the archive of a source. Equal sources are fetched once, however
// many images and sections ask for them, and however often. The error is of type
// [*Error].
func (f *Fetcher) Fetch(ctx context.Context, spec Spec) (Archive, error) {
	archive, err := f.once(ctx, spec)
	if err != nil {
		return Archive{}, &Error{Section: spec.Section, Where: spec.Where, Err: err}
	}
	return archive, nil
}

func (f *Fetcher) once(ctx context.Context, spec Spec) (Archive, error) {
	if err := spec.validate(); err != nil {
		return Archive{}, err
	}
	key := fmt.Sprintf("%q", []string{string(spec.Type), spec.Location, spec.Reference, spec.digest(), spec.folder()})
	for {
		var mine bool
		archive, err, _ := f.flights.Do(key, func() (any, error) {
			mine = true
			if archive, done := f.done.Load(key); done {
				return archive, nil
			}
			archive, err := f.fetch(ctx, spec)
			if err == nil {
				f.done.Store(key, archive)
			}
			return archive, err
		})
		switch {
		case err == nil:
			return archive.(Archive), nil
		case mine || ctx.Err() != nil || !errors.Is(err, context.Canceled) && !errors.Is(err, context.DeadlineExceeded):
			return Archive{}, err
		}
		// Whoever fetched it has given up; we have not.
	}
}

// fetched is a blob that is about to become an archive.
type fetched struct {
	cache.Blob
	own bool
	how string // for the user
}

// fetch fetches a source, checks what it has got, and tells the user.
func (f *Fetcher) fetch(ctx context.Context, spec Spec) (Archive, error) {
	started := time.Now()
	got, err := f.get(ctx, spec)
	if err == nil && !got.own {
		err = f.check(ctx, got.Blob)
	}
	if ctx.Err() != nil {
		return Archive{}, ctx.Err()
	}
	if err != nil {
		return Archive{}, err
	}
	f.tell(event.Info, "%s %s: %s in %s", got.how, spec.Section, size(got.Size), screen.Duration(time.Since(started)))
	return Archive{Path: got.Path, Digest: got.Digest, Size: got.Size, own: got.own}, nil
}

func (f *Fetcher) get(ctx context.Context, spec Spec) (fetched, error) {
	switch spec.Type {
	case URL:
		return f.url(ctx, spec)
	case Git:
		return f.git(ctx, spec)
	case Local:
		return f.local(ctx, spec, spec.Location)
	default:
		return fetched{}, fmt.Errorf("there is no type %q of sources\nchoose one of url, git, local", spec.Type)
	}
}

// check checks an archive that others have made. What has passed is noted, and
// not read again: its digest stands for its content, and the version for the
// rules.
func (f *Fetcher) check(ctx context.Context, b cache.Blob) error {
	key := "checked 1 " + b.Digest
	var passed bool
	if f.cache.Note(key, &passed) && passed {
		return nil
	}
	file, err := os.Open(b.Path)
	if err != nil {
		return err
	}
	defer file.Close()
	if err := pack.Check(withContext(ctx, file)); err != nil {
		if ctx.Err() == nil {
			f.cache.Remove(b)
		}
		return fmt.Errorf("refused its archive: %w", err)
	}
	return f.cache.SetNote(key, true)
}

// tell tells the user something that is about no single image.
func (f *Fetcher) tell(level event.Level, format string, args ...any) {
	f.opts.Sink.Emit(event.Notice{Level: level, Text: fmt.Sprintf(format, args...)})
}

// size writes a number of bytes for people.
func size(bytes int64) string { return units.HumanSize(float64(bytes)) }

// limited returns w, which fails once more than the size limit is written.
func (f *Fetcher) limited(w io.Writer) io.Writer {
	return &limitedWriter{w, f.opts.MaxSize, f.tooBig()}
}

func (f *Fetcher) tooBig() error {
	return fmt.Errorf("it is bigger than %s, which is the limit", size(f.opts.MaxSize))
}

type limitedWriter struct {
	w    io.Writer
	left int64
	err  error
}

func (l *limitedWriter) Write(p []byte) (int, error) {
	if l.left -= int64(len(p)); l.left < 0 {
		return 0, l.err
	}
	return l.w.Write(p)
}

// withContext returns a reader that ends with ctx.
func withContext(ctx context.Context, r io.Reader) io.Reader {
	return readFunc(func(p []byte) (int, error) {
		if ctx.Err() != nil {
			return 0, context.Cause(ctx)
		}
		return r.Read(p)
	})
}

type readFunc func([]byte) (int, error)

func (f readFunc) Read(p []byte) (int, error) { return f(p) }
