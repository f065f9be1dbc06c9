// Starts a command in namespaces of its own, in the way of posix_spawn: the child
// shares our memory (CLONE_VM) while we wait (CLONE_VFORK) until it has become the
// command. So no page table is copied, and no program but the command is executed:
// to start ourselves again, 30 MB with a Go runtime, costs ten times all the rest.
//
// The price is that the child must leave our memory as it is. It has a stack of its
// own, blocks every signal so that no handler of Go's runs in it, and does nothing but
// system calls: no malloc, no locks, and none of the C library's calls that speak to
// other threads, as its setuid does. That is why there is C here, and no more of it
// than this: what to mount, to hide and to run as is decided in Go.
#define _GNU_SOURCE
#include "spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/keyctl.h>
#include <linux/mount.h>
#include <linux/openat2.h>
#include <linux/seccomp.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#ifndef AT_RECURSIVE
#define AT_RECURSIVE 0x8000
#endif
#ifndef CLOSE_RANGE_CLOEXEC
#define CLOSE_RANGE_CLOEXEC 4
#endif
#define MNT_DETACH 2
#define FILTER_FLAG_WAIT_KILLABLE_RECV 0x20

#define STACK_SIZE (64 * 1024)
#define SIGNAL_SET_SIZE 8 // the kernel's, not the C library's
#define HARDENED (MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC)

// Ends the child, and leaves word why.
static void fail(struct sandbox *s, const char *step, const char *object)
{
	s->error = errno ? errno : EIO;
	s->step = step;
	s->object = object;
	for (;;)
		syscall(SYS_exit_group, 127);
}

static int absent(void)
{
	return errno == ENOENT || errno == ENOTDIR;
}

static int clone_tree(const char *path)
{
	return syscall(SYS_open_tree, AT_FDCWD, path, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_RECURSIVE);
}

// The kernel allows a new /proc only where the one we see is whole. In most
// containers it is not, and then theirs must do.
static int new_proc(struct sandbox *s)
{
	if (s->masked_proc)
		return clone_tree("/proc");
	int mount = -1, fs = syscall(SYS_fsopen, "proc", FSOPEN_CLOEXEC);
	if (fs >= 0 && syscall(SYS_fsconfig, fs, FSCONFIG_CMD_CREATE, 0, 0, 0) == 0)
		mount = syscall(SYS_fsmount, fs, FSMOUNT_CLOEXEC, HARDENED);
	if (mount < 0 && errno == EPERM) {
		s->masked_proc = 1;
		mount = clone_tree("/proc");
	}
	return mount;
}

// Opens a mount's target. It is refused if any part of its path is a symbolic link;
// but an optional one's own link is opened itself, to be covered, and not what it names.
static int open_target(int root, const struct sandbox_mount *m)
{
	struct open_how how = {
		.flags = O_PATH | O_CLOEXEC | O_NOFOLLOW | (m->is_file ? 0 : O_DIRECTORY),
		.resolve = RESOLVE_IN_ROOT | (m->optional ? RESOLVE_NO_MAGICLINKS : RESOLVE_NO_SYMLINKS),
	};
	int fd;
	do // EAGAIN: a rename elsewhere made the kernel unsure of the path
		fd = syscall(SYS_openat2, root, m->target, &how, sizeof how);
	while (fd < 0 && (errno == EAGAIN || errno == EINTR));
	return fd;
}

static void attach(struct sandbox *s, int root, const struct sandbox_mount *m)
{
	int target = open_target(root, m);
	if (target < 0) {
		if (m->optional && absent())
			return;
		fail(s, "open the mount point", m->target);
	}
	int source = m->source < 0 ? new_proc(s) : m->source;
	if (source < 0)
		fail(s, "make a file system for", m->target);
	if (syscall(SYS_move_mount, source, "", target, "", MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH) < 0)
		fail(s, "mount on", m->target);
	close(target);
}

// Makes the mounts, and the root the only file system there is.
static void enter_root(struct sandbox *s)
{
	if (syscall(SYS_mount, 0, "/", 0, MS_REC | MS_PRIVATE, 0) < 0)
		fail(s, "detach mounts from the host", 0);
	// pivot_root wants a mount point.
	if (syscall(SYS_mount, s->root, s->root, 0, MS_BIND | MS_REC, 0) < 0)
		fail(s, "bind to itself", s->root);
	int root = open(s->root, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (root < 0)
		fail(s, "open the root", s->root);
	for (size_t i = 0; i < s->mount_count; i++)
		attach(s, root, &s->mounts[i]);
	// pivot_root(2), "pivot_root(".", ".")"
	if (fchdir(root) < 0)
		fail(s, "enter", s->root);
	if (syscall(SYS_pivot_root, ".", ".") < 0) {
		// Docker's filter forbids it, even to a container that may mount. To lay the root
		// over the old one, as the start of a machine does, is allowed.
		if (errno != EPERM || syscall(SYS_mount, ".", "/", 0, MS_MOVE, 0) < 0 || syscall(SYS_chroot, ".") < 0 || chdir("/") < 0)
			fail(s, "change the root to", s->root);
	} else if (syscall(SYS_umount2, ".", MNT_DETACH) < 0 || chdir("/") < 0)
		fail(s, "leave the old root for", s->root);
}

static void make_read_only(struct sandbox *s, const char *path)
{
	struct mount_attr attr = { .attr_set = MOUNT_ATTR_RDONLY | HARDENED };
	int fd = clone_tree(path);
	if (fd < 0 && absent())
		return;
	if (fd < 0 || syscall(SYS_mount_setattr, fd, "", AT_EMPTY_PATH | AT_RECURSIVE, &attr, sizeof attr) < 0 ||
	    syscall(SYS_move_mount, fd, "", AT_FDCWD, path, MOVE_MOUNT_F_EMPTY_PATH) < 0)
		fail(s, "make read-only", path);
	close(fd);
}

// Runs when the root has changed, and /proc is known to be ours.
static void hide(struct sandbox *s)
{
	for (const char **p = s->read_only; *p; p++)
		make_read_only(s, *p);
	for (const char **p = s->masked_files; *p; p++)
		if (syscall(SYS_mount, "/dev/null", *p, 0, MS_BIND, 0) < 0 && !absent())
			fail(s, "mask", *p);
	for (const char **p = s->masked_dirs; *p; p++)
		if (syscall(SYS_mount, "tmpfs", *p, "tmpfs", MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC, "size=0k,nr_inodes=2") < 0 && !absent())
			fail(s, "mask", *p);
}

// Where a /proc of its own cannot be had, the command sees the processes of its neighbours,
// which have its user and its capabilities: by ptrace(2) and /proc/PID/root their memory,
// environment and files would be open to it. In a user namespace of its own, with the same
// ids, it has no capability over them. The parent maps the ids; it has the right to.
//
// A network namespace of its own is connected at the same time, by a program that the parent
// starts.
static void ask_parent(struct sandbox *s)
{
	if (s->masked_proc && unshare(CLONE_NEWUSER) < 0)
		fail(s, "make a user namespace of its own, as /proc is masked here", 0);
	if (!s->masked_proc && !s->needs_network)
		return;
	char byte = 0;
	ssize_t n;
	do
		n = write(s->asks, &byte, 1);
	while (n < 0 && errno == EINTR);
	if (n == 1)
		do
			n = read(s->answer, &byte, 1);
		while (n < 0 && errno == EINTR);
	if (n != 1 || byte != PREPARED) { // the parent knows why
		errno = ECANCELED;
		fail(s, "be prepared by its parent", 0);
	}
}

// Brings up the loopback interface of a new network namespace: programs talk to themselves.
static void raise_loopback(struct sandbox *s)
{
	struct ifreq lo = { .ifr_name = "lo", .ifr_flags = IFF_UP };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0 || ioctl(fd, SIOCSIFFLAGS, &lo) < 0)
		fail(s, "bring up the loopback interface", 0);
	close(fd);
}

// Gives up every capability that the command may not hold and becomes its user. These
// are system calls, so they change this process, and none of our threads.
static void become(struct sandbox *s)
{
	for (int c = 0; c < 64; c++) {
		if (s->capabilities >> c & 1)
			continue;
		if (prctl(PR_CAPBSET_DROP, c, 0, 0, 0) < 0) {
			if (errno == EINVAL)
				break; // the kernel knows no more
			if (errno == EPERM && !s->namespaces)
				break; // this container has no CAP_SETPCAP
			fail(s, "drop capabilities", "from the bounding set");
		}
	}
	if (s->answered.len == 0) {
		if (syscall(SYS_setgroups, s->group_count, s->groups) < 0)
			fail(s, "become", "its supplementary groups");
		if (syscall(SYS_setresgid, s->gid, s->gid, s->gid) < 0)
			fail(s, "become", "its group");
		if (syscall(SYS_setresuid, s->uid, s->uid, s->uid) < 0)
			fail(s, "become", "its user");
	}
	uint64_t held = s->uid == 0 || s->answered.len > 0 ? s->capabilities : 0;
	struct __user_cap_header_struct header = { _LINUX_CAPABILITY_VERSION_3, 0 };
	struct __user_cap_data_struct data[2] = {
		{ .effective = held, .permitted = held },
		{ .effective = held >> 32, .permitted = held >> 32 },
	};
	if (syscall(SYS_capset, &header, data) < 0)
		fail(s, "drop capabilities", 0);
	if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) < 0)
		fail(s, "drop capabilities", "from the ambient set");
}

// The kernel signals the end of a parent only from now on, so look whether it has
// come already.
static void die_with_parent(struct sandbox *s)
{
	struct pollfd parent = { .fd = s->parent, .events = POLLIN };
	struct timespec now = { 0, 0 };
	if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) < 0)
		fail(s, "set the death signal", 0);
	if (syscall(SYS_ppoll, &parent, 1, &now, 0, SIGNAL_SET_SIZE) != 0) {
		errno = EOWNERDEAD;
		fail(s, "find its parent", 0);
	}
}

static void reset_signals(struct sandbox *s)
{
	struct { void *handler; unsigned long flags; void *restorer; uint64_t mask; } initial = { 0 };
	for (int sig = 1; sig <= 64; sig++)
		if (syscall(SYS_rt_sigaction, sig, &initial, 0, SIGNAL_SET_SIZE) < 0 && errno != EINVAL)
			fail(s, "reset signals", 0);
}

// Installs the filter whose system calls a supervisor answers, and sends it the listener.
// From here on such a call waits for the supervisor, which is a thread of the process that
// waits for us.
static void have_calls_answered(struct sandbox *s)
{
	// A call that is being answered is done once: signals must not restart it. The flag is
	// younger than the rest (5.19).
	unsigned long flags = SECCOMP_FILTER_FLAG_NEW_LISTENER | SECCOMP_FILTER_FLAG_SPEC_ALLOW;
	int listener = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags | FILTER_FLAG_WAIT_KILLABLE_RECV, &s->answered);
	if (listener < 0 && errno == EINVAL)
		listener = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &s->answered);
	if (listener < 0)
		fail(s, "install the filter of answered system calls", 0);
	char byte = 0;
	struct iovec data = { &byte, 1 };
	union {
		struct cmsghdr header;
		char bytes[CMSG_SPACE(sizeof(int))];
	} control = { .header = { .cmsg_len = CMSG_LEN(sizeof(int)), .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS } };
	*(int *)CMSG_DATA(&control.header) = listener;
	struct msghdr message = { .msg_iov = &data, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control };
	if (syscall(SYS_sendmsg, s->supervisor, &message, 0) < 0)
		fail(s, "send the listener of answered system calls", 0);
	close(listener);
}

static void enter_dir(struct sandbox *s)
{
	umask(022);
	if (chdir(s->dir) < 0)
		fail(s, "enter the working directory", s->dir);
}

// Runs when the root has changed, and does not return.
static void become_command(struct sandbox *s)
{
	uint64_t none = 0;
	// Without no_new_privs, which would break sudo and the setuid programs of an
	// image, a filter must be installed while we still hold CAP_SYS_ADMIN.
	if (s->no_new_privs && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		fail(s, "set no_new_privs", 0);
	// Kernels before 5.16 otherwise turn on mitigations against speculation, which make
	// interpreters up to twice as slow, and nobody is better off: see runc.
	if (s->filter.len > 0 && syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_SPEC_ALLOW, &s->filter) < 0)
		fail(s, "install the seccomp filter", 0);
	if (s->answered.len > 0)
		have_calls_answered(s);
	become(s);
	die_with_parent(s); // a change of credentials has cleared it
	// Nothing of ours but the standard streams may reach the command.
	if (syscall(SYS_close_range, 3, ~0U, CLOSE_RANGE_CLOEXEC) < 0)
		fail(s, "close file descriptors", 0);
	// A lower limit does not close what is open; that it cannot be set is no reason to fail.
	if (sandbox_open_files.rlim_max != 0)
		syscall(SYS_prlimit64, 0, RLIMIT_NOFILE, &sandbox_open_files, 0);
	syscall(SYS_rt_sigprocmask, SIG_SETMASK, &none, 0, SIGNAL_SET_SIZE);
	// COPY may just have written the program, and a process that another thread has forked
	// meanwhile has it open for writing until it executes something itself: https://go.dev/issue/22315
	const struct timespec moment = { 0, 10 * 1000 * 1000 };
	for (int attempt = 0; attempt < 300; attempt++) {
		execve(s->executable, s->argv, s->envp);
		if (errno != ETXTBSY)
			break;
		nanosleep(&moment, 0);
	}
	fail(s, "execute", s->executable);
}

static int child(void *argument)
{
	struct sandbox *s = argument;
	reset_signals(s);
	die_with_parent(s);
	// No controlling terminal: Ctrl-C reaches the builder alone, and it decides.
	if (setsid() < 0)
		fail(s, "begin a session", 0);
	// Nor the keys of the caller's session. Who may not make a keyring cannot read one.
	syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, 0);
	if (dup2(s->input, 0) < 0 || dup2(s->output, 1) < 0 || dup2(s->output, 2) < 0)
		fail(s, "connect the standard streams", 0);
	if (s->namespaces & CLONE_NEWNET)
		raise_loopback(s);
	enter_root(s);
	hide(s);
	// The filter around a container of podman's forbids it: then the name stays what it is.
	if (syscall(SYS_sethostname, s->hostname, strlen(s->hostname)) < 0 && errno != EPERM)
		fail(s, "set the host name", s->hostname);
	enter_dir(s);
	ask_parent(s);
	become_command(s);
	return 127;
}

pid_t sandbox_spawn(struct sandbox *s)
{
	char *stack = mmap(0, STACK_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);
	if (stack == MAP_FAILED)
		return -errno;
	uint64_t all = ~(uint64_t)0, before;
	syscall(SYS_rt_sigprocmask, SIG_SETMASK, &all, &before, SIGNAL_SET_SIZE);
	pid_t pid = clone(child, stack + STACK_SIZE, CLONE_VM | CLONE_VFORK | CLONE_PARENT_SETTID | SIGCHLD | s->namespaces, s, &s->pid);
	int error = errno;
	syscall(SYS_rt_sigprocmask, SIG_SETMASK, &before, 0, SIGNAL_SET_SIZE);
	munmap(stack, STACK_SIZE);
	return pid < 0 ? -error : pid;
}

// What follows is for places where no namespace can be had. The command's processes are
// then among all others, so something has to know them: a process that adopts them all.
// It is forked, as it goes on while our threads do, and speaks to us by shared memory.

static pid_t fork_quietly(void)
{
	return syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0);
}

static void run_in_chroot(struct sandbox *s, pid_t supervisor)
{
	reset_signals(s);
	if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) < 0)
		fail(s, "set the death signal", 0);
	if (syscall(SYS_getppid) != supervisor) {
		errno = EOWNERDEAD;
		fail(s, "find its parent", 0);
	}
	if (setsid() < 0)
		fail(s, "begin a session", 0);
	if (syscall(SYS_chroot, s->root) < 0 || chdir("/") < 0)
		fail(s, "change the root to", s->root);
	enter_dir(s);
	become_command(s);
}

// Kills every child, and returns how many there were.
static int kill_children(void)
{
	char list[4096];
	int found = 0, pid = 0;
	ssize_t n;
	int fd = open("/proc/thread-self/children", O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return 0;
	while ((n = read(fd, list, sizeof list)) > 0)
		for (ssize_t i = 0; i < n; i++) {
			if (list[i] >= '0' && list[i] <= '9') {
				pid = pid * 10 + list[i] - '0';
			} else if (pid > 0) {
				syscall(SYS_kill, pid, SIGKILL);
				found++;
				pid = 0;
			}
		}
	close(fd);
	return found;
}

// Waits until the command has ended, or we are told to end it; then ends all that is left.
static void supervise(struct sandbox *s)
{
	pid_t self = syscall(SYS_getpid);
	uint64_t awaited = 1ULL << (SIGCHLD - 1) | 1ULL << (SIGTERM - 1);
	struct pollfd parent = { .fd = s->parent, .events = POLLIN };
	struct timespec now = { 0, 0 };
	// Every signal is blocked since before the fork, and SIGTERM asked for here.
	reset_signals(s);
	if (prctl(PR_SET_PDEATHSIG, SIGTERM, 0, 0, 0) < 0 || prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) < 0)
		fail(s, "watch over the command", 0);
	if (syscall(SYS_ppoll, &parent, 1, &now, 0, SIGNAL_SET_SIZE) != 0) {
		errno = EOWNERDEAD;
		fail(s, "find its parent", 0);
	}
	if (setsid() < 0)
		fail(s, "begin a session", 0);
	if (dup2(s->input, 0) < 0 || dup2(s->output, 1) < 0 || dup2(s->output, 2) < 0)
		fail(s, "connect the standard streams", 0);
	// Among what we have inherited are the outputs of other commands.
	if (syscall(SYS_close_range, 3, ~0U, 0) < 0)
		fail(s, "close file descriptors", 0);
	s->parent = -1;
	pid_t command = fork_quietly();
	if (command < 0)
		fail(s, "start the command", 0);
	if (command == 0)
		run_in_chroot(s, self);
	for (int told = 0;;) {
		int status;
		pid_t ended = syscall(SYS_wait4, -1, &status, WNOHANG, 0);
		if (ended == command) {
			s->status = status;
			s->ended = 1;
			told = 1;
		}
		if (ended > 0)
			continue;
		if (ended < 0 && errno == ECHILD)
			break;
		if (told) {
			// The children of who is killed become ours, and are killed in the next round.
			if (kill_children() == 0)
				syscall(SYS_kill, -command, SIGKILL);
			struct timespec soon = { 0, 20 * 1000 * 1000 };
			uint64_t child = 1ULL << (SIGCHLD - 1);
			syscall(SYS_rt_sigtimedwait, &child, 0, &soon, SIGNAL_SET_SIZE);
		} else if (syscall(SYS_rt_sigtimedwait, &awaited, 0, 0, SIGNAL_SET_SIZE) == SIGTERM) {
			told = 1;
		}
	}
	syscall(SYS_exit_group, 0);
}

pid_t sandbox_spawn_chroot(struct sandbox *s)
{
	s->shared = mmap(0, sizeof *s, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (s->shared == MAP_FAILED)
		return -errno;
	*s->shared = *s;
	uint64_t all = ~(uint64_t)0, before;
	syscall(SYS_rt_sigprocmask, SIG_SETMASK, &all, &before, SIGNAL_SET_SIZE);
	pid_t pid = fork_quietly();
	if (pid == 0)
		supervise(s->shared);
	int error = errno;
	syscall(SYS_rt_sigprocmask, SIG_SETMASK, &before, 0, SIGNAL_SET_SIZE);
	if (pid < 0) {
		munmap(s->shared, sizeof *s);
		s->shared = 0;
	}
	return pid < 0 ? -error : pid;
}

void sandbox_ended(struct sandbox *s)
{
	if (!s->shared)
		return;
	s->error = s->shared->error;
	s->step = s->shared->step;
	s->object = s->shared->object;
	s->ended = s->shared->ended;
	s->status = s->shared->status;
	munmap(s->shared, sizeof *s);
	s->shared = 0;
}
