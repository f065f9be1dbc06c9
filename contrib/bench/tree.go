package main

import (
	"archive/tar"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// leavesPerService is how many images stand on a service's base.
const leavesPerService = 4

// content is how many bytes each of an image's two RUN instructions writes.
const content = 512 << 10

// tree is a tree of templates that have nothing to be rendered, so that every builder
// takes them as they are.
type tree struct {
	dir    string
	images []treeImage // parents first
}

// treeImage is an image of a tree.
type treeImage struct {
	name      string
	reference string
	parent    string // a name, or nothing for the first image
}

// writeTree writes a tree of so many images: base, on it openstack-base, on it the bases
// of services, and on each of these a few leaves. Every image copies two files and runs
// two commands: one writes as much as content, the other is what more returns for the
// name and the number of the image. References begin with prefix.
func writeTree(dir string, size int, prefix string, more func(name string, number int) string) (tree, error) {
	t := tree{dir: dir}
	add := func(name, parent string) error {
		t.images = append(t.images, treeImage{name, prefix + name + ":1", parent})
		from := baseReference
		if parent != "" {
			from = prefix + parent + ":1"
		}
		return writeImage(filepath.Join(dir, name), name, from, more(name, len(t.images)-1))
	}
	err := errors.Join(add("base", ""), add("openstack-base", "base"))
	service := ""
	for i := 0; len(t.images) < size && err == nil; i++ {
		number := i % (leavesPerService + 1)
		if number == 0 {
			service = fmt.Sprintf("service%d", i/(leavesPerService+1))
			err = add(service+"-base", "openstack-base")
		} else {
			err = add(fmt.Sprintf("%s-leaf%d", service, number), service+"-base")
		}
	}
	return t, err
}

// writesMore is the second command of an image that installs nothing.
func writesMore(name string, _ int) string {
	return fmt.Sprintf("RUN head -c %d /dev/urandom > /var/lib/%s/more\n", content, name)
}

func writeImage(dir, name, from, more string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	dockerfile := fmt.Sprintf(`FROM %[1]s
LABEL name="%[2]s"
COPY config /etc/%[2]s.conf
COPY start /usr/local/bin/%[2]s
RUN mkdir -p /var/lib/%[2]s && head -c %[3]d /dev/urandom > /var/lib/%[2]s/data
%[4]s`, from, name, content, more)
	var errs []error
	for file, text := range map[string]string{
		"Dockerfile.j2": dockerfile,
		"Dockerfile":    dockerfile,
		"config":        "name = " + name + "\n",
		"start":         "#!/bin/sh\nexec sleep 1\n",
	} {
		errs = append(errs, os.WriteFile(filepath.Join(dir, file), []byte(text), 0o755))
	}
	return errors.Join(errs...)
}

// change changes a file of the image that a case is about.
func (t tree) change(name string) error {
	image := "service0-base"
	if name == caseLeaf {
		image = "service0-leaf1"
	}
	file, err := os.OpenFile(filepath.Join(t.dir, image, "config"), os.O_WRONLY|os.O_APPEND, 0)
	if err != nil {
		return err
	}
	_, err = io.WriteString(file, "more = "+name+"\n")
	return errors.Join(err, file.Close())
}

// busyboxPaths are where distros keep a shell and its tools in one static file.
var busyboxPaths = []string{"/bin/busybox", "/usr/sbin/busybox"}

// writeBusybox writes the archive of a small image with a shell.
func writeBusybox(path string) (err error) {
	var busybox []byte
	for _, from := range busyboxPaths {
		if busybox, err = os.ReadFile(from); err == nil {
			break
		}
	}
	if err != nil {
		return fmt.Errorf("%w\ninstall busybox-static, or give an archive with -rootfs", err)
	}
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	w := tar.NewWriter(file)
	for _, dir := range []string{"bin", "dev", "etc", "proc", "root", "sys", "tmp", "usr", "usr/local", "usr/local/bin", "var", "var/lib"} {
		err = errors.Join(err, w.WriteHeader(&tar.Header{Typeflag: tar.TypeDir, Name: dir + "/", Mode: 0o755}))
	}
	for _, name := range []string{"sh", "mkdir", "head", "cat", "true"} {
		err = errors.Join(err, w.WriteHeader(&tar.Header{Typeflag: tar.TypeSymlink, Name: "bin/" + name, Linkname: "busybox", Mode: 0o777}))
	}
	for name, text := range map[string][]byte{"bin/busybox": busybox, "etc/passwd": []byte("root:x:0:0::/root:/bin/sh\n")} {
		err = errors.Join(err, w.WriteHeader(&tar.Header{Typeflag: tar.TypeReg, Name: name, Mode: 0o755, Size: int64(len(text))}))
		_, writeErr := w.Write(text)
		err = errors.Join(err, writeErr)
	}
	return errors.Join(err, w.Close())
}
