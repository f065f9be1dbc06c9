package oneid

import (
	"encoding/binary"

	"golang.org/x/sys/unix"

	"github.com/kolla-build/kolla-build/buildahdriver/internal/owners"
)

// The rules of which change of ids is permitted are those of the manual pages: setuid(2),
// setreuid(2), setresuid(2), setfsuid(2), setgroups(2).

// maxGroups is NGROUPS_MAX of the kernel.
const maxGroups = 65536

// which takes the user's or the group's part of credentials.
type which func(*credentials) *ids

func (r *request) get(id func(*credentials) uint32) reply {
	c := r.credentials()
	return value(int64(id(&c)))
}

// getAll is getresuid and getresgid.
func (r *request) getAll(of which) reply {
	c := r.credentials()
	list := of(&c)
	for i, id := range []uint32{list.real, list.effective, list.saved} {
		if errno := r.writeMemory(r.args[i], binary.LittleEndian.AppendUint32(nil, id)); errno != 0 {
			return failure(errno)
		}
	}
	return value(0)
}

func (r *request) getGroups() reply {
	c := r.credentials()
	count, room := len(c.groups)/4, int32(r.args[0])
	switch {
	case room < 0 || room > 0 && int(room) < count:
		return failure(unix.EINVAL)
	case room > 0 && count > 0:
		if errno := r.writeMemory(r.args[1], []byte(c.groups)); errno != 0 {
			return failure(errno)
		}
	}
	return value(int64(count))
}

func (r *request) setGroups() reply {
	c := r.credentials()
	count := int32(r.args[0])
	switch {
	case !c.privileged():
		return failure(unix.EPERM)
	case count < 0 || count > maxGroups:
		return failure(unix.EINVAL)
	}
	groups := make([]byte, 4*count)
	if errno := r.readMemory(r.args[1], groups); errno != 0 {
		return failure(errno)
	}
	c.groups = string(groups)
	return r.become(c)
}

// setID is setuid and setgid.
func (r *request) setID(of which) reply {
	c := r.credentials()
	if errno := c.setID(of, uint32(r.args[0])); errno != 0 {
		return failure(errno)
	}
	return r.become(c)
}

func (c *credentials) setID(of which, id uint32) unix.Errno {
	defer c.followUser(c.user)
	list := of(c)
	switch {
	case id == owners.Keep:
		return unix.EINVAL
	case c.privileged():
		*list = same(id)
	case id == list.real || id == list.saved:
		list.effective, list.fileSystem = id, id
	default:
		return unix.EPERM
	}
	return 0
}

// setReal is setreuid and setregid.
func (r *request) setReal(of which) reply {
	c := r.credentials()
	if errno := c.setReal(of, uint32(r.args[0]), uint32(r.args[1])); errno != 0 {
		return failure(errno)
	}
	return r.become(c)
}

func (c *credentials) setReal(of which, real, effective uint32) unix.Errno {
	defer c.followUser(c.user)
	privileged, list := c.privileged(), of(c)
	before := *list
	if real != owners.Keep {
		if !privileged && real != before.real && real != before.effective {
			return unix.EPERM
		}
		list.real = real
	}
	if effective != owners.Keep {
		if !privileged && effective != before.real && effective != before.effective && effective != before.saved {
			return unix.EPERM
		}
		list.effective = effective
	}
	if real != owners.Keep || effective != owners.Keep && effective != before.real {
		list.saved = list.effective
	}
	list.fileSystem = list.effective
	return 0
}

// setAll is setresuid and setresgid.
func (r *request) setAll(of which) reply {
	c := r.credentials()
	if errno := c.setAll(of, [3]uint32{uint32(r.args[0]), uint32(r.args[1]), uint32(r.args[2])}); errno != 0 {
		return failure(errno)
	}
	return r.become(c)
}

func (c *credentials) setAll(of which, wanted [3]uint32) unix.Errno {
	defer c.followUser(c.user)
	privileged, list := c.privileged(), of(c)
	before := *list
	for i, place := range []*uint32{&list.real, &list.effective, &list.saved} {
		id := wanted[i]
		if id == owners.Keep {
			continue
		}
		if !privileged && id != before.real && id != before.effective && id != before.saved {
			return unix.EPERM
		}
		*place = id
	}
	list.fileSystem = list.effective
	return 0
}

// setFileSystem is setfsuid and setfsgid, which tell the former id and never fail.
func (r *request) setFileSystem(of which) reply {
	c := r.credentials()
	former := c.setFileSystem(of, uint32(r.args[0]))
	if done := r.become(c); done.errno != 0 {
		return done
	}
	return value(int64(former))
}

func (c *credentials) setFileSystem(of which, id uint32) (former uint32) {
	list := of(c)
	former = list.fileSystem
	allowed := c.privileged() || id == list.real || id == list.effective || id == list.saved || id == former
	if allowed && id != owners.Keep {
		list.fileSystem = id
	}
	return former
}

// residentSize answers for the limit that holds the credentials: there is none.
func (r *request) residentSize(old uint64) reply {
	if old != 0 {
		limit := binary.LittleEndian.AppendUint64(nil, unix.RLIM_INFINITY)
		limit = binary.LittleEndian.AppendUint64(limit, unix.RLIM_INFINITY)
		if errno := r.writeMemory(old, limit); errno != 0 {
			return failure(errno)
		}
	}
	return value(0)
}

// keepCapabilities notes what the kernel is told as well.
func (r *request) keepCapabilities() reply {
	const keepCaps = 1 << 4 // SECBIT_KEEP_CAPS of linux/securebits.h
	c := r.credentials()
	if keep := r.args[1] != 0; uint32(r.args[0]) == unix.PR_SET_KEEPCAPS {
		c.keep = keep
	} else {
		c.keep = r.args[1]&keepCaps != 0
	}
	return r.becomeAndPass(c)
}

// setCapabilities notes which of our capabilities the process gives up, or takes back.
func (r *request) setCapabilities() reply {
	const ours = 1<<unix.CAP_CHOWN | 1<<unix.CAP_SETGID | 1<<unix.CAP_SETUID
	data := make([]byte, 8) // effective and permitted ones of the lower half
	if r.readMemory(r.args[1], data) != 0 {
		return pass
	}
	c := r.credentials()
	c.permitted = c.permitted && binary.LittleEndian.Uint32(data[4:])&ours != 0
	c.effective = c.permitted && binary.LittleEndian.Uint32(data)&ours != 0
	return r.becomeAndPass(c)
}
