package oneid

import "golang.org/x/sys/unix"

const (
	nativeArch = unix.AUDIT_ARCH_AARCH64
	statAt     = unix.SYS_FSTATAT
)

var oldCalls = []call{
	{number: unix.SYS_SETRLIMIT, when: residentSize(0), answer: func(r *request) reply { return r.residentSize(0) }},
	{number: unix.SYS_GETRLIMIT, when: residentSize(0), answer: func(r *request) reply { return r.residentSize(r.args[1]) }},
}
