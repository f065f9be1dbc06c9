package preflight

import (
	"fmt"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// Examine turns facts into checks and a mode. It looks at nothing but the facts.
func Examine(f *Facts) Report {
	mode := f.Mode()
	report := Report{Mode: mode, Checks: []Check{}}
	// The most fundamental first: what a check finds depends on those before it.
	for _, check := range []func(*Facts, blocking) *Check{
		checkProc, checkCalls, checkUserNamespaces, checkMounts,
		checkUser, checkHelpers, checkSubIDs, checkMapping, checkNotify, checkNetwork,
		checkFolder, checkFilesystem, checkSpace, checkIsolation,
	} {
		if c := check(f, blocking{mode, f.takes(mode)}); c != nil {
			report.Checks = append(report.Checks, *c)
		}
		if f.NoProc {
			break // all other facts come from there
		}
	}
	report.Able = f.takes(mode) && report.Failure() == nil
	return report
}

// Mode returns the best mode that the facts allow.
func (f *Facts) Mode() Mode {
	none := blocking{}
	works := func(checks ...func(*Facts, blocking) *Check) bool {
		for _, check := range checks {
			if c := check(f, none); c != nil && c.Verdict != Works {
				return false
			}
		}
		return true
	}
	switch namespaces := works(checkProc, checkCalls, checkUserNamespaces, checkMounts); {
	case namespaces && !f.WantSingle && works(checkUser, checkHelpers, checkSubIDs, checkMapping):
		if f.root() {
			return ModeRoot
		}
		return ModeMapped
	case namespaces && f.Trials.SeccompNotify.OK() && (f.root() || f.Trials.MapID.OK()):
		return ModeSingle
	case f.mayChroot() && !f.NoProc:
		return ModeChroot
	}
	return ModePlain
}

// mayChroot reports whether this is a root that can work on the files of an image and
// change to it, as the root of most containers can.
func (f *Facts) mayChroot() bool {
	for _, needed := range []int{unix.CAP_CHOWN, unix.CAP_DAC_OVERRIDE, unix.CAP_FOWNER, unix.CAP_SETGID, unix.CAP_SETUID, unix.CAP_SYS_CHROOT} {
		if !f.has(needed) {
			return false
		}
	}
	return f.UID == 0 && f.Trials.Chroot.OK()
}

// blocking is what it means that something is missing without which only a lesser mode
// is left.
type blocking struct {
	left  Mode
	taken bool
}

func (b blocking) check(id, title, found, remedy string) *Check {
	c := &Check{ID: id, Title: title, Found: found, Verdict: Fails, Consequence: "no image can be built", Remedy: remedy}
	if b.taken {
		c.Verdict, c.Consequence = Limited, "builds run "+b.left.Description()
	}
	return c
}

func works(id, title, found string) *Check {
	return &Check{ID: id, Title: title, Found: found, Verdict: Works}
}

func checkProc(f *Facts, b blocking) *Check {
	if !f.NoProc {
		return nil // nobody asks for it where it is
	}
	return b.check("proc", "/proc", "there is no /proc", "run as root: mount -t proc proc /proc")
}

// oldestKernel is the first release that has every call a build makes.
const oldestKernel = "5.12"

func checkCalls(f *Facts, b blocking) *Check {
	const id, title = "kernel-calls", "system calls"
	var missing, forbidden []string
	calls := []struct {
		name   string
		result Result
	}{
		{"openat2", f.Trials.Openat2},
		{"close_range", f.Trials.CloseRange},
		{"pidfd_open", f.Trials.PidfdOpen},
		{"mount_setattr", f.Trials.MountSetattr},
		{"fsopen", f.Trials.Fsopen},
		{"open_tree", f.Trials.OpenTree},
		{"move_mount", f.Trials.MoveMount},
	}
	for _, call := range calls {
		switch {
		case call.result.Is(unix.ENOSYS), call.name == "close_range" && call.result.Is(unix.EINVAL): // a flag of 5.11
			missing = append(missing, call.name)
		case call.result.Is(unix.EPERM):
			forbidden = append(forbidden, call.name)
		}
	}
	list := func(names []string) string { return strings.Join(names, ", ") }
	switch {
	case len(missing) > 0 && f.SeccompFilter && !older(f.Kernel, oldestKernel):
		return b.check(id, title, "the seccomp filter of this container hides "+list(missing)+" of Linux "+f.Kernel,
			"run the container with a current runc or crun, or allow these system calls in its seccomp profile")
	case len(missing) > 0:
		return b.check(id, title, "Linux "+f.Kernel+" has no "+list(missing),
			"build on a machine with Linux "+oldestKernel+" or later, such as RHEL 9, Debian 12 or Ubuntu 22.04")
	case len(forbidden) > 0:
		return b.check(id, title, "a seccomp filter forbids "+list(forbidden), otherFilter)
	}
	return works(id, title, fmt.Sprintf("Linux %s has all %d", f.Kernel, len(calls)))
}

// older compares the first two numbers of kernel releases. What cannot be read is not old.
func older(release, than string) bool {
	numbers := func(s string) (major, minor int) {
		_, _ = fmt.Sscanf(s, "%d.%d", &major, &minor)
		return
	}
	major, minor := numbers(release)
	thanMajor, thanMinor := numbers(than)
	return major > 0 && (major < thanMajor || major == thanMajor && minor < thanMinor)
}

func checkUserNamespaces(f *Facts, b blocking) *Check {
	const id, title = "user-namespaces", "user namespaces"
	if f.root() {
		return nil
	}
	result := f.Trials.UserNamespace
	fail := func(found, remedy string) *Check { return b.check(id, title, found, remedy) }
	switch {
	case f.powerlessNamespaces():
		return fail("AppArmor forbids user namespaces to programs without a profile (kernel.apparmor_restrict_unprivileged_userns is 1)", appArmorProfile(f.Program))
	case result.OK():
		return works(id, title, "can be made")
	case f.MaxUserNamespaces == 0:
		return fail("user namespaces are switched off: user.max_user_namespaces is 0", "run as root: sysctl -w user.max_user_namespaces=28633")
	case f.UnprivilegedOff:
		return fail("user namespaces are for root only: kernel.unprivileged_userns_clone is 0", "run as root: sysctl -w kernel.unprivileged_userns_clone=1")
	case result.Is(unix.ENOSPC), result.Is(unix.EUSERS):
		return fail("no more user namespaces can be made: "+unix.Errno(result).Error(), "raise user.max_user_namespaces on the host, or in the container around this one")
	case result.Is(unix.EINVAL), result.Is(unix.ENOSYS) && !f.SeccompFilter:
		return fail("this kernel was built without user namespaces", "boot a kernel with CONFIG_USER_NS=y")
	case result.Is(unix.EACCES) && f.SELinux != "":
		domain := selinuxType(f.SELinux)
		return fail("SELinux forbids user namespaces to "+domain,
			fmt.Sprintf("run as root: echo '(allow %[1]s self (user_namespace (create)))' >kolla-build.cil && semodule -i kolla-build.cil", domain))
	case result.Is(unix.EACCES) && f.AppArmor != "":
		return fail("AppArmor's profile "+f.AppArmor+" forbids user namespaces", appArmorUnconfined)
	case f.Chrooted:
		return fail("this process runs in a chroot, where the kernel makes no user namespaces", leaveChroot)
	case f.SeccompFilter:
		return fail("the seccomp filter of this container forbids user namespaces", otherFilter)
	}
	if result.Is(unix.EPERM) {
		// Nothing else is left that the kernel says EPERM for.
		return fail("user namespaces are refused, as in a chroot that is a mount point", leaveChroot)
	}
	return fail("making a user namespace fails: "+result.String(), "build outside of whatever confines this process, or as root")
}

// powerlessNamespaces reports whether Ubuntu's AppArmor is what is wrong. It may also let
// a program make a user namespace, but hold no capability in it.
func (f *Facts) powerlessNamespaces() bool {
	return f.AppArmorRestricts && (f.AppArmor == "unconfined" || f.AppArmor == "unprivileged_userns") &&
		(f.Trials.UserNamespace.Failed() || f.Trials.MountNamespace.Failed() || f.Trials.Mount.Failed())
}

// appArmorProfile is how a program gets a profile that allows user namespaces, and
// nothing else changes.
func appArmorProfile(program string) string {
	return fmt.Sprintf(`run as root: echo 'abi <abi/4.0>, profile kolla-build "%s" flags=(unconfined) { userns, }' >/etc/apparmor.d/kolla-build && apparmor_parser -r /etc/apparmor.d/kolla-build`, program)
}

// otherFilter is what allows user namespaces and all that is done in them: podman's
// profile does, and those of docker and containerd do not.
const otherFilter = "run the container with podman's seccomp profile (/usr/share/containers/seccomp.json) or with none: --security-opt seccomp=unconfined, in Kubernetes seccompProfile: {type: Unconfined}"

const leaveChroot = "enter the folder with systemd-nspawn, bwrap or podman run --rootfs instead of chroot"

const appArmorUnconfined = "run the container without that profile: --security-opt apparmor=unconfined, in Kubernetes appArmorProfile: {type: Unconfined}"

func checkMounts(f *Facts, b blocking) *Check {
	const id, title = "mounts", "mounts"
	fail := func(found, remedy string) *Check { return b.check(id, title, found, remedy) }
	result := f.Trials.Mount
	if f.Trials.MountNamespace.Failed() {
		result = f.Trials.MountNamespace
	}
	switch {
	case !f.root() && !f.Trials.UserNamespace.OK(), f.powerlessNamespaces():
		return nil // not tried, or told already
	case result.OK():
		return works(id, title, "can be made")
	case selinuxType(f.SELinux) == "container_t":
		return fail("SELinux forbids mounts to container_t", "run the container with --security-opt label=type:container_engine_t, in Kubernetes seLinuxOptions: {type: container_engine_t}")
	case f.SELinux != "" && result.Is(unix.EACCES):
		return fail("SELinux forbids mounts to "+selinuxType(f.SELinux), "build from an unconfined login: semanage login -m -s unconfined_u USER")
	case f.confined() && result.Is(unix.EACCES):
		return fail("AppArmor's profile "+f.AppArmor+" forbids mounts", appArmorUnconfined)
	case f.SeccompFilter:
		return fail("the seccomp filter of this container forbids mounts", otherFilter)
	}
	return fail("mounting fails: "+result.String(), "build outside of whatever confines this process")
}

// confined reports whether an AppArmor profile is in force.
func (f *Facts) confined() bool { return f.AppArmor != "" && f.AppArmor != "unconfined" }

// selinuxType returns the third part of a label, or nothing.
func selinuxType(label string) string {
	if parts := strings.Split(label, ":"); len(parts) > 2 {
		return parts[2]
	}
	return ""
}

func checkUser(f *Facts, b blocking) *Check {
	const id, title = "user", "user"
	switch {
	case f.UID == 0, f.WantSingle:
		return nil
	case f.User == "":
		return b.check(id, title, fmt.Sprintf("uid %d is no user of this machine, and newuidmap serves users only", f.UID),
			fmt.Sprintf("run as root: echo 'builder:x:%d:%d::/tmp:/bin/sh' >>/etc/passwd", f.UID, f.GID))
	}
	return works(id, title, fmt.Sprintf("%s (%d)", f.User, f.UID))
}

func checkHelpers(f *Facts, b blocking) *Check {
	const id, title = "id-helpers", "newuidmap, newgidmap"
	if f.UID == 0 || f.WantSingle {
		return nil
	}
	fail := func(found, remedy string) *Check { return b.check(id, title, found, remedy) }
	for _, h := range f.Helpers {
		switch {
		case h.Path != "":
		case h.Elsewhere != "" && f.NoPath:
			return fail("PATH is not set, so "+h.Name+" is not found", "export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin")
		case h.Elsewhere != "":
			dir := filepath.Dir(h.Elsewhere)
			return fail(h.Name+" is in "+dir+", which is not in PATH", `export PATH="$PATH:`+dir+`"`)
		default:
			return fail(h.Name+" is not installed: without it subordinate ids cannot be mapped", f.Family.install("uidmap", "shadow-utils"))
		}
	}
	paths := f.Helpers[0].Path + " " + f.Helpers[1].Path
	setcap := fmt.Sprintf("run as root, in the container's image: chmod u-s %s && setcap cap_setuid=ep %s && setcap cap_setgid=ep %s", paths, f.Helpers[0].Path, f.Helpers[1].Path)
	if f.NoNewPrivs {
		return fail("newuidmap cannot gain the right to map ids: this process and all it starts have no_new_privs",
			"in Kubernetes set allowPrivilegeEscalation: true, with docker and podman leave out no-new-privileges, in a systemd unit set NoNewPrivileges=no")
	}
	for i, h := range f.Helpers {
		right := [...]int{unix.CAP_SETUID, unix.CAP_SETGID}[i]
		switch {
		case h.NoSuid:
			return fail(h.Path+" has no effect: its filesystem is mounted with nosuid", "run as root: mount -o remount,suid "+mountOf(h.Path))
		case !f.mayGain(right):
			return fail("no program can gain CAP_SETUID and CAP_SETGID here, which "+h.Name+" needs", "add the capabilities SETUID and SETGID to the container: --cap-add SETUID,SETGID, in Kubernetes capabilities: {add: [SETUID, SETGID]}")
		case h.Capable:
		case h.Setuid && f.mayGain(unix.CAP_SYS_ADMIN):
		case h.Setuid:
			return fail(h.Path+" cannot work: it is setuid, which takes CAP_SYS_ADMIN, and this container has none", setcap)
		case f.mayGain(unix.CAP_SYS_ADMIN):
			return fail(h.Path+" has neither the setuid bit nor a file capability", "run as root: chmod u+s "+paths)
		default:
			return fail(h.Path+" has neither the setuid bit nor a file capability", setcap)
		}
	}
	return works(id, title, f.Helpers[0].Path+", "+f.Helpers[1].Path)
}

// mountOf is what to name in a command about the filesystem of a file.
func mountOf(path string) string { return "\"$(findmnt -n -o TARGET -T " + path + ")\"" }

// install is the command that installs a package, which may have two names.
func (f Family) install(debian, fedora string) string {
	switch f {
	case FamilyDebian:
		return "run as root: apt-get install " + debian
	case FamilyFedora:
		return "run as root: dnf install " + fedora
	}
	return "install the package " + debian + ", which may also be called " + fedora
}

func checkSubIDs(f *Facts, b blocking) *Check {
	const id, title = "subordinate-ids", "subordinate ids"
	fail := func(found, remedy string) *Check { return b.check(id, title, found, remedy) }
	switch {
	case f.WantSingle:
		return nil
	case f.UID == 0:
		return checkPresentIDs(f, b)
	}
	s := f.SubIDs
	uids, gids := sum(s.UIDs), sum(s.GIDs)
	const wanted = WantedIDs - 1 // beside one's own
	switch {
	case s.NoLookup != "":
		return fail(fmt.Sprintf("subordinate ids come from %s (/etc/nsswitch.conf), which cannot be asked: %s", s.Source, s.NoLookup), f.Family.install("uidmap", "shadow-utils-subid"))
	case uids >= wanted && gids >= wanted && (f.initialNamespace() || inside(s.UIDs, f.UIDMap) && inside(s.GIDs, f.GIDMap)):
		return works(id, title, fmt.Sprintf("user %s has %d uids and %d gids", f.name(), uids, gids))
	case s.Source == "sss":
		return fail(fmt.Sprintf("user %s has %d subordinate uids and %d gids in the directory service (/etc/nsswitch.conf says subid: sss), and needs %d of each", f.name(), uids, gids, wanted),
			"run as an administrator of FreeIPA: ipa subid-generate --owner="+f.name())
	case s.Source != "files":
		return fail(fmt.Sprintf("user %s has %d subordinate uids and %d gids in %s (/etc/nsswitch.conf), and needs %d of each", f.name(), uids, gids, s.Source, wanted),
			"let the administrator of "+s.Source+" give this user a range")
	case f.initialNamespace():
		return fail(fmt.Sprintf("user %s has %d subordinate uids in /etc/subuid and %d subordinate gids in /etc/subgid, and needs %d of each", f.name(), uids, gids, wanted),
			fmt.Sprintf("run as root: usermod --add-subuids %[1]d-%[2]d --add-subgids %[1]d-%[2]d %[3]s", s.Free, s.Free+65535, f.name()))
	}
	uidsLeft, gidsLeft := spare(f.UIDMap, int64(f.UID)), spare(f.GIDMap, int64(f.GID))
	if sum(uidsLeft) < wanted || sum(gidsLeft) < wanted {
		return fail(fmt.Sprintf("the user namespace around this container has %d uids and %d gids, and a build needs %d of each", CountIDs(f.UIDMap), CountIDs(f.GIDMap), WantedIDs),
			"give the container 65536 ids: podman run --userns=auto:size=65536, in Kubernetes hostUsers: false")
	}
	found := "user " + f.name() + " has no subordinate ids"
	if uids+gids > 0 {
		found = "user " + f.name() + " has subordinate ids that do not exist in the user namespace around this container, or too few"
	}
	return fail(found,
		fmt.Sprintf("run as root, in the container's image: printf '%s' >/etc/subuid; printf '%s' >/etc/subgid", lines(f.name(), uidsLeft), lines(f.name(), gidsLeft)))
}

// name is the user's, or the uid.
func (f *Facts) name() string {
	if f.User == "" {
		return strconv.Itoa(f.UID)
	}
	return f.User
}

// lines are ranges as subuid(5) wants them, in printf's notation.
func lines(user string, ranges []IDRange) string {
	var text strings.Builder
	for _, r := range ranges {
		fmt.Fprintf(&text, `%s:%d:%d\n`, user, r.Start, r.Count)
	}
	return text.String()
}

// checkPresentIDs looks at what root has, who needs no subordinate ids.
func checkPresentIDs(f *Facts, b blocking) *Check {
	const id, title = "ids", "ids"
	uids, gids := CountIDs(f.UIDMap), CountIDs(f.GIDMap)
	switch {
	case f.initialNamespace():
		return works(id, title, "all uids and gids")
	case uids >= WantedIDs && gids >= WantedIDs:
		return works(id, title, fmt.Sprintf("%d uids and %d gids in this user namespace", uids, gids))
	}
	return b.check(id, title, fmt.Sprintf("the present user namespace has %d uids and %d gids, and a build needs %d of each", uids, gids, WantedIDs),
		"give the container 65536 ids: podman run --userns=auto:size=65536, in Kubernetes hostUsers: false")
}

func checkMapping(f *Facts, b blocking) *Check {
	const id, title = "id-mapping", "mapping of ids"
	switch {
	case f.Mapping == nil:
		return nil
	case f.Mapping.Failure != "":
		return b.check(id, title, "the ids could not be mapped: "+f.Mapping.Failure, f.mappingRemedy())
	}
	uids, gids := f.IDMaps()
	return works(id, title, fmt.Sprintf("%d uids and %d gids were mapped", CountIDs(uids), CountIDs(gids)))
}

// checkNotify looks at what a single id takes: the kernel has to let us answer for it.
func checkNotify(f *Facts, b blocking) *Check {
	const id, title = "seccomp-notify", "answering system calls"
	switch result := f.Trials.SeccompNotify; {
	case !f.WantSingle:
		return nil // it is not needed, or the mode that needs it is not taken without
	case result.Is(unix.EBUSY):
		return b.check(id, title, "another program answers system calls in this container already", "leave out --ids single")
	case result.Failed():
		return b.check(id, title, "no program can answer system calls here: "+result.String(), "leave out --ids single")
	}
	return works(id, title, "by a seccomp filter")
}

func checkNetwork(f *Facts, b blocking) *Check {
	if f.Connector == nil {
		return nil // the machine's network will do
	}
	check := CheckConnector(f.Connector)
	if b.left == ModeChroot || b.left == ModePlain {
		check = networkCheck("RUN has the machine's network where there are no namespaces", "see the checks before this one, or leave out --network-mode private")
	}
	return &check
}

// CheckConnector looks at what it takes to connect a network of RUN's own.
func CheckConnector(c *Connector) Check {
	program := filepath.Base(c.Path)
	switch {
	case c.Path == "":
		return networkCheck("neither pasta, of the package passt, nor slirp4netns is installed: nothing can connect it", c.Family.install("passt", "passt"))
	case c.Tun.Is(unix.ENOENT), c.Tun.Is(unix.ENODEV), c.Tun.Is(unix.ENXIO):
		return networkCheck("there is no /dev/net/tun, by which "+program+" connects it", "run as root: modprobe tun; give a container the device: --device /dev/net/tun")
	case c.Tun.Is(unix.EACCES), c.Tun.Is(unix.EPERM):
		return networkCheck("/dev/net/tun cannot be opened, by which "+program+" connects it", "run as root: chmod 0666 /dev/net/tun; give a container the device: --device /dev/net/tun")
	case c.Tun.Failed():
		return networkCheck("opening /dev/net/tun fails: "+c.Tun.String(), "leave out --network-mode private")
	}
	return networkCheck("connected by "+c.Path, "")
}

// networkCheck is a failure if there is a remedy.
func networkCheck(found, remedy string) Check {
	const id, title = "network", "network of RUN's own"
	if remedy == "" {
		return *works(id, title, found)
	}
	return Check{ID: id, Title: title, Found: found, Verdict: Fails, Consequence: "no image can be built with --network-mode private", Remedy: remedy}
}

// mappingRemedy is for what no other check has foreseen. Most often the helpers lack
// rights.
func (f *Facts) mappingRemedy() string {
	if f.UID == 0 {
		return "add the capabilities SETUID, SETGID and SETFCAP to the container"
	}
	return fmt.Sprintf("run as root: chmod u-s %[1]s %[2]s && setcap cap_setuid=ep %[1]s && setcap cap_setgid=ep %[2]s", f.Helpers[0].Path, f.Helpers[1].Path)
}
