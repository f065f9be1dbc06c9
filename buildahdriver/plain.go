package buildahdriver

import (
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"strings"
	"unsafe"

	"github.com/openshift/imagebuilder"
	"github.com/openshift/imagebuilder/dockerfile/command"
	"golang.org/x/sys/unix"

	"github.com/kolla-build/kolla-build/buildahdriver/internal/owners"
	"github.com/kolla-build/kolla-build/buildahdriver/internal/rootfs"
	"github.com/kolla-build/kolla-build/buildahdriver/internal/transfer"
	"github.com/kolla-build/kolla-build/internal/preflight"
)

// An image without RUN needs no rights: its layers are archives, and any user can write
// those. This is for processes that may have no namespaces and are not root, such as those of
// Kubernetes' "restricted" pods. The store is one that builds on copies (copying.go), where
// files are hard links to those of the layers below, and owners are recorded beside files, as
// in a user namespace with a single id.
//
// Two things of the library are in the way. It gives its folders to root, whoever it is run
// by: a seccomp filter of our own answers every chown of this process with success. And it
// unpacks layers in a chroot: we do that errand in its place, without one (untarWithoutRights).

// withoutNamespaces is why this process has none, if that is so; it is set once, by
// [EnterUserNamespace].
var withoutNamespaces *preflight.Check

// goWithoutRights prepares this process for a build without any.
func goWithoutRights(report preflight.Report) error {
	for i := range report.Checks {
		if report.Checks[i].Verdict == preflight.Limited {
			withoutNamespaces = &report.Checks[i]
			break
		}
	}
	owners.SetPlain()
	return answerChown()
}

// CannotRun tells why RUN instructions cannot be run by this process, after
// [EnterUserNamespace]: an [*EnvironmentError], or nil if they can.
func CannotRun(image, instruction string) error {
	if !owners.Plain() {
		return nil
	}
	e := &EnvironmentError{
		Missing: fmt.Sprintf("image %s cannot be built here, only images without RUN can: %s", image, shorten(oneLine(instruction))),
		Mend:    namespacesWanted,
	}
	if withoutNamespaces != nil {
		e.Missing += "\n" + withoutNamespaces.Found
		e.Mend = withoutNamespaces.Remedy
	}
	return e
}

// RefuseRun tells, before any work, which RUN instruction of a Dockerfile, given as its text,
// cannot be run by this process, after [EnterUserNamespace]: an [*EnvironmentError], or nil if
// all can. Network is what they are to have.
func RefuseRun(image, dockerfile string, network Network) error {
	if mayMount() {
		return nil
	}
	node, err := imagebuilder.ParseDockerfile(strings.NewReader(dockerfile))
	if err != nil {
		return nil //nolint:nilerr // the build reports it
	}
	for _, child := range node.Children {
		if child.Value != command.Run {
			continue
		}
		if err := CannotRun(image, child.Original); err != nil {
			return err
		}
		missing := ""
		for _, flag := range child.Flags {
			if strings.HasPrefix(flag, "--mount") || flag == "--network=none" {
				missing = flag
			}
		}
		switch network {
		case NetworkNone:
			missing = "to be without a network"
		case NetworkPrivate:
			missing = "a network of its own"
		}
		if missing != "" {
			return &EnvironmentError{
				Missing: fmt.Sprintf("image %s cannot be built here, where RUN is a chroot: %s needs namespaces: %s", image, missing, shorten(oneLine(child.Original))),
				Mend:    namespacesWanted,
			}
		}
	}
	return nil
}

// answerChown has every chown of this process and its children succeed, and do nothing.
func answerChown() error {
	filter := []unix.SockFilter{
		{Code: unix.BPF_LD | unix.BPF_W | unix.BPF_ABS, K: 0}, // the number of the system call
	}
	for _, number := range chownCalls {
		filter = append(filter,
			unix.SockFilter{Code: unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K, Jt: 0, Jf: 1, K: uint32(number)},
			unix.SockFilter{Code: unix.BPF_RET | unix.BPF_K, K: unix.SECCOMP_RET_ERRNO}, // 0 is no error
		)
	}
	filter = append(filter, unix.SockFilter{Code: unix.BPF_RET | unix.BPF_K, K: unix.SECCOMP_RET_ALLOW})
	program := unix.SockFprog{Len: uint16(len(filter)), Filter: &filter[0]}
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
		return os.NewSyscallError("prctl PR_SET_NO_NEW_PRIVS", err)
	}
	// For all threads, and with them for no_new_privs.
	_, _, errno := unix.Syscall(unix.SYS_SECCOMP, unix.SECCOMP_SET_MODE_FILTER, unix.SECCOMP_FILTER_FLAG_TSYNC, uintptr(unsafe.Pointer(&program)))
	runtime.KeepAlive(filter)
	if errno != 0 {
		return fmt.Errorf("failed to install a seccomp filter: %w", errno)
	}
	return nil
}

// mayChroot tells whether this process has CAP_SYS_CHROOT.
func mayChroot() bool {
	header := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
	var data [2]unix.CapUserData
	return unix.Capget(&header, &data[0]) == nil && data[0].Effective>>unix.CAP_SYS_CHROOT&1 == 1
}

// untarErrand is the name under which the library starts this program to unpack a layer. It
// hands over the archive as standard input, and the folder as a file descriptor: see
// invokeUnpack in storage's pkg/chrootarchive.
const untarErrand = "storage-untar"

const (
	untarOptions = 3 // a file descriptor with options, of which none matters here
	untarRoot    = 4 // that of the folder
)

// untarWithoutRights unpacks a layer. Links in it are no danger, as paths are resolved by the
// kernel as if the folder were the root.
func untarWithoutRights() error {
	if len(os.Args) < 2 || os.Args[1] != "/" {
		return fmt.Errorf("unpacking of %q is not known here", os.Args[1:])
	}
	owners.SetPlain()
	options := os.NewFile(untarOptions, "options")
	if _, err := io.Copy(io.Discard, options); err != nil {
		return err
	}
	if err := unix.Fchmod(untarRoot, 0o755); err != nil { // it may be 0555
		return os.NewSyscallError("fchmod", err)
	}
	if err := transfer.Unpack(os.Stdin, rootfs.FromFD(untarRoot)); err != nil {
		return err
	}
	_, err := io.Copy(io.Discard, os.Stdin) // what follows the archive's end
	return errors.Join(err, options.Close())
}

// plainNote tells a user that there are no rights.
func plainNote() string {
	note := "images are built without namespaces or any other right, so only those without RUN can be: the owners of files are recorded beside them, and the images have them"
	if withoutNamespaces != nil {
		note += "; " + withoutNamespaces.Found
	}
	return note
}
