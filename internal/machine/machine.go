// Package machine tells how much of the machine a process may use.
package machine

import (
	"bufio"
	"fmt"
	"io/fs"
	"os"
	"path"
	"runtime"
	"strconv"
	"strings"
)

// Cores returns how many cores the process may use: Go's runtime heeds affinity and the
// limits of control groups.
func Cores() int { return runtime.GOMAXPROCS(0) }

// Memory returns how much memory the process may use, in bytes: that of the machine, or
// less where a control group has a limit. It is 0 if that is not known.
func Memory() uint64 { return memory(os.DirFS("/")) }

func memory(root fs.FS) uint64 {
	total := totalMemory(root)
	for group := controlGroup(root); ; group = path.Dir(group) {
		limit, err := readNumber(root, path.Join("sys/fs/cgroup", group, "memory.max"))
		if err == nil && (total == 0 || limit < total) {
			total = limit
		}
		if group == "/" {
			return total
		}
	}
}

// totalMemory reads the line "MemTotal: N kB": see proc_meminfo(5).
func totalMemory(root fs.FS) uint64 {
	file, err := root.Open("proc/meminfo")
	if err != nil {
		return 0
	}
	defer file.Close()
	for lines := bufio.NewScanner(file); lines.Scan(); {
		var kib uint64
		if _, err := fmt.Sscanf(lines.Text(), "MemTotal: %d kB", &kib); err == nil {
			return kib << 10
		}
	}
	return 0
}

// controlGroup returns the path of the process's group of version 2: see cgroups(7).
// Without one it is the topmost.
func controlGroup(root fs.FS) string {
	text, err := fs.ReadFile(root, "proc/self/cgroup")
	if err != nil {
		return "/"
	}
	for line := range strings.Lines(string(text)) {
		if group, found := strings.CutPrefix(line, "0::"); found {
			return path.Clean("/" + strings.TrimSpace(group))
		}
	}
	return "/"
}

// readNumber fails for "max", which is no limit.
func readNumber(root fs.FS, name string) (uint64, error) {
	text, err := fs.ReadFile(root, name)
	if err != nil {
		return 0, err
	}
	return strconv.ParseUint(strings.TrimSpace(string(text)), 10, 64)
}
