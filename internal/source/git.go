package source

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/kolla-build/kolla-build/internal/event"
	"github.com/kolla-build/kolla-build/internal/redact"
	"github.com/kolla-build/kolla-build/internal/source/pack"
)

// repository is the bare clone of a remote in the cache. It is used under its
// lock.
type repository struct {
	f      *Fetcher
	spec   Spec
	remote remote
	dir    string
}

// Lengths of a commit's id, in hexadecimal digits: with SHA-1, with SHA-256, and at least.
const (
	sha1Length   = 40
	sha256Length = 64
	minCommit    = 7
)

// isCommit tells whether text is a commit, abbreviated or not. It can also be the name of
// a branch.
func isCommit(text string) bool {
	return len(text) >= minCommit && len(text) <= sha256Length && strings.Trim(text, "0123456789abcdef") == ""
}

// isFullCommit tells whether text is a commit, not abbreviated.
func isFullCommit(text string) bool {
	return isCommit(text) && (len(text) == sha1Length || len(text) == sha256Length)
}

// git fetches a source of type git.
func (f *Fetcher) git(ctx context.Context, spec Spec) (fetched, error) {
	at, err := parseRemote(spec.Location)
	if err != nil {
		return fetched{}, err
	}
	if err := checkReference(spec.Reference); err != nil {
		return fetched{}, err
	}
	key := gitKey(spec)
	unlock, err := f.cache.Lock(ctx, key)
	if err != nil {
		return fetched{}, err
	}
	defer unlock()
	repo := &repository{f: f, spec: spec, remote: at, dir: f.cache.Repository(key)}
	if f.opts.Offline && !repo.exists() {
		return fetched{}, ErrNotCached
	}
	var commit string
	err = repo.use(ctx, func() error {
		commit, err = repo.commit(ctx)
		return err
	})
	if err != nil {
		return fetched{}, err
	}
	return repo.archive(ctx, commit)
}

func (r *repository) exists() bool {
	_, err := os.Stat(filepath.Join(r.dir, "HEAD"))
	return err == nil
}

// use makes the repository if it is missing, and calls do. A mark beside it tells
// that somebody is at work: if it is there before, he was killed, and what he
// left is not to be trusted.
func (r *repository) use(ctx context.Context, do func() error) error {
	mark := r.dir + ".busy"
	if _, err := os.Lstat(mark); err == nil {
		if err := os.RemoveAll(r.dir); err != nil {
			return err
		}
	}
	if err := os.WriteFile(mark, nil, 0o600); err != nil {
		return err
	}
	if !r.exists() {
		if err := r.run(ctx, "init", "--quiet", "--bare", "--template=", r.dir); err != nil {
			return errors.Join(err, os.Remove(mark))
		}
	}
	err := do()
	if ctx.Err() != nil {
		// git was killed, and may have left locks.
		err = errors.Join(err, os.RemoveAll(r.dir))
	}
	return errors.Join(err, os.Remove(mark))
}

// commit returns the id of the commit that the reference means, which is in the
// repository then.
func (r *repository) commit(ctx context.Context) (string, error) {
	wanted := r.spec.Reference
	if isFullCommit(wanted) {
		if id, err := r.resolve(ctx, wanted); err == nil {
			return id, nil // and it never means another
		}
	}
	if wanted == "" {
		wanted = "HEAD"
	}
	sum := sha256.Sum256([]byte(wanted))
	kept := "refs/kolla-build/" + hex.EncodeToString(sum[:8])
	if r.f.opts.Cached {
		if id, err := r.resolve(ctx, kept); err == nil {
			return id, nil
		}
	}
	if r.f.opts.Offline {
		return "", ErrNotCached
	}
	r.f.tell(event.Info, "fetching %s from %s (%s)", r.spec.Section, redact.URLs(r.remote.location), wanted)
	_, err := retry(ctx, r.f, r.spec, func() (struct{}, error) {
		return struct{}{}, r.fetch(ctx, "--depth=1", "+"+wanted+":"+kept)
	})
	switch {
	case err == nil:
		return r.resolve(ctx, kept)
	case ctx.Err() != nil:
		return "", err
	case away(err):
		if id, resolveErr := r.resolve(ctx, kept); resolveErr == nil && r.f.opts.Stale {
			r.f.tell(event.Warning, "using %s from the cache, which may be old: %v", r.spec.Section, err)
			return id, nil
		}
		return "", err
	case isCommit(wanted) || strings.Contains(err.Error(), "shallow"):
		return r.search(ctx, wanted)
	}
	return "", err
}

// search fetches everything, since some servers know branches and tags only, or
// send no part of a history, and looks for the reference in it.
func (r *repository) search(ctx context.Context, wanted string) (string, error) {
	args := []string{"+refs/heads/*:refs/heads/*", "+refs/tags/*:refs/tags/*"}
	if _, err := os.Stat(filepath.Join(r.dir, "shallow")); err == nil {
		args = append([]string{"--unshallow"}, args...)
	}
	_, err := retry(ctx, r.f, r.spec, func() (struct{}, error) { return struct{}{}, r.fetch(ctx, args...) })
	if err != nil {
		return "", err
	}
	id, err := r.resolve(ctx, wanted)
	if err != nil && ctx.Err() == nil {
		return "", fmt.Errorf("%s has no branch, tag or commit %q\ncheck the reference", redact.URLs(r.remote.location), wanted)
	}
	return id, err
}

// resolve returns the id of the commit that a reference in the repository means.
func (r *repository) resolve(ctx context.Context, reference string) (string, error) {
	out, err := r.output(ctx, "rev-parse", "--verify", "--quiet", "--end-of-options", reference+"^{commit}")
	return strings.TrimSpace(string(out)), err
}

// archive packs a commit, unless the cache has it packed.
func (r *repository) archive(ctx context.Context, commit string) (fetched, error) {
	key := fmt.Sprintf("packed 2 %s %s", commit, r.spec.folder())
	var digest string
	if r.f.cache.Note(key, &digest) && (r.spec.SHA256 == "" || digest == r.spec.digest()) {
		if blob, ok := r.f.cache.Blob(digest); ok {
			return fetched{Blob: blob, own: true, how: "found unchanged in the cache"}, nil
		}
	}
	blob, err := r.f.cache.Write(r.spec.digest(), func(to io.Writer) error {
		w, err := pack.NewForeignWriter(r.f.limited(to), r.spec.folder())
		if err != nil {
			return err
		}
		if err := r.pack(ctx, commit, w); err != nil {
			return err
		}
		return w.Close()
	})
	if err != nil {
		return fetched{}, fmt.Errorf("failed to pack commit %s: %w", commit, err)
	}
	return fetched{Blob: blob, own: true, how: "fetched"}, r.f.cache.SetNote(key, blob.Digest)
}
