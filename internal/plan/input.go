// Package plan tells what would have to be built, and why, from what goes into
// each image and what is there.
//
// It is pure: values in, values out. Whoever makes a plan reads the files, asks
// the store, and keeps the records of what was built.
package plan

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"
)

// format begins every list of inputs. It has to change with the meaning of the
// list, so that digests of old are not taken for new ones; and with what the
// program makes of equal inputs, so that old images are not taken for new ones.
const format = "kolla-build input 2"

// Kind tells what sort of thing an input is.
type Kind string

// The kinds of inputs.
const (
	Parent     Kind = "parent"     // the image that the last stage starts from; the digest is its id
	Dockerfile Kind = "dockerfile" // as rendered
	File       Kind = "file"       // of the build context
	Source     Kind = "source"     // a fetched archive, under the name of its section
	Patch      Kind = "patch"      // a file of the folder patches
	Argument   Kind = "argument"   // a build argument
	Option     Kind = "option"     // whatever else changes the result
)

// Input is one thing that goes into an image.
type Input struct {
	Kind Kind   `json:"kind"`
	Name string `json:"name"`
	// Mode is a file's permissions as ls writes them, such as -rwxr-xr-x.
	Mode string `json:"mode,omitempty"`
	// Digest stands for the content: a SHA-256 in hexadecimal, or the id of an
	// image. The value of a build argument may be a secret, so it has one too.
	Digest string `json:"digest"`
}

// Inputs is all that goes into an image.
type Inputs struct {
	List []Input `json:"inputs"`
	// Lines are short digests of the Dockerfile's lines. They do not count; the
	// whole Dockerfile is in List. They are there to tell which line changed.
	Lines []string `json:"lines,omitempty"`
	// Unknowable says what the image depends on that has no digest, such as a
	// URL in ADD. Such an image is never known to be unchanged.
	Unknowable string `json:"-"`
}

// Proxies are the variables that every builder passes on to RUN as predefined build
// arguments, which leave no trace in an image. They differ from machine to machine
// and never change what a build makes, so they are no input of it.
var Proxies = []string{
	"HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy",
	"FTP_PROXY", "ftp_proxy", "NO_PROXY", "no_proxy",
}

// Sum returns the SHA-256 of text in hexadecimal.
func Sum(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

// AddDockerfile adds the rendered Dockerfile.
func (in *Inputs) AddDockerfile(text string) {
	in.List = append(in.List, Input{Kind: Dockerfile, Name: "Dockerfile", Digest: Sum(text)})
	in.Lines = nil
	for line := range strings.Lines(text) {
		in.Lines = append(in.Lines, Sum(strings.TrimSuffix(line, "\n"))[:lineDigest])
	}
}

// lineDigest is how many characters of a line's digest are kept: enough to tell
// two lines apart, and nothing depends on it but a message.
const lineDigest = 12

// AddFile adds a file of the build context. Of mode, only the permissions count.
func (in *Inputs) AddFile(kind Kind, name string, mode fs.FileMode, digest string) {
	in.List = append(in.List, Input{Kind: kind, Name: name, Mode: mode.Perm().String(), Digest: digest})
}

// AddSource adds an archive by its digest.
func (in *Inputs) AddSource(section, digest string) {
	in.List = append(in.List, Input{Kind: Source, Name: section, Digest: digest})
}

// AddArguments adds build arguments, less the [Proxies].
func (in *Inputs) AddArguments(args map[string]string) {
	for name, value := range args {
		if !slices.Contains(Proxies, name) {
			in.List = append(in.List, Input{Kind: Argument, Name: name, Digest: Sum(value)})
		}
	}
}

// AddOption adds an option.
func (in *Inputs) AddOption(name, value string) {
	in.List = append(in.List, Input{Kind: Option, Name: name, Digest: Sum(value)})
}

// On returns the inputs of an image that stands on another one: the parent, as the
// FROM line calls it, and its id. The parent counts by its id and not by its own
// inputs: one that was built anew, with --nocache, has other packages in it, and
// what stands on it has to follow.
func (in Inputs) On(from, id string) Inputs {
	in.List = append(slices.Clone(in.List), Input{Kind: Parent, Name: from, Digest: id})
	return in
}

// Digest returns the input digest: two builds with the same one make the same image,
// as far as a build depends on its inputs alone. The order of the inputs does not
// count. The digest is empty if they are not all known.
func (in Inputs) Digest() string {
	if in.Unknowable != "" {
		return ""
	}
	list := sha256.New()
	write(list, format)
	for _, i := range in.sorted() {
		write(list, string(i.Kind), i.Name, i.Mode, i.Digest)
	}
	return "sha256:" + hex.EncodeToString(list.Sum(nil))
}

// sorted returns the inputs by kind and name.
func (in Inputs) sorted() []Input {
	return slices.SortedFunc(slices.Values(in.List), func(a, b Input) int {
		return strings.Compare(string(a.Kind)+"\x00"+a.Name, string(b.Kind)+"\x00"+b.Name)
	})
}

// write adds an item to the list. The lengths keep ("ab", "c") apart from
// ("a", "bc").
func write(list io.Writer, parts ...string) {
	for _, part := range parts {
		fmt.Fprintf(list, "%d:%s,", len(part), part)
	}
	fmt.Fprintln(list)
}
