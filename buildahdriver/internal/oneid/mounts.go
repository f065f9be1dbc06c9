package oneid

import (
	"bytes"
	"regexp"

	"golang.org/x/sys/unix"
)

// A tool may mount filesystems whose files shall belong to somebody: mmdebstrap gives
// terminals to the user 5. The kernel refuses ids that are not mapped, and who owns a
// terminal while the tool runs makes no difference. So these options name root instead.

// ownerOptions are options of a mount that name an id.
var ownerOptions = regexp.MustCompile(`(?:^|,)[ug]id=([0-9]+)`)

// mount changes the options where the process has them, which mean the same to it as
// before, and lets it go on.
func (r *request) mount() reply {
	const maxOptions = 4096
	if r.args[4] == 0 {
		return pass
	}
	var text [maxOptions]byte
	length := 0
	for ; length < maxOptions; length++ { // one by one: they may end before a page that is not mapped
		if r.readMemory(r.args[4]+uint64(length), text[length:length+1]) != 0 {
			return pass
		}
		if text[length] == 0 {
			break
		}
	}
	for _, match := range ownerOptions.FindAllSubmatchIndex(text[:length], -1) {
		zeros := bytes.Repeat([]byte("0"), match[3]-match[2])
		if errno := r.writeMemory(r.args[4]+uint64(match[2]), zeros); errno != 0 { //nolint:gosec // it is positive
			return pass
		}
	}
	return pass
}

// configureFilesystem leaves out an option that names an id: root is the default.
func (r *request) configureFilesystem() reply {
	if r.args[1] != unix.FSCONFIG_SET_STRING || r.args[2] == 0 {
		return pass
	}
	key, errno := r.readPath(r.args[2])
	if errno == 0 && (key == "uid" || key == "gid") {
		return value(0)
	}
	return pass
}
