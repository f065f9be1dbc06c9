package preflight

// #include <stdlib.h>
// #include "probe.h"
import "C"

import (
	"fmt"
	"unsafe"

	"golang.org/x/sys/unix"
)

// Result is what came of trying something: nothing if it worked, [Untried], or why
// it failed.
type Result int

// Untried is the result of what was not tried.
const Untried Result = -1

// OK reports whether it was tried and worked.
func (r Result) OK() bool { return r == 0 }

// Failed reports whether it was tried and did not work.
func (r Result) Failed() bool { return r > 0 }

// Is reports whether it failed for this reason.
func (r Result) Is(reason unix.Errno) bool { return r > 0 && unix.Errno(r) == reason }

func (r Result) String() string {
	switch {
	case r == Untried:
		return "not tried"
	case r.Failed():
		return unix.Errno(r).Error()
	}
	return "works"
}

// Trials are the results of trying what a build asks of the kernel.
type Trials struct {
	// System calls that came after Linux 4.18. Those whose rights the kernel checks
	// first are Untried where no mount namespace could be made; [unix.ENOSYS] is
	// known in any case.
	Openat2, CloseRange, PidfdOpen, MountSetattr, Fsopen, OpenTree, MoveMount Result

	// SeccompNotify is a seccomp filter whose decisions another process makes.
	SeccompNotify Result
	// Chroot is chroot(2), by the process as it is.
	Chroot Result
	// UserNamespace is a new user namespace; Untried for root with CAP_SYS_ADMIN.
	UserNamespace Result
	// MapID is mapping one's own id in it.
	MapID Result
	// MountNamespace is a new mount namespace, and Mount are mounts in it.
	MountNamespace, Mount Result
	// Overlay is an overlay on the filesystem of the store.
	Overlay Result
	// Proc is a new /proc for a new pid namespace.
	Proc Result
}

// trial says what to try beyond what every build does.
type trial struct {
	userNamespace bool
	uid, gid      int
	overlayDir    string // with the folders lower, upper, work and merged; "" for none
	overlayData   string
	proc          bool
}

// run tries it. It executes no program, and takes less than a millisecond.
func (t trial) run() (Trials, error) {
	p := (*C.struct_probe)(C.calloc(1, C.sizeof_struct_probe))
	defer C.free(unsafe.Pointer(p))
	for _, text := range []struct {
		to    **C.char
		value string
	}{
		{&p.uid_map, fmt.Sprintf("0 %d 1", t.uid)},
		{&p.gid_map, fmt.Sprintf("0 %d 1", t.gid)},
		{&p.overlay_dir, t.overlayDir},
		{&p.overlay_data, t.overlayData},
	} {
		if text.value != "" {
			*text.to = C.CString(text.value)
			defer C.free(unsafe.Pointer(*text.to))
		}
	}
	if t.userNamespace {
		p.user_namespace = 1
	}
	if t.proc {
		p.proc = 1
	}
	if code := C.probe_run(p); code < 0 {
		return Trials{}, fmt.Errorf("failed to start a process: %w", unix.Errno(-code))
	}
	result := func(what int) Result { return Result(p.result[what]) }
	return Trials{
		Openat2:        result(C.PROBE_OPENAT2),
		CloseRange:     result(C.PROBE_CLOSE_RANGE),
		PidfdOpen:      result(C.PROBE_PIDFD_OPEN),
		MountSetattr:   result(C.PROBE_MOUNT_SETATTR),
		Fsopen:         result(C.PROBE_FSOPEN),
		OpenTree:       result(C.PROBE_OPEN_TREE),
		MoveMount:      result(C.PROBE_MOVE_MOUNT),
		SeccompNotify:  result(C.PROBE_SECCOMP_NOTIFY),
		Chroot:         result(C.PROBE_CHROOT),
		UserNamespace:  result(C.PROBE_USER_NAMESPACE),
		MapID:          result(C.PROBE_MAP_ID),
		MountNamespace: result(C.PROBE_MOUNT_NAMESPACE),
		Mount:          result(C.PROBE_MOUNT),
		Overlay:        result(C.PROBE_OVERLAY),
		Proc:           result(C.PROBE_PROC),
	}, nil
}
