package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/kolla-build/kolla-build/internal/config"
	"github.com/kolla-build/kolla-build/internal/event"
	"github.com/kolla-build/kolla-build/internal/image"
	"github.com/kolla-build/kolla-build/internal/source"
	"github.com/kolla-build/kolla-build/internal/template"
)

// baseName is the image whose context takes the files for RPM and apt.
const baseName = "base"

// newSources returns what the selected images need to be fetched. Nothing is
// fetched yet.
func newSources(cfg *config.Config, tree *tree, sink event.Sink) (*source.Set, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return nil, fmt.Errorf("failed to find the folder for caches: %w\nset HOME or XDG_CACHE_HOME", err)
	}
	fetcher, err := source.New(source.Options{
		CacheDir: filepath.Join(cache, "kolla-build", "sources"),
		Timeout:  cfg.Timeout,
		Retries:  cfg.Retries,
		Stale:    true,
		Sink:     sink,
	})
	if err != nil {
		return nil, err
	}
	var wants []source.Want
	for _, img := range parentsFirst(tree.selection.Matched()) {
		wants = append(wants, source.Want{
			Image:     img.Name,
			Sources:   ownSource(cfg, tree, img.Name),
			Plugins:   specs(cfg, img.Name+pluginInfix),
			Additions: specs(cfg, img.Name+additionsInfix),
		})
	}
	return source.NewSet(fetcher, cfg.PatchesPath, wants), nil
}

// parentsFirst sorts images in the order in which builds can begin.
func parentsFirst(images []*image.Image) []*image.Image {
	depth := func(img *image.Image) (n int) {
		for ; img != nil; img = img.Parent {
			n++
		}
		return n
	}
	sorted := slices.Clone(images)
	slices.SortStableFunc(sorted, func(a, b *image.Image) int { return depth(a) - depth(b) })
	return sorted
}

// ownSource is the source of an image itself. One that no instruction asks for is
// not fetched: with type binary that is most of them.
func ownSource(cfg *config.Config, tree *tree, name string) []source.Spec {
	s, ok := cfg.Sources[name]
	if !ok || !used(s) || !strings.Contains(tree.dockerfile(name), name+"-archive") {
		return nil
	}
	return []source.Spec{spec(cfg, name, s)}
}

func used(s config.Source) bool { return s.Enabled && s.Type != "" }

func spec(cfg *config.Config, section string, s config.Source) source.Spec {
	return source.Spec{
		Section:   section,
		Type:      source.Type(s.Type),
		Location:  s.Location,
		Reference: s.Reference,
		SHA256:    s.SHA256[cfg.DebianArch],
		Where:     s.Where,
	}
}

// What stands between an image and a name in sections for plugins and additions.
const (
	pluginInfix    = "-plugin-"
	additionsInfix = "-additions-"
)

// specs returns the sources whose sections begin with prefix, by name. Today's
// Python tool knows plugins by default, which its own templates need; the
// templates here have none unless the user asks for some, as in the guide.
func specs(cfg *config.Config, prefix string) []source.Spec {
	builtIn := len(cfg.DockerDirs) == 0
	var list []source.Spec
	for _, section := range slices.Sorted(maps.Keys(cfg.Sources)) {
		s := cfg.Sources[section]
		if strings.HasPrefix(section, prefix) && used(s) && !(s.Default && builtIn) {
			list = append(list, spec(cfg, section, s))
		}
	}
	return list
}

// extras names, by image, the plugins or additions that are configured for it.
func extras(cfg *config.Config, images []template.Image, infix string) map[string][]string {
	names := map[string][]string{}
	for _, img := range images {
		for _, s := range specs(cfg, img.Name+infix) {
			names[img.Name] = append(names[img.Name], strings.TrimPrefix(s.Section, img.Name+infix))
		}
	}
	return names
}

// baseFiles are files of the user's that go into the context of base: the path of
// each, by its name there.
func baseFiles(cfg *config.Config, tree *tree) map[string]string {
	files := map[string]string{}
	for _, entry := range cfg.RPMSetup {
		name := template.RPMSetupFile(entry)
		if tree.kolla != nil {
			name = kollaRPMFile(entry)
		}
		if name != "" {
			files[name] = entry
		}
	}
	if cfg.APTSourcesList != "" {
		files["sources.list"] = cfg.APTSourcesList
	}
	if cfg.APTPreferences != "" {
		files["apt_preferences"] = cfg.APTPreferences
	}
	return files
}

// contexts completes build contexts before their builds begin.
type contexts struct {
	dir     string // the folder that all of them are in
	sources *source.Set
	base    map[string]string // see baseFiles
}

// complete lays into the context of an image what is not part of the tree, and
// returns the context's path. It waits for sources that are still being fetched.
func (c contexts) complete(ctx context.Context, name, dir string) (string, error) {
	path := filepath.Join(c.dir, filepath.FromSlash(dir))
	if name == baseName {
		if err := copyFiles(c.base, path); err != nil {
			return "", err
		}
	}
	return path, c.sources.Place(ctx, name, path)
}

// copyFiles copies files into dir, under the paths that are their keys.
func copyFiles(files map[string]string, dir string) error {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	defer root.Close()
	for name, path := range files {
		if err := root.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			return err
		}
		data, err := os.ReadFile(path)
		if errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("failed to read a file for the base image: %w\nsee rpm_setup_config, apt_sources_list and apt_preferences", err)
		}
		if err != nil {
			return fmt.Errorf("failed to read a file for the base image: %w", err)
		}
		if err := root.WriteFile(name, data, 0o644); err != nil {
			return fmt.Errorf("failed to copy %s into the context of the base image: %w", path, err)
		}
	}
	return nil
}
