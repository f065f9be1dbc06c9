package main

import (
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"testing"
)

// TestMirror asks for a file twice, and for what is not there.
func TestMirror(t *testing.T) {
	asked := 0
	upstream := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if asked++; r.URL.Path != "/debian/pool/a.deb" {
			http.NotFound(w, r)
			return
		}
		io.WriteString(w, "a package")
	}))
	defer upstream.Close()
	m, err := startMirror(upstream.URL+"/debian/", filepath.Join(t.TempDir(), "mirror"))
	if err != nil {
		t.Fatal(err)
	}
	defer m.close()
	get := func(path string) (int, string) {
		response, err := http.Get(m.url() + path)
		if err != nil {
			t.Fatal(err)
		}
		defer response.Body.Close()
		text, err := io.ReadAll(response.Body)
		if err != nil {
			t.Fatal(err)
		}
		return response.StatusCode, string(text)
	}
	for range 2 {
		if status, text := get("/pool/a.deb"); status != http.StatusOK || text != "a package" {
			t.Errorf("got %d, %q", status, text)
		}
	}
	if asked != 1 {
		t.Errorf("the mirror was asked %d times", asked)
	}
	if status, _ := get("/pool/b.deb"); status != http.StatusNotFound {
		t.Errorf("got %d for what is not there", status)
	}
}
