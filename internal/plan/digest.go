// Package plan tells what would have to be built, from what goes into an image.
//
// It is pure: the files of a context come as an [fs.FS].
package plan

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"maps"
	"path"
	"slices"
)

// format begins every list of inputs. A change of the list needs another, so that
// digests of old are not taken for new ones.
const format = "kolla-build input 1"

// unread are files of a context that no build reads: the template has become the
// Dockerfile.
var unread = map[string]bool{"Dockerfile.j2": true}

// Proxies are the variables that every builder passes on to RUN as predefined build
// arguments, which leave no trace in an image. They differ from machine to machine
// and never change what a build makes, so they are no input of it.
var Proxies = []string{
	"HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy",
	"FTP_PROXY", "ftp_proxy", "NO_PROXY", "no_proxy",
}

// Input is all that goes into an image.
type Input struct {
	// Parent is the id of the image that it stands on.
	Parent string
	// Context holds the Dockerfile, the files it copies, and the sources. Their
	// names, types, modes and content count, their times and owners do not.
	Context fs.FS
	// Args are the build arguments. [Proxies] do not count.
	Args map[string]string
	// Options are whatever else changes the result, by name.
	Options map[string]string
}

// Digest returns the input digest: two builds with the same one would make the
// same image, as far as a build depends on its inputs alone.
func (in Input) Digest() (string, error) {
	list := sha256.New()
	write(list, format, "parent", in.Parent)
	for _, name := range slices.Sorted(maps.Keys(in.Args)) {
		if !slices.Contains(Proxies, name) {
			write(list, "argument", name, in.Args[name])
		}
	}
	for _, name := range slices.Sorted(maps.Keys(in.Options)) {
		write(list, "option", name, in.Options[name])
	}
	err := fs.WalkDir(in.Context, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || unread[path.Base(name)] {
			return err
		}
		return writeFile(list, in.Context, name, entry)
	})
	if err != nil {
		return "", fmt.Errorf("failed to read the build context: %w", err)
	}
	return "sha256:" + hex.EncodeToString(list.Sum(nil)), nil
}

func writeFile(list hash.Hash, context fs.FS, name string, entry fs.DirEntry) error {
	info, err := entry.Info()
	if err != nil {
		return err
	}
	content := ""
	switch {
	case info.Mode().IsRegular():
		content, err = sum(context, name)
	case info.Mode()&fs.ModeSymlink != 0:
		content, err = fs.ReadLink(context, name)
	}
	if err != nil {
		return err
	}
	write(list, "file", name, info.Mode().String(), content)
	return nil
}

func sum(context fs.FS, name string) (string, error) {
	file, err := context.Open(name)
	if err != nil {
		return "", err
	}
	defer file.Close()
	content := sha256.New()
	if _, err := io.Copy(content, file); err != nil {
		return "", err
	}
	return hex.EncodeToString(content.Sum(nil)), nil
}

// write adds an item to the list. The lengths keep ("ab", "c") apart from
// ("a", "bc").
func write(list io.Writer, parts ...string) {
	for _, part := range parts {
		fmt.Fprintf(list, "%d:%s,", len(part), part)
	}
	fmt.Fprintln(list)
}
