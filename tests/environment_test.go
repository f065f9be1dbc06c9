package tests

import (
	"os/exec"
	"regexp"
	"testing"
	"time"
)

// TestMissingHelper: what the machine lacks is told in the first second, with the
// command that mends it.
func TestMissingHelper(t *testing.T) {
	cmd := exec.Command(program, "-b", "debian", "--bootstrap")
	cmd.Env = append(cmd.Environ(), "PATH="+t.TempDir(), wantMapped)
	o := execute(t, cmd)
	// On a busy machine only the processor's time says something.
	if took := cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime(); took > time.Second {
		t.Errorf("it took %v to tell", took)
	}
	o.wants(t, 6, `\Akolla-build: newuidmap is in /\S+, which is not in PATH$`, `^  export PATH="\$PATH:/`)
}

// Parts of scripts for asContainer: a tree that builds on nothing, and the building of it.
const (
	addTree = `mkdir -p "$DIR/tree/root"; printf 'FROM scratch\nCOPY --chown=65533:1 Dockerfile.j2 /\n' >"$DIR/tree/root/Dockerfile.j2"
		TREE=$DIR/tree; export TREE
		`
	buildTree = `"$PROGRAM" --root "$DIR/store" --runroot "$DIR/run" -D "$TREE"`
)

// TestEnvironmentErrors: what keeps a build from beginning is an error and its remedy, of
// one line each, and nothing else.
func TestEnvironmentErrors(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, script, found, remedy string }{
		// All checks pass, and then the helper fails: the library would go on with one id.
		{"newuidmap fails", addUser + addTree + addHelpers + addSubIDs + `cat /bin/false >"$DIR/bin/newuidmap"; setcap cap_setuid=ep "$DIR/bin/newuidmap"
			` + asUser,
			"the ids could not be mapped: ", "chmod u-s /mnt/bin/newuidmap"},
		{"a store that may not be written to", addTree + `mkdir "$DIR/ro"; mount -t tmpfs -o ro none "$DIR/ro"; DIR=$DIR/ro; exec `,
			"failed to open the image store .*: read-only file system", "choose folders that you may write to with --root and --runroot"},
		{"a full store", addTree + `mkdir "$DIR/store"; mount -t tmpfs -o size=10m none "$DIR/store"; exec `,
			"[0-9.]+MiB free at .*/store", "choose a larger filesystem with --root DIR"},
	} {
		t.Run(test.name, func(t *testing.T) {
			cmd := asContainer(t, test.script+buildTree)
			cmd.Env = append(cmd.Env, wantMapped)
			o := execute(t, cmd)
			o.wants(t, 6, `\Akolla-build: `+test.found+`.*\n  .*`+regexp.QuoteMeta(test.remedy)+`.*\n\z`)
		})
	}
}

// TestContainerUser builds as an ordinary user in a container that has ids for it.
func TestContainerUser(t *testing.T) {
	t.Parallel()
	cmd := asContainer(t, addUser+addTree+addHelpers+addSubIDs+`mkdir -m 777 "$DIR/store" "$DIR/run"
		`+asUser+buildTree)
	cmd.Env = append(cmd.Env, wantMapped)
	o := execute(t, cmd)
	o.wants(t, 0, "^built 1 image in ")
}

// TestDirectoryService builds with subordinate ids of a directory service, for which a
// script stands: newuidmap without that service looks at the files, which have the same.
func TestDirectoryService(t *testing.T) {
	t.Parallel()
	cmd := asContainer(t, addUser+addTree+addHelpers+addSubIDs+`mkdir -m 777 "$DIR/store" "$DIR/run" "$DIR/asked"
		echo 'subid: sss' >"$DIR/nsswitch"; mount --bind "$DIR/nsswitch" /etc/nsswitch.conf
		printf '#!/bin/sh\necho "$@" >>/mnt/asked/how\necho 0: builder 1 2221\necho 1: builder 2223 63313\n' >"$DIR/bin/getsubids"; chmod 755 "$DIR/bin/getsubids"
		setpriv --reuid=2222 --regid=2222 --clear-groups --inh-caps=-all -- `+buildTree+`
		cat "$DIR/asked/how"`)
	cmd.Env = append(cmd.Env, wantMapped)
	o := execute(t, cmd)
	o.wants(t, 0, "^built 1 image in ")
	if want := "builder\n-g builder\n"; o.stdout != want {
		t.Errorf("getsubids was asked %q, want %q", o.stdout, want)
	}
}
