package preflight

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// Want says what [Gather] looks at beyond what the start of every build needs.
type Want struct {
	// Thorough also tries what only changes how well a build works.
	Thorough bool
	// Store is the folder of the image store; empty to leave it out.
	Store string
	// StoreUnknown is why nobody can tell where the store is.
	StoreUnknown string
	// StorageDriver is the driver that was asked for; empty if that is open.
	StorageDriver string
}

// Gather looks at the machine. Without Want it takes about a millisecond, unless the
// user database is slow. It changes nothing; a thorough look at the store makes a
// folder there for a moment.
func Gather(want Want) (*Facts, error) {
	f := &Facts{UID: os.Geteuid(), GID: os.Getegid(), Kernel: kernelRelease()}
	f.readStatus(readText("/proc/self/status"))
	f.UIDMap, f.GIDMap = readIDMap("/proc/self/uid_map"), readIDMap("/proc/self/gid_map")
	f.NoProc = f.UIDMap == nil
	f.Program, _ = os.Executable()
	f.Path = os.Getenv("PATH")
	f.NoPath = f.Path == ""
	f.Family = readFamily(readText("/etc/os-release"))
	f.readSecurity(readText("/proc/self/attr/current"), readText("/proc/self/attr/apparmor/current"))
	f.AppArmorRestricts = readSetting("/proc/sys/kernel/apparmor_restrict_unprivileged_userns") == "1"
	f.UnprivilegedOff = readSetting("/proc/sys/kernel/unprivileged_userns_clone") == "0"
	f.MaxUserNamespaces = -1
	if limit, err := strconv.Atoi(readSetting("/proc/sys/user/max_user_namespaces")); err == nil {
		f.MaxUserNamespaces = limit
	}
	if f.UID != 0 {
		f.gatherUser()
	}
	trial := trial{userNamespace: !f.root(), uid: f.UID, gid: f.GID, proc: want.Thorough}
	switch {
	case want.StoreUnknown != "":
		f.Store = &Store{Unknown: want.StoreUnknown}
	case want.Store != "":
		f.Store = gatherStore(want)
		if want.Thorough && f.Store.Writable.OK() {
			remove := trial.addOverlay(f)
			defer remove()
		}
	}
	var err error
	if f.Trials, err = trial.run(); err != nil {
		return nil, err
	}
	// Only a refusal needs this explanation, and the list of mounts can be long.
	if f.Trials.UserNamespace.Is(unix.EPERM) {
		f.Chrooted = chrooted(readText("/proc/self/mountinfo"))
	}
	return f, nil
}

// GatherConnector looks at what connects a network of RUN's own. Opening the device makes
// no interface.
func GatherConnector() *Connector {
	c := &Connector{Family: readFamily(readText("/etc/os-release"))}
	for _, name := range []string{"pasta", "slirp4netns"} {
		if path, err := exec.LookPath(name); err == nil {
			c.Path = path
			break
		}
	}
	fd, err := unix.Open("/dev/net/tun", unix.O_RDWR|unix.O_CLOEXEC, 0)
	if err != nil {
		c.Tun = resultOf(err)
		return c
	}
	unix.Close(fd)
	return c
}

// gatherUser looks at what only users need.
func (f *Facts) gatherUser() {
	f.User = userName(f.UID)
	f.Helpers = [2]Helper{findHelper("newuidmap", unix.CAP_SETUID), findHelper("newgidmap", unix.CAP_SETGID)}
	f.SubIDs = subIDs{etc: "/etc", getsubids: runGetsubids}.find(f.User, f.UID)
}

// userName returns the name of a user, or nothing for one without an entry. In a static program
// os/user knows /etc/passwd only, since the C library would load the modules of nsswitch.conf at
// run time; for users of a directory service it takes glibc's own program.
func userName(uid int) string {
	if u, err := user.LookupId(strconv.Itoa(uid)); err == nil {
		return u.Username
	}
	ctx, cancel := context.WithTimeout(context.Background(), directoryPatience)
	defer cancel()
	entry, err := exec.CommandContext(ctx, "getent", "passwd", strconv.Itoa(uid)).Output()
	if err != nil {
		return ""
	}
	name, _, _ := strings.Cut(string(entry), ":")
	return name
}

func kernelRelease() string {
	var name unix.Utsname
	if err := unix.Uname(&name); err != nil {
		return ""
	}
	return unix.ByteSliceToString(name.Release[:])
}

// readStatus reads /proc/self/status: proc_pid_status(5).
func (f *Facts) readStatus(text string) {
	for line := range strings.Lines(text) {
		key, value, _ := strings.Cut(line, ":")
		value = strings.TrimSpace(value)
		switch key {
		case "CapEff":
			f.Capabilities, _ = strconv.ParseUint(value, 16, 64)
		case "CapBnd":
			f.Bounding, _ = strconv.ParseUint(value, 16, 64)
		case "NoNewPrivs":
			f.NoNewPrivs = value == "1"
		case "Seccomp":
			f.SeccompFilter = value == "2"
		}
	}
}

// readSecurity takes apart what the security module in charge says of the process: a
// label of SELinux's has colons, and a profile of AppArmor's a mode behind it.
func (f *Facts) readSecurity(current, appArmor string) {
	current = strings.TrimSpace(strings.TrimRight(current, "\x00\n"))
	if appArmor == "" && strings.Count(current, ":") < 2 {
		appArmor = current // before Linux 5.8
	}
	if strings.Count(current, ":") >= 2 && !strings.HasSuffix(current, ")") {
		f.SELinux = current
	}
	profile, _, _ := strings.Cut(strings.TrimSpace(appArmor), " (")
	f.AppArmor = profile
}

// chrooted reports whether nothing in a list of mounts is mounted on the root:
// proc_pid_mountinfo(5).
func chrooted(mountinfo string) bool {
	for line := range strings.Lines(mountinfo) {
		if fields := strings.Fields(line); len(fields) > 4 && fields[4] == "/" {
			return false
		}
	}
	return mountinfo != ""
}

func readFamily(osRelease string) Family {
	for line := range strings.Lines(osRelease) {
		key, value, _ := strings.Cut(strings.TrimSpace(line), "=")
		if key != "ID" && key != "ID_LIKE" {
			continue
		}
		for _, id := range strings.Fields(strings.Trim(value, `"'`)) {
			switch id {
			case "debian", "ubuntu":
				return FamilyDebian
			case "fedora", "rhel", "centos", "rocky", "almalinux":
				return FamilyFedora
			}
		}
	}
	return FamilyUnknown
}

func readIDMap(file string) []IDMap {
	data, err := os.Open(file)
	if err != nil {
		return nil
	}
	defer data.Close()
	result := []IDMap{} // there is a map, be it empty
	for lines := bufio.NewScanner(data); lines.Scan(); {
		var numbers [3]int64
		fields := strings.Fields(lines.Text())
		if len(fields) != len(numbers) {
			continue
		}
		for i, field := range fields {
			numbers[i], _ = strconv.ParseInt(field, 10, 64)
		}
		result = append(result, IDMap{numbers[0], numbers[1], numbers[2]})
	}
	return result
}

// ReadIDMaps returns the maps of the user namespace that a process is in.
func ReadIDMaps(pid int) (uids, gids []IDMap) {
	folder := filepath.Join("/proc", strconv.Itoa(pid))
	return readIDMap(filepath.Join(folder, "uid_map")), readIDMap(filepath.Join(folder, "gid_map"))
}

// helperFolders are where distributions install newuidmap.
var helperFolders = []string{"/usr/bin", "/bin", "/usr/sbin", "/usr/local/bin"}

// findHelper looks a helper up as a shell does, and at what gives it its rights.
func findHelper(name string, capability int) Helper {
	h := Helper{Name: name}
	path, err := exec.LookPath(name)
	if err != nil {
		for _, dir := range helperFolders {
			if elsewhere, err := exec.LookPath(filepath.Join(dir, name)); err == nil {
				h.Elsewhere = elsewhere
				break
			}
		}
		return h
	}
	h.Path = path
	var stat unix.Stat_t
	if unix.Stat(path, &stat) == nil {
		h.Setuid = stat.Mode&unix.S_ISUID != 0 && stat.Uid == 0
	}
	var filesystem unix.Statfs_t
	if unix.Statfs(path, &filesystem) == nil {
		h.NoSuid = filesystem.Flags&unix.ST_NOSUID != 0
	}
	var attribute [64]byte
	if size, err := unix.Getxattr(path, "security.capability", attribute[:]); err == nil {
		h.Capable = fileCapability(attribute[:size], capability)
	}
	return h
}

// fileCapability reads security.capability: struct vfs_cap_data of linux/capability.h.
// The set that a program gets is the second word, after revision and flags.
func fileCapability(attribute []byte, capability int) bool {
	if len(attribute) < 8 || capability > 31 {
		return false
	}
	return binary.LittleEndian.Uint32(attribute[4:])>>capability&1 == 1
}

// gatherStore looks at the folder that images go to, or that it would be made in.
func gatherStore(want Want) *Store {
	s := &Store{Path: want.Store, Existing: existing(want.Store), Driver: want.StorageDriver, Xattr: Untried, FreeInodes: -1}
	s.readFilesystem()
	// A file without a name leaves nothing behind, but not every filesystem has them.
	fd, err := unix.Open(s.Existing, unix.O_TMPFILE|unix.O_RDWR|unix.O_CLOEXEC, 0o600)
	if err == unix.EOPNOTSUPP || err == unix.EISDIR || err == unix.EINVAL {
		name := filepath.Join(s.Existing, ".kolla-build-"+strconv.Itoa(os.Getpid()))
		if fd, err = unix.Open(name, unix.O_CREAT|unix.O_EXCL|unix.O_RDWR|unix.O_CLOEXEC, 0o600); err == nil {
			defer func() { _ = unix.Unlink(name) }()
		}
	}
	s.Writable = resultOf(err)
	if err == nil {
		s.Xattr = resultOf(unix.Fsetxattr(fd, "user.kolla-build", []byte("1"), 0))
		unix.Close(fd)
	}
	return s
}

// readFilesystem asks for type and size of the filesystem.
func (s *Store) readFilesystem() {
	var filesystem unix.Statfs_t
	if err := unix.Statfs(s.Existing, &filesystem); err == nil {
		s.Filesystem = filesystemName(filesystem.Type)
		s.Free = int64(filesystem.Bavail) * filesystem.Bsize
		if filesystem.Files > 0 {
			s.FreeInodes = int64(filesystem.Ffree)
		}
	}
}

func resultOf(err error) Result {
	if err == nil {
		return 0
	}
	var errno unix.Errno
	if errors.As(err, &errno) {
		return Result(errno)
	}
	return Result(unix.EIO)
}

// existing returns the path or the nearest folder above it that is there.
func existing(path string) string {
	for {
		info, err := os.Stat(path)
		parent := filepath.Dir(path)
		if err == nil && info.IsDir() || parent == path {
			return path
		}
		path = parent
	}
}

// addOverlay makes the folders to try an overlay with, on the store's filesystem.
func (t *trial) addOverlay(f *Facts) (remove func()) {
	dir, err := os.MkdirTemp(f.Store.Existing, ".kolla-build-")
	if err != nil {
		return func() {}
	}
	remove = func() {
		// The kernel makes a folder in work that nobody may enter.
		_ = filepath.WalkDir(dir, func(path string, entry fs.DirEntry, _ error) error {
			if entry != nil && entry.IsDir() {
				_ = os.Chmod(path, 0o700)
			}
			return nil
		})
		_ = os.RemoveAll(dir)
	}
	for _, name := range []string{"lower", "upper", "work", "merged"} {
		if err := os.Mkdir(filepath.Join(dir, name), 0o700); err != nil {
			remove()
			return func() {}
		}
	}
	t.overlayDir, t.overlayData = dir, "lowerdir=lower,upperdir=upper,workdir=work"
	if !f.root() || !f.initialNamespace() {
		t.overlayData += ",userxattr"
	}
	return remove
}

// filesystemName names the types that stores are found on: statfs(2).
func filesystemName(kind int64) string {
	names := map[int64]string{
		unix.BTRFS_SUPER_MAGIC:     "btrfs",
		unix.EXT4_SUPER_MAGIC:      "ext4",
		unix.XFS_SUPER_MAGIC:       "xfs",
		unix.TMPFS_MAGIC:           "tmpfs",
		unix.OVERLAYFS_SUPER_MAGIC: "overlay",
		unix.NFS_SUPER_MAGIC:       "nfs",
		unix.FUSE_SUPER_MAGIC:      "fuse",
		unix.F2FS_SUPER_MAGIC:      "f2fs",
		unix.CEPH_SUPER_MAGIC:      "ceph",
		unix.ECRYPTFS_SUPER_MAGIC:  "ecryptfs",
		0x2fc12fc1:                 "zfs",
		0x0bd00bd0:                 "lustre",
		0x47504653:                 "gpfs",
		0xca451a4e:                 "bcachefs",
	}
	if name, ok := names[kind&0xffffffff]; ok {
		return name
	}
	return "filesystem 0x" + strconv.FormatInt(kind&0xffffffff, 16)
}

func readText(file string) string {
	data, _ := os.ReadFile(file)
	return string(data)
}

// readSetting returns the first word of one of the kernel's settings, or nothing where
// this kernel does not have it.
func readSetting(file string) string {
	word, _, _ := strings.Cut(strings.TrimSpace(readText(file)), " ")
	return word
}
