package buildahdriver

import (
	"archive/tar"
	"bytes"
	"context"
	"flag"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/opencontainers/go-digest"

	"github.com/kolla-build/kolla-build/internal/dockerfile"
)

var corpus = flag.String("corpus", "", "a folder with buildah's tests: build every Dockerfile in it, compare with buildah (make conformance)")

// accepted are the Dockerfiles of buildah's corpus that we do not build as buildah does,
// on purpose or because the test machine cannot, by their paths in the corpus.
var accepted = map[string]string{
	"conformance/tar-g/Dockerfile":                          "buildah makes a folder tmp beside what the archive holds",
	"bud/copy-globs/Containerfile":                          "COPY of a pattern for several files to a name: we make a folder, as BuildKit does, and buildah writes one over the other",
	"bud/heredoc/Containerfile.bash_file":                   "scripts for interpreters that buildah does not start in chroot isolation",
	"bud/heredoc/Containerfile.verify_mount_leak":           "scripts for interpreters that buildah does not start in chroot isolation",
	"bud/long-sleep/Dockerfile":                             "it sleeps",
	"bud/no-history/Dockerfile":                             "it writes the time into a file",
	"bud/run-scenarios/Dockerfile.cmd-empty-run":            "an empty RUN runs nothing, as in BuildKit; buildah's chroot isolation fails",
	"bud/run-scenarios/Dockerfile.entrypoint-cmd-empty-run": "an empty RUN runs nothing, as in BuildKit; buildah's chroot isolation fails",
	"bud/run-scenarios/Dockerfile.entrypoint-empty-run":     "an empty RUN runs nothing, as in BuildKit; buildah's chroot isolation fails",
	"bud/symlink/Dockerfile.symlink-points-to-itself":       "a VOLUME below a link to itself fails in buildah alone",
	"bud/add-run-dir/Dockerfile":                            "the stand-in has no /run, and buildah makes one",
	"bud/buildkit-mount/Dockerfilemultiplemounts":           "buildah's test makes a file first, and buildah fails without",
	"bud/containerfile/Containerfile.in":                    "for a preprocessor, which Dockerfiles do not have",
	"bud/device/Dockerfile":                                 "wants --device /dev/fuse",
}

// TestConformance builds every Dockerfile of buildah's own tests with our executor and with
// buildah's builder, and compares the images: the configuration, and every entry of the last
// layer. Base images are stand-ins made of busybox; a Dockerfile that must fail has to fail
// with both.
func TestConformance(t *testing.T) {
	if *corpus == "" {
		t.Skip("the corpus of buildah's tests is not part of this repository: make conformance")
	}
	d := openDriver(t)
	buildBase(t, d)
	total, same, failed := 0, 0, 0
	for _, path := range findDockerfiles(t, *corpus) {
		name, err := filepath.Rel(*corpus, path)
		if err != nil {
			t.Fatal(err)
		}
		t.Run(name, func(t *testing.T) {
			total++
			if reason := accepted[name]; reason != "" {
				t.Skip(reason)
			}
			nameStandIns(t, d, path)
			contextDir := filepath.Dir(path)
			var output bytes.Buffer
			options := BuildOptions{Name: "ours:1", ContextDir: contextDir, Dockerfile: path, Output: &output}
			started := time.Now().Add(-time.Minute)
			ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
			defer cancel()
			ours, ourErr := d.Build(ctx, options)
			options.Name = "buildahs:1"
			options.complete()
			output.WriteString("--- buildah\n")
			buildahs, buildahErr := d.buildWithImagebuildah(ctx, options, "a test wants it")
			switch {
			case ourErr == nil && buildahErr != nil && strings.Contains(buildahErr.Error(), "already exists, but uses a different top layer"):
				t.Skip("buildah cannot store an image that is its base and nothing more beside it")
			case (ourErr == nil) != (buildahErr == nil):
				t.Fatalf("we: %v\nbuildah: %v\n%s", ourErr, buildahErr, output.String())
			case ourErr != nil:
				failed++
				return
			}
			got, want := readImage(t, d, ours), readImage(t, d, buildahs)
			// Buildah leaves what it has mounted on, and changes the time of their folders.
			for _, mounted := range []string{"etc", "dev", "proc", "sys", "run", "run/.containerenv", "etc/hosts", "etc/resolv.conf", "etc/hostname"} {
				delete(want, mounted)
				delete(got, mounted)
			}
			compareLayers(t, got, want, started)
			ourConfig, theirConfig := readConfig(t, d, ours), readConfig(t, d, buildahs)
			// An image that changes no file has an empty layer, or none.
			placeholder := []digest.Digest{""}
			ourConfig.RootFS.DiffIDs, theirConfig.RootFS.DiffIDs = placeholder, placeholder
			compareConfigs(t, ourConfig, theirConfig, false)
			if !t.Failed() {
				same++
			}
		})
	}
	t.Logf("%d Dockerfiles: %d images are the same, %d fail with both", total, same, failed)
}

// readImage reads all layers of an image, and returns what a container finds.
func readImage(t *testing.T, d *Driver, image *Image) map[string]layerEntry {
	t.Helper()
	stored, err := d.store.Image(image.ID)
	if err != nil {
		t.Fatal(err)
	}
	var layers []string
	for id := stored.TopLayer; id != ""; {
		layer, err := d.store.Layer(id)
		if err != nil {
			t.Fatal(err)
		}
		layers = append(layers, id)
		id = layer.Parent
	}
	all := map[string]layerEntry{}
	for _, id := range slices.Backward(layers) {
		entries := readLayerByID(t, d, id)
		for name := range entries {
			folder, base := filepath.Split(name)
			hidden, isWhiteout := strings.CutPrefix(base, ".wh.")
			if !isWhiteout {
				continue
			}
			delete(entries, name)
			hidden = filepath.Join(folder, hidden)
			if base == ".wh..wh..opq" {
				hidden = filepath.Clean(folder)
			} else {
				delete(all, hidden)
			}
			maps.DeleteFunc(all, func(name string, _ layerEntry) bool { return strings.HasPrefix(name, hidden+"/") })
		}
		for name, entry := range entries {
			if entry.Typeflag != tar.TypeDir {
				maps.DeleteFunc(all, func(old string, _ layerEntry) bool { return strings.HasPrefix(old, name+"/") })
			}
			all[name] = entry
		}
	}
	return all
}

func findDockerfiles(t *testing.T, folder string) []string {
	t.Helper()
	var found []string
	err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		name := entry.Name()
		if err == nil && entry.Type().IsRegular() && !strings.HasSuffix(name, "ignore") &&
			(strings.HasPrefix(name, "Dockerfile") || strings.HasPrefix(name, "Containerfile")) {
			found = append(found, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// nameStandIns gives the stand-in the names of all images that a Dockerfile wants.
func nameStandIns(t *testing.T, d *Driver, path string) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	file, err := dockerfile.Parse(text, nil)
	if err != nil {
		return // both builders say so
	}
	var names []string
	for _, stage := range file.Stages {
		if stage.Base == nil && stage.From != Scratch {
			names = append(names, stage.From)
		}
		names = append(names, stage.Images...)
	}
	base, err := d.store.Image("localhost/base:1")
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(names)
	for _, name := range slices.Compact(names) {
		for _, parse := range []func(string) (fmt.Stringer, error){
			func(name string) (fmt.Stringer, error) { return storeName(name) },
			func(name string) (fmt.Stringer, error) { return registryName(name) },
		} {
			if full, err := parse(name); err == nil {
				_ = d.store.AddNames(base.ID, []string{full.String()}) // a name with a digest is refused
			}
		}
	}
}
