package tests

import (
	"archive/tar"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/kolla-build/kolla-build/tests/registry"
)

// manyOwners installs packages that make users and give files to them, and does by hand what else
// asks for other ids than root's.
const manyOwners = fromBase + `RUN apt-get update && apt-get install -y --no-install-recommends openssh-server cron libcap2-bin && rm -rf /var/lib/apt/lists/*
RUN groupadd -g 4000 crew && useradd -m -u 4001 -g crew -G www-data joe && echo joe:secret | chpasswd
RUN install -d -o joe -g www-data -m 2750 /srv/share && install -o joe -g www-data -m 4750 /bin/true /srv/setuid
RUN su joe -s /bin/sh -c 'umask 027 && touch /srv/share/mine && mkdir /srv/share/folder && ln -s x /srv/share/link && mkfifo /srv/share/fifo && echo x >~/private && id' >/srv/id
RUN setpriv --reuid=33 --regid=33 --clear-groups touch /tmp/www && touch /srv/share/of-root
RUN cp -a /srv/share /srv/copy && tar -C /srv -cf /srv/archive.tar share && mkdir /srv/unpacked && tar -C /srv/unpacked -xpf /srv/archive.tar && rm /srv/archive.tar
RUN cp /bin/true /srv/capable && setcap cap_net_bind_service+ep /srv/capable && cp /srv/capable /srv/lost && setcap cap_net_raw+ep /srv/lost && chown joe /srv/lost
RUN cp /usr/bin/id /srv/id-of-joe && chown joe /srv/id-of-joe && chmod 4755 /srv/id-of-joe && test "$(setpriv --reuid=33 --regid=33 --clear-groups /srv/id-of-joe -u)" = 4001
RUN setpriv --reuid=33 --regid=33 --clear-groups sh -c 'test ! -r /etc/shadow && test -r /etc/passwd && ! chown joe /tmp/www'
`

// TestSingleID builds a base image and one that is based on it with one id and with many,
// and compares what a registry gets.
func TestSingleID(t *testing.T) {
	t.Parallel()
	r := registry.Start(t, registry.Options{})
	dir := tree(t, map[string]string{"owners": manyOwners})
	build := func(ids string, options []string) {
		t.Helper()
		cmd := exec.Command(program, append(options, "-D", dir, "--ids", ids, "--namespace", ids, "--registry", r.Host, "--push")...)
		cmd.Env = append(cmd.Environ(), "CONTAINERS_REGISTRIES_CONF="+r.Conf(t))
		o := execute(t, cmd)
		o.wants(t, 0, "^built 1 image, pushed 1 in ")
		if single := strings.Contains(o.stderr, "with a single user id"); single != (ids == "single") {
			t.Errorf("--ids %s: a single id is mentioned: %v", ids, single)
		}
	}
	mapped, err := onDebian()
	if err != nil {
		t.Fatal(err)
	}
	build("mapped", slices.Clone(mapped))
	build("single", append(newStore(t).options(), "-b", "debian", "--bootstrap"))

	layers := func(ids string) []map[string]string {
		t.Helper()
		copied := t.TempDir()
		name := fmt.Sprintf("docker://%s/%s/debian-binary-owners:%s", r.Host, ids, version(t))
		execute(t, exec.Command("skopeo", "copy", "--src-tls-verify=false", name, "dir:"+copied)).wants(t, 0)
		return readLayers(t, copied)
	}
	want, got := layers("mapped"), layers("single")
	if len(want) != 2 || len(got) != 2 {
		t.Fatalf("%d and %d layers", len(want), len(got))
	}
	for i := range want {
		if len(want[i]) < 300 {
			t.Errorf("layer %d has only %d entries to compare", i, len(want[i]))
		}
		names := slices.Sorted(maps.Keys(want[i]))
		names = append(names, slices.Sorted(maps.Keys(got[i]))...)
		slices.Sort(names)
		for _, name := range slices.Compact(names) {
			if want[i][name] != got[i][name] {
				t.Errorf("layer %d, %s\ngot  %s\nwant %s", i, name, got[i][name], want[i][name])
			}
		}
	}
	// Equal is not enough if both are wrong.
	for name, want := range map[string]string{
		"usr/sbin/unix_chkpwd": "0:42", "home/joe/private": "4001:4000", "srv/share/link": "4001:33", "srv/copy/fifo": "4001:33",
		"srv/share/of-root": "0:33", "srv/unpacked/share/mine": "4001:33", "tmp/www": "33:33", "etc/shadow": "0:42",
	} {
		if entry := got[1][name]; entry != "" && !strings.Contains(entry, " "+want+" ") || entry == "" && got[0][name] == "" {
			t.Errorf("%s: %q, want the owner %s", name, entry, want)
		}
	}
}

// readLayers describes the entries of the layers of an image in a folder of skopeo's:
// type, owner, mode, link and extended attributes, by name.
func readLayers(t *testing.T, dir string) []map[string]string {
	t.Helper()
	var manifest struct{ Layers []struct{ Digest string } }
	if err := json.Unmarshal([]byte(readFile(t, filepath.Join(dir, "manifest.json"))), &manifest); err != nil {
		t.Fatal(err)
	}
	var layers []map[string]string
	for _, l := range manifest.Layers {
		entries, err := readEntries(filepath.Join(dir, strings.TrimPrefix(l.Digest, "sha256:")))
		if err != nil {
			t.Fatal(err)
		}
		layers = append(layers, entries)
	}
	return layers
}

func readEntries(layer string) (map[string]string, error) {
	file, err := os.Open(layer)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	plain, err := gzip.NewReader(file)
	if err != nil {
		return nil, err
	}
	entries := map[string]string{}
	for reader := tar.NewReader(plain); ; {
		h, err := reader.Next()
		if errors.Is(err, io.EOF) {
			return entries, nil
		}
		if err != nil {
			return nil, err
		}
		records := maps.Clone(h.PAXRecords)
		maps.DeleteFunc(records, func(key, _ string) bool { return !strings.HasPrefix(key, "SCHILY.xattr.") })
		entries[strings.TrimSuffix(h.Name, "/")] = fmt.Sprintf("%c %d:%d %o %q %v", h.Typeflag, h.Uid, h.Gid, h.Mode, h.Linkname, records)
	}
}
