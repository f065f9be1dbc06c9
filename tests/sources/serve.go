package main

import (
	"net"
	"net/http"
	"path/filepath"
	"time"
)

// server hands out tarballs on 127.0.0.1.
type server struct {
	*http.Server
	url string
}

// serve serves each file under /PROJECT/NAME.
func serve(tarballs map[string]string) (server, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return server{}, err
	}
	mux := http.NewServeMux()
	for name, file := range tarballs {
		mux.HandleFunc("/"+name+"/"+filepath.Base(file), func(w http.ResponseWriter, r *http.Request) {
			http.ServeFile(w, r, file)
		})
	}
	s := server{&http.Server{Handler: mux, ReadHeaderTimeout: time.Minute}, "http://" + listener.Addr().String()}
	go func() { _ = s.Serve(listener) }() // it ends when the server is closed
	return s, nil
}
