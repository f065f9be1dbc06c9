// Package templates holds the image templates that kolla-build ships.
//
// Each image is a folder with a Dockerfile.j2 and the files that it copies; the
// folder's name is the image's. Folders may stand in a folder for their service.
// What templates share is in macros.j2.
package templates

import (
	"embed"
	"io/fs"
)

//go:embed *.j2 all:*/*
var files embed.FS

// FS returns the tree of templates, with macros.j2 and the images' folders at its
// top. Embedding loses the modes of files: one that begins with "#!" is meant to
// be executable, all others are not.
func FS() fs.FS { return files }
