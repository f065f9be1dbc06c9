package buildahdriver

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"go.podman.io/image/v5/pkg/sysregistriesv2"

	"github.com/kolla-build/kolla-build/tests/registry"
)

// pushImage builds a small image with a name in the registry and pushes it.
func pushImage(t *testing.T, d *Driver, host string) (name, digest string, err error) {
	t.Helper()
	name = host + "/kolla/debian-binary-x:1"
	buildBase(t, d)
	buildImage(t, d, name, "FROM base:1\nRUN touch /setuid && chown 42436:65535 /setuid && chmod 6755 /setuid\n", nil)
	var output bytes.Buffer
	digest, err = d.Push(context.Background(), name, &output)
	return name, digest, err
}

func TestPushOverHTTP(t *testing.T) {
	r := registry.Start(t, registry.Options{})
	t.Setenv("CONTAINERS_REGISTRIES_CONF", r.Conf(t))
	sysregistriesv2.InvalidateCache() // what an earlier test read
	t.Cleanup(sysregistriesv2.InvalidateCache)
	d := openDriver(t)
	name, digest, err := pushImage(t, d, r.Host)
	if err != nil {
		t.Fatal(err)
	}
	// Another client sees the digest that we were told.
	out, err := exec.Command("skopeo", "inspect", "--tls-verify=false", "--format", "{{.Digest}}", "docker://"+name).CombinedOutput()
	if err != nil || strings.TrimSpace(string(out)) != digest {
		t.Errorf("skopeo sees %s (%v), want %s", out, err, digest)
	}

	// Pulled into another store it is the same, owners and modes included.
	other := openDriver(t)
	built, output := buildImage(t, other, "child:1", "FROM "+name+"\nRUN ls -n /setuid\n", nil)
	if !strings.Contains(output, "-rwsr-sr-x    1 42436    65535") {
		t.Errorf("the pulled file is %q", output)
	}
	ours, theirs := layers(t, d, "localhost/"+name), layers(t, other, built.Name)
	if !slices.Equal(ours, theirs[:len(ours)]) {
		t.Errorf("layers differ: pushed %v, pulled %v", ours, theirs)
	}
	again, err := d.Push(context.Background(), name, &bytes.Buffer{})
	if err != nil || again != digest {
		t.Errorf("pushed again: %s, %v; want %s", again, err, digest)
	}
}

// layers returns the digests of an image's uncompressed layers, lowest first.
func layers(t *testing.T, d *Driver, name string) []string {
	t.Helper()
	image, err := d.store.Image(strings.TrimPrefix(name, "localhost/"))
	if err != nil {
		image, err = d.store.Image(name)
	}
	if err != nil {
		t.Fatal(err)
	}
	var digests []string
	for id := image.TopLayer; id != ""; {
		layer, err := d.store.Layer(id)
		if err != nil {
			t.Fatal(err)
		}
		digests = append(digests, layer.UncompressedDigest.String())
		id = layer.Parent
	}
	slices.Reverse(digests)
	return digests
}

func TestPushWithTLSAndPassword(t *testing.T) {
	r := registry.Start(t, registry.Options{TLS: true, User: "kolla", Password: "s3cret"})
	d := openDriver(t, func(o *Options) {
		o.CertDir = r.CertDir
		o.Credentials = Credentials{Registry: r.Host, User: "kolla", Password: "s3cret"}
	})
	if _, _, err := pushImage(t, d, r.Host); err != nil {
		t.Fatal(err)
	}
}

// TestRegistryErrorsNameTheRemedy: one line that says what is wrong, another that
// says what to set; and no second attempt where it cannot help.
func TestRegistryErrorsNameTheRemedy(t *testing.T) {
	plain := registry.Start(t, registry.Options{})
	private := registry.Start(t, registry.Options{TLS: true, User: "kolla", Password: "s3cret"})
	down := httptest.NewServer(http.NotFoundHandler())
	down.Close()
	broken := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		http.Error(w, "no space left on device", http.StatusInternalServerError)
	}))
	defer broken.Close()
	full := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/v2/" {
			w.WriteHeader(http.StatusInsufficientStorage)
		}
	}))
	defer full.Close()
	greedy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("WWW-Authenticate", `Bearer realm="https://token.example/",service="x"`)
		w.WriteHeader(http.StatusUnauthorized)
	}))
	defer greedy.Close()
	no := false
	trusting := func(o *Options) { o.CertDir = private.CertDir }
	for _, test := range []struct {
		name, host, err, remedy string
		options                 func(*Options)
		temporary               bool
	}{
		{"http instead of https", plain.Host, "answers http, not https", "registries.conf", func(*Options) {}, false},
		{"unknown authority", private.Host, "signed by an unknown authority", "--cert-dir", func(*Options) {}, false},
		{"no credentials", private.Host, "does not accept the user or the password", "--creds", trusting, false},
		{"wrong password", private.Host, "does not accept the user or the password", "--creds", func(o *Options) {
			trusting(o)
			o.Credentials = Credentials{Registry: private.Host, User: "kolla", Password: "wrong"}
		}, false},
		{"credentials for another registry", private.Host, "does not accept", "--creds", func(o *Options) {
			trusting(o)
			o.Credentials = Credentials{Registry: "registry.example", User: "kolla", Password: "s3cret"}
		}, false},
		{"down", strings.TrimPrefix(down.URL, "http://"), "connection refused", "", func(o *Options) { o.TLSVerify = &no }, true},
		{"a full disk", strings.TrimPrefix(full.URL, "http://"), "507", "", func(o *Options) { o.TLSVerify = &no }, false},
		{"token server of others", strings.TrimPrefix(greedy.URL, "http://"), "is another host's", "--allow-realm token.example", func(o *Options) {
			o.TLSVerify = &no
			o.Credentials = Credentials{Registry: strings.TrimPrefix(greedy.URL, "http://"), User: "kolla", Password: "s3cret"}
		}, false},
		{"a fault of the server's", strings.TrimPrefix(broken.URL, "http://"), "500", "", func(o *Options) { o.TLSVerify = &no }, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, _, err := pushImage(t, openDriver(t, test.options), test.host)
			if err == nil {
				t.Fatal("the push succeeded")
			}
			t.Log(err)
			if !strings.Contains(err.Error(), test.err) || strings.Contains(err.Error(), "\n") {
				t.Errorf("got %q, want one line with %q", err, test.err)
			}
			if remedy := Remedy(err); !strings.Contains(remedy, test.remedy) || remedy == "" != (test.remedy == "") {
				t.Errorf("the remedy is %q, want one with %q", remedy, test.remedy)
			}
			var temporary interface{ Temporary() bool }
			if got := errors.As(err, &temporary) && temporary.Temporary(); got != test.temporary {
				t.Errorf("temporary: %v, want %v", got, test.temporary)
			}
		})
	}
}
