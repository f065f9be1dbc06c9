package oneid

import (
	"path"
	"strings"

	"golang.org/x/sys/unix"

	"github.com/kolla-build/kolla-build/buildahdriver/internal/owners"
)

// access answers whether a user who is not root may do something with a file. Programs
// ask that to choose between two ways: apt downloads as another user where that user can
// reach the folder. So it is answered as the kernel would, although the kernel will permit
// more.
func (r *request) access(dir int, address uint64, wanted uint32, flags int) reply {
	c := r.credentials()
	uid, gid := c.user.real, c.group.real
	if flags&unix.AT_EACCESS != 0 {
		uid, gid = c.user.effective, c.group.effective
	}
	if uid == 0 {
		return pass
	}
	c.group.fileSystem = gid // the one that counts in inGroup
	fd, errno := r.target(dir, address, flags)
	if errno != 0 {
		return pass
	}
	defer unix.Close(fd)
	if !permits(&c, uid, fd, wanted) || !r.reachable(&c, uid, fd) {
		return failure(unix.EACCES)
	}
	return pass // which knows of read-only filesystems and the like
}

// reachable tells whether a user may pass through all folders above an open file.
func (r *request) reachable(c *credentials, uid uint32, fd int) bool {
	root, done, errno := r.root()
	if errno != 0 {
		return true
	}
	defer done()
	name, errno := below(root, fd)
	if errno != 0 {
		return true // it is in no folder
	}
	how := unix.OpenHow{Flags: unix.O_PATH | unix.O_CLOEXEC | unix.O_DIRECTORY, Resolve: unix.RESOLVE_IN_ROOT | unix.RESOLVE_NO_SYMLINKS}
	for name = path.Dir(name); ; name = path.Dir(name) {
		folder, errno := openat2(root, "/"+strings.TrimPrefix(name, "/"), &how)
		if errno != 0 {
			return true // it has moved
		}
		permitted := permits(c, uid, folder, unix.X_OK)
		unix.Close(folder)
		if !permitted {
			return false
		}
		if name == "/" || name == "." {
			return true
		}
	}
}

// permits tells whether the mode of an open file permits something to a user.
func permits(c *credentials, uid uint32, fd int, wanted uint32) bool {
	var info unix.Stat_t
	if unix.Fstat(fd, &info) != nil {
		return true
	}
	owner, recorded := owners.Read(fd, info.Mode)
	if !recorded && info.Uid != 0 {
		// Of the machine: the namespace calls everybody else nobody.
		owner.UID, owner.GID = info.Uid, info.Gid
	}
	granted := info.Mode
	switch {
	case owner.UID == uid:
		granted >>= 6
	case c.inGroup(owner.GID):
		granted >>= 3
	}
	return wanted&^granted&0o7 == 0
}

// execute gives a process the ids of the program that it is about to execute, if that has
// set-id bits: to the kernel it belongs to the only id there is. Should executing it fail, which
// is unlikely of a program that has them, the process keeps the ids.
func (r *request) execute(dir int, address uint64, flags int) reply {
	fd, errno := r.target(dir, address, flags)
	if errno != 0 {
		return pass
	}
	defer unix.Close(fd)
	c := r.credentials()
	var info unix.Stat_t
	executable := unix.Fstat(fd, &info) == nil && info.Mode&unix.S_IFMT == unix.S_IFREG && info.Mode&0o111 != 0
	if executable && info.Mode&(unix.S_ISUID|unix.S_ISGID) != 0 && r.gainsRights(fd) {
		owner, _ := owners.Read(fd, info.Mode)
		if info.Mode&unix.S_ISUID != 0 {
			c.user.effective = owner.UID
		}
		if info.Mode&unix.S_ISGID != 0 && info.Mode&unix.S_IXGRP != 0 {
			c.group.effective = owner.GID
		}
	}
	// As for every program: credentials(7).
	for _, list := range []*ids{&c.user, &c.group} {
		list.saved, list.fileSystem = list.effective, list.effective
	}
	c.followExecute()
	return r.becomeAndPass(c)
}

// gainsRights tells whether set-id bits have an effect: not on scripts, and not where the mount
// says so, or the process does not want it.
func (r *request) gainsRights(fd int) bool {
	var filesystem unix.Statfs_t
	if unix.Fstatfs(fd, &filesystem) != nil || filesystem.Flags&unix.ST_NOSUID != 0 {
		return false
	}
	if status, errno := r.status(); errno != 0 || strings.Contains(status, "\nNoNewPrivs:\t1") {
		return false
	}
	start := make([]byte, 2)
	program, err := unix.Open(procPath(fd), unix.O_RDONLY|unix.O_NONBLOCK|unix.O_CLOEXEC, 0)
	if err != nil {
		return false
	}
	defer unix.Close(program)
	n, err := unix.Pread(program, start, 0)
	return err == nil && string(start[:n]) != "#!"
}
