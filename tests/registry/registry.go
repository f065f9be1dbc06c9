// Package registry starts a real container registry, that of the distribution
// project, for a test: over http, or with TLS by a private authority, with or
// without a password.
package registry

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"golang.org/x/crypto/bcrypt"
)

// program is the registry, from Debian's package docker-registry or Fedora's
// docker-distribution.
var programs = []string{"docker-registry", "registry"}

// startTimeout bounds how long a registry may take until it answers.
const startTimeout = 30 * time.Second

// Options say what the registry demands.
type Options struct {
	// TLS makes it speak https, with a certificate of an authority of its own.
	TLS bool
	// User and Password, if set, are what it lets in.
	User, Password string
}

// Registry is a registry that runs until the test ends.
type Registry struct {
	// Host is its address and port.
	Host string
	// CertDir holds the authority's certificate as ca.crt.
	CertDir string
}

// Start starts a registry and waits until it answers.
func Start(t testing.TB, options Options) *Registry {
	t.Helper()
	dir := t.TempDir()
	r := &Registry{Host: freeAddress(t), CertDir: filepath.Join(dir, "certs")}
	config := fmt.Sprintf("version: 0.1\nlog: {level: error}\nstorage:\n  filesystem: {rootdirectory: %s}\n  delete: {enabled: true}\nhttp:\n  addr: %s\n", filepath.Join(dir, "data"), r.Host)
	if options.TLS {
		key, cert := r.makeCertificates(t)
		config += fmt.Sprintf("  tls: {certificate: %s, key: %s}\n", cert, key)
	}
	if options.User != "" {
		hash, err := bcrypt.GenerateFromPassword([]byte(options.Password), bcrypt.MinCost)
		if err != nil {
			t.Fatal(err)
		}
		file := filepath.Join(dir, "htpasswd")
		write(t, file, fmt.Appendf(nil, "%s:%s\n", options.User, hash))
		config += fmt.Sprintf("auth:\n  htpasswd: {realm: test, path: %s}\n", file)
	}
	file := filepath.Join(dir, "config.yml")
	write(t, file, []byte(config))
	r.run(t, file)
	return r
}

// Conf writes a registries.conf that lists the registry as insecure, and returns
// its path.
func (r *Registry) Conf(t testing.TB) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "registries.conf")
	write(t, file, fmt.Appendf(nil, "[[registry]]\nlocation = %q\ninsecure = true\n", r.Host))
	return file
}

func (r *Registry) run(t testing.TB, config string) {
	t.Helper()
	var log bytes.Buffer
	ctx, stop := context.WithCancel(context.Background())
	cmd := exec.CommandContext(ctx, find(t), "serve", config)
	cmd.Stdout, cmd.Stderr = &log, &log
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	exited := make(chan struct{})
	go func() {
		_ = cmd.Wait() // it ends by our kill
		close(exited)
	}()
	t.Cleanup(func() {
		stop()
		<-exited
	})
	deadline := time.After(startTimeout)
	for {
		conn, err := net.Dial("tcp", r.Host)
		if err == nil {
			conn.Close()
			return
		}
		select {
		case <-exited:
			t.Fatalf("the registry did not start:\n%s", log.String())
		case <-deadline:
			t.Fatalf("the registry did not answer: %v", err)
		case <-time.After(20 * time.Millisecond):
		}
	}
}

func find(t testing.TB) string {
	t.Helper()
	for _, name := range programs {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	t.Fatalf("none of %v is installed: run contrib/setup test", programs)
	return ""
}

// freeAddress returns an address that nobody listens on.
func freeAddress(t testing.TB) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return listener.Addr().String()
}

// makeCertificates makes an authority, whose certificate goes to CertDir, and a
// certificate of it for 127.0.0.1.
func (r *Registry) makeCertificates(t testing.TB) (keyFile, certFile string) {
	t.Helper()
	if err := os.Mkdir(r.CertDir, 0o755); err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	authority := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "authority of a test"},
		NotBefore: now.Add(-time.Hour), NotAfter: now.Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	server := &x509.Certificate{
		SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: "127.0.0.1"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: now.Add(-time.Hour), NotAfter: now.Add(time.Hour),
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	authorityKey, serverKey := newKey(t), newKey(t)
	sign(t, filepath.Join(r.CertDir, "ca.crt"), authority, authority, authorityKey, authorityKey)
	dir := filepath.Dir(r.CertDir)
	certFile, keyFile = filepath.Join(dir, "server.crt"), filepath.Join(dir, "server.key")
	sign(t, certFile, server, authority, serverKey, authorityKey)
	der, err := x509.MarshalECPrivateKey(serverKey)
	if err != nil {
		t.Fatal(err)
	}
	writePEM(t, keyFile, "EC PRIVATE KEY", der)
	return keyFile, certFile
}

func newKey(t testing.TB) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func sign(t testing.TB, file string, cert, parent *x509.Certificate, key, parentKey *ecdsa.PrivateKey) {
	t.Helper()
	der, err := x509.CreateCertificate(rand.Reader, cert, parent, &key.PublicKey, parentKey)
	if err != nil {
		t.Fatal(err)
	}
	writePEM(t, file, "CERTIFICATE", der)
}

func writePEM(t testing.TB, file, kind string, der []byte) {
	t.Helper()
	write(t, file, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}))
}

func write(t testing.TB, file string, data []byte) {
	t.Helper()
	if err := os.WriteFile(file, data, 0o600); err != nil {
		t.Fatal(err)
	}
}
