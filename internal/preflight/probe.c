// Tries what a build asks of the kernel, in a child that shares our memory until it
// exits (CLONE_VM, CLONE_VFORK), so no page table is copied and no program is executed:
// the whole takes well under a millisecond, and works where not even /bin/true exists.
//
// The price is the same as in the sandbox's spawn.c: the child does nothing but system
// calls, on a stack of its own, with every signal blocked.
#define _GNU_SOURCE
#include "probe.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/mount.h>
#include <linux/openat2.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef CLOSE_RANGE_CLOEXEC
#define CLOSE_RANGE_CLOEXEC 4
#endif

#define STACK_SIZE (64 * 1024)
#define SIGNAL_SET_SIZE 8 // the kernel's, not the C library's

// Keeps what a call gave, and tells whether it worked.
static int keep(struct probe *p, int what, long given)
{
	p->result[what] = given < 0 ? errno : 0;
	return given >= 0;
}

static void keep_fd(struct probe *p, int what, long fd)
{
	if (keep(p, what, fd))
		close(fd);
}

static int write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return -1;
	long written = write(fd, text, strlen(text));
	int error = errno;
	close(fd);
	errno = error;
	return written < 0 ? -1 : 0;
}

// Runs cb in a child that shares our memory, and waits until it has exited.
static int in_child(int (*cb)(void *), struct probe *p, int namespaces)
{
	char *stack = mmap(0, STACK_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);
	if (stack == MAP_FAILED)
		return -errno;
	pid_t pid = clone(cb, stack + STACK_SIZE, CLONE_VM | CLONE_VFORK | SIGCHLD | namespaces, p);
	int error = errno;
	if (pid > 0)
		while (waitpid(pid, 0, 0) < 0 && errno == EINTR)
			;
	munmap(stack, STACK_SIZE);
	return pid < 0 ? -error : 0;
}

static void leave(void)
{
	for (;;)
		syscall(SYS_exit_group, 0);
}

// In a pid namespace of its own, as RUN is.
static int grandchild(void *argument)
{
	struct probe *p = argument;
	int fs = syscall(SYS_fsopen, "proc", FSOPEN_CLOEXEC);
	if (fs >= 0 && syscall(SYS_fsconfig, fs, FSCONFIG_CMD_CREATE, 0, 0, 0) == 0)
		keep(p, PROBE_PROC, syscall(SYS_fsmount, fs, FSMOUNT_CLOEXEC, 0));
	else
		keep(p, PROBE_PROC, -1);
	leave();
	return 0;
}

// A filter that allows everything, whose listener is what matters.
static void try_seccomp_notify(struct probe *p)
{
	struct sock_filter allow = BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
	struct sock_fprog program = { 1, &allow };
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0) {
		keep(p, PROBE_SECCOMP_NOTIFY, -1);
		return;
	}
	keep_fd(p, PROBE_SECCOMP_NOTIFY, syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER, &program));
}

// Calls that can be tried without any namespace.
static void try_calls(struct probe *p)
{
	struct open_how how = { .flags = O_PATH | O_CLOEXEC, .resolve = RESOLVE_IN_ROOT };
	keep_fd(p, PROBE_OPENAT2, syscall(SYS_openat2, AT_FDCWD, ".", &how, sizeof how));
	keep(p, PROBE_CLOSE_RANGE, syscall(SYS_close_range, ~0U, ~0U, CLOSE_RANGE_CLOEXEC));
	keep_fd(p, PROBE_PIDFD_OPEN, syscall(SYS_pidfd_open, getpid(), 0));
	// The rest is about mounts. Kernels and the filters of containers ask for rights first:
	// without a mount namespace of our own these only tell ENOSYS from everything else.
	keep(p, PROBE_MOUNT_SETATTR, syscall(SYS_mount_setattr, -1, "", 0, 0, 0));
	keep(p, PROBE_FSOPEN, syscall(SYS_fsopen, 0, 0));
	keep(p, PROBE_OPEN_TREE, syscall(SYS_open_tree, -1, "", ~0U));
	keep(p, PROBE_MOVE_MOUNT, syscall(SYS_move_mount, -1, "", -1, "", ~0U));
	for (int i = PROBE_MOUNT_SETATTR; i <= PROBE_MOVE_MOUNT; i++)
		if (p->result[i] != ENOSYS)
			p->result[i] = -1;
}

// Keeps what is mounted from now on from appearing in the host's mount namespace. After
// chroot(2) that takes more, as detachMounts of buildahdriver explains.
static int detach_mounts(void)
{
	if (syscall(SYS_mount, 0, "/", 0, MS_REC | MS_PRIVATE, 0) == 0)
		return 0;
	if (errno != EINVAL)
		return -1;
	struct mount_attr attr = { .propagation = MS_PRIVATE };
	int tree = syscall(SYS_open_tree, AT_FDCWD, "/", OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_RECURSIVE);
	if (tree < 0 || syscall(SYS_mount_setattr, tree, "", AT_EMPTY_PATH | AT_RECURSIVE, &attr, sizeof attr) < 0 ||
	    syscall(SYS_mount, 0, "/proc", 0, MS_PRIVATE, 0) < 0 ||
	    syscall(SYS_move_mount, tree, "", AT_FDCWD, "/proc", MOVE_MOUNT_F_EMPTY_PATH) < 0 ||
	    fchdir(tree) < 0 || chroot(".") < 0)
		return -1;
	close(tree);
	return 0;
}

// In a mount namespace of our own, where all this is allowed unless something around us
// says no.
static void try_mounts(struct probe *p)
{
	// Nothing may be mounted before mounts have been detached from the host's.
	if (!keep(p, PROBE_MOUNT, detach_mounts()))
		return;
	if (p->proc)
		if (in_child(grandchild, p, CLONE_NEWPID) < 0)
			keep(p, PROBE_PROC, -1);
	if (p->overlay_dir)
		keep(p, PROBE_OVERLAY, chdir(p->overlay_dir) < 0 ? -1 : syscall(SYS_mount, "overlay", "merged", "overlay", 0, p->overlay_data));
	// A size of nothing is refused with EINVAL, by a kernel that has the call.
	keep(p, PROBE_MOUNT_SETATTR, syscall(SYS_mount_setattr, -1, "", 0, 0, 0));
	keep_fd(p, PROBE_OPEN_TREE, syscall(SYS_open_tree, AT_FDCWD, "/dev/null", OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC));
	if (!keep(p, PROBE_MOUNT, syscall(SYS_mount, "tmpfs", "/", "tmpfs", MS_NOSUID | MS_NODEV, "size=0k,nr_inodes=2")))
		return;
	int fs = syscall(SYS_fsopen, "tmpfs", FSOPEN_CLOEXEC);
	if (!keep(p, PROBE_FSOPEN, fs) || syscall(SYS_fsconfig, fs, FSCONFIG_CMD_CREATE, 0, 0, 0) < 0)
		return;
	int mount = syscall(SYS_fsmount, fs, FSMOUNT_CLOEXEC, 0);
	if (!keep(p, PROBE_FSOPEN, mount))
		return;
	keep(p, PROBE_MOVE_MOUNT, syscall(SYS_move_mount, mount, "", AT_FDCWD, "/", MOVE_MOUNT_F_EMPTY_PATH));
}

static int child(void *argument)
{
	struct probe *p = argument;
	try_calls(p);
	keep(p, PROBE_CHROOT, chroot("/"));
	int able = 1;
	if (p->user_namespace) {
		able = keep(p, PROBE_USER_NAMESPACE, unshare(CLONE_NEWUSER));
		if (able) {
			int denied = write_file("/proc/self/setgroups", "deny");
			keep(p, PROBE_MAP_ID, denied < 0 || write_file("/proc/self/uid_map", p->uid_map) < 0 ? -1 : write_file("/proc/self/gid_map", p->gid_map));
		}
	}
	if (able && keep(p, PROBE_MOUNT_NAMESPACE, unshare(CLONE_NEWNS)))
		try_mounts(p);
	try_seccomp_notify(p);
	leave();
	return 0;
}

int probe_run(struct probe *p)
{
	for (int i = 0; i < PROBE_COUNT; i++)
		p->result[i] = -1;
	uint64_t all = ~(uint64_t)0, before;
	syscall(SYS_rt_sigprocmask, SIG_SETMASK, &all, &before, SIGNAL_SET_SIZE);
	int error = in_child(child, p, 0);
	syscall(SYS_rt_sigprocmask, SIG_SETMASK, &before, 0, SIGNAL_SET_SIZE);
	return error;
}
