// Command kolla-build builds a tree of container images from templates, without
// a daemon and without root.
package main

import (
	"os"

	"github.com/kolla-build/kolla-build/buildahdriver"
)

// version is also the tag that images get by default, as in the Python tool. A
// release sets it with -ldflags "-X main.version=...".
var version = "0.1.0"

func main() {
	// First of all: the program runs itself for errands of its libraries.
	if buildahdriver.Reexec() {
		return
	}
	args := privateArgs()
	exitOnSignals()
	err := buildahdriver.PrepareEnvironment()
	if err == nil {
		err = dispatch(args, os.Stdout)
	}
	os.Exit(exitCode(err, os.Stderr))
}
