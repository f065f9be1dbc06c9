package registry

import (
	"context"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"testing"

	"go.podman.io/image/v5/docker"
	"go.podman.io/image/v5/docker/reference"
	"go.podman.io/image/v5/pkg/blobinfocache/none"
	"go.podman.io/image/v5/types"
	"golang.org/x/sys/unix"
)

// BenchmarkUpload pushes 256 MiB to a registry over TLS, by the library alone and by the
// proxy. The server's part is in both figures.
func BenchmarkUpload(b *testing.B) {
	const size = 256 << 20
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		w.Header().Set("Location", "/v2/a/b/blobs/uploads/1")
		switch r.Method {
		case http.MethodPost, http.MethodPatch:
			w.WriteHeader(http.StatusAccepted)
		case http.MethodPut:
			w.WriteHeader(http.StatusCreated)
		}
	}))
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.StartTLS()
	defer server.Close()
	system := &types.SystemContext{
		SystemRegistriesConfPath: "/dev/null", SystemRegistriesConfDirPath: b.TempDir(), RegistriesDirPath: b.TempDir(),
		AuthFilePath: filepath.Join(b.TempDir(), "none"), DockerInsecureSkipTLSVerify: types.OptionalBoolTrue,
	}
	named, err := reference.ParseNormalizedNamed(server.Listener.Addr().String() + "/a/b:1")
	if err != nil {
		b.Fatal(err)
	}
	c := NewClient(func(string) *types.SystemContext { return system }, nil)
	defer c.Close()
	upload := func(system *types.SystemContext) {
		ref, err := docker.NewReference(named)
		if err != nil {
			b.Fatal(err)
		}
		to, err := ref.NewImageDestination(context.Background(), system)
		if err != nil {
			b.Fatal(err)
		}
		defer to.Close()
		if _, err := to.PutBlob(context.Background(), io.LimitReader(zeros{}, size), types.BlobInfo{Size: -1}, none.NoCache, false); err != nil {
			b.Fatal(err)
		}
	}
	for _, way := range []string{"library", "proxy"} {
		b.Run(fmt.Sprint(way), func(b *testing.B) {
			b.SetBytes(size)
			before := cpu()
			for b.Loop() {
				if way == "library" {
					upload(system)
					continue
				}
				route, err := c.Route(system, named, true)
				if err != nil {
					b.Fatal(err)
				}
				upload(route.System())
				route.Close()
			}
			b.ReportMetric((cpu()-before)/float64(b.N), "CPU-s/op")
		})
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}

// cpu returns the CPU seconds of this process.
func cpu() float64 {
	var usage unix.Rusage
	_ = unix.Getrusage(unix.RUSAGE_SELF, &usage)
	return float64(usage.Utime.Nano()+usage.Stime.Nano()) / 1e9
}
