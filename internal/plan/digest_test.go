package plan

import (
	"io/fs"
	"maps"
	"slices"
	"testing"
	"testing/fstest"
	"time"
)

func sample() Input {
	return Input{
		Parent: "parent",
		Context: fstest.MapFS{
			"Dockerfile":    {Data: []byte("FROM x\n"), Mode: 0o644},
			"Dockerfile.j2": {Data: []byte("FROM {{ x }}\n"), Mode: 0o644},
			"script":        {Data: []byte("#!/bin/sh\n"), Mode: 0o755},
			"folder/file":   {Data: []byte("text"), Mode: 0o644},
			"link":          {Data: []byte("script"), Mode: fs.ModeSymlink | 0o777},
		},
		Args:    map[string]string{"a": "1", "http_proxy": "http://proxy"},
		Options: map[string]string{"network": "host"},
	}
}

func digest(t *testing.T, in Input) string {
	t.Helper()
	d, err := in.Digest()
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// TestDigest changes one input at a time.
func TestDigest(t *testing.T) {
	file := func(name string, change func(*fstest.MapFile)) func(*Input) {
		return func(in *Input) { change(in.Context.(fstest.MapFS)[name]) }
	}
	want := digest(t, sample())
	for name, test := range map[string]struct {
		change func(*Input)
		counts bool
	}{
		"nothing":       {func(*Input) {}, false},
		"parent":        {func(in *Input) { in.Parent = "other" }, true},
		"argument":      {func(in *Input) { in.Args["a"] = "2" }, true},
		"argument more": {func(in *Input) { in.Args["b"] = "" }, true},
		"proxy":         {func(in *Input) { in.Args["http_proxy"] = "http://me:secret@other" }, false},
		"no proxy": {func(in *Input) {
			maps.DeleteFunc(in.Args, func(k, _ string) bool { return slices.Contains(Proxies, k) })
		}, false},
		"option":            {func(in *Input) { in.Options["network"] = "none" }, true},
		"Dockerfile":        {file("Dockerfile", func(f *fstest.MapFile) { f.Data = []byte("FROM y\n") }), true},
		"template":          {file("Dockerfile.j2", func(f *fstest.MapFile) { f.Data = []byte("FROM {{ y }}\n") }), false},
		"a byte":            {file("folder/file", func(f *fstest.MapFile) { f.Data = []byte("tex7") }), true},
		"a mode":            {file("script", func(f *fstest.MapFile) { f.Mode = 0o644 }), true},
		"a time":            {file("script", func(f *fstest.MapFile) { f.ModTime = time.Unix(1, 0) }), false},
		"a link":            {file("link", func(f *fstest.MapFile) { f.Data = []byte("Dockerfile") }), true},
		"a new file":        {func(in *Input) { in.Context.(fstest.MapFS)["x"] = &fstest.MapFile{} }, true},
		"a file is gone":    {func(in *Input) { delete(in.Context.(fstest.MapFS), "script") }, true},
		"a file is renamed": {func(in *Input) { m := in.Context.(fstest.MapFS); m["scripts"] = m["script"]; delete(m, "script") }, true},
	} {
		t.Run(name, func(t *testing.T) {
			in := sample()
			test.change(&in)
			if got := digest(t, in); (got != want) != test.counts {
				t.Errorf("changed: %v, want %v", got != want, test.counts)
			}
		})
	}
}

func TestDigestOfUnreadableContext(t *testing.T) {
	if _, err := (Input{Context: fstest.MapFS{"file": {Mode: fs.ModeSymlink}}}).Digest(); err != nil {
		t.Errorf("a link that leads nowhere is an input like others: %v", err)
	}
	broken := brokenFS{fstest.MapFS{"file": {}}}
	if _, err := (Input{Context: broken}).Digest(); err == nil {
		t.Error("a file that cannot be read went unnoticed")
	}
}

type brokenFS struct{ fstest.MapFS }

func (b brokenFS) Open(name string) (fs.File, error) {
	if name == "file" {
		return nil, fs.ErrPermission
	}
	return b.MapFS.Open(name)
}
