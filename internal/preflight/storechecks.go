package preflight

import (
	"fmt"

	"github.com/docker/go-units"
	"golang.org/x/sys/unix"
)

// What the store's filesystem must have left, in bytes and files.
const (
	// leastSpace is refused below: hardly more than a shell would fit.
	leastSpace = 16 << 20
	leastFiles = 1000
	// treeSpace is what all images of one distro take, 8.5 GB by docs/sizes.toml, with
	// the layers that are written beside them at the same time.
	treeSpace = 20 << 30
)

// CheckSpace returns the check of the space that there is at a folder, which exists.
func CheckSpace(folder string) Check {
	s := Store{Path: folder, Existing: folder, FreeInodes: -1}
	s.readFilesystem()
	return *checkSpace(&Facts{Store: &s}, blocking{})
}

func checkFolder(f *Facts, _ blocking) *Check {
	const id, title = "store-folder", "image store"
	s := f.Store
	if s == nil {
		return nil
	}
	if s.Unknown != "" {
		return &Check{id, title, s.Unknown, Fails, "no image can be built", "export HOME=DIR, with a folder that you may write to"}
	}
	if s.Writable.Failed() {
		return &Check{id, title, fmt.Sprintf("no files can be made in %s: %s", s.Existing, s.Writable), Fails,
			"no image can be built", "choose a folder that you may write to: --root DIR --runroot DIR"}
	}
	return works(id, title, s.Path)
}

func checkFilesystem(f *Facts, _ blocking) *Check {
	const id, title = "store-filesystem", "filesystem of the store"
	s := f.Store
	switch {
	case s == nil, s.Unknown != "", s.Writable.Failed():
		return nil
	case s.Driver == "vfs":
		return &Check{id, title, "the storage driver vfs was asked for", Slower, "every image is a full copy of its parent", "leave out --storage-driver vfs"}
	case s.Filesystem == "overlay":
		return &Check{id, title, s.Existing + " is on the container's own overlay", Slower,
			"images are built on copies of their parents' files", "mount a volume at " + s.Path + ": docker run -v, in Kubernetes emptyDir"}
	case f.Trials.Overlay == Untried:
		return nil
	case f.Trials.Overlay.Failed():
		return &Check{id, title, fmt.Sprintf("%s has no overlay on it: %s", s.Filesystem, f.Trials.Overlay), Fails,
			"the store cannot be opened", "choose a folder on ext4, xfs or btrfs with --root DIR, or build more slowly with --storage-driver vfs"}
	case !f.root() && s.Xattr.Is(unix.EOPNOTSUPP):
		return &Check{id, title, s.Filesystem + " has no user.* attributes, which an overlay needs here", Fails,
			"layers cannot be written", "choose a folder on ext4, xfs or btrfs with --root DIR"}
	}
	return works(id, title, s.Filesystem+", with overlay")
}

func checkSpace(f *Facts, _ blocking) *Check {
	const id, title = "store-space", "space"
	s := f.Store
	if s == nil || s.Unknown != "" {
		return nil
	}
	found := units.BytesSize(float64(s.Free)) + " free at " + s.Existing
	remedy := "choose a larger filesystem with --root DIR, or see what kolla-build prune --all --dry-run would free"
	switch {
	case s.Free < leastSpace:
		return &Check{id, title, found, Fails, "no image can be built", remedy}
	case s.FreeInodes >= 0 && s.FreeInodes < leastFiles:
		return &Check{id, title, fmt.Sprintf("%d more files can be made at %s", s.FreeInodes, s.Existing), Fails, "no image can be built", remedy}
	case s.Free < treeSpace:
		return &Check{id, title, found, Limited,
			fmt.Sprintf("enough for some images: a base and one service take 0.5 GB, all images of a distro %s while they are built", units.BytesSize(treeSpace)), remedy}
	}
	return works(id, title, found)
}

// checkIsolation looks at what keeps the steps of two images apart that are built at
// the same time.
func checkIsolation(f *Facts, _ blocking) *Check {
	const id, title = "proc-mount", "/proc of its own for RUN"
	switch {
	case f.Trials.Proc == Untried:
		return nil
	case f.Trials.Proc.OK():
		return works(id, title, "can be mounted")
	}
	return &Check{id, title, "cannot be mounted, as parts of /proc are masked here", Limited,
		"RUN sees the processes of this container",
		"unmask /proc: podman run --security-opt unmask=ALL, docker run --security-opt systempaths=unconfined, in Kubernetes procMount: Unmasked"}
}
