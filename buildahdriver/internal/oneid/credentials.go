package oneid

import (
	"encoding/binary"
	"sync"

	"golang.org/x/sys/unix"
)

// credentials are the ids that a process believes to have. They are compared by value.
type credentials struct {
	user, group ids
	groups      string // the supplementary ones, of four bytes each

	// The capabilities to change ids and owners, which come and go together with root,
	// unless keep is set: capabilities(7). The others are the kernel's business.
	permitted, effective, keep bool
}

// ids are those of users or of groups: see credentials(7).
type ids struct{ real, effective, saved, fileSystem uint32 }

func same(id uint32) ids { return ids{id, id, id, id} }

func (c *credentials) userIDs() *ids  { return &c.user }
func (c *credentials) groupIDs() *ids { return &c.group }

// privileged tells whether the process would have CAP_SETUID, CAP_SETGID and CAP_CHOWN.
func (c *credentials) privileged() bool { return c.effective }

// root tells whether one of the ids is root's.
func (i *ids) root() bool { return i.real == 0 || i.effective == 0 || i.saved == 0 }

// followUser lets capabilities come and go after the user has changed.
func (c *credentials) followUser(before ids) {
	if before.root() && !c.user.root() && !c.keep {
		c.permitted, c.effective = false, false
	}
	switch {
	case before.effective == 0 && c.user.effective != 0:
		c.effective = false
	case before.effective != 0 && c.user.effective == 0:
		c.effective = c.permitted
	}
}

// followExecute does so when a program is executed.
func (c *credentials) followExecute() {
	c.keep = false
	c.permitted = c.user.effective == 0 || c.user.real == 0
	c.effective = c.user.effective == 0
}

// inGroup tells whether files may be given to a group by who is not privileged.
func (c *credentials) inGroup(gid uint32) bool {
	for list := c.groups; len(list) >= 4; list = list[4:] {
		if binary.LittleEndian.Uint32([]byte(list[:4])) == gid {
			return true
		}
	}
	return gid == c.group.fileSystem
}

// A process has its credentials from the one that forked it, as they were at that moment,
// and keeps them when it executes a program. Nobody but the kernel can follow that without
// gaps; so the kernel does: the soft limit RLIMIT_RSS of a process, which no Linux since
// 2.4 gives a meaning, holds the number of its credentials. The command sees no limit
// there, and cannot set one.
//
// The limit is that of a whole process, where the kernel's ids are those of a thread. C
// libraries change the ids of all threads at once; a thread of a file server that calls
// setfsuid by itself changes those of the others here.
type register struct {
	mutex   sync.Mutex
	list    []credentials
	numbers map[credentials]int
	groups  int // the size of all lists of groups, in bytes
}

// firstNumber is the limit of a process whose credentials are the first in the list. No
// process has such a limit otherwise: it is less than any program needs.
const firstNumber = 1 << 12

// maxCredentials and maxGroupsSize, in bytes, bound what a command can make us remember.
const (
	maxCredentials = 1 << 14
	maxGroupsSize  = 16 << 20
)

func newRegister(initial credentials) *register {
	return &register{list: []credentials{initial}, numbers: map[credentials]int{initial: 0}}
}

// of returns the credentials of a process: the initial ones if it never had others.
func (r *register) of(pid int) credentials {
	var limit unix.Rlimit
	if err := unix.Prlimit(pid, unix.RLIMIT_RSS, nil, &limit); err != nil {
		return r.list[0] // it has ended
	}
	r.mutex.Lock()
	defer r.mutex.Unlock()
	if n := limit.Cur - firstNumber; limit.Cur >= firstNumber && n < uint64(len(r.list)) {
		return r.list[n]
	}
	return r.list[0]
}

// set gives a process credentials.
func (r *register) set(pid int, c credentials) unix.Errno {
	r.mutex.Lock()
	n, known := r.numbers[c]
	if !known {
		n, r.groups = len(r.list), r.groups+len(c.groups)
		if n >= maxCredentials || r.groups > maxGroupsSize {
			r.groups -= len(c.groups)
			r.mutex.Unlock()
			return unix.EAGAIN
		}
		r.list = append(r.list, c)
		r.numbers[c] = n
	}
	r.mutex.Unlock()
	var limit unix.Rlimit
	if err := unix.Prlimit(pid, unix.RLIMIT_RSS, nil, &limit); err != nil {
		return errnoOf(err)
	}
	limit.Cur = uint64(firstNumber + n) //nolint:gosec // at most firstNumber + maxCredentials
	return errnoOf(unix.Prlimit(pid, unix.RLIMIT_RSS, &limit, nil))
}
