package buildahdriver

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/opencontainers/go-digest"
	"go.podman.io/image/v5/docker"
	"go.podman.io/image/v5/pkg/blobinfocache"
	"go.podman.io/image/v5/types"
)

// openBlobs opens a copy of the database in the folder kept.
func openBlobs(t *testing.T, kept string) *blobCache {
	t.Helper()
	c, err := openBlobCache(kept, filepath.Join(t.TempDir(), "copy"))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func closeBlobs(t *testing.T, c *blobCache) {
	t.Helper()
	if err := c.close(); err != nil {
		t.Fatal(err)
	}
}

// library returns what the libraries see in a folder.
func library(dir string) types.BlobInfoCache {
	return blobinfocache.DefaultCache(&types.SystemContext{BlobInfoCacheDir: dir})
}

func sumOf(text string) digest.Digest { return digest.FromString(text) }

// note notes that a layer is another when it is compressed.
func note(dir, layer string) {
	library(dir).RecordDigestUncompressedPair(sumOf(layer+" compressed"), sumOf(layer))
}

func knows(dir, layer string) bool {
	return library(dir).UncompressedDigest(sumOf(layer+" compressed")) == sumOf(layer)
}

func TestBlobCache(t *testing.T) {
	kept := t.TempDir()
	first := openBlobs(t, kept)
	note(first.copy, "a")
	if knows(kept, "a") {
		t.Error("it is on disk at once")
	}
	closeBlobs(t, first)

	// Two processes, of which each knows what was there before, lose nothing of the other's.
	one, two := openBlobs(t, kept), openBlobs(t, kept)
	for _, c := range []*blobCache{one, two} {
		if !knows(c.copy, "a") {
			t.Error("the copy lacks what was on disk")
		}
	}
	note(one.copy, "b")
	note(two.copy, "c")
	one.saved = time.Now().Add(-time.Hour)
	one.saveSometimes()
	if !knows(kept, "b") {
		t.Error("it was not saved meanwhile")
	}
	note(one.copy, "d")
	one.saveSometimes()
	if knows(kept, "d") {
		t.Error("it was saved again at once")
	}
	closeBlobs(t, two)
	closeBlobs(t, one)
	for _, layer := range []string{"a", "b", "c", "d"} {
		if !knows(kept, layer) {
			t.Errorf("%s was lost", layer)
		}
	}
}

// TestBlobCacheReplaces: what was noted again is newer on disk as well.
func TestBlobCacheReplaces(t *testing.T) {
	kept := t.TempDir()
	scope, place := types.BICTransportScope{Opaque: "r"}, types.BICLocationReference{Opaque: "r/x"}
	record := func(dir string) {
		library(dir).RecordKnownLocation(docker.Transport, scope, sumOf("a"), place)
	}
	record(kept)
	c := openBlobs(t, kept)
	record(c.copy)
	closeBlobs(t, c)
	if found := library(kept).CandidateLocations(docker.Transport, scope, sumOf("a"), false); len(found) != 1 {
		t.Errorf("got %v", found)
	}
}

// TestBlobCacheDamaged: pushes go on without what cannot be read, and say nothing.
func TestBlobCacheDamaged(t *testing.T) {
	for name, damage := range map[string]func(path string) error{
		"text":    func(path string) error { return os.WriteFile(path, []byte("no database at all\n"), 0o600) },
		"too big": func(path string) error { return os.Truncate(path, maxBlobCache+1) },
	} {
		t.Run(name, func(t *testing.T) {
			kept := t.TempDir()
			note(kept, "a")
			path := filepath.Join(kept, blobCacheFile)
			if err := damage(path); err != nil {
				t.Fatal(err)
			}
			c, err := openBlobCache(kept, filepath.Join(t.TempDir(), "copy"))
			if name == "text" {
				if err == nil {
					t.Error("it was believed")
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			note(c.copy, "b")
			closeBlobs(t, c)
			if knows(kept, "a") || !knows(kept, "b") {
				t.Error("it was not begun anew")
			}
		})
	}
}
