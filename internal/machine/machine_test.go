package machine

import (
	"testing"
	"testing/fstest"
)

func TestMemory(t *testing.T) {
	const mib = 1 << 20
	const meminfo = "MemTotal:        4096 kB\nMemFree: 1 kB\n"
	for _, test := range []struct {
		name  string
		files map[string]string
		want  uint64
	}{
		{"nothing is known", nil, 0},
		{"the machine's", map[string]string{"proc/meminfo": meminfo}, 4 * mib},
		{"no limit", map[string]string{"proc/meminfo": meminfo, "proc/self/cgroup": "0::/a\n", "sys/fs/cgroup/a/memory.max": "max\n"}, 4 * mib},
		{"a limit", map[string]string{"proc/meminfo": meminfo, "proc/self/cgroup": "0::/a/b\n", "sys/fs/cgroup/a/b/memory.max": "1048576\n"}, mib},
		{"a limit above", map[string]string{"proc/meminfo": meminfo, "proc/self/cgroup": "1:x:/c\n0::/a/b\n", "sys/fs/cgroup/a/memory.max": "1048576\n"}, mib},
		{"a limit of a container, which sees no group", map[string]string{"proc/meminfo": meminfo, "proc/self/cgroup": "0::/\n", "sys/fs/cgroup/memory.max": "2097152\n"}, 2 * mib},
		{"a limit that is none", map[string]string{"proc/meminfo": meminfo, "sys/fs/cgroup/memory.max": "9223372036854771712\n"}, 4 * mib},
		{"a group out of reach", map[string]string{"proc/meminfo": meminfo, "proc/self/cgroup": "0::/../../x\n"}, 4 * mib},
		{"another form", map[string]string{"proc/meminfo": "MemTotal: many kB\n"}, 0},
	} {
		root := fstest.MapFS{}
		for name, text := range test.files {
			root[name] = &fstest.MapFile{Data: []byte(text)}
		}
		if got := memory(root); got != test.want {
			t.Errorf("%s: got %d, want %d", test.name, got, test.want)
		}
	}
	if Memory() < mib || Cores() < 1 {
		t.Errorf("this machine has %d bytes and %d cores", Memory(), Cores())
	}
}
