package oneid

import "golang.org/x/sys/unix"

const (
	nativeArch = unix.AUDIT_ARCH_X86_64
	statAt     = unix.SYS_NEWFSTATAT
)

// oldCalls are those that newer architectures do not have.
var oldCalls = []call{
	{number: unix.SYS_CHOWN, answer: func(r *request) reply {
		return r.chown(unix.AT_FDCWD, r.args[0], 0, uint32(r.args[1]), uint32(r.args[2]))
	}},
	{number: unix.SYS_LCHOWN, answer: func(r *request) reply {
		return r.chown(unix.AT_FDCWD, r.args[0], unix.AT_SYMLINK_NOFOLLOW, uint32(r.args[1]), uint32(r.args[2]))
	}},
	{number: unix.SYS_STAT, answer: func(r *request) reply { return r.stat(unix.AT_FDCWD, r.args[0], r.args[1], 0) }},
	{number: unix.SYS_LSTAT, answer: func(r *request) reply {
		return r.stat(unix.AT_FDCWD, r.args[0], r.args[1], unix.AT_SYMLINK_NOFOLLOW)
	}},
	{number: unix.SYS_ACCESS, answer: func(r *request) reply { return r.access(unix.AT_FDCWD, r.args[0], uint32(r.args[1]), 0) }},
	{number: unix.SYS_OPEN, when: creates(1), answer: func(r *request) reply {
		return r.create(unix.AT_FDCWD, r.args[0], int(r.args[1]), uint32(r.args[2]))
	}},
	{number: unix.SYS_CREAT, answer: func(r *request) reply {
		return r.create(unix.AT_FDCWD, r.args[0], unix.O_CREAT|unix.O_WRONLY|unix.O_TRUNC, uint32(r.args[1]))
	}},
	{number: unix.SYS_MKDIR, answer: func(r *request) reply { return r.mkdir(unix.AT_FDCWD, r.args[0], uint32(r.args[1])) }},
	{number: unix.SYS_MKNOD, answer: func(r *request) reply {
		return r.mknod(unix.AT_FDCWD, r.args[0], uint32(r.args[1]), uint32(r.args[2]))
	}},
	{number: unix.SYS_SYMLINK, answer: func(r *request) reply { return r.symlink(r.args[0], unix.AT_FDCWD, r.args[1]) }},
	{number: unix.SYS_SETRLIMIT, when: residentSize(0), answer: func(r *request) reply { return r.residentSize(0) }},
	{number: unix.SYS_GETRLIMIT, when: residentSize(0), answer: func(r *request) reply { return r.residentSize(r.args[1]) }},
}
