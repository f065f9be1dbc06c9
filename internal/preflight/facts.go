package preflight

import (
	"slices"

	"golang.org/x/sys/unix"
)

// WantedIDs is how many ids a namespace must have for images to be stored with the
// owners they name: uids and gids from 0 to 65,534, nobody's. A container with user
// namespaces rarely has more to give.
const WantedIDs = 65535

// Facts are what there is to know of a machine, and of this process on it.
type Facts struct {
	// UID and GID are the effective ones.
	UID, GID int
	// User is the name that the user database has for UID; empty if it has none.
	User string
	// Capabilities are the effective ones and Bounding the most that a program could
	// gain, as bit masks.
	Capabilities, Bounding uint64
	// NoNewPrivs forbids to gain rights by setuid bits and file capabilities.
	NoNewPrivs bool
	// SeccompFilter means that system calls are filtered already.
	SeccompFilter bool
	// Chrooted means that the root is no mount point: the kernel then refuses user
	// namespaces.
	Chrooted bool
	// NoProc means that there is no /proc, from which most facts come.
	NoProc bool
	// UIDMap and GIDMap are the maps of the user namespace that the process is in.
	UIDMap, GIDMap []IDMap
	// Kernel is the release, as uname tells it.
	Kernel string
	// Family is how packages are installed here.
	Family Family
	// Program is the path of the program that runs.
	Program string
	// Path is the search path, and NoPath tells that there is none.
	Path   string
	NoPath bool

	// SELinux is the process's label, empty where SELinux is not in charge.
	SELinux string
	// AppArmor is the process's profile without its mode, empty where there is none.
	AppArmor string
	// AppArmorRestricts is Ubuntu's restriction of user namespaces to programs with
	// a profile.
	AppArmorRestricts bool
	// MaxUserNamespaces is the limit of the present user namespace, or -1.
	MaxUserNamespaces int
	// UnprivilegedOff is Debian's switch against user namespaces made by users.
	UnprivilegedOff bool

	Trials Trials

	// Helpers are newuidmap and newgidmap. They, and SubIDs, are of users only.
	Helpers [2]Helper
	SubIDs  SubIDs
	// Mapping is what happened when the ids were really mapped; nil if that was not
	// tried.
	Mapping *Mapping

	// Connector is nil unless RUN is to have a network of its own.
	Connector *Connector

	// Store is nil if it was not looked at.
	Store *Store

	// WantMapped refuses [ModeSingle], and WantSingle every other mode: these are the
	// user's choice, and no facts of the machine.
	WantMapped, WantSingle bool
}

// Family is a family of Linux distributions.
type Family string

// The families whose packages we know by name.
const (
	FamilyUnknown Family = ""
	FamilyDebian  Family = "debian"
	FamilyFedora  Family = "fedora"
)

// IDMap is one line of a user namespace's map.
type IDMap struct{ Inside, Outside, Count int64 }

// IDRange is a range of subordinate ids.
type IDRange struct{ Start, Count int64 }

// Helper is a program that maps ids.
type Helper struct {
	Name string
	// Path is where it was found in the search path; empty if it was not.
	Path string
	// Elsewhere is where it is although the search path does not lead there.
	Elsewhere string
	// Setuid and Capable tell how it gains the right to map: by the setuid bit of
	// root, or by a file capability.
	Setuid, Capable bool
	// NoSuid means that its filesystem is mounted so that neither has an effect.
	NoSuid bool
}

// SubIDs are a user's subordinate ids.
type SubIDs struct {
	// Source is the database that nsswitch.conf names for them: files, or sss.
	Source string
	UIDs   []IDRange
	GIDs   []IDRange
	// Free is the first id behind all those that the files give to anybody.
	Free int64
	// NoLookup is why a source other than files could not be asked; empty if it was.
	NoLookup string
}

// Mapping is the outcome of mapping ids.
type Mapping struct {
	// Failure is what the helpers said, or that too few ids are mapped; empty if all
	// went well.
	Failure string
}

// Connector is what connects a network of RUN's own.
type Connector struct {
	// Family is how packages are installed here.
	Family Family
	// Path is where pasta was found in the search path, or else slirp4netns; empty if
	// neither was.
	Path string
	// Tun is whether the device /dev/net/tun can be opened, which both need.
	Tun Result
}

// Store is where images go.
type Store struct {
	// Unknown is why nobody can tell where it is; empty if that is known.
	Unknown string
	// Path is the folder, and Existing it or the nearest folder above that exists.
	Path, Existing string
	// Driver is the storage driver that was asked for; empty if that is open.
	Driver string
	// Filesystem is a name for its type, such as ext4.
	Filesystem string
	// Writable is whether files can be made there, and Xattr whether they can have
	// the attributes user.*.
	Writable, Xattr Result
	// Free and FreeInodes are what this user may still take, in bytes and files;
	// FreeInodes is -1 where files are not counted.
	Free, FreeInodes int64
}

// has reports whether a capability is effective.
func (f *Facts) has(capability int) bool { return f.Capabilities>>capability&1 == 1 }

// mayGain reports whether a program could gain a capability.
func (f *Facts) mayGain(capability int) bool { return f.Bounding>>capability&1 == 1 }

// root reports whether no user namespace is needed.
func (f *Facts) root() bool { return f.UID == 0 && f.has(unix.CAP_SYS_ADMIN) }

// takes reports whether a build would go on in a mode.
func (f *Facts) takes(m Mode) bool {
	return !(m == ModeSingle && f.WantMapped) && !(m != ModeSingle && f.WantSingle)
}

// initialNamespace reports whether the process is in the machine's own user namespace,
// the only one that has all ids: user_namespaces(7).
func (f *Facts) initialNamespace() bool {
	return slices.Contains(f.UIDMap, IDMap{Count: 4294967295})
}

// IDMaps returns the maps of the user namespace that a build makes. A user gets
// its own id as 0, and behind it the subordinate ones, the lowest first; root keeps
// the ids that it has.
func (f *Facts) IDMaps() (uids, gids []IDMap) {
	if f.UID == 0 {
		return identity(f.UIDMap), identity(f.GIDMap)
	}
	return consecutive(f.UID, f.SubIDs.UIDs), consecutive(f.GID, f.SubIDs.GIDs)
}

func identity(present []IDMap) []IDMap {
	var result []IDMap
	for _, m := range present {
		result = append(result, IDMap{m.Inside, m.Inside, m.Count})
	}
	return result
}

func consecutive(own int, ranges []IDRange) []IDMap {
	result := []IDMap{{0, int64(own), 1}}
	next := int64(1)
	sorted := slices.SortedFunc(slices.Values(ranges), func(a, b IDRange) int { return int(a.Start - b.Start) })
	for _, r := range sorted {
		result = append(result, IDMap{next, r.Start, r.Count})
		next += r.Count
	}
	return result
}

// CountIDs returns how many ids are mapped.
func CountIDs(ids []IDMap) (total int64) {
	for _, m := range ids {
		total += m.Count
	}
	return total
}

func sum(ranges []IDRange) (total int64) {
	for _, r := range ranges {
		total += r.Count
	}
	return total
}

// inside reports whether all ids of the ranges exist in a user namespace.
func inside(ranges []IDRange, present []IDMap) bool {
	for _, r := range ranges {
		covered := slices.ContainsFunc(present, func(m IDMap) bool {
			return r.Start >= m.Inside && r.Start+r.Count <= m.Inside+m.Count
		})
		if !covered {
			return false
		}
	}
	return true
}

// spare returns what a user namespace has beside root and one user: ranges that this
// user could be given.
func spare(present []IDMap, own int64) []IDRange {
	var result []IDRange
	for _, m := range present {
		for _, part := range [2]IDRange{
			{m.Inside, min(own, m.Inside+m.Count) - m.Inside},
			{max(own+1, m.Inside), m.Inside + m.Count - max(own+1, m.Inside)},
		} {
			if part.Start == 0 { // root's
				part.Start, part.Count = 1, part.Count-1
			}
			if part.Count > 0 {
				result = append(result, part)
			}
		}
	}
	return result
}
