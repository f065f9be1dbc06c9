package main

import (
	"fmt"
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
//
// If cached is true, what the cache has will do: nobody is asked for newer ones.
func newSources(cfg *config.Config, tree *tree, cached bool, sink event.Sink) (*source.Set, error) {
	fetcher, err := newFetcher(cfg, source.Options{Cached: cached, Sink: sink})
	if err != nil {
		return nil, err
	}
	return sourceSet(cfg, tree, fetcher), nil
}

// newFetcher returns what fetches sources, with options beside those of the
// configuration.
func newFetcher(cfg *config.Config, options source.Options) (*source.Fetcher, error) {
	dir, err := cacheFolder("sources")
	if err != nil {
		return nil, err
	}
	options.CacheDir, options.Timeout, options.Retries, options.Stale = dir, cfg.Timeout, cfg.Retries, true
	return source.New(options)
}

// sourceSet is what the selected images need.
func sourceSet(cfg *config.Config, tree *tree, fetcher *source.Fetcher) *source.Set {
	var wants []source.Want
	sections := slices.Sorted(maps.Keys(cfg.Sources))
	for _, img := range parentsFirst(tree.selection.Matched()) {
		wants = append(wants, source.Want{
			Image:     img.Name,
			Sources:   ownSource(cfg, tree, img.Name),
			Plugins:   specs(cfg, sections, img.Name+pluginInfix),
			Additions: specs(cfg, sections, img.Name+additionsInfix),
		})
	}
	return source.NewSet(fetcher, cfg.PatchesPath, wants)
}

// cacheFolder returns a folder of ours among the user's caches.
func cacheFolder(name string) (string, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("failed to find the folder for caches: %w\nset HOME or XDG_CACHE_HOME", err)
	}
	return filepath.Join(cache, "kolla-build", name), nil
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

// specs returns the sources whose sections, of those given, begin with prefix. Today's
// Python tool knows plugins by default, which its own templates need; the
// templates here have none unless the user asks for some, as in the guide.
func specs(cfg *config.Config, sections []string, prefix string) []source.Spec {
	builtIn := len(cfg.DockerDirs) == 0
	var list []source.Spec
	for _, section := range sections {
		if !strings.HasPrefix(section, prefix) {
			continue
		}
		if s := cfg.Sources[section]; used(s) && !(s.Default && builtIn) {
			list = append(list, spec(cfg, section, s))
		}
	}
	return list
}

// extras names, by image, the plugins or additions that are configured for it.
func extras(cfg *config.Config, images []template.Image, infix string) map[string][]string {
	names := map[string][]string{}
	sections := slices.Sorted(maps.Keys(cfg.Sources))
	for _, img := range images {
		for _, s := range specs(cfg, sections, img.Name+infix) {
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
