package environments

import (
	"archive/tar"
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// The trees that are built in each row: with RUN and without. The first image of each is
// made of a static shell alone, so no distro is fetched.
var (
	withRun = map[string]string{
		"root/Dockerfile.j2": `FROM scratch
ADD shell.tar /
COPY etc /etc
RUN chown -R 1000:1000 /home/worker && chown 33:44 /bin/owned && chmod 2755 /bin/owned && rm /etc/gone && echo made > /etc/made
`,
		"root/etc/passwd": "root:x:0:0::/:/bin/sh\nworker:x:1000:1000::/home/worker:/bin/sh\n",
		"root/etc/group":  "root:x:0:\nworker:x:1000:\n",
		"root/etc/gone":   "",
		"child/Dockerfile.j2": `FROM {{ namespace }}/{{ image_prefix }}root:{{ tag }}
COPY --chown=worker file /home/worker/file
RUN rm -r /var/old && mkdir /var/new && echo x > /dev/null && { test ! -c /dev/zero || head -c 8 /dev/urandom; } > /var/new/random && rm /etc/made && ln -s new /var/link && (sleep 100 &)
USER worker
RUN id -u > /home/worker/uid && test ! -w /etc/passwd && ! chown 0:0 /home/worker/uid 2>/dev/null
`,
		"child/file": "copied\n",
	}
	withoutRun = map[string]string{
		"plain/Dockerfile.j2": `FROM scratch
LABEL purpose=test
ADD shell.tar /
COPY etc /etc
`,
		"plain/etc/passwd": "worker:x:1000:1000::/home/worker:/bin/sh\n",
		"plain/etc/group":  "worker:x:1000:\n",
		"copied/Dockerfile.j2": `FROM {{ namespace }}/{{ image_prefix }}plain:{{ tag }}
COPY --chown=worker:worker file /home/worker/file
COPY --chown=42:43 --chmod=4755 file /bin/owned
ENV GREETING=hello
USER worker
`,
		"copied/file": "copied\n",
		"based/Dockerfile.j2": `FROM {{ test_registry }}/base:tested
COPY --chown=worker file /folder/file
COPY --chown=worker --chmod=000 file /closed/other
ADD ping.tar /
LABEL based=yes
`,
		"based/file": "copied\n",
	}
)

// shellTar is an archive with a shell, folders and files of various owners.
func shellTar(busybox []byte) ([]byte, error) {
	var archive bytes.Buffer
	w := tar.NewWriter(&archive)
	then := time.Unix(1_700_000_000, 0)
	for _, h := range []tar.Header{
		{Typeflag: tar.TypeDir, Name: "bin/", Mode: 0o755},
		{Typeflag: tar.TypeReg, Name: "bin/busybox", Mode: 0o755, Size: int64(len(busybox))},
		{Typeflag: tar.TypeReg, Name: "bin/owned", Mode: 0o644},
		{Typeflag: tar.TypeDir, Name: "home/", Mode: 0o755},
		{Typeflag: tar.TypeDir, Name: "home/worker/", Mode: 0o700},
		{Typeflag: tar.TypeDir, Name: "tmp/", Mode: 0o1777},
		{Typeflag: tar.TypeDir, Name: "var/", Mode: 0o755, Gid: 50},
		{Typeflag: tar.TypeDir, Name: "var/old/", Mode: 0o755},
		{Typeflag: tar.TypeReg, Name: "var/old/file", Mode: 0o640, Uid: 8, Gid: 12},
		{Typeflag: tar.TypeLink, Name: "var/old/hard", Linkname: "var/old/file", Uid: 8, Gid: 12},
		{Typeflag: tar.TypeSymlink, Name: "var/mail", Linkname: "spool/mail", Mode: 0o777, Uid: 8, Gid: 12},
	} {
		h.ModTime, h.Format = then, tar.FormatPAX
		if err := w.WriteHeader(&h); err != nil {
			return nil, err
		}
		if h.Size > 0 {
			if _, err := w.Write(busybox); err != nil {
				return nil, err
			}
		}
	}
	for _, name := range []string{"sh", "chown", "chmod", "rm", "mkdir", "head", "ln", "id", "sleep", "test"} {
		if err := w.WriteHeader(&tar.Header{Typeflag: tar.TypeSymlink, Name: "bin/" + name, Linkname: "busybox", Mode: 0o777, ModTime: then, Format: tar.FormatPAX}); err != nil {
			return nil, err
		}
	}
	err := w.Close()
	return archive.Bytes(), err
}

// writeTrees writes both trees below a folder.
func writeTrees(dir, host string, busybox []byte) error {
	capable, err := layer([]tar.Header{{Typeflag: tar.TypeReg, Name: "pong", Mode: 0o4711, Uid: 3, Gid: 4, Size: 5, PAXRecords: map[string]string{"SCHILY.xattr.security.capability": string(netRaw)}}})
	if err != nil {
		return err
	}
	shell, err := shellTar(busybox)
	if err != nil {
		return err
	}
	for tree, files := range map[string]map[string]string{"run": withRun, "plain": withoutRun} {
		for name, text := range files {
			if err := writeFile(filepath.Join(dir, tree, name), []byte(strings.ReplaceAll(text, "{{ test_registry }}", host))); err != nil {
				return err
			}
		}
	}
	return errors.Join(
		writeFile(filepath.Join(dir, "run", "root", "shell.tar"), shell),
		writeFile(filepath.Join(dir, "plain", "plain", "shell.tar"), shell),
		writeFile(filepath.Join(dir, "plain", "based", "ping.tar"), capable.plain),
	)
}

func writeFile(path string, data []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return os.WriteFile(path, data, 0o644)
}
