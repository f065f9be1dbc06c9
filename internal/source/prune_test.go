package source

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

func TestOffline(t *testing.T) {
	server := serve(t, content(tarball(t, nil)))
	online := newRig(t)
	got := online.must(t, server.spec())
	asked := len(server.requests())
	offline := online.again(t, func(o *Options) { o.Offline = true })
	if again := offline.must(t, server.spec()); again.Digest != got.Digest {
		t.Errorf("got %+v from the cache, want %+v", again, got)
	}
	for _, kind := range []Type{URL, Git} {
		spec := server.spec()
		spec.Type, spec.Location = kind, spec.Location+"/other"
		if _, err := offline.Fetch(t.Context(), spec); !errors.Is(err, ErrNotCached) {
			t.Errorf("%s: got %v", kind, err)
		}
	}
	if len(server.requests()) != asked {
		t.Error("the server was asked")
	}
	if left, err := filepath.Glob(filepath.Join(offline.dir, "repositories", "*")); err != nil || len(left) > 0 {
		t.Errorf("repositories were made: %v, %v", left, err)
	}
}

func TestPrune(t *testing.T) {
	kept, gone, repository := serve(t, content(tarball(t, nil))), serve(t, content(tarball(t, nil))), newUpstream(t)
	repository.commit("file", "content")
	online := newRig(t)
	specs := []Spec{kept.spec(), repository.spec("")}
	var stay []string
	for _, spec := range specs {
		stay = append(stay, online.must(t, spec).Digest)
	}
	slices.Sort(stay)
	goes := online.must(t, gone.spec())
	offline := online.again(t, func(o *Options) { o.Offline = true })
	if _, err := offline.Prune(t.Context(), nil, false); !errors.Is(err, ErrInUse) {
		t.Errorf("it is in use, and yet: %v", err)
	}
	if err := online.cache.Close(); err != nil {
		t.Fatal(err)
	}
	for _, dry := range []bool{true, false} {
		removed, err := offline.Prune(t.Context(), specs, dry)
		if err != nil || len(removed) != 1 || removed[0].Path != goes.Path || removed[0].Where != gone.spec().Location || removed[0].Size != goes.Size {
			t.Errorf("dry %t: got %+v, %v", dry, removed, err)
		}
	}
	blobs, err := filepath.Glob(filepath.Join(offline.dir, "blobs", "sha256", "*"))
	if err != nil {
		t.Fatal(err)
	}
	for i := range blobs {
		blobs[i] = filepath.Base(blobs[i])
	}
	if !slices.Equal(blobs, stay) {
		t.Errorf("left are %v, want %v", blobs, stay)
	}
	if removed, err := offline.Prune(t.Context(), specs, false); err != nil || len(removed) > 0 {
		t.Errorf("a second time: %+v, %v", removed, err)
	}
	// Nothing is configured any more: two archives, and the repository.
	if removed, err := offline.Prune(t.Context(), nil, false); err != nil || len(removed) != 3 {
		t.Errorf("got %+v, %v", removed, err)
	}
	for folder, want := range map[string]int{"blobs/sha256": 0, "repositories": 0, "partials": 0, "locks": 1} {
		if left, err := os.ReadDir(filepath.Join(offline.dir, folder)); err != nil || len(left) != want {
			t.Errorf("%s holds %v, %v", folder, left, err)
		}
	}
}
