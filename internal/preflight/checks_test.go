package preflight

import (
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// Sets of capabilities that container engines give, as bit masks.
const (
	allCapabilities = 1<<41 - 1
	// What docker and containerd give: CHOWN, DAC_OVERRIDE, FSETID, FOWNER, MKNOD, NET_RAW,
	// SETGID, SETUID, SETFCAP, SETPCAP, NET_BIND_SERVICE, SYS_CHROOT, KILL, AUDIT_WRITE.
	dockerCapabilities = 0xa80425fb
	// podman's default, without MKNOD, NET_RAW and AUDIT_WRITE.
	podmanCapabilities = 0x800405fb
)

var (
	everyID  = []IDMap{{0, 0, 4294967295}}
	fewerIDs = []IDMap{{0, 100000, 65536}}
)

// joe is what a user finds on a machine where all is well.
func joe() *Facts {
	return &Facts{
		UID: 1000, GID: 1000, User: "joe", Bounding: allCapabilities, UIDMap: everyID, GIDMap: everyID,
		Kernel: "6.1.0-18-amd64", Family: FamilyDebian, Path: "/usr/bin:/bin", Program: "/usr/bin/kolla-build",
		MaxUserNamespaces: 15000,
		Helpers: [2]Helper{
			{Name: "newuidmap", Path: "/usr/bin/newuidmap", Setuid: true},
			{Name: "newgidmap", Path: "/usr/bin/newgidmap", Setuid: true},
		},
		SubIDs: SubIDs{Source: "files", UIDs: []IDRange{{100000, 65536}}, GIDs: []IDRange{{100000, 65536}}, Free: 165536},
		Trials: Trials{Chroot: Result(unix.EPERM), Overlay: Untried, Proc: Untried},
	}
}

// superuser is what root finds there.
func superuser() *Facts {
	f := joe()
	f.UID, f.GID, f.User, f.Capabilities = 0, 0, "", allCapabilities
	f.Helpers, f.SubIDs = [2]Helper{}, SubIDs{}
	f.Trials.UserNamespace, f.Trials.MapID, f.Trials.Chroot = Untried, Untried, 0
	return f
}

// containerRoot is root with the capabilities that an engine gives.
func containerRoot(capabilities uint64, ids []IDMap) *Facts {
	f := superuser()
	f.Capabilities, f.Bounding, f.UIDMap, f.GIDMap = capabilities, capabilities, ids, ids
	f.Trials.UserNamespace, f.Trials.MapID = 0, 0
	return f
}

// containerUser is user 1000 in a container.
func containerUser(bounding uint64, ids []IDMap) *Facts {
	f := joe()
	f.User, f.Bounding, f.UIDMap, f.GIDMap = "builder", bounding, ids, ids
	return f
}

func with(f *Facts, changes ...func(*Facts)) *Facts {
	for _, change := range changes {
		change(f)
	}
	return f
}

// noNamespaces is moby's seccomp filter without CAP_SYS_ADMIN.
func noNamespaces(f *Facts) {
	f.SeccompFilter = true
	f.Trials.UserNamespace, f.Trials.MapID = Result(unix.EPERM), Untried
	f.Trials.MountNamespace, f.Trials.Mount = Untried, Untried
	f.Trials.MountSetattr, f.Trials.Fsopen, f.Trials.OpenTree, f.Trials.MoveMount = Untried, Untried, Untried, Untried
}

// connector is what there is where RUN is to have a network of its own.
func connector(path string, tun unix.Errno) func(*Facts) {
	return func(f *Facts) {
		f.Connector = &Connector{Family: FamilyDebian, Path: path, Tun: Result(tun)}
	}
}

func noNewPrivs(f *Facts) { f.NoNewPrivs = true }

// fileCapabilities is newuidmap as Fedora and podman's image have it.
func fileCapabilities(f *Facts) {
	for i := range f.Helpers {
		f.Helpers[i].Setuid, f.Helpers[i].Capable = false, true
	}
}

func noSubIDs(f *Facts) { f.SubIDs = SubIDs{Source: "files", Free: 231072} }

// containerSubIDs is /etc/subuid of podman's image.
func containerSubIDs(f *Facts) {
	f.SubIDs.UIDs, f.SubIDs.GIDs = []IDRange{{1, 999}, {1001, 64535}}, []IDRange{{1, 999}, {1001, 64535}}
}

// noMounts is a security module that forbids them.
func noMounts(f *Facts) {
	f.Trials.Mount = Result(unix.EACCES)
	f.Trials.MountSetattr, f.Trials.Fsopen, f.Trials.OpenTree, f.Trials.MoveMount = Untried, Untried, Untried, Untried
}

// TestExamine goes through machines and containers as they really are.
func TestExamine(t *testing.T) {
	for _, test := range []struct {
		name  string
		facts *Facts
		mode  Mode
		// fails is the check that fails first, if one does; found and remedy are parts of
		// what it says.
		fails, found, remedy string
	}{
		{name: "user", facts: joe(), mode: ModeMapped},
		{name: "root", facts: superuser(), mode: ModeRoot},

		// With --network-mode private.
		{name: "pasta", facts: with(joe(), connector("/usr/bin/pasta", 0)), mode: ModeMapped},
		{name: "nothing connects a network", facts: with(joe(), connector("", 0)), mode: ModeMapped,
			fails: "network", found: "neither pasta, of the package passt, nor slirp4netns", remedy: "apt-get install passt"},
		{name: "no tun", facts: with(superuser(), connector("/usr/bin/slirp4netns", unix.ENOENT)), mode: ModeRoot,
			fails: "network", found: "/dev/net/tun, by which slirp4netns", remedy: "--device /dev/net/tun"},
		{name: "tun for root only", facts: with(joe(), connector("/usr/bin/pasta", unix.EACCES)), mode: ModeMapped,
			fails: "network", found: "/dev/net/tun cannot be opened", remedy: "chmod 0666 /dev/net/tun"},

		// Containers, by the platform's defaults.
		{name: "podman rootless, root", facts: containerRoot(podmanCapabilities, fewerIDs), mode: ModeMapped},
		{name: "podman rootless, uid 1000, ids of the host", facts: with(containerUser(podmanCapabilities, fewerIDs), fileCapabilities), mode: ModeSingle,
			fails: "subordinate-ids", found: "do not exist in the user namespace around", remedy: `printf 'builder:1:999\nbuilder:1001:64535\n' >/etc/subuid`},
		{name: "podman rootless, uid 1000, setuid helpers", facts: containerUser(podmanCapabilities, fewerIDs), mode: ModeSingle,
			fails: "id-helpers", found: "setuid, which takes CAP_SYS_ADMIN", remedy: "chmod u-s /usr/bin/newuidmap /usr/bin/newgidmap && setcap cap_setuid=ep /usr/bin/newuidmap"},
		{name: "podman rootless, uid 1000, podman's image", facts: with(containerUser(podmanCapabilities, fewerIDs), fileCapabilities, containerSubIDs), mode: ModeMapped},
		{name: "podman rootful, uid 1000", facts: containerUser(podmanCapabilities, everyID), mode: ModeSingle,
			fails: "id-helpers", remedy: "setcap cap_setgid=ep /usr/bin/newgidmap"},
		{name: "podman rootful, uid 1000, file capabilities", facts: with(containerUser(podmanCapabilities, everyID), fileCapabilities), mode: ModeMapped},
		{name: "podman rootful, root", facts: containerRoot(podmanCapabilities, everyID), mode: ModeMapped},
		{name: "docker, uid 1000", facts: with(containerUser(dockerCapabilities, everyID), noNamespaces), mode: ModePlain,
			fails: "user-namespaces", found: "seccomp filter of this container forbids user namespaces", remedy: "seccomp=unconfined"},
		{name: "docker, root", facts: with(containerRoot(dockerCapabilities, everyID), noNamespaces), mode: ModeChroot,
			fails: "user-namespaces", found: "seccomp filter", remedy: "seccompProfile: {type: Unconfined}"},
		{name: "docker, root with CAP_SYS_ADMIN", facts: containerRoot(dockerCapabilities|1<<unix.CAP_SYS_ADMIN, everyID), mode: ModeRoot},
		{name: "kubernetes, uid 1000, no escalation", facts: with(containerUser(dockerCapabilities, everyID), noNewPrivs), mode: ModeSingle,
			fails: "id-helpers", found: "no_new_privs", remedy: "allowPrivilegeEscalation: true"},
		{name: "kubernetes, uid 1000, escalation", facts: containerUser(dockerCapabilities, everyID), mode: ModeSingle,
			fails: "id-helpers", found: "setuid", remedy: "setcap"},
		{name: "kubernetes, uid 1000, escalation and file capabilities", facts: with(containerUser(dockerCapabilities, everyID), fileCapabilities), mode: ModeMapped},
		{name: "kubernetes, root", facts: containerRoot(dockerCapabilities, everyID), mode: ModeMapped},
		{name: "kubernetes, restricted", facts: with(containerUser(0, everyID), noNamespaces, noNewPrivs), mode: ModePlain,
			fails: "user-namespaces", found: "seccomp", remedy: "seccomp.json"},
		{name: "kubernetes, no capabilities to gain", facts: with(containerUser(0, everyID), fileCapabilities), mode: ModeSingle,
			fails: "id-helpers", found: "CAP_SETUID and CAP_SETGID", remedy: "--cap-add SETUID,SETGID"},
		{name: "kubernetes, hostUsers: false", facts: containerRoot(allCapabilities, fewerIDs), mode: ModeRoot},
		{name: "kubernetes, hostUsers: false, RuntimeDefault", facts: with(containerRoot(dockerCapabilities, fewerIDs), noNamespaces), mode: ModeChroot,
			fails: "user-namespaces", found: "seccomp"},
		{name: "gitlab, privileged", facts: superuser(), mode: ModeRoot},
		{name: "root without any capability", facts: with(containerRoot(0, everyID), noNamespaces), mode: ModePlain,
			fails: "user-namespaces", found: "seccomp"},
		{name: "docker on a host with AppArmor, root", facts: with(containerRoot(dockerCapabilities, everyID), noMounts, func(f *Facts) { f.AppArmor = "docker-default" }), mode: ModeChroot,
			fails: "mounts", found: "AppArmor's profile docker-default forbids mounts", remedy: "appArmorProfile: {type: Unconfined}"},
		{name: "podman on RHEL, root", facts: with(containerRoot(podmanCapabilities, everyID), noMounts, func(f *Facts) { f.SELinux = "system_u:system_r:container_t:s0:c1,c2" }), mode: ModeChroot,
			fails: "mounts", found: "SELinux forbids mounts to container_t", remedy: "label=type:container_engine_t"},
		{name: "a container with too few ids", facts: containerRoot(podmanCapabilities, []IDMap{{0, 100000, 1000}}), mode: ModeSingle,
			fails: "ids", found: "has 1000 uids", remedy: "size=65536"},
		{name: "a user in a container with too few ids", facts: with(containerUser(podmanCapabilities, []IDMap{{0, 100000, 1001}}), fileCapabilities), mode: ModeSingle,
			fails: "subordinate-ids", found: "has 1001 uids and 1001 gids", remedy: "hostUsers: false"},
		{name: "unshare --map-root-user", facts: containerRoot(allCapabilities, []IDMap{{0, 1000, 1}}), mode: ModeSingle,
			fails: "ids", found: "has 1 uids"},

		// Kernels.
		{name: "RHEL 8", facts: with(joe(), func(f *Facts) {
			f.Kernel = "4.18.0-553.el8_10.x86_64"
			missing := Result(unix.ENOSYS)
			f.Trials.Openat2, f.Trials.CloseRange, f.Trials.PidfdOpen, f.Trials.MountSetattr = missing, missing, missing, missing
		}), mode: ModePlain, fails: "kernel-calls", found: "Linux 4.18.0-553.el8_10.x86_64 has no openat2, close_range, pidfd_open, mount_setattr", remedy: "Linux 5.12 or later"},
		{name: "Debian 11", facts: with(joe(), func(f *Facts) {
			f.Kernel = "5.10.0-28-amd64"
			f.Trials.MountSetattr, f.Trials.CloseRange = Result(unix.ENOSYS), Result(unix.EINVAL)
		}), mode: ModePlain, fails: "kernel-calls", found: "has no close_range, mount_setattr", remedy: "Debian 12"},
		{name: "a filter older than the kernel", facts: with(superuser(), func(f *Facts) {
			f.SeccompFilter, f.Trials.MountSetattr = true, Result(unix.ENOSYS)
		}), mode: ModeChroot, fails: "kernel-calls", found: "hides mount_setattr of Linux 6.1", remedy: "current runc"},
		{name: "an old kernel behind a filter", facts: with(superuser(), func(f *Facts) {
			f.Kernel, f.SeccompFilter, f.Trials.MountSetattr = "4.18.0", true, Result(unix.ENOSYS)
		}), mode: ModeChroot, fails: "kernel-calls", found: "Linux 4.18.0 has no mount_setattr", remedy: "Linux 5.12"},
		{name: "a filter that forbids", facts: with(superuser(), func(f *Facts) {
			f.SeccompFilter, f.Trials.Fsopen = true, Result(unix.EPERM)
		}), mode: ModeChroot, fails: "kernel-calls", found: "forbids fsopen", remedy: "seccomp.json"},
		{name: "a kernel without user namespaces", facts: with(joe(), noNamespaces, func(f *Facts) {
			f.SeccompFilter, f.Trials.UserNamespace = false, Result(unix.EINVAL)
		}), mode: ModePlain, fails: "user-namespaces", found: "built without", remedy: "CONFIG_USER_NS"},

		// Settings.
		{name: "no /proc", facts: with(superuser(), func(f *Facts) { f.NoProc = true }), mode: ModePlain, fails: "proc", remedy: "mount -t proc"},
		{name: "user.max_user_namespaces is 0", facts: with(joe(), noNamespaces, func(f *Facts) {
			f.SeccompFilter, f.MaxUserNamespaces, f.Trials.UserNamespace = false, 0, Result(unix.ENOSPC)
		}), mode: ModePlain, fails: "user-namespaces", found: "user.max_user_namespaces is 0", remedy: "run as root: sysctl -w user.max_user_namespaces=28633"},
		{name: "the limit around is reached", facts: with(joe(), noNamespaces, func(f *Facts) {
			f.SeccompFilter, f.Trials.UserNamespace = false, Result(unix.ENOSPC)
		}), mode: ModePlain, fails: "user-namespaces", found: "no more user namespaces", remedy: "around this one"},
		{name: "Debian's switch", facts: with(joe(), noNamespaces, func(f *Facts) {
			f.SeccompFilter, f.UnprivilegedOff = false, true
		}), mode: ModePlain, fails: "user-namespaces", found: "for root only", remedy: "sysctl -w kernel.unprivileged_userns_clone=1"},
		{name: "Ubuntu's AppArmor, refusing", facts: with(joe(), noNamespaces, func(f *Facts) {
			f.SeccompFilter, f.AppArmorRestricts, f.AppArmor = false, true, "unconfined"
		}), mode: ModePlain, fails: "user-namespaces", found: "AppArmor forbids", remedy: `profile kolla-build "/usr/bin/kolla-build" flags=(unconfined) { userns, }`},
		{name: "Ubuntu's AppArmor, powerless", facts: with(joe(), noMounts, func(f *Facts) {
			f.AppArmorRestricts, f.AppArmor = true, "unconfined"
		}), mode: ModePlain, fails: "user-namespaces", found: "AppArmor forbids", remedy: "apparmor_parser -r"},
		{name: "Ubuntu's AppArmor, with our profile", facts: with(joe(), func(f *Facts) {
			f.AppArmorRestricts, f.AppArmor = true, "kolla-build"
		}), mode: ModeMapped},
		{name: "SELinux's user_namespace", facts: with(joe(), noNamespaces, func(f *Facts) {
			f.SeccompFilter, f.SELinux, f.Trials.UserNamespace = false, "staff_u:staff_r:staff_t:s0", Result(unix.EACCES)
		}), mode: ModePlain, fails: "user-namespaces", found: "SELinux forbids user namespaces to staff_t", remedy: "(allow staff_t self (user_namespace (create)))"},
		{name: "a chroot", facts: with(joe(), noNamespaces, func(f *Facts) { f.SeccompFilter, f.Chrooted = false, true }), mode: ModePlain,
			fails: "user-namespaces", found: "runs in a chroot", remedy: "systemd-nspawn"},
		{name: "a chroot that is a mount point", facts: with(joe(), noNamespaces, func(f *Facts) { f.SeccompFilter = false }), mode: ModePlain,
			fails: "user-namespaces", found: "as in a chroot", remedy: "systemd-nspawn"},

		// Users and ids.
		{name: "no passwd entry", facts: with(joe(), func(f *Facts) { f.User = "" }), mode: ModeSingle,
			fails: "user", found: "uid 1000 is no user", remedy: "echo 'builder:x:1000:1000::/tmp:/bin/sh' >>/etc/passwd"},
		{name: "no newuidmap on Debian", facts: with(joe(), func(f *Facts) { f.Helpers[0].Path = "" }), mode: ModeSingle,
			fails: "id-helpers", found: "newuidmap is not installed", remedy: "apt-get install uidmap"},
		{name: "no newgidmap on Fedora", facts: with(joe(), func(f *Facts) { f.Helpers[1].Path, f.Family = "", FamilyFedora }), mode: ModeSingle,
			fails: "id-helpers", found: "newgidmap is not installed", remedy: "dnf install shadow-utils"},
		{name: "newuidmap outside of PATH", facts: with(joe(), func(f *Facts) { f.Helpers[0].Path, f.Helpers[0].Elsewhere = "", "/usr/bin/newuidmap" }), mode: ModeSingle,
			fails: "id-helpers", found: "in /usr/bin, which is not in PATH", remedy: `export PATH="$PATH:/usr/bin"`},
		{name: "no PATH", facts: with(joe(), func(f *Facts) {
			f.NoPath, f.Helpers[0].Path, f.Helpers[0].Elsewhere = true, "", "/usr/bin/newuidmap"
		}), mode: ModeSingle, fails: "id-helpers", found: "PATH is not set", remedy: "export PATH="},
		{name: "newuidmap without rights", facts: with(joe(), func(f *Facts) { f.Helpers[0].Setuid = false }), mode: ModeSingle,
			fails: "id-helpers", found: "neither the setuid bit", remedy: "chmod u+s /usr/bin/newuidmap /usr/bin/newgidmap"},
		{name: "newuidmap without rights in a container", facts: with(containerUser(dockerCapabilities, everyID), func(f *Facts) { f.Helpers[0].Setuid = false }), mode: ModeSingle,
			fails: "id-helpers", found: "neither the setuid bit", remedy: "setcap"},
		{name: "newuidmap on nosuid", facts: with(joe(), func(f *Facts) { f.Helpers[0].NoSuid = true }), mode: ModeSingle,
			fails: "id-helpers", found: "nosuid", remedy: "remount,suid"},
		{name: "no subordinate ids", facts: with(joe(), noSubIDs), mode: ModeSingle,
			fails: "subordinate-ids", found: "user joe has 0 subordinate uids in /etc/subuid", remedy: "usermod --add-subuids 231072-296607 --add-subgids 231072-296607 joe"},
		{name: "65,534 are enough", facts: with(joe(), func(f *Facts) {
			f.SubIDs.UIDs, f.SubIDs.GIDs = []IDRange{{100000, 65534}}, []IDRange{{100000, 65534}}
		}), mode: ModeMapped},
		{name: "65,533 are not", facts: with(joe(), func(f *Facts) { f.SubIDs.GIDs = []IDRange{{100000, 65533}} }), mode: ModeSingle,
			fails: "subordinate-ids", found: "65533 subordinate gids"},
		{name: "FreeIPA, with ids", facts: with(joe(), func(f *Facts) { f.SubIDs.Source = "sss" }), mode: ModeMapped},
		{name: "FreeIPA, without", facts: with(joe(), noSubIDs, func(f *Facts) { f.SubIDs.Source = "sss" }), mode: ModeSingle,
			fails: "subordinate-ids", found: "in the directory service", remedy: "ipa subid-generate --owner=joe"},
		{name: "FreeIPA, without getsubids", facts: with(joe(), noSubIDs, func(f *Facts) {
			f.SubIDs.Source, f.SubIDs.NoLookup, f.Family = "sss", "getsubids is not installed", FamilyFedora
		}), mode: ModeSingle, fails: "subordinate-ids", found: "come from sss", remedy: "dnf install shadow-utils-subid"},
		{name: "newuidmap fails", facts: with(joe(), func(f *Facts) { f.Mapping = &Mapping{"write to uid_map failed: Operation not permitted"} }), mode: ModeSingle,
			fails: "id-mapping", found: "write to uid_map failed", remedy: "setcap"},

		// The most fundamental comes first.
		{name: "everything at once", facts: with(joe(), noNamespaces, noSubIDs, noNewPrivs, func(f *Facts) {
			f.Trials.Openat2, f.Kernel, f.Helpers[0].Path = Result(unix.ENOSYS), "4.18.0", ""
		}), mode: ModePlain, fails: "kernel-calls"},

		// Stores.
		{name: "a store on ext4", facts: with(joe(), store(nil)), mode: ModeMapped},
		{name: "a store that is read-only", facts: with(joe(), store(func(s *Store, _ *Trials) { s.Writable = Result(unix.EROFS) })), mode: ModeMapped,
			fails: "store-folder", found: "read-only file system", remedy: "--root DIR"},
		{name: "a store on NFS", facts: with(joe(), store(func(s *Store, tried *Trials) {
			s.Filesystem, tried.Overlay = "nfs", Result(unix.EINVAL)
		})), mode: ModeMapped, fails: "store-filesystem", found: "nfs has no overlay", remedy: "ext4, xfs or btrfs"},
		{name: "a store without attributes", facts: with(joe(), store(func(s *Store, _ *Trials) {
			s.Filesystem, s.Xattr = "tmpfs", Result(unix.EOPNOTSUPP)
		})), mode: ModeMapped, fails: "store-filesystem", found: "tmpfs has no user.* attributes"},
		{name: "a store nobody knows", facts: with(joe(), func(f *Facts) { f.Store = &Store{Unknown: "no home"} }), mode: ModeMapped,
			fails: "store-folder", found: "no home", remedy: "export HOME="},
		{name: "a full store", facts: with(joe(), store(func(s *Store, _ *Trials) { s.Free = 1 << 20 })), mode: ModeMapped,
			fails: "store-space", found: "1MiB free", remedy: "prune --all"},
		{name: "a store without inodes", facts: with(joe(), store(func(s *Store, _ *Trials) { s.FreeInodes = 10 })), mode: ModeMapped,
			fails: "store-space", found: "10 more files"},
	} {
		t.Run(test.name, func(t *testing.T) {
			report := Examine(test.facts)
			if report.Mode != test.mode {
				t.Errorf("mode %s, want %s", report.Mode, test.mode)
			}
			failure := report.Failure()
			if report.Able != (failure == nil) {
				t.Errorf("able is %v, and the first failure %v", report.Able, failure)
			}
			if test.fails == "" {
				if failure != nil {
					t.Fatalf("%s fails: %s", failure.ID, failure.Found)
				}
				return
			}
			// A check that leaves a lesser mode only limits.
			first := failure
			for i, c := range report.Checks {
				if c.Verdict != Works {
					first = &report.Checks[i]
					break
				}
			}
			if first == nil || first.ID != test.fails || !strings.Contains(first.Found, test.found) || !strings.Contains(first.Remedy, test.remedy) {
				t.Fatalf("got %+v\nwant %s: ...%s... by ...%s...", first, test.fails, test.found, test.remedy)
			}
		})
	}
}

// TestWantMapped: who wants a full range of ids is not served with one.
func TestWantMapped(t *testing.T) {
	f := with(joe(), noSubIDs)
	if report := Examine(f); report.Failure() != nil || !report.Able || report.Check("subordinate-ids").Verdict != Limited {
		t.Errorf("got %+v", report)
	}
	f.WantMapped = true
	if report := Examine(f); report.Failure() == nil || report.Failure().ID != "subordinate-ids" || report.Able {
		t.Errorf("with a full range wanted: got %+v", report)
	}
	if report := Examine(with(joe(), func(f *Facts) { f.WantMapped = true })); !report.Able {
		t.Errorf("with a full range there: got %+v", report)
	}
}

// TestWantSingle: who wants one id needs no helpers, and is not served in another way.
func TestWantSingle(t *testing.T) {
	wantSingle := func(f *Facts) { f.WantSingle = true }
	for name, f := range map[string]*Facts{
		"user": joe(), "root": superuser(), "no helpers": with(joe(), noSubIDs, noNewPrivs),
		"a container": containerRoot(podmanCapabilities, []IDMap{{0, 100000, 10}}),
	} {
		report := Examine(with(f, wantSingle))
		if report.Mode != ModeSingle || !report.Able || report.Check("seccomp-notify") == nil {
			t.Errorf("%s: got %+v", name, report)
		}
	}
	for name, f := range map[string]*Facts{
		"seccomp-notify":  with(joe(), func(f *Facts) { f.Trials.SeccompNotify = Result(unix.EBUSY) }),
		"user-namespaces": with(containerRoot(dockerCapabilities, everyID), noNamespaces), // where chroot would do
	} {
		report := Examine(with(f, wantSingle))
		if failure := report.Failure(); failure == nil || failure.ID != name || report.Able {
			t.Errorf("%s: got %+v", name, report)
		}
	}
}

// store adds a store on a filesystem where all is well, and changes that.
func store(change func(*Store, *Trials)) func(*Facts) {
	return func(f *Facts) {
		f.Store = &Store{Path: "/store/of/joe", Existing: "/store", Filesystem: "ext4", Free: 100 << 30, FreeInodes: 1e6}
		f.Trials.Overlay = 0
		if change != nil {
			change(f.Store, &f.Trials)
		}
	}
}

// TestLesserVerdicts are findings with which builds go on.
func TestLesserVerdicts(t *testing.T) {
	for _, test := range []struct {
		name    string
		facts   *Facts
		id      string
		verdict Verdict
		remedy  string
	}{
		{"overlay on overlay", with(joe(), store(func(s *Store, tried *Trials) {
			s.Filesystem, tried.Overlay = "overlay", Result(unix.EINVAL)
		})), "store-filesystem", Slower, "mount a volume at /store/of/joe"},
		{"vfs", with(joe(), store(func(s *Store, _ *Trials) { s.Driver = "vfs" })), "store-filesystem", Slower, "--storage-driver"},
		{"little space", with(joe(), store(func(s *Store, _ *Trials) { s.Free = 2 << 30 })), "store-space", Limited, "--root"},
		{"a masked /proc", with(joe(), func(f *Facts) { f.Trials.Proc = Result(unix.EPERM) }), "proc-mount", Limited, "unmask=ALL"},
	} {
		report := Examine(test.facts)
		if !report.Able {
			t.Errorf("%s: not able", test.name)
		}
		found := false
		for _, c := range report.Checks {
			if c.ID != test.id {
				continue
			}
			found = true
			if c.Verdict != test.verdict || c.Consequence == "" || !strings.Contains(c.Remedy, test.remedy) {
				t.Errorf("%s: got %+v", test.name, c)
			}
		}
		if !found {
			t.Errorf("%s: no check %s", test.name, test.id)
		}
	}
}

// TestFormOfChecks: each check that is not well has a consequence and one remedy, on one line.
func TestFormOfChecks(t *testing.T) {
	for _, f := range []*Facts{
		with(joe(), noNamespaces, noSubIDs), with(joe(), noSubIDs, store(nil)),
		with(containerRoot(podmanCapabilities, everyID), noMounts),
	} {
		for _, c := range Examine(f).Checks {
			if well := c.Verdict == Works; well != (c.Remedy == "") || well != (c.Consequence == "") {
				t.Errorf("%+v", c)
			}
			if strings.Contains(c.Found+c.Remedy+c.Consequence, "\n") {
				t.Errorf("more than a line: %+v", c)
			}
			if c.ID == "" || c.Title == "" || c.Found == "" {
				t.Errorf("incomplete: %+v", c)
			}
		}
	}
}

func TestNetworkTakesNamespaces(t *testing.T) {
	report := Examine(with(containerRoot(dockerCapabilities, everyID), noNamespaces, connector("/usr/bin/pasta", 0)))
	if failure := report.Failure(); failure == nil || failure.ID != "network" || report.Able || report.Mode != ModeChroot {
		t.Errorf("got %+v", report)
	}
}
