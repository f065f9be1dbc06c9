package source

import (
	"context"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/kolla-build/kolla-build/internal/source/cache"
	"github.com/kolla-build/kolla-build/internal/source/pack"
)

// The folders at the top of the archives that hold several sources.
const (
	Plugins   = "plugins"
	Additions = "additions"
)

// treeFormat changes when PackTree makes something else of the same archives.
const treeFormat = "tree 1"

// NamedArchive is a fetched source, with the section that it is from.
type NamedArchive struct {
	Spec    Spec
	Archive Archive
}

// PackTree returns an archive with the content of all archives below one top
// folder, in the order given; with none it holds that folder alone. Each keeps
// its own folders, so that archives that share one are laid over each other;
// the same file in two of them is an error. Equal archives give an equal result.
// The error is of type [*Error] if one of the archives is to blame.
func (f *Fetcher) PackTree(ctx context.Context, top string, archives []NamedArchive) (Archive, error) {
	blob, err := f.packTree(ctx, treeKey(top, archives), top, archives)
	if err != nil {
		return Archive{}, err
	}
	return Archive{Path: blob.Path, Digest: blob.Digest, Size: blob.Size, own: true}, nil
}

// treeKey is the key of the note about what PackTree has made.
func treeKey(top string, archives []NamedArchive) string {
	var key strings.Builder
	fmt.Fprintf(&key, "%s %q", treeFormat, top)
	for _, a := range archives {
		fmt.Fprintf(&key, " %s %t", a.Archive.Digest, a.Archive.own)
	}
	return key.String()
}

func (f *Fetcher) packTree(ctx context.Context, key, top string, archives []NamedArchive) (cache.Blob, error) {
	var digest string
	if f.cache.Note(key, &digest) {
		if blob, ok := f.cache.Blob(digest); ok {
			return blob, nil
		}
	}
	blob, err := f.cache.Write("", func(to io.Writer) error {
		w, err := pack.NewWriter(f.limited(to), top)
		if err != nil {
			return err
		}
		for _, a := range archives {
			if err := add(ctx, w, a.Archive); err != nil {
				return &Error{Section: a.Spec.Section, Where: a.Spec.Where, Err: fmt.Errorf("failed to put it among the %s: %w", top, err)}
			}
		}
		return w.Close()
	})
	if err != nil {
		return cache.Blob{}, err
	}
	return blob, f.cache.SetNote(key, blob.Digest)
}

func add(ctx context.Context, w *pack.Writer, a Archive) error {
	file, err := os.Open(a.Path)
	if err != nil {
		return err
	}
	defer file.Close()
	return w.Archive(withContext(ctx, file), a.own)
}
