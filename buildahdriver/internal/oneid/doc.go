// Package oneid lets a command that runs in a user namespace with a single id have the
// users and owners it asks for.
//
// The kernel refuses chown(2) and setuid(2) there to every id but one. So a seccomp filter
// hands those system calls, those that ask for an id or an owner, and those that make files, to
// a [Supervisor] in our process, which answers for the kernel:
//
//   - The owner of a file is recorded beside it (package owners), and told to whoever asks
//     by stat(2).
//   - The ids of a process are a number that its processes carry with them: see
//     credentials.go. In the kernel's eyes each stays what it is.
//   - A file that is made by a process with another id, or in a directory with the set-gid
//     bit, is made here, with its owner.
//
// What the kernel permits is decided by its one id, so a user who is not root may read and
// write everything below the root, as with fakeroot. What the supervisor decides itself
// (who may change an id or an owner) follows the kernel's rules.
//
// # Security
//
// The command is hostile, and the supervisor runs with the rights of the user who builds.
// So it never acts on a path of its own: a path is resolved by openat2(2) below the root
// directory of the process that asks, in its mount namespace, without magic links; then
// the kernel is asked whether the system call is still waiting, so that the process id
// meant that process all the time; and from then on only file descriptors are used. Whatever
// cannot be resolved so is left to the kernel, which does with it what the command's own rights
// allow. A call whose arguments are changed by another thread meanwhile gains nothing: they
// are read once.
package oneid
