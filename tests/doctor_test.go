package tests

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// checkup is what "doctor --format json" prints.
type checkup struct {
	Checks []struct{ ID, Title, Found, Verdict, Consequence, Remedy string }
	Mode   string
	Able   bool
}

// worst returns the first check that finds something.
func (c checkup) worst() (id, verdict, found, remedy string) {
	for _, check := range c.Checks {
		if check.Verdict != "works" {
			return check.ID, check.Verdict, check.Found, check.Remedy
		}
	}
	return "", "works", "", ""
}

func readCheckup(t *testing.T, o outcome) checkup {
	t.Helper()
	var c checkup
	decoder := json.NewDecoder(strings.NewReader(o.stdout))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&c); err != nil {
		t.Fatalf("%v\n%s", err, o)
	}
	return c
}

// asContainer returns a command that runs a script of shell as the root of a user namespace
// with 65,537 ids and of a mount namespace, as a container's root is; $PROGRAM is the program,
// and $DIR a folder of the test's.
func asContainer(t *testing.T, script string) *exec.Cmd {
	t.Helper()
	cmd := exec.Command("unshare", "--user", "--map-root-user", "--map-auto", "--mount", "sh", "-euc", script)
	dir, err := os.MkdirTemp("", "kolla-build-doctor-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := removeAll(dir); err != nil {
			t.Error(err)
		}
	})
	if err := os.Chmod(dir, 0o755); err != nil { //nolint:gosec // other users go through it
		t.Fatal(err)
	}
	cmd.Env = append(cmd.Environ(), "PROGRAM="+program, "DIR="+dir)
	return cmd
}

// Parts of scripts for asContainer.
const (
	// asUser runs the rest of a line as a user of the container, who has no rights.
	asUser = "exec setpriv --reuid=2222 --regid=2222 --clear-groups --inh-caps=-all -- "
	// asWeakRoot runs it as its root, without CAP_SYS_ADMIN.
	asWeakRoot = "exec setpriv --bounding-set=-sys_admin --inh-caps=-all -- "
	// enterable lets others into the test's folder, whose parents are for its user only.
	enterable = `mount --bind "$DIR" /mnt; DIR=/mnt; unset XDG_RUNTIME_DIR TMPDIR HOME
		`
	// addUser gives uid 2222 a name and a home.
	addUser = enterable + `cp /etc/passwd "$DIR/passwd"; echo "builder:x:2222:2222::$DIR/home:/bin/sh" >>"$DIR/passwd"
		mount --bind "$DIR/passwd" /etc/passwd; mkdir "$DIR/home"; chown 2222:2222 "$DIR/home"; export HOME="$DIR/home"
		`
	// addHelpers installs newuidmap and newgidmap as an image does that has them with file
	// capabilities. The machine's own belong to nobody in here.
	addHelpers = `mkdir "$DIR/bin"; cp /usr/bin/newuidmap /usr/bin/newgidmap "$DIR/bin"
		chmod 755 "$DIR/bin"/*; PATH="$DIR/bin:$PATH"
		setcap cap_setuid=ep "$DIR/bin/newuidmap"; setcap cap_setgid=ep "$DIR/bin/newgidmap"
		`
	// addSubIDs gives it the ids that the container has to give.
	addSubIDs = `printf 'builder:1:2221\nbuilder:2223:63313\n' >"$DIR/subuid"
		mount --bind "$DIR/subuid" /etc/subuid; mount --bind "$DIR/subuid" /etc/subgid
		`
	hostSubIDs = `echo builder:100000:65536 >"$DIR/subuid"
		mount --bind "$DIR/subuid" /etc/subuid; mount --bind "$DIR/subuid" /etc/subgid
		`
	noSubIDs = `mount --bind /dev/null /etc/subuid; mount --bind /dev/null /etc/subgid
		`
	doctor = `"$PROGRAM" doctor -f json --root "$DIR/store" --runroot "$DIR/run"`
)

// wantMapped lets nothing be built without a full range of ids.
const wantMapped = "KOLLA_BUILD_IDS=mapped"

// TestDoctorConditions makes the conditions under which builds do not work, or work less
// well, and wants each to be recognized.
func TestDoctorConditions(t *testing.T) {
	t.Parallel()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	store := newStore(t)
	plain := append([]string{program, "doctor", "-f", "json"}, store.options()...)
	command := func(args ...string) *exec.Cmd { return exec.Command(args[0], args[1:]...) }
	withoutPath := func(cmd *exec.Cmd) *exec.Cmd {
		cmd.Env = slices.DeleteFunc(cmd.Environ(), func(v string) bool { return strings.HasPrefix(v, "PATH=") })
		return cmd
	}
	withEnv := func(cmd *exec.Cmd, setting string) *exec.Cmd {
		cmd.Env = append(cmd.Environ(), setting)
		return cmd
	}
	refused := func(what string) string { return refusedVariable + `="` + what + `" ` + self + " " }

	for _, test := range []struct {
		name    string
		command *exec.Cmd
		// The first check that finds something, and parts of what it says.
		id, verdict, found, remedy string
	}{
		{"all is well", command(plain...), "", "works", "", ""},

		{"no_new_privs", command(append([]string{"setpriv", "--no-new-privs"}, plain...)...),
			"id-helpers", "fails", "no_new_privs", "allowPrivilegeEscalation"},
		{"no_new_privs, with one id", command(slices.Concat([]string{"setpriv", "--no-new-privs"}, plain, []string{"--ids", "single"})...),
			"", "works", "", ""},
		{"no newuidmap in PATH", withEnv(command(plain...), "PATH="+t.TempDir()),
			"id-helpers", "fails", "which is not in PATH", "export PATH="},
		{"no PATH, for which there is a default", withoutPath(command(plain...)), "", "works", "", ""},
		{"newuidmap without rights", withEnv(command(plain...), "PATH="+strippedHelpers(t)),
			"id-helpers", "fails", "neither the setuid bit nor a file capability", "chmod u+s"},

		{"a filter of an old runtime", refusing(t, "ENOSYS", "mount_setattr openat2", plain...),
			"kernel-calls", "limited", "hides openat2, mount_setattr of Linux", "seccomp profile"},
		{"a filter that forbids", refusing(t, "EPERM", "fsopen", plain...),
			"kernel-calls", "limited", "forbids fsopen", "seccomp=unconfined"},
		{"a filter that forbids mounts", refusing(t, "EPERM", "mount", plain...),
			"mounts", "limited", "seccomp filter of this container forbids mounts", "seccomp=unconfined"},
		{"docker's filter", refusing(t, "EPERM", "unshare", plain...),
			"user-namespaces", "limited", "seccomp filter of this container forbids user namespaces", "seccomp=unconfined"},
		{"docker's filter, root", asContainer(t, asWeakRoot+"env "+refused("EPERM unshare")+doctor),
			"user-namespaces", "", "seccomp filter of this container forbids user namespaces", "seccomp=unconfined"},
		{"no user namespaces allowed", asContainer(t, "echo 0 >/proc/sys/user/max_user_namespaces; "+asWeakRoot+doctor),
			"user-namespaces", "", "user.max_user_namespaces is 0", "sysctl -w user.max_user_namespaces="},
		{"a chroot", asContainer(t, `mkdir "$DIR/root"; mount --rbind / "$DIR/root"
			`+asWeakRoot+`chroot "$DIR/root" sh -c 'exec `+doctor+`'`),
			"user-namespaces", "", "chroot", "systemd-nspawn"},

		{"a container's root", asContainer(t, asWeakRoot+doctor), "", "works", "", ""},
		{"a container's root with CAP_SYS_ADMIN", asContainer(t, "exec "+doctor), "", "works", "", ""},
		{"a uid without a name", asContainer(t, enterable+`mkdir -m 777 "$DIR/store"; `+asUser+doctor),
			"user", "", "uid 2222 is no user of this machine", ">>/etc/passwd"},
		{"a container's user without subordinate ids", asContainer(t, addUser+addHelpers+noSubIDs+asUser+doctor),
			"subordinate-ids", "", "user builder has no subordinate ids", `printf 'builder:1:2221\nbuilder:2223:63313\n' >/etc/subuid`},
		{"a container's user with ids of the host", asContainer(t, addUser+addHelpers+hostSubIDs+asUser+doctor),
			"subordinate-ids", "", "do not exist in the user namespace around", "printf 'builder:1:2221"},
		{"a container's user with them", asContainer(t, addUser+addHelpers+addSubIDs+`mkdir -m 777 "$DIR/store" "$DIR/run"; `+asUser+doctor),
			"", "works", "", ""},
		{"a user namespace with one id", command(append([]string{"unshare", "--user", "--map-root-user"}, plain...)...),
			"ids", "", "has 1 uids and 1 gids", "65536"},

		{"a store that may not be written to", command(program, "doctor", "-f", "json", "--root", "/usr/nowhere", "--runroot", store.runRoot),
			"store-folder", "fails", "no files can be made in /usr: permission denied", "--root DIR"},
		{"a small store", asContainer(t, `mkdir "$DIR/store"; mount -t tmpfs -o size=10m none "$DIR/store"; exec `+doctor),
			"store-space", "fails", "10MiB free", "--root DIR"},
		{"a store on the container's own overlay", asContainer(t, `mkdir "$DIR/l" "$DIR/u" "$DIR/w" "$DIR/store"
			mount -t overlay -o "userxattr,lowerdir=$DIR/l,upperdir=$DIR/u,workdir=$DIR/w" none "$DIR/store"; exec `+doctor),
			"store-filesystem", "slower", "own overlay", "mount a volume at"},
		{"masked parts of /proc", asContainer(t, `findmnt -rno TARGET -t proc | while read -r proc; do mount --bind /dev/null "$proc/version"; done
			`+asWeakRoot+doctor),
			"proc-mount", "limited", "parts of /proc are masked", "unmask"},
	} {
		t.Run(test.name, func(t *testing.T) {
			// Or most of what is missing only leads to a lesser mode.
			test.command.Env = append(test.command.Environ(), wantMapped)
			o := execute(t, test.command)
			c := readCheckup(t, o)
			id, verdict, found, remedy := c.worst()
			// Whether a check fails that only a lesser mode can do without is for that mode's tests.
			if id != test.id || test.verdict != "" && verdict != test.verdict || !strings.Contains(found, test.found) || !strings.Contains(remedy, test.remedy) {
				t.Errorf("got %s %s: %s: %s\nwant %s %s: %s: %s\n%s", id, verdict, found, remedy, test.id, test.verdict, test.found, test.remedy, o)
			}
			if want := map[bool]int{true: 0, false: 6}[c.Able]; o.status != want {
				t.Errorf("exit status %d, able %v", o.status, c.Able)
			}
		})
	}
}

// strippedHelpers returns a folder with a newuidmap and a newgidmap that may do nothing.
func strippedHelpers(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for _, name := range []string{"newuidmap", "newgidmap"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("#!/bin/sh\n"), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}
