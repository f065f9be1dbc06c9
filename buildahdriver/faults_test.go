package buildahdriver

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"go.podman.io/image/v5/pkg/sysregistriesv2"

	"github.com/kolla-build/kolla-build/tests/registry"
)

// A registry that will not have an image says so once.
func TestRefusalsAreFinal(t *testing.T) {
	w := watchedRegistry(t)
	d := openDriver(t, overHTTP)
	for _, test := range []struct {
		name, at, body string
		status         int
		says           string
	}{
		{"full at an upload", "/blobs/uploads/", "", http.StatusInsufficientStorage, "507"},
		{"full at a manifest", "/manifests/", "", http.StatusInsufficientStorage, "507"},
		{"too large", "/blobs/uploads/", "", http.StatusRequestEntityTooLarge, "413"},
		{"denied", "/manifests/", `{"errors":[{"code":"DENIED","message":"quota exceeded"}]}`, http.StatusForbidden, "does not accept the user"},
		{"conflict", "/manifests/", "", http.StatusConflict, "409"},
		{"immutable", "/manifests/", `{"errors":[{"code":"TAG_INVALID","message":"tag is immutable"}]}`, http.StatusBadRequest, "tag is immutable"},
	} {
		t.Run(test.name, func(t *testing.T) {
			var refused atomic.Int64
			w.Meddle = func(answer http.ResponseWriter, r *http.Request) bool {
				if r.Method == http.MethodGet || r.Method == http.MethodHead || !strings.Contains(r.URL.Path, test.at) {
					return false
				}
				refused.Add(1)
				answer.Header().Set("Content-Type", "application/json")
				answer.WriteHeader(test.status)
				_, _ = io.WriteString(answer, test.body)
				return true
			}
			_, _, err := pushImage(t, d, w.Host)
			if err == nil || !strings.Contains(err.Error(), test.says) || strings.Contains(err.Error(), "\n") {
				t.Errorf("got %v, want one line with %q", err, test.says)
			}
			var temporary interface{ Temporary() bool }
			if errors.As(err, &temporary) && temporary.Temporary() {
				t.Errorf("it would be tried again: %v", err)
			}
			// The library offers a manifest in its other formats where one is bad.
			if test.at == "/manifests/" && refused.Load() > 1 && test.status != http.StatusBadRequest {
				t.Errorf("asked %d times", refused.Load())
			}
		})
	}
}

// Certificates that are not good: one line that says why, and no way around it.
func TestBadCertificates(t *testing.T) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	authority := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "authority of a test"}, NotBefore: now.Add(-time.Hour), NotAfter: now.Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	root, err := x509.CreateCertificate(rand.Reader, authority, authority, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "ca.crt"), pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: root}), 0o600); err != nil {
		t.Fatal(err)
	}
	local := []net.IP{net.IPv4(127, 0, 0, 1)}
	for _, test := range []struct {
		name     string
		ips      []net.IP
		from, to time.Duration
		says     string
	}{
		{"expired", local, -2 * time.Hour, -time.Hour, "is not valid"},
		{"not yet valid", local, time.Hour, 2 * time.Hour, "is not valid"},
		{"for another host", []net.IP{net.IPv4(192, 0, 2, 1)}, -time.Hour, time.Hour, "is for another host"},
		{"good", local, -time.Hour, time.Hour, "404"},
	} {
		t.Run(test.name, func(t *testing.T) {
			leaf := &x509.Certificate{
				SerialNumber: big.NewInt(2), IPAddresses: test.ips, NotBefore: now.Add(test.from), NotAfter: now.Add(test.to),
				KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
			}
			der, err := x509.CreateCertificate(rand.Reader, leaf, authority, &key.PublicKey, key)
			if err != nil {
				t.Fatal(err)
			}
			var asked atomic.Int64
			server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				asked.Add(1)
				http.NotFound(w, r)
			}))
			server.TLS = &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}} //nolint:gosec // a server of a test
			server.Config.ErrorLog = log.New(io.Discard, "", 0)                                                      // of refused handshakes
			server.StartTLS()
			defer server.Close()
			d := openDriver(t, func(o *Options) { o.CertDir = dir })
			_, _, err = pushImage(t, d, strings.TrimPrefix(server.URL, "https://"))
			if err == nil || !strings.Contains(err.Error(), test.says) || strings.Contains(err.Error(), "\n") {
				t.Fatalf("got %v, want one line with %q", err, test.says)
			}
			if test.name == "good" {
				return
			}
			if !strings.Contains(Remedy(err), "--tls-verify=false") {
				t.Errorf("the remedy is %q", Remedy(err))
			}
			if asked.Load() > 0 {
				t.Errorf("it was asked %d times all the same", asked.Load())
			}
		})
	}
}

// A registry that hands out other bytes than those whose digest was asked for, or is endless, is not
// believed, and what it has sent is not kept.
func TestLyingRegistry(t *testing.T) {
	sysregistriesv2.InvalidateCache() // what an earlier test read
	r := registry.Start(t, registry.Options{})
	w := r.Watch(t)
	d := openDriver(t, overHTTP)
	name, digest, err := pushImage(t, d, w.Host)
	if err != nil {
		t.Fatal(err)
	}
	repository := name[:strings.LastIndex(name, ":")]
	flip := func(data []byte) []byte {
		data = bytes.Clone(data)
		data[len(data)/2] ^= 1
		return data
	}
	half := func(data []byte) []byte { return data[:len(data)/2] }
	spaces := func(data []byte) []byte { return append(bytes.Clone(data), ' ') } // still the same JSON
	endless := func(data []byte) []byte { return append(bytes.Clone(data), bytes.Repeat([]byte(" "), 100<<20)...) }
	const manifests, blobs = "/manifests/", "/blobs/sha256:"
	for _, test := range []struct {
		name, from, at string
		lie            func([]byte) []byte
	}{
		{"a flipped blob", name, blobs, flip},
		{"half a blob", name, blobs, half},
		{"a longer blob", name, blobs, spaces},
		{"an empty blob", name, blobs, func([]byte) []byte { return nil }},
		{"another manifest for a digest", repository + "@" + digest, manifests, spaces},
		{"an endless manifest", name, manifests, endless},
		{"no manifest", name, manifests, func([]byte) []byte { return []byte("<html>Sign in</html>") }},
	} {
		t.Run(test.name, func(t *testing.T) {
			var lied atomic.Int64
			w.Meddle = func(answer http.ResponseWriter, asked *http.Request) bool {
				if asked.Method != http.MethodGet || !strings.Contains(asked.URL.Path, test.at) {
					return false
				}
				request, err := http.NewRequestWithContext(asked.Context(), http.MethodGet, "http://"+r.Host+asked.URL.RequestURI(), nil)
				if err != nil {
					return false
				}
				request.Header = asked.Header.Clone()
				response, err := http.DefaultTransport.RoundTrip(request)
				if err != nil {
					return false
				}
				defer response.Body.Close()
				data, err := io.ReadAll(response.Body)
				if err != nil {
					return false
				}
				lied.Add(1)
				answer.Header().Set("Content-Type", response.Header.Get("Content-Type"))
				_, _ = answer.Write(test.lie(data))
				return true
			}
			other := openDriver(t, overHTTP)
			dockerfile := "FROM " + test.from + "\nRUN touch /made\n"
			image, output, err := tryBuild(t, other, "x:1", dockerfile, nil)
			if err == nil || lied.Load() == 0 {
				t.Errorf("made %v of what is not so, %d lies\n%s", image, lied.Load(), output)
			}
			if images, err := other.store.Images(); err != nil || len(images) > 0 {
				t.Errorf("the store has %d images: %v", len(images), err)
			}
			w.Meddle = nil
			if _, _, err := tryBuild(t, other, "x:1", dockerfile, nil); err != nil {
				t.Errorf("once it tells the truth: %v", err)
			}
		})
	}
}

// What SECURITY.md says of the isolations: whether a command can send signals to processes outside, and
// and read this process's environment; and that none of them lets it read the machine's files.
func TestReachOfIsolations(t *testing.T) {
	t.Setenv("BUILDAH_RUNTIME", "runc")
	const variable = "_CONTAINERS_USERNS_CONFIGURED=" // which stands for passwords in this process's environment
	if environment, err := os.ReadFile("/proc/self/environ"); err != nil || !bytes.Contains(environment, []byte(variable)) {
		t.Fatalf("the environment lacks %s: %v", variable, err)
	}
	secret := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(secret, []byte("hunter2"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name      string
		isolation Isolation
		noMounts  bool
		reaches   bool // processes outside
		reads     bool // this process's environment
	}{
		{"own", "", false, false, false},
		{"by chroot, without namespaces", "", true, true, false},
		{"buildah's chroot", IsolationChroot, false, true, true},
		{"buildah's rootless", IsolationRootless, false, false, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			if test.noMounts {
				forbidMounts(t)
			}
			d := openDriver(t, func(o *Options) { o.Isolation = test.isolation })
			base := openDriverFor(t, d)
			buildBase(t, base)
			look := fmt.Sprintf("kill -0 %d 2>/dev/null && echo reached; cat %s 2>/dev/null; cat /proc/[0-9]*/environ 2>/dev/null | grep -aq %s && echo environment; echo end\n", os.Getpid(), secret, variable)
			_, output := buildImage(t, d, "x:1", "FROM base:1\nRUN "+look, nil)
			if strings.Contains(output, "hunter2") || !strings.Contains(output, "end") {
				t.Errorf("a file of the machine is read: %q", output)
			}
			if got := strings.Contains(output, "reached"); got != test.reaches {
				t.Errorf("a process outside is reached: %v; %q", got, output)
			}
			if got := strings.Contains(output, "environment"); got != test.reads {
				t.Errorf("the environment is read: %v; %q", got, output)
			}
		})
	}
}

// A program that COPY has just written may still be open for writing in a process that another build has
// forked, and that has not executed anything yet. RUN waits for it.
func TestProgramOpenForWriting(t *testing.T) {
	d := openDriver(t)
	buildBase(t, d)
	dir := writeContext(t, map[string]string{"tool": readBusybox(t), "Dockerfile": "FROM base:1\nCOPY --chmod=755 tool /bin/cat\nRUN [\"/bin/cat\", \"/etc/passwd\"]\n"})
	var held atomic.Int64
	var output bytes.Buffer
	_, err := d.Build(t.Context(), BuildOptions{Name: "x:1", ContextDir: dir, Output: &output, OnStep: func(_, _ int, text string) {
		if !strings.HasPrefix(text, "RUN") {
			return
		}
		found, err := filepath.Glob(filepath.Join(d.GraphRoot(), "overlay", "staging", "*", "*", "bin", "cat"))
		if err != nil || len(found) == 0 {
			found, _ = filepath.Glob(filepath.Join(d.GraphRoot(), "overlay", "staging", "*", "bin", "cat"))
		}
		for _, path := range found {
			file, err := os.OpenFile(path, os.O_WRONLY, 0)
			if err != nil {
				t.Error(err)
				return
			}
			holder := exec.Command("sleep", "0.3")
			holder.Stdout = file
			if err := errors.Join(holder.Start(), file.Close()); err != nil {
				t.Error(err)
				return
			}
			held.Add(1)
			t.Cleanup(func() { _ = holder.Wait() })
		}
	}})
	if err != nil || !strings.Contains(output.String(), "nova") || held.Load() == 0 {
		t.Errorf("%v, open %d times: %q", err, held.Load(), output.String())
	}
}
