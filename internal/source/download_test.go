package source

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

func TestDownload(t *testing.T) {
	modified := time.Date(2020, 1, 2, 3, 4, 5, 0, time.UTC)
	release := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/file":
			w.Header().Set("Last-Modified", modified.Format(http.TimeFormat))
			_, _ = w.Write([]byte("content"))
		case "/short":
			w.Header().Set("Content-Length", "100")
			_, _ = w.Write([]byte("content"))
		case "/busy":
			w.WriteHeader(http.StatusServiceUnavailable)
		case "/stalled":
			w.WriteHeader(http.StatusOK)
			w.(http.Flusher).Flush()
			<-release
		default:
			http.NotFound(w, r)
		}
	}))
	defer server.Close()
	defer close(release)

	var got bytes.Buffer
	when, err := Download(context.Background(), server.URL+"/file", &got, time.Minute)
	if err != nil || got.String() != "content" || !when.Equal(modified) {
		t.Errorf("got %q of %v, %v", got.String(), when, err)
	}
	for path, transient := range map[string]bool{"/short": true, "/busy": true, "/stalled": true, "/missing": false} {
		_, err := Download(context.Background(), strings.Replace(server.URL, "http://", "http://me:secret@", 1)+path, &bytes.Buffer{}, 200*time.Millisecond)
		var temporary interface{ Temporary() bool }
		if err == nil || !errors.As(err, &temporary) || temporary.Temporary() != transient {
			t.Errorf("%s: %v, want an error that is transient: %v", path, err, transient)
		} else if strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: %v shows the password", path, err)
		}
	}
	for _, location := range []string{"ftp://x/y", "http:///x", "file:///etc/passwd", "://", "http://a b/"} {
		if _, err := Download(context.Background(), location, &bytes.Buffer{}, time.Minute); err == nil {
			t.Errorf("%s was fetched", location)
		}
	}
}
