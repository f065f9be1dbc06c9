// Package bootstrap makes the root file system of a base image from a distro's packages,
// with mmdebstrap or dnf. It fills a folder that it is given, and knows nothing of images.
package bootstrap

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"os/exec"

	"github.com/kolla-build/kolla-build/internal/exit"
)

// Spec describes a root file system to be made from packages.
type Spec struct {
	// Name is the reference of the image that the root file system is for.
	Name string
	// Tool is mmdebstrap or dnf.
	Tool string
	// Release is the suite, or what dnf calls releasever.
	Release string
	// Components are the parts of a Debian archive, such as main.
	Components []string
	// Packages are installed besides the essential ones.
	Packages []string
	// Mirror is where packages come from. By default mmdebstrap knows, and dnf
	// uses the machine's repositories.
	Mirror string
	// Keyring is a file with the keys that sign the mirror's packages or index;
	// empty means the tool's own choice.
	Keyring string
	// SourcesFile is where below /etc/apt/sources.list.d the image says where its
	// packages come from, as the distro's own image does; empty means
	// /etc/apt/sources.list. SignedBy is the file in the image with the keys for it.
	SourcesFile string `json:",omitempty"`
	SignedBy    string `json:",omitempty"`
	// Architecture is the distro's name for it, such as amd64 or x86_64; empty
	// means the machine's.
	Architecture string
}

// Digest identifies the result: a root made from other inputs is made anew. Images keep it
// in a label, so a change of this struct's JSON makes every base image stale.
func (s Spec) Digest() string {
	s.Name = ""
	data, _ := json.Marshal(s)
	return fmt.Sprintf("sha256:%x", sha256.Sum256(data))
}

// MissingToolError reports that the tool is not installed.
type MissingToolError struct {
	// Tool is the name of the program and of its package.
	Tool string
}

func (e *MissingToolError) Error() string {
	return fmt.Sprintf("failed to bootstrap a base image: %s is not installed", e.Tool)
}

// Remedy is what the user can do about it.
func (e *MissingToolError) Remedy() string {
	install := "apt-get install mmdebstrap"
	if e.Tool != "mmdebstrap" {
		install = fmt.Sprintf("dnf install %[1]s   (Fedora, RHEL)\n             or: apt-get install %[1]s   (Debian, Ubuntu)", e.Tool)
	}
	return "run as root: " + install + "\nor leave out --bootstrap to pull the base image"
}

// ExitCode is what the process exits with: the machine lacks something.
func (e *MissingToolError) ExitCode() int { return exit.Environment }

// Check returns a [*MissingToolError] if the tool is not installed.
func (s Spec) Check() error {
	if _, err := exec.LookPath(s.Tool); err != nil {
		return &MissingToolError{s.Tool}
	}
	return nil
}
