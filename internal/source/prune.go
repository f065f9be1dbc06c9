package source

import (
	"context"

	"github.com/kolla-build/kolla-build/internal/source/cache"
)

// ErrInUse means that another process uses the cache of sources.
var ErrInUse = cache.ErrInUse

// Prune removes from the cache what none of the sources needs. What of theirs is packed
// on this machine from a folder, or from several sources, goes too: it is packed again.
// With dryRun it only tells. The fetcher is [Options.Offline], and the only one of the
// process; if another process has one, the error is [ErrInUse].
func (f *Fetcher) Prune(ctx context.Context, specs []Spec, dryRun bool) ([]cache.Removed, error) {
	digests, keys := map[string]bool{}, map[string]bool{}
	for _, spec := range specs {
		if spec.Type == Local {
			continue
		}
		keys[spec.Location], keys[gitKey(spec)] = true, true
		if archive, err := f.Fetch(ctx, spec); err == nil {
			digests[archive.Digest] = true
		}
	}
	// Images without plugins and additions have empty ones.
	for _, top := range []string{Plugins, Additions} {
		var digest string
		if f.cache.Note(treeKey(top, nil), &digest) {
			digests[digest] = true
		}
	}
	if err := context.Cause(ctx); err != nil {
		return nil, err
	}
	return f.cache.Prune(digests, keys, dryRun)
}

// gitKey is the key of a git source's lock and repository.
func gitKey(spec Spec) string { return "git " + spec.Location }
