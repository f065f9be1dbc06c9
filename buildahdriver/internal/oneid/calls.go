package oneid

import "golang.org/x/sys/unix"

// calls are the system calls that are answered, those of every architecture first.
var calls = append([]call{
	{number: unix.SYS_FCHOWN, answer: func(r *request) reply { return r.fchown() }},
	{number: unix.SYS_FCHOWNAT, answer: func(r *request) reply {
		return r.chown(r.fd(0), r.args[1], int(r.args[4]), uint32(r.args[2]), uint32(r.args[3]))
	}},

	{number: unix.SYS_FSTAT, answer: func(r *request) reply { return r.fstat() }},
	{number: statAt, answer: func(r *request) reply { return r.stat(r.fd(0), r.args[1], r.args[2], int(r.args[3])) }},
	{number: unix.SYS_STATX, answer: func(r *request) reply {
		return r.statx(r.fd(0), r.args[1], int(r.args[2]), uint32(r.args[3]), r.args[4])
	}},

	{number: unix.SYS_OPENAT, when: creates(2), answer: func(r *request) reply {
		return r.create(r.fd(0), r.args[1], int(r.args[2]), uint32(r.args[3]))
	}},
	{number: unix.SYS_OPENAT2, answer: func(r *request) reply { return r.openat2() }},
	{number: unix.SYS_MKDIRAT, answer: func(r *request) reply { return r.mkdir(r.fd(0), r.args[1], uint32(r.args[2])) }},
	{number: unix.SYS_MKNODAT, answer: func(r *request) reply {
		return r.mknod(r.fd(0), r.args[1], uint32(r.args[2]), uint32(r.args[3]))
	}},
	{number: unix.SYS_SYMLINKAT, answer: func(r *request) reply { return r.symlink(r.args[0], r.fd(1), r.args[2]) }},

	{number: unix.SYS_FACCESSAT, answer: func(r *request) reply { return r.access(r.fd(0), r.args[1], uint32(r.args[2]), 0) }},
	{number: unix.SYS_FACCESSAT2, answer: func(r *request) reply {
		return r.access(r.fd(0), r.args[1], uint32(r.args[2]), int(r.args[3]))
	}},
	{number: unix.SYS_EXECVE, answer: func(r *request) reply { return r.execute(unix.AT_FDCWD, r.args[0], 0) }},
	{number: unix.SYS_EXECVEAT, answer: func(r *request) reply { return r.execute(r.fd(0), r.args[1], int(r.args[4])) }},

	{number: unix.SYS_LISTXATTR, answer: func(r *request) reply { return r.listxattr(0) }},
	{number: unix.SYS_LLISTXATTR, answer: func(r *request) reply { return r.listxattr(unix.AT_SYMLINK_NOFOLLOW) }},
	{number: unix.SYS_FLISTXATTR, answer: func(r *request) reply { return r.flistxattr() }},

	{number: unix.SYS_GETUID, answer: func(r *request) reply { return r.get(func(c *credentials) uint32 { return c.user.real }) }},
	{number: unix.SYS_GETEUID, answer: func(r *request) reply { return r.get(func(c *credentials) uint32 { return c.user.effective }) }},
	{number: unix.SYS_GETGID, answer: func(r *request) reply { return r.get(func(c *credentials) uint32 { return c.group.real }) }},
	{number: unix.SYS_GETEGID, answer: func(r *request) reply { return r.get(func(c *credentials) uint32 { return c.group.effective }) }},
	{number: unix.SYS_GETRESUID, answer: func(r *request) reply { return r.getAll((*credentials).userIDs) }},
	{number: unix.SYS_GETRESGID, answer: func(r *request) reply { return r.getAll((*credentials).groupIDs) }},
	{number: unix.SYS_GETGROUPS, answer: func(r *request) reply { return r.getGroups() }},
	{number: unix.SYS_SETUID, answer: func(r *request) reply { return r.setID((*credentials).userIDs) }},
	{number: unix.SYS_SETGID, answer: func(r *request) reply { return r.setID((*credentials).groupIDs) }},
	{number: unix.SYS_SETREUID, answer: func(r *request) reply { return r.setReal((*credentials).userIDs) }},
	{number: unix.SYS_SETREGID, answer: func(r *request) reply { return r.setReal((*credentials).groupIDs) }},
	{number: unix.SYS_SETRESUID, answer: func(r *request) reply { return r.setAll((*credentials).userIDs) }},
	{number: unix.SYS_SETRESGID, answer: func(r *request) reply { return r.setAll((*credentials).groupIDs) }},
	{number: unix.SYS_SETFSUID, answer: func(r *request) reply { return r.setFileSystem((*credentials).userIDs) }},
	{number: unix.SYS_SETFSGID, answer: func(r *request) reply { return r.setFileSystem((*credentials).groupIDs) }},
	{number: unix.SYS_SETGROUPS, answer: func(r *request) reply { return r.setGroups() }},

	{number: unix.SYS_MOUNT, answer: func(r *request) reply { return r.mount() }},
	{number: unix.SYS_FSCONFIG, answer: func(r *request) reply { return r.configureFilesystem() }},

	{number: unix.SYS_PRCTL, when: keepsCapabilities(), answer: func(r *request) reply { return r.keepCapabilities() }},
	{number: unix.SYS_CAPSET, answer: func(r *request) reply { return r.setCapabilities() }},

	{number: unix.SYS_CHROOT, answer: func(r *request) reply { return r.changeRoot() }},
	{number: unix.SYS_PIVOT_ROOT, answer: func(r *request) reply { return r.changeRoot() }},
	{number: unix.SYS_UNSHARE, answer: func(r *request) reply { return r.changeRoot() }},
	{number: unix.SYS_SETNS, answer: func(r *request) reply { return r.changeRoot() }},

	{number: unix.SYS_PRLIMIT64, when: residentSize(1), answer: func(r *request) reply { return r.residentSize(r.args[3]) }},
}, oldCalls...)
