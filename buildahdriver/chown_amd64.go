package buildahdriver

import "golang.org/x/sys/unix"

// chownCalls are the system calls that change owners.
var chownCalls = []int{unix.SYS_CHOWN, unix.SYS_FCHOWN, unix.SYS_LCHOWN, unix.SYS_FCHOWNAT}
