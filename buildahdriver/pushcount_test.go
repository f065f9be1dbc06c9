package buildahdriver

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	v1 "github.com/opencontainers/image-spec/specs-go/v1"
	"go.podman.io/image/v5/pkg/sysregistriesv2"

	"github.com/kolla-build/kolla-build/tests/registry"
)

// These tests count what a registry is asked.

// watchedRegistry starts a registry that is watched, and lets drivers use it over http.
func watchedRegistry(t *testing.T) *registry.Watch {
	t.Helper()
	sysregistriesv2.InvalidateCache() // what an earlier test read
	return registry.Start(t, registry.Options{}).Watch(t)
}

// overHTTP makes a driver speak http to registries that do not speak TLS.
func overHTTP(o *Options) {
	no := false
	o.TLSVerify = &no
}

// buildFamily builds images that share a base, each with a layer of its own, and returns
// their names at a host.
func buildFamily(t *testing.T, d *Driver, host string, size int) []string {
	t.Helper()
	buildBase(t, d)
	var names []string
	for i := range size {
		name := fmt.Sprintf("%s/kolla/debian-binary-%d:1", host, i)
		buildImage(t, d, name, "FROM base:1\nCOPY own /own\n", map[string]string{"own": name})
		names = append(names, name)
	}
	return names
}

// pushAll pushes images, all at once, and returns their digests.
func pushAll(t *testing.T, d *Driver, names []string) []string {
	t.Helper()
	digests, err := tryPushAll(d, names)
	if err != nil {
		t.Fatal(err)
	}
	return digests
}

func tryPushAll(d *Driver, names []string) ([]string, error) {
	digests, errs := make([]string, len(names)), make([]error, len(names))
	var group sync.WaitGroup
	for i, name := range names {
		group.Go(func() { digests[i], errs[i] = d.Push(context.Background(), name, io.Discard) })
	}
	group.Wait()
	return digests, errors.Join(errs...)
}

// count counts requests by kind and digest.
func count(requests []registry.Request, kind registry.Kind) (total int, byDigest map[string]int) {
	byDigest = map[string]int{}
	for _, r := range registry.Succeeded(requests, kind) {
		byDigest[r.Digest]++
		total++
	}
	return total, byDigest
}

// family is how many images share a base, here.
const family = 6

// TestEachLayerIsSentOnce pushes images that share a base all at once: its layer goes to
// one repository, and into the others from there.
func TestEachLayerIsSentOnce(t *testing.T) {
	w := watchedRegistry(t)
	d := openDriver(t, overHTTP)
	names := buildFamily(t, d, w.Host, family)
	pushAll(t, d, names)

	requests := w.Take()
	uploads, byDigest := count(requests, registry.Upload)
	if want := 1 + 2*family; uploads != want {
		t.Errorf("%d blobs were sent, want the base, and a layer and a configuration of each image: %d", uploads, want)
	}
	for digest, times := range byDigest {
		if times > 1 {
			t.Errorf("%s was sent %d times", digest, times)
		}
	}
	mounts, mounted := count(requests, registry.Mount)
	if mounts != family-1 || len(mounted) != 1 {
		t.Errorf("mounted %v, want the base in %d other repositories", mounted, family-1)
	}
}

// TestPushAgain: one request for an image that is at the registry already.
func TestPushAgain(t *testing.T) {
	w := watchedRegistry(t)
	var same Options
	d := openDriver(t, overHTTP, func(o *Options) { same = *o })
	names := buildFamily(t, d, w.Host, family)
	first := pushAll(t, d, names)
	w.Take()

	// isOnlyLooked fails the test if anything else was asked than what each tag names.
	isOnlyLooked := func(t *testing.T, again []string) {
		t.Helper()
		requests := w.Take()
		heads, _ := count(requests, registry.ManifestHead)
		if len(requests) != family || heads != family {
			t.Errorf("%d requests, %d of them look at a tag; want %d", len(requests), heads, family)
		}
		if strings.Join(again, " ") != strings.Join(first, " ") {
			t.Errorf("got %v, want %v", again, first)
		}
	}
	t.Run("by the same driver", func(t *testing.T) { isOnlyLooked(t, pushAll(t, d, names)) })
	t.Run("by the next one", func(t *testing.T) {
		next, err := Open(same)
		if err != nil {
			t.Fatal(err)
		}
		defer next.Close()
		isOnlyLooked(t, pushAll(t, next, names))
	})
	t.Run("without a driver", func(t *testing.T) {
		catalogue, err := Look(same)
		if err != nil {
			t.Fatal(err)
		}
		var again []string
		for _, name := range names {
			if !catalogue.WasPushed(name) {
				t.Errorf("%s was not pushed", name)
			}
			digest, there := catalogue.Pushed(t.Context(), name)
			if !there {
				t.Errorf("%s is not there", name)
			}
			again = append(again, digest)
		}
		isOnlyLooked(t, again)
	})
}

// TestPushWhatHasChanged: whatever is not as it was pushed last time is pushed.
func TestPushWhatHasChanged(t *testing.T) {
	w := watchedRegistry(t)
	var same Options
	d := openDriver(t, overHTTP, func(o *Options) { same = *o })
	name := buildFamily(t, d, w.Host, 1)[0]
	digest := pushAll(t, d, []string{name})[0]

	for _, test := range []struct {
		what   string
		change func(t *testing.T)
	}{
		{"the image", func(t *testing.T) {
			buildImage(t, d, name, "FROM base:1\nCOPY own /own\n", map[string]string{"own": "changed"})
		}},
		{"the tag at the registry", func(t *testing.T) {
			deleteManifest(t, w.Host, "kolla/debian-binary-0", digest)
		}},
		{"the memory of pushes", func(t *testing.T) {
			memory := filepath.Join(d.GraphRoot(), ownFolder, "pushed")
			if err := os.WriteFile(memory, []byte("\x00 nothing of use\nsha256:1 2\n"), 0o600); err != nil {
				t.Fatal(err)
			}
		}},
	} {
		t.Run(test.what, func(t *testing.T) {
			test.change(t)
			w.Take()
			next, err := Open(same)
			if err != nil {
				t.Fatal(err)
			}
			defer next.Close()
			digest = pushAll(t, next, []string{name})[0]
			if manifests, _ := count(w.Take(), registry.ManifestPut); manifests != 1 {
				t.Errorf("%d manifests were sent, want 1", manifests)
			}
			pushAll(t, next, []string{name})
			if again := w.Take(); len(again) != 1 {
				t.Errorf("then it took %d requests", len(again))
			}
		})
	}
}

// deleteManifest removes a manifest, and the tags that name it, from a registry.
func deleteManifest(t *testing.T, host, repository, digest string) {
	t.Helper()
	request, err := http.NewRequest(http.MethodDelete, fmt.Sprintf("http://%s/v2/%s/manifests/%s", host, repository, digest), nil)
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	if response.StatusCode != http.StatusAccepted {
		t.Fatalf("failed to delete %s: %s", digest, response.Status)
	}
}

// TestPushWithoutMounts: a registry that does not mount is sent what it needs.
func TestPushWithoutMounts(t *testing.T) {
	w := watchedRegistry(t)
	w.Meddle = func(_ http.ResponseWriter, r *http.Request) bool {
		if r.URL.Query().Has("mount") {
			r.URL.RawQuery = "" // an upload begins instead, as the specification says
		}
		return false
	}
	d := openDriver(t, overHTTP)
	names := buildFamily(t, d, w.Host, family)
	pushAll(t, d, names)
	if uploads, _ := count(w.Take(), registry.Upload); uploads != 3*family {
		t.Errorf("%d blobs were sent, want three for each image: %d", uploads, 3*family)
	}
	pulls(t, names...)
}

// TestPushToTwoRegistries: what one registry has says nothing of the other.
func TestPushToTwoRegistries(t *testing.T) {
	one, two := watchedRegistry(t), watchedRegistry(t)
	d := openDriver(t, overHTTP)
	for _, w := range []*registry.Watch{one, two} {
		names := buildFamily(t, d, w.Host, family)
		pushAll(t, d, names)
		if uploads, _ := count(w.Take(), registry.Upload); uploads != 1+2*family {
			t.Errorf("%d blobs were sent, want %d", uploads, 1+2*family)
		}
		pulls(t, names...)
	}
}

// TestPushCompression pushes images in both formats: what the registry has in one is not
// sent again in the other.
func TestPushCompression(t *testing.T) {
	w := watchedRegistry(t)
	var same Options
	names := buildFamily(t, openDriver(t, overHTTP, func(o *Options) { same = *o }), w.Host, 3)
	for i, test := range []struct {
		format  Compression
		types   string // of the layers, the base's first
		uploads int    // of layers, and of the configuration
	}{
		{CompressionDefault, "tar+gzip tar+gzip", 3},
		{CompressionGzip, "tar+gzip tar+gzip", 2},
		{CompressionZstd, "tar+gzip tar+zstd", 2},
	} {
		same.Compression = test.format
		d, err := Open(same)
		if err != nil {
			t.Fatal(err)
		}
		pushAll(t, d, names[i:i+1])
		if err := d.Close(); err != nil {
			t.Error(err)
		}
		if uploads, _ := count(w.Take(), registry.Upload); uploads != test.uploads {
			t.Errorf("%q: %d blobs were sent, want %d", test.format, uploads, test.uploads)
		}
		if got := layerTypes(t, w.Host, fmt.Sprintf("kolla/debian-binary-%d", i)); got != test.types {
			t.Errorf("%q: the layers are %s, want %s", test.format, got, test.types)
		}
		w.Take()
	}
	pulls(t, names...)
}

// layerTypes returns how the layers of an image are packed in a registry.
func layerTypes(t *testing.T, host, repository string) string {
	t.Helper()
	request, err := http.NewRequest(http.MethodGet, fmt.Sprintf("http://%s/v2/%s/manifests/1", host, repository), nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Accept", v1.MediaTypeImageManifest)
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	var manifest v1.Manifest
	if err := json.NewDecoder(response.Body).Decode(&manifest); err != nil {
		t.Fatal(err)
	}
	var types []string
	for _, layer := range manifest.Layers {
		types = append(types, strings.TrimPrefix(layer.MediaType, "application/vnd.oci.image.layer.v1."))
	}
	return strings.Join(types, " ")
}

// TestPushInterrupted: what a registry has of a push that failed is not sent again.
func TestPushInterrupted(t *testing.T) {
	w := watchedRegistry(t)
	var mu sync.Mutex
	refuse := true
	w.Meddle = func(answer http.ResponseWriter, r *http.Request) bool {
		mu.Lock()
		defer mu.Unlock()
		if refuse && r.Method == http.MethodPut && strings.Contains(r.URL.Path, "/manifests/") {
			http.Error(answer, "busy", http.StatusServiceUnavailable)
			return true
		}
		return false
	}
	d := openDriver(t, overHTTP)
	names := buildFamily(t, d, w.Host, 2)
	if _, err := tryPushAll(d, names); err == nil {
		t.Fatal("pushes succeeded without manifests")
	}
	w.Take()
	mu.Lock()
	refuse = false
	mu.Unlock()
	pushAll(t, d, names)
	if uploads, byDigest := count(w.Take(), registry.Upload); uploads != 0 {
		t.Errorf("sent again: %v", byDigest)
	}
	pulls(t, names...)
}

// TestPushCancelled: who waits for a layer that another push sends stops waiting.
func TestPushCancelled(t *testing.T) {
	w := watchedRegistry(t)
	begun, release := make(chan struct{}), make(chan struct{})
	var once sync.Once
	w.Meddle = func(_ http.ResponseWriter, r *http.Request) bool {
		if r.Method == http.MethodPatch {
			once.Do(func() { close(begun) })
			<-release
		}
		return false
	}
	d := openDriver(t, overHTTP)
	names := buildFamily(t, d, w.Host, 2)
	first := make(chan error, 1)
	go func() {
		_, err := d.Push(context.Background(), names[0], io.Discard)
		first <- err
	}()
	<-begun
	ctx, cancel := context.WithCancelCause(context.Background())
	stopped := errors.New("stopped")
	cancel(stopped)
	if _, err := d.Push(ctx, names[1], io.Discard); !errors.Is(err, stopped) {
		t.Errorf("got %v", err)
	}
	close(release)
	if err := <-first; err != nil {
		t.Error(err)
	}
}

// pulls fails the test if an image cannot be pulled whole.
func pulls(t *testing.T, names ...string) {
	t.Helper()
	other := openDriver(t, overHTTP)
	for _, name := range names {
		var output bytes.Buffer
		if _, err := other.resolveBase(t.Context(), name, true, &output); err != nil {
			t.Errorf("%v\n%s", err, output.String())
		}
	}
}
