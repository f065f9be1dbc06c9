package templates

import (
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// processName is the name by which the kernel knows this process.
func processName(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("/proc/self/comm")
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(text))
}

// healthcheck runs a script of base and tells what it thinks of the service.
func healthcheck(t *testing.T, name string, args ...string) bool {
	t.Helper()
	s := newSandbox(t)
	s.install(filepath.Join("base", name), name)
	_, healthy := s.run(name, args...)
	return healthy
}

func wantHealth(t *testing.T, want bool, name string, args ...string) {
	t.Helper()
	if got := healthcheck(t, name, args...); got != want {
		t.Errorf("%s %q: healthy is %v, want %v", name, args, got, want)
	}
}

func TestHealthcheckUsage(t *testing.T) {
	for name, parameters := range map[string]int{
		"healthcheck_curl": 1, "healthcheck_filemod": 2, "healthcheck_listen": 2,
		"healthcheck_port": 2, "healthcheck_socket": 2,
	} {
		for given := range parameters {
			wantHealth(t, false, name, make([]string, given)...)
		}
	}
}

func TestHealthcheckCurl(t *testing.T) {
	for status, want := range map[int]bool{200: true, 300: true, 401: true, 404: true, 500: false, 503: false} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(status)
		}))
		wantHealth(t, want, "healthcheck_curl", server.URL)
		server.Close()
		wantHealth(t, false, "healthcheck_curl", server.URL)
	}
}

func TestHealthcheckListen(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := fmt.Sprint(listener.Addr().(*net.TCPAddr).Port)
	process := processName(t)
	wantHealth(t, true, "healthcheck_listen", process, port)
	wantHealth(t, true, "healthcheck_listen", process, "1", port)
	wantHealth(t, false, "healthcheck_listen", "another", port)
	wantHealth(t, false, "healthcheck_listen", process, "1")
	wantHealth(t, false, "healthcheck_listen", process, "no port")
	if err := listener.Close(); err != nil {
		t.Fatal(err)
	}
	wantHealth(t, false, "healthcheck_listen", process, port)
}

func TestHealthcheckPort(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	port := fmt.Sprint(listener.Addr().(*net.TCPAddr).Port)
	process := processName(t)
	wantHealth(t, false, "healthcheck_port", process, port)
	connection, err := net.Dial("tcp", listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer connection.Close()
	wantHealth(t, true, "healthcheck_port", process, port)
	wantHealth(t, true, "healthcheck_port", process, "1", port)
	wantHealth(t, false, "healthcheck_port", "another", port)
	wantHealth(t, false, "healthcheck_port", process, "1")
}

func TestHealthcheckSocket(t *testing.T) {
	path := filepath.Join(t.TempDir(), "socket")
	listener, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	process := processName(t)
	wantHealth(t, true, "healthcheck_socket", process, path)
	wantHealth(t, false, "healthcheck_socket", "another", path)
	wantHealth(t, false, "healthcheck_socket", process, path+"2")
}

func TestHealthcheckFilemod(t *testing.T) {
	path := filepath.Join(t.TempDir(), "-a file")
	if err := os.WriteFile(path, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	hourAgo := time.Now().Add(-time.Hour)
	wantHealth(t, true, "healthcheck_filemod", path, "600")
	if err := os.Chtimes(path, hourAgo, hourAgo); err != nil {
		t.Fatal(err)
	}
	wantHealth(t, false, "healthcheck_filemod", path, "600")
	wantHealth(t, true, "healthcheck_filemod", path, "7200")
	wantHealth(t, true, "healthcheck_filemod", path, "07200")
	wantHealth(t, false, "healthcheck_filemod", path, "soon")
	wantHealth(t, false, "healthcheck_filemod", path+"2", "600")
}
