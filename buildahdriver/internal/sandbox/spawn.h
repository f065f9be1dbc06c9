// The start of one sandboxed command: see spawn.c.
#ifndef SANDBOX_SPAWN_H
#define SANDBOX_SPAWN_H

#include <linux/filter.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/types.h>

// A detached mount and the place below the root that it goes to.
struct sandbox_mount {
	int source;         // file descriptor; negative for a new /proc
	const char *target; // relative to the root
	int is_file;        // and not a folder
	int optional;       // laid over whatever is there, and left out if nothing is
};

// Lists end with a null pointer. Paths of lists are inside the new root.
struct sandbox {
	unsigned long namespaces; // CLONE_NEW*
	const char *root;
	const struct sandbox_mount *mounts;
	size_t mount_count;
	const char **read_only, **masked_files, **masked_dirs;

	const char *hostname, *dir, *executable;
	char **argv, **envp;
	int input, output;
	int parent; // pidfd of the process that spawns

	// Before the command starts, the child may need something that only its parent can
	// do: it writes a byte to one pipe, and waits for one in the other. Its process id, as
	// the parent sees it, is in pid by then.
	int asks, answer; // the answer is PREPARED, or anything else for failure
	int needs_network;   // asks in any case
	int masked_proc;     // in and out: there is no /proc of its own, so it wants a user namespace
	pid_t pid;

	uid_t uid;
	gid_t gid;
	const gid_t *groups;
	size_t group_count;
	uint64_t capabilities;
	struct sock_fprog filter;

	// Where a single id is mapped, the command stays what it is to the kernel, and what it
	// takes itself for is the business of whoever gets the listener of this filter, through
	// the socket. Otherwise the filter is empty.
	struct sock_fprog answered;
	int supervisor;

	int no_new_privs; // or else there is no filter, for want of CAP_SYS_ADMIN

	// What failed, if error is not 0. Written by the child in memory we share.
	int error;
	const char *step, *object;

	// How a command without namespaces ended, as wait(2) has it, and the memory that
	// its processes share with us.
	int ended, status;
	struct sandbox *shared;
};

#define PREPARED 1

// The limit on open files that this process was started with: see limits.c.
extern struct rlimit sandbox_open_files;

// Returns the pid once the command runs, or once setting it up failed, and a
// negative errno if there is no child at all.
pid_t sandbox_spawn(struct sandbox *s);

// Starts the command by chroot alone, below a process that ends all that comes of it: when
// the command has ended, when it gets SIGTERM, and when we end. Returns the pid of that
// process or a negative errno. When that has ended, sandbox_ended says how it went.
pid_t sandbox_spawn_chroot(struct sandbox *s);
void sandbox_ended(struct sandbox *s);

#endif
