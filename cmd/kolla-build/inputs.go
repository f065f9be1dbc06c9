package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/kolla-build/kolla-build/buildahdriver"
	"github.com/kolla-build/kolla-build/internal/config"
	"github.com/kolla-build/kolla-build/internal/plan"
	"github.com/kolla-build/kolla-build/internal/source"
	"github.com/kolla-build/kolla-build/internal/statcache"
	"github.com/kolla-build/kolla-build/internal/template"
)

// What stands in a context beside the files of the tree.
const (
	dockerfileName = "Dockerfile"
	templateName   = "Dockerfile.j2" // no build reads it: it has become the Dockerfile
	archiveSuffix  = "-archive"
	patchesFolder  = "patches"
)

// lister lists what goes into images: before their contexts are written, so that none
// is written in vain, and afterwards, so that what counts is what the build has read.
// Both lists are equal unless somebody changes files meanwhile.
type lister struct {
	images  map[string]template.Rendered
	files   map[string][]template.File // of the folder of each image
	base    map[string]string          // see baseFiles
	patches string                     // the folder of patches, or nothing
	sources *source.Set
	digests *statcache.Cache
	args    map[string]string
	options map[string]string
	labels  labels
}

func newLister(cfg *config.Config, tree *tree, sources *source.Set, digests *statcache.Cache) *lister {
	l := &lister{
		images:  map[string]template.Rendered{},
		files:   map[string][]template.File{},
		base:    baseFiles(cfg, tree),
		patches: cfg.PatchesPath,
		sources: sources,
		digests: digests,
		args:    buildArgs(cfg.BuildArgs),
		options: map[string]string{
			"network":  "host",
			"platform": runtime.GOOS + "/" + runtime.GOARCH,
			"sources":  source.Format,
		},
		labels: newLabels(cfg, tree),
	}
	if network := networkOf(cfg); network != buildahdriver.NetworkHost {
		l.options["network"] = string(network)
	}
	byDir := map[string]string{}
	for _, r := range tree.rendered {
		l.images[r.Name], byDir[r.Dir] = r, r.Name
	}
	for _, f := range tree.templates.Files() {
		// Should one image's folder stand in another's, the file is in both.
		for dir := path.Dir(f.Path); dir != "."; dir = path.Dir(dir) {
			if name, found := byDir[dir]; found {
				l.files[name] = append(l.files[name], f)
			}
		}
	}
	return l
}

// networkOf returns the network that RUN is to have. Other words that the Python tool
// takes mean that of the machine.
func networkOf(cfg *config.Config) buildahdriver.Network {
	switch network := buildahdriver.Network(cfg.NetworkMode); network {
	case buildahdriver.NetworkNone, buildahdriver.NetworkPrivate:
		return network
	default:
		return buildahdriver.NetworkHost
	}
}

// begin lists what does not depend on files.
func (l *lister) begin(name string) (plan.Inputs, error) {
	var in plan.Inputs
	text := l.images[name].Dockerfile
	needs, err := buildahdriver.Examine(text, l.args)
	if err != nil {
		return in, fmt.Errorf("%s: %w", path.Join(l.images[name].Dir, dockerfileName), err)
	}
	in.Unknowable = needs.Unknowable
	in.AddDockerfile(text)
	in.AddArguments(l.args)
	for option, value := range l.options {
		in.AddOption(option, value)
	}
	for label, value := range l.labels.of(name) {
		in.AddOption("label "+label, value)
	}
	return in, nil
}

// addSources waits for the sources of an image.
func (l *lister) addSources(ctx context.Context, in *plan.Inputs, name string) error {
	contents, err := l.sources.Contents(ctx, name)
	for _, c := range contents {
		in.AddSource(c.Section, c.Digest)
	}
	return err
}

// planned lists what will go into an image, less its parent.
func (l *lister) planned(ctx context.Context, name string) (plan.Inputs, error) {
	in, err := l.begin(name)
	if err != nil {
		return in, err
	}
	patches, err := source.Patches(l.patches, name)
	if err != nil {
		return in, fmt.Errorf("failed to read the patches of %s: %w", name, err)
	}
	for _, f := range l.files[name] {
		file := strings.TrimPrefix(f.Path, l.images[name].Dir+"/")
		kind, below := kindOf(file)
		if l.replaced(name, file) || kind == plan.Patch && patches[below] != "" {
			continue
		}
		digest, err := l.digest(f)
		if err != nil {
			return in, fmt.Errorf("failed to read the templates: %w", err)
		}
		in.AddFile(kind, below, f.Mode, digest)
	}
	if name == baseName {
		for file, from := range l.base {
			if err := l.addOwn(&in, plan.File, file, from); err != nil {
				return in, fmt.Errorf("failed to read a file for the base image: %w", err)
			}
		}
	}
	for file, from := range patches {
		if err := l.addOwn(&in, plan.Patch, file, from); err != nil {
			return in, fmt.Errorf("failed to read the patches of %s: %w", name, err)
		}
	}
	return in, l.addSources(ctx, &in, name)
}

// replaced tells of a file of the tree that does not count: the build does not read
// it, or something else takes its place.
func (l *lister) replaced(image, name string) bool {
	if path.Base(name) == templateName || name == dockerfileName || l.archive(image, name) {
		return true
	}
	return image == baseName && l.base[name] != ""
}

// kindOf tells patches from other files of a context, and returns the name that a file
// has as such.
func kindOf(file string) (kind plan.Kind, name string) {
	if below, is := strings.CutPrefix(file, patchesFolder+"/"); is {
		return plan.Patch, below
	}
	return plan.File, file
}

// archive tells whether a file of an image's context is one that sources are laid to.
func (l *lister) archive(image, name string) bool {
	top, is := strings.CutSuffix(name, archiveSuffix)
	return is && (top == source.Plugins || top == source.Additions || l.sources.Lays(image, top))
}

// ownFileMode is the mode that files which the user has named get in a context.
const ownFileMode = 0o644

// addOwn adds a file that the user has named. Its mode in the context is always the
// same.
func (l *lister) addOwn(in *plan.Inputs, kind plan.Kind, name, from string) error {
	digest, _, err := l.digests.Digest(from)
	if err != nil {
		return err
	}
	in.AddFile(kind, name, ownFileMode, digest)
	return nil
}

// digest returns the digest of a file of the tree.
func (l *lister) digest(f template.File) (string, error) {
	if !f.Embedded() {
		digest, _, err := l.digests.Digest(f.Location())
		return digest, err
	}
	return sum(f.Open())
}

// sum returns the SHA-256 of a file that has just been opened.
func sum(file fs.File, err error) (string, error) {
	if err != nil {
		return "", err
	}
	defer file.Close()
	content := sha256.New()
	if _, err := io.Copy(content, file); err != nil {
		return "", err
	}
	return hex.EncodeToString(content.Sum(nil)), nil
}

// laid lists what has gone into an image whose context is complete, less its parent.
// Archives are taken by the digests that they have in the cache of sources.
func (l *lister) laid(ctx context.Context, name, dir string) (plan.Inputs, error) {
	in, err := l.begin(name)
	if err != nil {
		return in, err
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return in, err
	}
	defer root.Close()
	err = fs.WalkDir(root.FS(), ".", func(file string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || file == dockerfileName || path.Base(file) == templateName || l.archive(name, file) {
			return err
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		digest, err := sum(root.Open(file))
		kind, below := kindOf(file)
		in.AddFile(kind, below, info.Mode(), digest)
		return err
	})
	if err != nil {
		return in, fmt.Errorf("failed to read the build context %s: %w", filepath.Base(dir), err)
	}
	return in, l.addSources(ctx, &in, name)
}
