package buildahdriver

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"

	"github.com/opencontainers/runtime-spec/specs-go"
	"github.com/sirupsen/logrus"
	"go.podman.io/buildah"
	"go.podman.io/storage/pkg/unshare"
	"golang.org/x/sys/unix"

	"github.com/kolla-build/kolla-build/internal/preflight"
)

// Reexec must be the first statement of main. It returns true if this process
// was started by the libraries or by this package to do one of their errands,
// which is then done, and main must return.
func Reexec() bool {
	if os.Args[0] == supervisedTool {
		fmt.Fprintln(os.Stderr, becomeTool())
		os.Exit(1)
	}
	if os.Args[0] == untarErrand && !mayChroot() {
		if err := untarWithoutRights(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return true
	}
	return buildah.InitReexec()
}

// EnterUserNamespace gives the program the rights that a build needs, in the way that
// this machine allows: see [preflight.Mode]. A user may choose with which ids.
//
// A user's program is started again in a user and mount namespace where it is root
// over the user's subordinate ids; this call does not return in the first process,
// which passes signals on, waits, and exits as its child does. In the child it returns
// nil. Root only gets a mount namespace, so that no mount outlives the program; where root
// may not even have that, the program stays where it is.
//
// The file mode creation mask of the process becomes 022, since the libraries and tools
// that make the files of images rely on it.
//
// What the machine lacks is reported as an [*EnvironmentError], before any work.
func EnterUserNamespace(ids IDs) error {
	if entered() {
		return prepare()
	}
	facts, err := preflight.Gather(preflight.Want{})
	if err != nil {
		return err
	}
	facts.WantMapped, facts.WantSingle = ids == IDsMapped, ids == IDsSingle
	report := preflight.Examine(facts)
	mode, err := chooseMode(report, ids)
	if err != nil {
		return err
	}
	switch mode {
	case preflight.ModeRoot:
		return enterMountNamespace()
	case preflight.ModeChroot:
		return prepare() // there is nowhere to go
	case preflight.ModePlain:
		return errors.Join(goWithoutRights(report), prepare())
	}
	err = restart(facts, mode)
	if killed := (*KilledError)(nil); errors.As(err, &killed) {
		return err
	}
	if mode == preflight.ModeMapped && ids != IDsMapped {
		logrus.Debugf("the subordinate ids cannot be mapped: %v", err)
		return restart(facts, preflight.ModeSingle)
	}
	return err
}

// prepare makes this process the one that builds.
func prepare() error {
	unix.Umask(imageUmask)
	return adoptOrphans()
}

// imageUmask is the file mode creation mask for what becomes part of an image. The caller's
// may shut everybody else out of an image's files.
const imageUmask = 0o022

// enteredVariable tells, in the environment, that the program was started again with
// the rights of a [preflight.Mode].
const enteredVariable = "_KOLLA_BUILD_ENTERED"

// entered reports whether this process was started again, or by one that was. Should
// the variable have strayed to where it is not true, it does not count.
func entered() bool {
	return os.Getenv(enteredVariable) != "" && os.Geteuid() == 0
}

// restart starts the program again in a user namespace, and does not return if that
// works. The library's own way to do it goes on with a single id when the others cannot
// be mapped, does not ask a directory service for subordinate ids, and ends the process
// on errors.
func restart(facts *preflight.Facts, mode preflight.Mode) error {
	// The child is killed when the thread that started it ends, so that must not be.
	runtime.LockOSThread()
	uids, gids := facts.IDMaps()
	if mode == preflight.ModeSingle {
		uids, gids = singleMaps(facts)
	}
	cmd := namespaceCommand(facts, uids, gids)
	cmd.Env = append(os.Environ(), enteredVariable+"="+string(mode))
	relay := make(chan os.Signal, 16)
	if signals := Interruptions(); len(signals) > 0 {
		signal.Notify(relay, signals...)
	}
	delegated.Store(true)
	cmd.Hook = func(pid int) error {
		if err := checkMaps(pid, uids, gids); err != nil {
			// Before it hears of the error, and complains as well.
			return errors.Join(err, unix.Kill(pid, unix.SIGKILL))
		}
		go func() {
			for s := range relay {
				_ = cmd.Process.Signal(s)
			}
		}()
		return nil
	}
	if err := startQuietly(cmd); err != nil {
		signal.Stop(relay)
		delegated.Store(false)
		// What was for the child is for us.
		select {
		case s := <-relay:
			return &KilledError{Signal: s.(syscall.Signal)}
		default:
			return mappingError(facts, err)
		}
	}
	_ = cmd.Wait()
	if status, ok := cmd.ProcessState.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		return &KilledError{Signal: status.Signal()}
	}
	os.Exit(cmd.ProcessState.ExitCode())
	return nil
}

// delegated is true while another process does our work.
var delegated atomic.Bool

// Delegated reports whether [EnterUserNamespace] has started the program again, and this
// process only passes signals on to the one that does the work.
func Delegated() bool { return delegated.Load() }

// Interruptions are the signals that end a run: SIGINT, SIGTERM and SIGHUP, without those
// that the process was started to ignore, as nohup has it for SIGHUP and a shell without
// job control for SIGINT in the background. To ask for those would end that.
func Interruptions() []os.Signal {
	var signals []os.Signal
	for _, s := range []os.Signal{unix.SIGINT, unix.SIGTERM, unix.SIGHUP} {
		if !signal.Ignored(s) {
			signals = append(signals, s)
		}
	}
	return signals
}

// KilledError reports the signal that ended the process which does the work, from
// [EnterUserNamespace] in the process that waited for it.
type KilledError struct{ Signal syscall.Signal }

func (e *KilledError) Error() string {
	return fmt.Sprintf("the process that builds was killed by %s", unix.SignalName(e.Signal))
}

// Interrupted reports whether the signal was one of those that end a run in order.
func (e *KilledError) Interrupted() bool {
	return e.Signal == unix.SIGINT || e.Signal == unix.SIGTERM || e.Signal == unix.SIGHUP
}

// Remedy is what the user can do about it.
func (e *KilledError) Remedy() string {
	if e.Signal == unix.SIGKILL {
		return "if memory was short, as dmesg shows, build fewer images at once with --threads; the next run goes on where this one stopped"
	}
	return "the next run goes on where this one stopped"
}

// tryMapping maps ids for a process that is killed before it begins to do anything.
func tryMapping(facts *preflight.Facts) error {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	uids, gids := facts.IDMaps()
	cmd := namespaceCommand(facts, uids, gids)
	cmd.Hook = func(pid int) error {
		err := checkMaps(pid, uids, gids)
		if err == nil {
			err = errTried
		}
		return errors.Join(err, unix.Kill(pid, unix.SIGKILL))
	}
	if err := startQuietly(cmd); !errors.Is(err, errTried) {
		return err
	}
	return nil
}

// namespaceCommand is this program in a new user namespace with these ids.
func namespaceCommand(facts *preflight.Facts, uids, gids []preflight.IDMap) *unshare.Cmd {
	// A name of its own, so that a list of processes tells the two apart.
	cmd := unshare.Command(append([]string{os.Args[0] + "-in-a-user-namespace"}, os.Args[1:]...)...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	cmd.UnshareFlags = unix.CLONE_NEWUSER | unix.CLONE_NEWNS
	cmd.UidMappings, cmd.GidMappings = idMappings(uids), idMappings(gids)
	// Anybody may map the one id that they have, if nobody may then give up groups.
	single := preflight.CountIDs(uids) == 1
	cmd.UseNewuidmap, cmd.UseNewgidmap = facts.UID != 0 && !single, facts.UID != 0 && !single
	cmd.GidMappingsEnableSetgroups = !single
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	return cmd
}

func idMappings(maps []preflight.IDMap) []specs.LinuxIDMapping {
	var result []specs.LinuxIDMapping
	for _, m := range maps {
		result = append(result, specs.LinuxIDMapping{ContainerID: uint32(m.Inside), HostID: uint32(m.Outside), Size: uint32(m.Count)})
	}
	return result
}

// errFewIDs is what the library does not say when it makes do with a single id.
var errFewIDs = errors.New("the new user namespace has too few ids")

// checkMaps looks whether a process has got its ids.
func checkMaps(pid int, wantUIDs, wantGIDs []preflight.IDMap) error {
	uids, gids := preflight.ReadIDMaps(pid)
	if preflight.CountIDs(uids) == preflight.CountIDs(wantUIDs) && preflight.CountIDs(gids) == preflight.CountIDs(wantGIDs) {
		return nil
	}
	return errFewIDs
}

// startQuietly starts a command whose ids are mapped meanwhile. What the library logs
// then is the reason if that fails, and of no interest otherwise.
func startQuietly(cmd *unshare.Cmd) error {
	var complaints complaints
	logger := logrus.StandardLogger()
	output, hooks := logger.Out, logger.ReplaceHooks(logrus.LevelHooks{})
	logger.SetOutput(io.Discard)
	logger.AddHook(&complaints)
	defer func() {
		logger.SetOutput(output)
		logger.ReplaceHooks(hooks)
	}()
	err := cmd.Start()
	if errors.Is(err, errFewIDs) && complaints.first != "" {
		return errors.New(complaints.first)
	}
	return err
}

// complaints keeps what a helper has said. It implements logrus.Hook.
type complaints struct{ first string }

// Levels implements logrus.Hook.
func (*complaints) Levels() []logrus.Level { return []logrus.Level{logrus.WarnLevel} }

// helperSaid finds the words of newuidmap in the library's.
var helperSaid = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`new[ug]idmap: (?:exit status \d+: )?(?:new[ug]idmap: )?(.+)`)
})

// Fire implements logrus.Hook.
func (c *complaints) Fire(entry *logrus.Entry) error {
	if said := helperSaid().FindStringSubmatch(entry.Message); said != nil && c.first == "" {
		c.first = said[1]
	}
	return nil
}

// enterMountNamespace gives the program a private mount namespace by executing
// it anew from a thread that has one: a running Go program cannot move all its
// threads.
func enterMountNamespace() error {
	runtime.LockOSThread()
	if err := unix.Unshare(unix.CLONE_NEWNS); err != nil {
		return fmt.Errorf("failed to make a mount namespace: %w", err)
	}
	if err := detachMounts(); err != nil {
		return fmt.Errorf("failed to detach mounts from the host: %w", err)
	}
	env := append(os.Environ(), enteredVariable+"="+string(preflight.ModeRoot))
	return fmt.Errorf("failed to execute the program again: %w", unix.Exec("/proc/self/exe", os.Args, env))
}

// detachMounts keeps the mounts of this mount namespace from appearing in the host's.
func detachMounts() error {
	err := unix.Mount("", "/", "", unix.MS_REC|unix.MS_SLAVE, "")
	if !errors.Is(err, unix.EINVAL) {
		return err
	}
	// After chroot(2), / is a directory of some mount but not the root of one, and neither can
	// its propagation be changed nor can a RUN leave it by pivot_root. So it becomes a mount: a
	// copy of the tree, attached to a mount that the host does not share, for which /proc will do.
	// The copy has a /proc of its own.
	wd, err := os.Getwd()
	if err != nil {
		return err
	}
	tree, err := unix.OpenTree(unix.AT_FDCWD, "/", unix.OPEN_TREE_CLONE|unix.OPEN_TREE_CLOEXEC|unix.AT_RECURSIVE)
	if err != nil {
		return os.NewSyscallError("open_tree", err)
	}
	slave := unix.MountAttr{Propagation: unix.MS_SLAVE}
	if err := unix.MountSetattr(tree, "", unix.AT_EMPTY_PATH|unix.AT_RECURSIVE, &slave); err != nil {
		return os.NewSyscallError("mount_setattr", err)
	}
	if err := unix.Mount("", "/proc", "", unix.MS_PRIVATE, ""); err != nil {
		return os.NewSyscallError("mount /proc", err)
	}
	if err := unix.MoveMount(tree, "", unix.AT_FDCWD, "/proc", unix.MOVE_MOUNT_F_EMPTY_PATH); err != nil {
		return os.NewSyscallError("move_mount", err)
	}
	if err := unix.Fchdir(tree); err != nil {
		return os.NewSyscallError("fchdir", err)
	}
	if err := unix.Chroot("."); err != nil {
		return os.NewSyscallError("chroot", err)
	}
	return os.Chdir(wd)
}

// adoptOrphans makes processes whose parent ends become children of this one, so
// that [KillDescendants] finds them.
func adoptOrphans() error {
	return unix.Prctl(unix.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
}

// KillDescendants kills every process that descends from this one. It is for the
// end of a run that was interrupted: buildah's own ways to run a command, and
// helpers of the libraries, do not obey a context.
func KillDescendants() {
	// A process may start another while we look; a few rounds catch them all.
	for range 10 {
		pids := descendants(os.Getpid())
		if len(pids) == 0 {
			return
		}
		for _, pid := range pids {
			_ = unix.Kill(pid, unix.SIGKILL)
		}
		for {
			var status unix.WaitStatus
			if pid, err := unix.Wait4(-1, &status, unix.WNOHANG, nil); pid <= 0 || err != nil {
				break
			}
		}
	}
}

func descendants(pid int) []int {
	var found []int
	lists, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", pid))
	for _, list := range lists {
		data, err := os.ReadFile(list)
		if err != nil {
			continue
		}
		for _, field := range strings.Fields(string(data)) {
			child, err := strconv.Atoi(field)
			if err != nil {
				continue
			}
			found = append(found, child)
			found = append(found, descendants(child)...)
		}
	}
	return found
}
