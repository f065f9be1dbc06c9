package tests

import (
	"os/exec"
	"slices"
	"testing"

	"github.com/kolla-build/kolla-build/tests/registry"
)

// TestMovedBase moves the tag of a base image in its registry, and wants the images that
// stand on it to be built again: unless newer ones are not asked for.
func TestMovedBase(t *testing.T) {
	t.Parallel()
	r := registry.Start(t, registry.Options{})
	conf := r.Conf(t)
	run := func(s store, args ...string) outcome {
		t.Helper()
		cmd := exec.Command(program, slices.Concat(s.options(), []string{"-b", "debian"}, args)...)
		cmd.Env = append(cmd.Environ(), "CONTAINERS_REGISTRIES_CONF="+conf)
		return execute(t, cmd)
	}
	elsewhere := newStore(t)
	publish := func(text string) {
		t.Helper()
		dir := tree(t, map[string]string{"published": "FROM scratch\nCOPY file /\n", "published/file": text})
		run(elsewhere, "-D", dir, "--namespace", "upstream", "--registry", r.Host, "--push").wants(t, 0, "^built 1 image, pushed 1 in ")
	}
	dir := tree(t, map[string]string{"root": fromBase + "COPY own /\n", "root/own": "own", "child": fromRoot + "COPY own /child\n", "child/own": "own"})
	build := func(args ...string) outcome {
		t.Helper()
		return run(shared, append(args,
			"-D", dir, "--namespace", namespace(t.Name()),
			"--base-image", r.Host+"/upstream/debian-binary-published", "--base-tag", version(t))...)
	}

	publish("one")
	build().wants(t, 0, "^built 2 images in [^;]*$")
	build().wants(t, 0, "; 2 unchanged$")
	publish("two")
	build("--nopull").wants(t, 0, "; 2 unchanged$")
	build().wants(t, 0, "^root +built in ", "^child +built in ")
	build().wants(t, 0, "; 2 unchanged$")
	build("--nopull").wants(t, 0, "; 2 unchanged$")
}
