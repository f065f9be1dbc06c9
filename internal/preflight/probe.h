// Tries what a build asks of the kernel: see probe.c.
#ifndef PREFLIGHT_PROBE_H
#define PREFLIGHT_PROBE_H

// What is tried. The order is that of Go's constants in probe.go.
enum {
	PROBE_OPENAT2,
	PROBE_CLOSE_RANGE,
	PROBE_PIDFD_OPEN,
	PROBE_MOUNT_SETATTR,
	PROBE_FSOPEN,
	PROBE_OPEN_TREE,
	PROBE_MOVE_MOUNT,
	PROBE_SECCOMP_NOTIFY,
	PROBE_CHROOT,
	PROBE_USER_NAMESPACE,
	PROBE_MAP_ID,
	PROBE_MOUNT_NAMESPACE,
	PROBE_MOUNT,
	PROBE_OVERLAY,
	PROBE_PROC,
	PROBE_COUNT,
};

struct probe {
	int user_namespace;       // make one, as a user has to; root only makes a mount namespace
	const char *uid_map;      // what maps id 0 in the new user namespace to the caller's
	const char *gid_map;
	const char *overlay_dir;  // holds the folders lower, upper, work and merged; null to leave it out
	const char *overlay_data;
	int proc;                 // try to mount a new /proc
	int result[PROBE_COUNT];  // 0, an errno, or -1 for what was not tried
};

// Returns 0, or a negative errno if no process could be made to try things in.
int probe_run(struct probe *p);

#endif
