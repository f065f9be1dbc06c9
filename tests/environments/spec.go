package environments

import (
	"fmt"
	"slices"

	mobyseccomp "github.com/moby/profiles/seccomp"
	"github.com/opencontainers/runtime-spec/specs-go"
	podmanseccomp "go.podman.io/common/pkg/seccomp"
)

// dockerCapabilities are what Docker gives to root of a container, and containerd, and so
// Kubernetes, too: see moby's oci/caps.DefaultCapabilities.
var dockerCapabilities = []string{
	"CAP_AUDIT_WRITE", "CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_FOWNER", "CAP_FSETID", "CAP_KILL", "CAP_MKNOD",
	"CAP_NET_BIND_SERVICE", "CAP_NET_RAW", "CAP_SETFCAP", "CAP_SETGID", "CAP_SETPCAP", "CAP_SETUID", "CAP_SYS_CHROOT",
}

// podmanCapabilities are the default of containers.conf.
var podmanCapabilities = []string{
	"CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_FOWNER", "CAP_FSETID", "CAP_KILL", "CAP_NET_BIND_SERVICE",
	"CAP_SETFCAP", "CAP_SETGID", "CAP_SETPCAP", "CAP_SETUID", "CAP_SYS_CHROOT",
}

// allCapabilities are those of a privileged container.
var allCapabilities = append(slices.Clone(dockerCapabilities),
	"CAP_AUDIT_CONTROL", "CAP_AUDIT_READ", "CAP_BLOCK_SUSPEND", "CAP_BPF", "CAP_CHECKPOINT_RESTORE", "CAP_DAC_READ_SEARCH",
	"CAP_IPC_LOCK", "CAP_IPC_OWNER", "CAP_LEASE", "CAP_LINUX_IMMUTABLE", "CAP_MAC_ADMIN", "CAP_MAC_OVERRIDE", "CAP_NET_ADMIN",
	"CAP_NET_BROADCAST", "CAP_PERFMON", "CAP_SYS_ADMIN", "CAP_SYS_BOOT", "CAP_SYS_MODULE", "CAP_SYS_NICE", "CAP_SYS_PACCT",
	"CAP_SYS_PTRACE", "CAP_SYS_RAWIO", "CAP_SYS_RESOURCE", "CAP_SYS_TIME", "CAP_SYS_TTY_CONFIG", "CAP_SYSLOG", "CAP_WAKE_ALARM")

// profile names a seccomp profile.
type profile int

const (
	unconfined    profile = iota
	mobyProfile           // Docker's default; RuntimeDefault of Kubernetes is its kin
	podmanProfile         // the default of podman, buildah and CRI-O
)

// The ids of a container in a user namespace: its 0 is firstID of the machine.
const (
	firstID = 100000
	idCount = 65536
)

// The paths that Docker, containerd and podman hide or protect alike.
var (
	maskedPaths   = []string{"/proc/acpi", "/proc/asound", "/proc/interrupts", "/proc/kcore", "/proc/keys", "/proc/latency_stats", "/proc/sched_debug", "/proc/scsi", "/proc/timer_list", "/proc/timer_stats", "/sys/devices/virtual/powercap", "/sys/firmware"}
	readOnlyPaths = []string{"/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"}
)

// specification describes the row's container, whose root is at a path, and which runs a
// command. It shares the machine's network, so that it finds a registry on 127.0.0.1.
func (r row) specification(root string, binds map[string]string, args, env []string) (*specs.Spec, error) {
	bounding := slices.DeleteFunc(slices.Clone(r.capabilities), func(name string) bool { return !known[name] })
	held := bounding
	if r.uid != 0 {
		held = nil
	}
	spec := &specs.Spec{
		Version:  "1.0.2",
		Hostname: "runner",
		Root:     &specs.Root{Path: root, Readonly: r.readOnly},
		Process: &specs.Process{
			User:            specs.User{UID: uint32(r.uid), GID: uint32(r.uid)},
			Args:            args,
			Env:             env,
			Cwd:             "/",
			NoNewPrivileges: r.noNewPrivileges,
			Capabilities:    &specs.LinuxCapabilities{Bounding: bounding, Effective: held, Permitted: held},
		},
		Linux: &specs.Linux{
			Namespaces: []specs.LinuxNamespace{{Type: specs.PIDNamespace}, {Type: specs.IPCNamespace}, {Type: specs.UTSNamespace}, {Type: specs.MountNamespace}},
			Resources:  &specs.LinuxResources{Devices: []specs.LinuxDeviceCgroup{{Allow: r.privileged, Access: "rwm"}}},
		},
	}
	if !r.privileged {
		spec.Linux.MaskedPaths, spec.Linux.ReadonlyPaths = maskedPaths, readOnlyPaths
	}
	sys := specs.Mount{Destination: "/sys", Type: "sysfs", Source: "sysfs", Options: []string{"nosuid", "noexec", "nodev", "ro"}}
	if r.userNamespace {
		ids := []specs.LinuxIDMapping{{HostID: firstID, Size: idCount}}
		spec.Linux.UIDMappings, spec.Linux.GIDMappings = ids, ids
		spec.Linux.Namespaces = append(spec.Linux.Namespaces, specs.LinuxNamespace{Type: specs.UserNamespace})
		// A new sysfs wants a network namespace of its own.
		sys = specs.Mount{Destination: "/sys", Type: "none", Source: "/sys", Options: []string{"rbind", "nosuid", "noexec", "nodev", "ro"}}
	}
	spec.Mounts = []specs.Mount{
		{Destination: "/proc", Type: "proc", Source: "proc", Options: []string{"nosuid", "noexec", "nodev"}},
		{Destination: "/dev", Type: "tmpfs", Source: "tmpfs", Options: []string{"nosuid", "mode=755", "size=65536k"}},
		{Destination: "/dev/pts", Type: "devpts", Source: "devpts", Options: []string{"nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620"}},
		{Destination: "/dev/shm", Type: "tmpfs", Source: "shm", Options: []string{"nosuid", "noexec", "nodev", "mode=1777", "size=65536k"}},
		{Destination: "/dev/mqueue", Type: "mqueue", Source: "mqueue", Options: []string{"nosuid", "noexec", "nodev"}},
		sys,
	}
	if r.readOnly {
		for _, path := range []string{"/tmp", "/run"} {
			spec.Mounts = append(spec.Mounts, specs.Mount{Destination: path, Type: "tmpfs", Source: "tmpfs", Options: []string{"nosuid", "nodev", "mode=1777"}})
		}
	}
	for target, source := range binds {
		spec.Mounts = append(spec.Mounts, specs.Mount{Destination: target, Type: "none", Source: source, Options: []string{"rbind", "rprivate"}})
	}
	var err error
	switch r.seccomp {
	case mobyProfile:
		spec.Linux.Seccomp, err = mobyseccomp.GetDefaultProfile(spec)
	case podmanProfile:
		spec.Linux.Seccomp, err = podmanseccomp.GetDefaultProfile(spec)
	}
	if err != nil {
		return nil, fmt.Errorf("failed to make the seccomp profile: %w", err)
	}
	return spec, nil
}
