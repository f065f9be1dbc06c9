package sandbox

import (
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"sync"

	"github.com/opencontainers/runtime-spec/specs-go"
	"go.podman.io/common/pkg/seccomp"
	"golang.org/x/sys/unix"
)

// seccompFilter is the default profile of containers-common, compiled for our
// capabilities. Compiling takes some 30 ms of CPU, so it is done once, and not
// before the first command.
var seccompFilter = sync.OnceValues(func() ([]byte, error) {
	names := slices.Sorted(maps.Keys(capabilities))
	// The profile allows more to a process with more capabilities.
	profile, err := seccomp.GetDefaultProfile(&specs.Spec{Process: &specs.Process{
		Capabilities: &specs.LinuxCapabilities{Bounding: names, Effective: names, Permitted: names},
	}})
	if err != nil {
		return nil, err
	}
	filter, err := seccomp.BuildFilter(profile)
	if err != nil {
		return nil, err
	}
	defer filter.Release()
	// libseccomp before 2.6 cannot export to memory.
	fd, err := unix.MemfdCreate("seccomp", unix.MFD_CLOEXEC)
	if err != nil {
		return nil, err
	}
	memory := os.NewFile(uintptr(fd), "seccomp")
	defer memory.Close()
	if err := filter.ExportBPF(memory); err != nil {
		return nil, err
	}
	if _, err := memory.Seek(0, io.SeekStart); err != nil {
		return nil, err
	}
	program, err := io.ReadAll(memory)
	if err == nil && len(program) == 0 {
		err = fmt.Errorf("the filter is empty")
	}
	return program, err
})
