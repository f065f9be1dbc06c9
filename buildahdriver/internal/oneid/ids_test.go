package oneid

import (
	"os"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// TestChangesOfIDs has the cases by which the manual pages of setuid(2), setreuid(2) and
// setresuid(2) tell root from everybody else.
func TestChangesOfIDs(t *testing.T) {
	const keep = ^uint32(0)
	user := func(real, effective, saved, fileSystem uint32) ids { return ids{real, effective, saved, fileSystem} }
	for _, test := range []struct {
		name   string
		from   ids
		change func(*credentials) unix.Errno
		want   ids
		errno  unix.Errno
	}{
		{"root's setuid changes all", same(0), func(c *credentials) unix.Errno { return c.setID((*credentials).userIDs, 33) }, same(33), 0},
		{"nobody goes back to root", same(33), func(c *credentials) unix.Errno { return c.setID((*credentials).userIDs, 0) }, same(33), unix.EPERM},
		{"a setuid program goes back to its caller", user(33, 0, 0, 0), func(c *credentials) unix.Errno { return c.setID((*credentials).userIDs, 33) }, same(33), 0},
		{"a saved id comes back", user(33, 33, 5, 33), func(c *credentials) unix.Errno { return c.setID((*credentials).userIDs, 5) }, user(33, 5, 5, 5), 0},
		{"minus one is nobody", same(0), func(c *credentials) unix.Errno { return c.setID((*credentials).userIDs, keep) }, same(0), unix.EINVAL},
		{"setreuid swaps", user(33, 5, 5, 5), func(c *credentials) unix.Errno { return c.setReal((*credentials).userIDs, 5, 33) }, user(5, 33, 33, 33), 0},
		{"setreuid keeps the saved id", user(0, 0, 0, 0), func(c *credentials) unix.Errno { return c.setReal((*credentials).userIDs, keep, 0) }, same(0), 0},
		{"seteuid by setreuid saves", same(0), func(c *credentials) unix.Errno { return c.setReal((*credentials).userIDs, keep, 33) }, user(0, 33, 33, 33), 0},
		{"setreuid to a stranger", same(33), func(c *credentials) unix.Errno { return c.setReal((*credentials).userIDs, keep, 34) }, same(33), unix.EPERM},
		{"setresuid keeps one", same(0), func(c *credentials) unix.Errno {
			return c.setAll((*credentials).userIDs, [3]uint32{33, 33, keep})
		}, user(33, 33, 0, 33), 0},
		{"setresuid permutes", user(1, 2, 3, 2), func(c *credentials) unix.Errno {
			return c.setAll((*credentials).userIDs, [3]uint32{2, 3, 1})
		}, user(2, 3, 1, 3), 0},
		{"setresuid to a stranger", user(1, 2, 3, 2), func(c *credentials) unix.Errno {
			return c.setAll((*credentials).userIDs, [3]uint32{keep, keep, 4})
		}, user(1, 2, 3, 2), unix.EPERM},
		{"setfsuid", same(0), func(c *credentials) unix.Errno {
			return unix.Errno(c.setFileSystem((*credentials).userIDs, 33)) // the former id
		}, user(0, 0, 0, 33), 0},
		{"setfsuid to a stranger", same(33), func(c *credentials) unix.Errno {
			return unix.Errno(c.setFileSystem((*credentials).userIDs, 34))
		}, same(33), 33},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := credentials{user: test.from, permitted: test.from.root(), effective: test.from.effective == 0}
			errno := test.change(&c)
			if errno == unix.EPERM {
				c.user = test.from // the caller lets the change be
			}
			if c.user != test.want || errno != test.errno {
				t.Errorf("got %v, %v, want %v, %v", c.user, errno, test.want, test.errno)
			}
		})
	}
}

// TestGroupsFollowTheUser: who may change groups is decided by the user.
func TestGroupsFollowTheUser(t *testing.T) {
	c := initial(Identity{})
	if errno := c.setID((*credentials).groupIDs, 33); errno != 0 || c.group != same(33) {
		t.Errorf("root: %v, %v", c.group, errno)
	}
	c.setID((*credentials).userIDs, 5)
	if errno := c.setID((*credentials).groupIDs, 0); errno != unix.EPERM {
		t.Errorf("a user becomes the group root: %v", errno)
	}
}

func TestInGroup(t *testing.T) {
	c := initial(Identity{UID: 1, GID: 2, Groups: []int{3, 400000}})
	for gid, want := range map[uint32]bool{2: true, 3: true, 400000: true, 0: false, 4: false} {
		if c.inGroup(gid) != want {
			t.Errorf("%d: %v", gid, !want)
		}
	}
}

// TestFilter interprets the program for system calls that must and must not be answered.
func TestFilter(t *testing.T) {
	for _, test := range []struct {
		name string
		data [6]uint32 // arch, number, lower halves of the first four arguments
		want uint32
	}{
		{"fchownat", [6]uint32{nativeArch, unix.SYS_FCHOWNAT}, unix.SECCOMP_RET_USER_NOTIF},
		{"getuid", [6]uint32{nativeArch, unix.SYS_GETUID}, unix.SECCOMP_RET_USER_NOTIF},
		{"read", [6]uint32{nativeArch, unix.SYS_READ}, unix.SECCOMP_RET_ALLOW},
		{"open to read", [6]uint32{nativeArch, unix.SYS_OPENAT, 0, 0, unix.O_RDONLY}, unix.SECCOMP_RET_ALLOW},
		{"open to make", [6]uint32{nativeArch, unix.SYS_OPENAT, 0, 0, unix.O_CREAT | unix.O_WRONLY}, unix.SECCOMP_RET_USER_NOTIF},
		{"another limit", [6]uint32{nativeArch, unix.SYS_PRLIMIT64, 0, unix.RLIMIT_NOFILE}, unix.SECCOMP_RET_ALLOW},
		{"our limit", [6]uint32{nativeArch, unix.SYS_PRLIMIT64, 0, unix.RLIMIT_RSS}, unix.SECCOMP_RET_USER_NOTIF},
		{"to keep capabilities", [6]uint32{nativeArch, unix.SYS_PRCTL, unix.PR_SET_KEEPCAPS}, unix.SECCOMP_RET_USER_NOTIF},
		{"or all secure bits", [6]uint32{nativeArch, unix.SYS_PRCTL, unix.PR_SET_SECUREBITS}, unix.SECCOMP_RET_USER_NOTIF},
		{"another option", [6]uint32{nativeArch, unix.SYS_PRCTL, unix.PR_SET_NAME}, unix.SECCOMP_RET_ALLOW},
		{"a 32-bit program", [6]uint32{unix.AUDIT_ARCH_I386, unix.SYS_FCHOWNAT}, unix.SECCOMP_RET_ALLOW},
	} {
		if got := interpret(t, filter(), test.data); got != test.want {
			t.Errorf("%s: %#x, want %#x", test.name, got, test.want)
		}
	}
}

func interpret(t *testing.T, program []unix.SockFilter, data [6]uint32) uint32 {
	t.Helper()
	words := map[uint32]uint32{offsetArch: data[0], offsetNumber: data[1]}
	for i, argument := range data[2:] {
		words[offsetOf(i)] = argument
	}
	var register uint32
	for at := 0; at < len(program); at++ {
		i := program[at]
		jump := func(condition bool) {
			if condition {
				at += int(i.Jt)
			} else {
				at += int(i.Jf)
			}
		}
		switch i.Code {
		case unix.BPF_LD | unix.BPF_W | unix.BPF_ABS:
			register = words[i.K]
		case unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K:
			jump(register == i.K)
		case unix.BPF_JMP | unix.BPF_JSET | unix.BPF_K:
			jump(register&i.K != 0)
		case unix.BPF_RET | unix.BPF_K:
			return i.K
		default:
			t.Fatalf("instruction %d: code %#x", at, i.Code)
		}
	}
	t.Fatal("the program does not end")
	return 0
}

// TestRegister: a process has the credentials that it was given, and until then the first.
func TestRegister(t *testing.T) {
	first := credentials{user: same(7)}
	r := newRegister(first)
	if got := r.of(os.Getpid()); got != first {
		t.Errorf("got %+v", got)
	}
	for i := range uint32(maxCredentials) {
		r.set(0, credentials{user: same(100 + i)}) // ourselves
	}
	if errno := r.set(0, credentials{user: same(99)}); errno != unix.EAGAIN {
		t.Errorf("more than the limit: %v", errno)
	}
	r = newRegister(first)
	for i := range byte(100) { // a megabyte each
		if errno := r.set(0, credentials{groups: strings.Repeat(string([]byte{i}), 1<<20)}); errno != 0 && i < 16 || errno == 0 && i >= 16 {
			t.Errorf("the list of groups %d: %v", i, errno)
		}
	}
	if errno := r.set(0, first); errno != 0 || r.of(0) != first {
		t.Errorf("the first once more: %v, %+v", errno, r.of(0))
	}
}

func TestRegisterIsBounded(t *testing.T) {
	first := credentials{user: same(7)}
	r := newRegister(first)
	for i := range uint32(maxCredentials) {
		r.set(0, credentials{user: same(100 + i)})
	}
	if got := r.of(0); got.user != same(100+maxCredentials-2) {
		t.Errorf("got %+v", got)
	}
	if errno := r.set(0, first); errno != 0 || r.of(0) != first {
		t.Errorf("the first once more: %v, %+v", errno, r.of(0))
	}
}

// TestCapabilitiesFollowRoot has the ways in which programs give up root.
func TestCapabilitiesFollowRoot(t *testing.T) {
	user, group := (*credentials).userIDs, (*credentials).groupIDs
	for _, test := range []struct {
		name    string
		steps   func(*credentials)
		may     bool // change ids
		mayOnce bool // and could again as root's program
	}{
		{"root", func(*credentials) {}, true, true},
		{"su", func(c *credentials) { c.setID(user, 33) }, false, false},
		{"a daemon that comes back", func(c *credentials) {
			c.setReal(user, ^uint32(0), 33)
			c.setReal(user, ^uint32(0), 0)
		}, true, true},
		{"a daemon meanwhile", func(c *credentials) { c.setReal(user, ^uint32(0), 33) }, false, true},
		{"setpriv, which keeps capabilities for the group", func(c *credentials) {
			c.keep = true
			c.setAll(user, [3]uint32{33, 33, 33})
			c.effective = c.permitted // by capset
		}, true, true},
		{"keeping, and not raising", func(c *credentials) {
			c.keep = true
			c.setAll(user, [3]uint32{33, 33, 33})
		}, false, true},
		{"what setpriv executes", func(c *credentials) {
			c.keep = true
			c.setAll(user, [3]uint32{33, 33, 33})
			c.effective = c.permitted
			c.followExecute()
		}, false, false},
		{"a setuid program", func(c *credentials) {
			c.setID(user, 33)
			c.user.effective, c.user.saved = 0, 0
			c.followExecute()
		}, true, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := initial(Identity{})
			test.steps(&c)
			if c.effective != test.may || c.permitted != test.mayOnce {
				t.Errorf("got %v, %v", c.effective, c.permitted)
			}
			if errno := c.setID(group, 5); (errno == 0) != test.may {
				t.Errorf("setgid: %v", errno)
			}
		})
	}
}
