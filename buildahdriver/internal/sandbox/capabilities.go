package sandbox

import "golang.org/x/sys/unix"

// capabilities is what a command may hold, the default of containers.conf: see
// containers-common, pkg/config.DefaultCapabilities.
var capabilities = map[string]uint{
	"CAP_CHOWN":            unix.CAP_CHOWN,
	"CAP_DAC_OVERRIDE":     unix.CAP_DAC_OVERRIDE,
	"CAP_FOWNER":           unix.CAP_FOWNER,
	"CAP_FSETID":           unix.CAP_FSETID,
	"CAP_KILL":             unix.CAP_KILL,
	"CAP_NET_BIND_SERVICE": unix.CAP_NET_BIND_SERVICE,
	"CAP_SETFCAP":          unix.CAP_SETFCAP,
	"CAP_SETGID":           unix.CAP_SETGID,
	"CAP_SETPCAP":          unix.CAP_SETPCAP,
	"CAP_SETUID":           unix.CAP_SETUID,
	"CAP_SYS_CHROOT":       unix.CAP_SYS_CHROOT,
}

// capabilityMask has a bit for each of them, as capset(2) counts.
func capabilityMask() uint64 {
	var mask uint64
	for _, number := range capabilities {
		mask |= 1 << number
	}
	return mask
}
