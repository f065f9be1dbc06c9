package buildahdriver

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// fillRoot makes a root with what root file systems have: owners, modes, links, attributes.
func fillRoot(t *testing.T) func(root string) error {
	busybox := readBusybox(t)
	return func(root string) error {
		at := func(name string) string { return filepath.Join(root, name) }
		for _, folder := range []string{"bin", "etc", "tmp", "var/lib/nova"} {
			if err := os.MkdirAll(at(folder), 0o755); err != nil {
				return err
			}
		}
		old := time.Unix(1000000000, 0)
		return errors.Join(
			os.WriteFile(at("bin/busybox"), []byte(busybox), 0o755),
			os.Chmod(at("bin/busybox"), 0o755),
			os.Symlink("busybox", at("bin/sh")),
			os.Link(at("bin/busybox"), at("bin/ls")),
			os.Chmod(at("tmp"), 0o777|os.ModeSticky),
			os.WriteFile(at("etc/shadow"), []byte("root:*::0:99999:7:::\n"), 0o640),
			os.Chown(at("etc/shadow"), 0, 42),
			os.Chmod(at("etc/shadow"), 0o640|os.ModeSetgid),
			os.Chown(at("var/lib/nova"), 42436, 42436),
			unix.Setxattr(at("etc/shadow"), "user.comment", []byte("kept"), 0),
			os.Chtimes(at("etc/shadow"), old, old),
		)
	}
}

// TestImportRoot imports the same folder into stores of both kinds, and wants equal images
// that can be built on.
func TestImportRoot(t *testing.T) {
	options := ImportOptions{
		Name: "root:1", Inputs: "sha256:abc", Labels: map[string]string{"more": "yes"},
		Env: []string{"PATH=/bin"}, Cmd: []string{"/bin/sh"}, CreatedBy: "a test",
	}
	var layers []map[string]layerEntry
	for _, driver := range []string{"overlay", "vfs"} {
		t.Run(driver, func(t *testing.T) {
			d := openDriver(t, func(o *Options) { o.StorageDriver = driver })
			if d.Imported(options.Name, options.Inputs) {
				t.Error("the image is there before it was made")
			}
			image, err := d.ImportRoot(context.Background(), options, fillRoot(t))
			if err != nil {
				t.Fatal(err)
			}
			layers = append(layers, readLayer(t, d, image))
			if !d.Imported(options.Name, options.Inputs) || d.Imported(options.Name, "sha256:other") {
				t.Error("the image is not known by its inputs")
			}
			catalogue, err := d.Catalogue()
			if err != nil || !catalogue.Imported(options.Name, options.Inputs) || catalogue.Imported(options.Name, "sha256:other") {
				t.Errorf("the image is not known from outside: %v", err)
			}
			config := readConfig(t, d, image)
			if got := config.Config; !reflect.DeepEqual(got.Cmd, options.Cmd) || !reflect.DeepEqual(got.Env, options.Env) || got.WorkingDir != "/" ||
				!reflect.DeepEqual(got.Labels, map[string]string{"more": "yes", importLabel: options.Inputs}) {
				t.Errorf("the configuration is %+v", got)
			}
			if len(config.History) != 1 || config.History[0].CreatedBy != options.CreatedBy || len(config.RootFS.DiffIDs) != 1 {
				t.Errorf("the history is %+v, the layers %v", config.History, config.RootFS.DiffIDs)
			}
			_, output := buildImage(t, d, "x:1", "FROM root:1\nRUN ls -ldn /etc/shadow /var/lib/nova /tmp | /bin/busybox awk '{print $1, $3, $4}'\n", nil)
			if want := "-rw-r-S--- 0 42\ndrwxrwxrwt 0 0\ndrwxr-xr-x 42436 42436\n"; !strings.HasSuffix(output, want) {
				t.Errorf("RUN sees\n%swant\n%s", output, want)
			}
			assertNothingLeft(t, d)
		})
	}
	if len(layers) == 2 {
		compareLayers(t, layers[0], layers[1], time.Now().Add(-time.Minute))
	}
}

func TestImportRootFails(t *testing.T) {
	for _, driver := range []string{"overlay", "vfs"} {
		t.Run(driver, func(t *testing.T) {
			d := openDriver(t, func(o *Options) { o.StorageDriver = driver })
			failing := errors.New("disk on fire")
			_, err := d.ImportRoot(context.Background(), ImportOptions{Name: "x:1"}, func(root string) error {
				return errors.Join(os.WriteFile(filepath.Join(root, "file"), nil, 0o600), failing)
			})
			if !errors.Is(err, failing) || strings.Contains(err.Error(), "store the layer") {
				t.Errorf("got %v", err)
			}
			ctx, cancel := context.WithCancelCause(context.Background())
			if _, err := d.ImportRoot(ctx, ImportOptions{Name: "x:1"}, func(string) error { cancel(failing); return nil }); !errors.Is(err, failing) {
				t.Errorf("got %v", err)
			}
			if layers, err := d.store.Layers(); err != nil || len(layers) > 0 {
				t.Errorf("layers are left: %v, %v", layers, err)
			}
			if left, err := os.ReadDir(d.TempDir()); err != nil || len(left) > 0 {
				t.Errorf("files are left: %v, %v", left, err)
			}
			assertNoStagingLeft(t, d)
		})
	}
}
