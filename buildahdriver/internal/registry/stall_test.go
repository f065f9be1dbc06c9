package registry

import (
	"bytes"
	"crypto/tls"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"
)

// What stalls ends with an error that may heal; what is slow does not.
func TestStalledConnections(t *testing.T) {
	const stall = 2 * time.Second // which a busy machine may take less than
	release := make(chan struct{})
	t.Cleanup(func() { close(release) }) // after the parallel ones
	wait := func(r *http.Request) {
		select {
		case <-release:
		case <-r.Context().Done():
		}
	}
	for name, test := range map[string]struct {
		serve  http.HandlerFunc
		stalls bool
	}{
		"no header": {func(_ http.ResponseWriter, r *http.Request) { wait(r) }, true},
		"half a body": {func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Length", "10")
			_, _ = io.WriteString(w, "half")
			_ = http.NewResponseController(w).Flush()
			wait(r)
		}, true},
		"an upload that is not read": {func(http.ResponseWriter, *http.Request) { <-release }, true},
		"a slow answer": {func(w http.ResponseWriter, _ *http.Request) {
			for range 12 {
				_, _ = io.WriteString(w, "x")
				_ = http.NewResponseController(w).Flush()
				time.Sleep(stall / 8)
			}
		}, false},
		"a slow upload": {func(_ http.ResponseWriter, r *http.Request) {
			for buffer := make([]byte, 2<<20); ; time.Sleep(stall / 8) {
				if _, err := io.ReadFull(r.Body, buffer); err != nil {
					return
				}
			}
		}, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := httptest.NewServer(test.serve)
			transport := newTransport(&tls.Config{MinVersion: tls.VersionTLS12}, stall)
			defer transport.CloseIdleConnections()
			size := 0
			if strings.Contains(name, "upload") {
				size = 30 << 20 // more than there are buffers for
			}
			request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, server.URL, bytes.NewReader(make([]byte, size)))
			if err != nil {
				t.Fatal(err)
			}
			response, err := transport.RoundTrip(request)
			if err == nil {
				_, err = io.ReadAll(response.Body)
				response.Body.Close()
			}
			switch {
			case test.stalls && (!errors.Is(err, os.ErrDeadlineExceeded) || !strings.Contains(err.Error(), "has stalled")):
				t.Errorf("got %v", err)
			case !test.stalls && err != nil:
				t.Errorf("it is slow, not stalled: %v", err)
			}
			server.CloseClientConnections()
		})
	}
}
