package preflight

import (
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

func TestReadStatus(t *testing.T) {
	var f Facts
	f.readStatus("Name:\tkolla-build\nCapEff:\t00000000a80425fb\nCapBnd:\t000001ffffffffff\nNoNewPrivs:\t1\nSeccomp:\t2\nSeccomp_filters:\t1\n")
	want := Facts{Capabilities: dockerCapabilities, Bounding: allCapabilities, NoNewPrivs: true, SeccompFilter: true}
	if !reflect.DeepEqual(f, want) {
		t.Errorf("got %+v", f)
	}
}

func TestReadSecurity(t *testing.T) {
	for _, test := range []struct{ current, appArmor, wantSELinux, wantAppArmor string }{
		{"", "", "", ""},
		{"unconfined\n", "unconfined\n", "", "unconfined"},
		{"docker-default (enforce)\n", "docker-default (enforce)\n", "", "docker-default"},
		{"docker-default (enforce)\n", "", "", "docker-default"},
		{"system_u:system_r:container_t:s0:c1,c2\x00", "", "system_u:system_r:container_t:s0:c1,c2", ""},
		{"user:with:colons (complain)\n", "user:with:colons (complain)\n", "", "user:with:colons"},
	} {
		var f Facts
		f.readSecurity(test.current, test.appArmor)
		if f.SELinux != test.wantSELinux || f.AppArmor != test.wantAppArmor {
			t.Errorf("%q, %q: got SELinux %q and AppArmor %q", test.current, test.appArmor, f.SELinux, f.AppArmor)
		}
	}
}

func TestChrooted(t *testing.T) {
	for mountinfo, want := range map[string]bool{
		"": false, // nothing is known
		"22 1 8:1 / / rw - ext4 /dev/sda1 rw\n23 22 0:5 / /proc rw - proc proc rw\n": false,
		"23 22 0:5 / /proc rw - proc proc rw\n":                                      true,
	} {
		if got := chrooted(mountinfo); got != want {
			t.Errorf("%q: got %v", mountinfo, got)
		}
	}
}

func TestReadFamily(t *testing.T) {
	for text, want := range map[string]Family{
		"":            FamilyUnknown,
		"ID=debian\n": FamilyDebian,
		"NAME=x\nID=mint\nID_LIKE=\"ubuntu debian\"\n":   FamilyDebian,
		"ID=\"rocky\"\nID_LIKE=\"rhel centos fedora\"\n": FamilyFedora,
		"ID=fedora\n": FamilyFedora,
		"ID=arch\n":   FamilyUnknown,
	} {
		if got := readFamily(text); got != want {
			t.Errorf("%q: got %q", text, got)
		}
	}
}

func TestFileCapability(t *testing.T) {
	// getfattr -n security.capability /usr/bin/newuidmap, of a Fedora: cap_setuid=ep.
	setuid := []byte{1, 0, 0, 2, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}
	for _, test := range []struct {
		attribute  []byte
		capability int
		want       bool
	}{
		{setuid, unix.CAP_SETUID, true},
		{setuid, unix.CAP_SETGID, false},
		{setuid[:7], unix.CAP_SETUID, false},
		{nil, unix.CAP_SETUID, false},
	} {
		if got := fileCapability(test.attribute, test.capability); got != test.want {
			t.Errorf("%v, %d: got %v", test.attribute, test.capability, got)
		}
	}
}

func TestSpare(t *testing.T) {
	for _, test := range []struct {
		present []IDMap
		own     int64
		want    []IDRange
	}{
		{fewerIDs, 1000, []IDRange{{1, 999}, {1001, 64535}}},
		{fewerIDs, 1, []IDRange{{2, 65534}}},
		{fewerIDs, 65535, []IDRange{{1, 65534}}},
		{[]IDMap{{0, 1000, 1}, {1, 100000, 2000}}, 1000, []IDRange{{1, 999}, {1001, 1000}}},
		{[]IDMap{{0, 1000, 1}}, 0, nil},
	} {
		if got := spare(test.present, test.own); !slices.Equal(got, test.want) {
			t.Errorf("%v without %d: got %v, want %v", test.present, test.own, got, test.want)
		}
	}
}

func TestIDMaps(t *testing.T) {
	f := joe()
	f.SubIDs.UIDs = []IDRange{{200000, 10}, {100000, 5}}
	uids, gids := f.IDMaps()
	if want := []IDMap{{0, 1000, 1}, {1, 100000, 5}, {6, 200000, 10}}; !slices.Equal(uids, want) {
		t.Errorf("uids %v, want %v", uids, want)
	}
	if want := []IDMap{{0, 1000, 1}, {1, 100000, 65536}}; !slices.Equal(gids, want) {
		t.Errorf("gids %v, want %v", gids, want)
	}
	uids, _ = containerRoot(podmanCapabilities, fewerIDs).IDMaps()
	if want := []IDMap{{0, 0, 65536}}; !slices.Equal(uids, want) {
		t.Errorf("root's uids %v, want %v", uids, want)
	}
}

func writeFile(t *testing.T, dir, name, content string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestSubIDsOfFiles(t *testing.T) {
	for _, test := range []struct {
		subuid, subgid string
		want           SubIDs
	}{
		{"", "", SubIDs{Source: "files", Free: 100000}},
		{"joe:100000:65536\n", "joe:100000:65536\n", SubIDs{Source: "files", UIDs: []IDRange{{100000, 65536}}, GIDs: []IDRange{{100000, 65536}}, Free: 165536}},
		{"1000:300000:10\nann:100000:65536\n", "joe:5:5\njoe:400000:1\n", SubIDs{Source: "files", UIDs: []IDRange{{300000, 10}}, GIDs: []IDRange{{5, 5}, {400000, 1}}, Free: 400001}},
		{"low:10:10\n", "", SubIDs{Source: "files", Free: 100000}},
	} {
		etc := t.TempDir()
		writeFile(t, etc, "subuid", test.subuid)
		if test.subgid != "" { // or it is not there
			writeFile(t, etc, "subgid", test.subgid)
		}
		writeFile(t, etc, "nsswitch.conf", "passwd: files sss\n# subid: sss\n")
		if got := (subIDs{etc: etc}).find("joe", 1000); !reflect.DeepEqual(got, test.want) {
			t.Errorf("%q, %q: got %+v, want %+v", test.subuid, test.subgid, got, test.want)
		}
	}
}

func TestSubIDsOfDirectoryService(t *testing.T) {
	etc := t.TempDir()
	writeFile(t, etc, "nsswitch.conf", "subid:\tsss files # FreeIPA\n")
	writeFile(t, etc, "subuid", "joe:1:1\n") // which newuidmap would not look at either
	answer, failure := "0: joe 2147483648 65536\nnonsense\n", error(nil)
	var asked []string
	find := func() SubIDs {
		return subIDs{etc: etc, getsubids: func(args ...string) (string, error) {
			asked = append(asked, strings.Join(args, " "))
			return answer, failure
		}}.find("joe", 1000)
	}
	ranges := []IDRange{{2147483648, 65536}}
	if got, want := find(), (SubIDs{Source: "sss", UIDs: ranges, GIDs: ranges}); !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if want := []string{"joe", "-g joe"}; !slices.Equal(asked, want) {
		t.Errorf("asked for %q, want %q", asked, want)
	}
	answer = ""
	if got, want := find(), (SubIDs{Source: "sss"}); !reflect.DeepEqual(got, want) {
		t.Errorf("no ids: got %+v, want %+v", got, want)
	}
	failure = errors.New("no such program")
	if got, want := find(), (SubIDs{Source: "sss", NoLookup: "no such program"}); !reflect.DeepEqual(got, want) {
		t.Errorf("no program: got %+v, want %+v", got, want)
	}
}

// TestGetsubids puts scripts in the place of the program: to have no ids is no error.
func TestGetsubids(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("PATH", dir)
	if _, err := runGetsubids("joe"); err == nil {
		t.Error("without the program there is no error")
	}
	script := func(text string) {
		if err := os.WriteFile(filepath.Join(dir, "getsubids"), []byte("#!/bin/sh\n"+text), 0o700); err != nil { //nolint:gosec // it has to run
			t.Fatal(err)
		}
	}
	script("echo \"0: $1 1 2\"\n")
	if text, err := runGetsubids("joe"); err != nil || text != "0: joe 1 2\n" {
		t.Errorf("got %q, %v", text, err)
	}
	script("echo 'Error fetching ranges' >&2; exit 1\n")
	if text, err := runGetsubids("joe"); err != nil || text != "" {
		t.Errorf("no ids: got %q, %v", text, err)
	}
	script("echo 'sssd is down' >&2; exit 1\n")
	if _, err := runGetsubids("joe"); err == nil {
		t.Error("a failure gives no error")
	}
}

// TestGather looks at this machine, where all is well, and leaves nothing behind.
func TestGather(t *testing.T) {
	dir := t.TempDir()
	f, err := Gather(Want{Thorough: true, Store: filepath.Join(dir, "not", "there")})
	if err != nil {
		t.Fatal(err)
	}
	if f.Store.Existing != dir || !f.Store.Writable.OK() || f.Store.Free <= 0 || f.Store.Filesystem == "" {
		t.Errorf("store: %+v", f.Store)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
	if f.NoProc || f.Kernel == "" || len(f.UIDMap) == 0 || f.Bounding == 0 || f.MaxUserNamespaces < 0 {
		t.Errorf("facts: %+v", f)
	}
	// The machine that runs these tests can build.
	report := Examine(f)
	for _, c := range report.Checks {
		if c.Verdict == Fails {
			t.Errorf("%+v", c)
		}
	}
	if !f.Trials.SeccompNotify.OK() {
		t.Errorf("seccomp notification: %v", f.Trials.SeccompNotify)
	}
}

// FuzzReaders: nothing that a file of the machine may hold makes a reader panic, and
// what is read of it is in range.
func FuzzReaders(f *testing.F) {
	f.Add("CapEff:\t00000000a80425fb\nSeccomp:\t2\n")
	f.Add("23 22 0:5 / / rw - proc proc rw\n")
	f.Add("ID_LIKE=\"rhel fedora\"\n")
	f.Add("subid: sss\n")
	f.Add("0: joe 2147483648 65536\n")
	f.Add("docker-default (enforce)\n")
	f.Fuzz(func(t *testing.T, text string) {
		var facts Facts
		facts.readStatus(text)
		facts.readSecurity(text, "")
		facts.readSecurity("", text)
		chrooted(text)
		readFamily(text)
		if subIDSource(text) == "" {
			t.Error("no source of subordinate ids")
		}
		fileCapability([]byte(text), unix.CAP_SETUID)
		ranges, err := subIDs{getsubids: func(...string) (string, error) { return text, nil }}.ask("joe")
		if err != nil {
			t.Error(err)
		}
		for _, r := range ranges {
			if r.Start < 0 || r.Count < 0 || r.Start > 1<<32 || r.Count > 1<<32 {
				t.Errorf("%q gives %v", text, r)
			}
		}
	})
}

func BenchmarkGather(b *testing.B) {
	for b.Loop() {
		if _, err := Gather(Want{}); err != nil {
			b.Fatal(err)
		}
	}
}

// A static program finds the users of a directory service, too, whose modules it cannot load.
func TestUserName(t *testing.T) {
	dir := t.TempDir()
	const getent = "#!/bin/sh\n[ \"$*\" = 'passwd 4242424' ] && echo 'ada:*:4242424:100:Ada:/home/ada:/bin/sh'\n"
	if err := os.WriteFile(filepath.Join(dir, "getent"), []byte(getent), 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", dir)
	if name := userName(4242424); name != "ada" {
		t.Errorf("user 4242424 is %q, want ada", name)
	}
	if name := userName(4242425); name != "" {
		t.Errorf("user 4242425, whom nobody knows, is %q", name)
	}
	if name := userName(0); name != "root" {
		t.Errorf("user 0 is %q", name)
	}
}
