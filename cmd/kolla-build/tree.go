package main

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/kolla-build/kolla-build/distros"
	"github.com/kolla-build/kolla-build/internal/checkout"
	"github.com/kolla-build/kolla-build/internal/config"
	"github.com/kolla-build/kolla-build/internal/image"
	"github.com/kolla-build/kolla-build/internal/source"
	"github.com/kolla-build/kolla-build/internal/template"
	"github.com/kolla-build/kolla-build/internal/templatedir"
	"github.com/kolla-build/kolla-build/internal/workdir"
	"github.com/kolla-build/kolla-build/templates"
)

// bootstrapNamespace is where bootstrapped base images stand in the store.
const bootstrapNamespace = "localhost/bootstrap/"

// tree is a tree of templates, rendered, and the images that were asked for.
type tree struct {
	templates *template.Tree
	rendered  []template.Rendered // the images that are wanted, and what they are built from
	broken    error               // what is wrong with some of them
	selection *image.Selection
	distro    distros.Distro
	base      baseImage
	kolla     *checkout.Checkout // that the templates belong to, or nil
	naming    image.Naming
}

// baseImage is the image that a tree stands on.
type baseImage struct{ name, tag string }

func (b baseImage) reference() string { return b.name + ":" + b.tag }

// loadTree reads, renders and selects. Existing, if not nil, tells of a reference
// whether there is such an image, for --skip-existing. The caller closes the tree.
func loadTree(cfg *config.Config, existing func(reference string) bool) (_ *tree, err error) {
	t := &tree{}
	if t.distro, err = distros.Lookup(cfg.Base); err != nil {
		return nil, err
	}
	t.base = chooseBase(cfg, t.distro)
	if t.templates, err = openTemplates(cfg.DockerDirs); err != nil {
		return nil, err
	}
	t.kolla = kollaCheckout(cfg.DockerDirs)
	t.naming = imageNaming(cfg, t)
	if err := t.render(cfg); err != nil {
		return nil, errors.Join(err, t.close())
	}
	if t.broken != nil && !cfg.TemplateOnly {
		return nil, errors.Join(t.broken, t.close())
	}
	if t.selection, err = selectImages(cfg, t, existing); err != nil {
		return nil, errors.Join(t.broken, err, t.close())
	}
	return t, nil
}

func (t *tree) close() error {
	var errs []error
	for _, root := range t.templates.Roots() {
		errs = append(errs, root.Close())
	}
	return errors.Join(errs...)
}

// dockerfile returns the rendered Dockerfile of an image.
func (t *tree) dockerfile(name string) string {
	for _, r := range t.rendered {
		if r.Name == name {
			return r.Dockerfile
		}
	}
	return ""
}

// write writes the build contexts of the selected images below dir and returns
// the absolute path of the folder that holds them.
func (t *tree) write(dir string) (_ string, err error) {
	selected := map[string]bool{}
	for _, img := range t.selection.Matched() {
		selected[img.Name] = true
	}
	for _, r := range t.rendered {
		if r.Err != nil {
			delete(selected, r.Name)
		}
	}
	contexts, err := workdir.Open(dir)
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, contexts.Close()) }()
	if err := contexts.Write(t.templates, t.allImages(), func(name string) bool { return selected[name] }); err != nil {
		return "", err
	}
	return filepath.Abs(contexts.Path())
}

// allImages are the images that were rendered, and by name and folder the others.
func (t *tree) allImages() []template.Rendered {
	all := slices.Clone(t.rendered)
	for _, img := range t.templates.Images() {
		if !slices.ContainsFunc(t.rendered, func(r template.Rendered) bool { return r.Name == img.Name }) {
			all = append(all, template.Rendered{Name: img.Name, Dir: img.Dir})
		}
	}
	return all
}

// chooseBase takes the distro's base image unless another is asked for. A
// bootstrapped one has the tag it would have if it were pulled, since templates
// look at the tag.
func chooseBase(cfg *config.Config, distro distros.Distro) baseImage {
	base := baseImage{distro.BaseImage, distro.BaseTag}
	if cfg.BaseImage != "" {
		base.name = cfg.BaseImage
	}
	if cfg.BaseTag != "" {
		base.tag = cfg.BaseTag
	}
	if cfg.Bootstrap {
		base.name = bootstrapNamespace + distro.Name
	}
	return base
}

// openTemplates loads the given folders, laid over one another, or the built-in
// templates if there are none.
func openTemplates(dirs []string) (*template.Tree, error) {
	if len(dirs) == 0 {
		return template.Load(template.EmbeddedRoot("templates", templates.FS()))
	}
	var roots []template.Root
	for _, dir := range dirs {
		root, err := templatedir.Open(dir)
		if err != nil {
			return nil, err
		}
		roots = append(roots, root)
	}
	return template.Load(roots...)
}

// nameType is what stands for a type in the names of images: rdo and rhos are
// kinds of binary.
func nameType(kind string) string {
	if kind == "source" {
		return kind
	}
	return "binary"
}

// imageNaming gives images the names that the tree expects.
func imageNaming(cfg *config.Config, t *tree) image.Naming {
	naming := image.Naming{
		Registry:  cfg.Registry,
		Namespace: cfg.Namespace,
		Own:       cfg.ImageNamePrefix,
	}
	withType := typed(cfg, t.templates)
	if withType {
		naming.Base, naming.Type = cfg.Base, nameType(cfg.Type)
	}
	naming.Tag = imageTag(cfg, t.base, withType)
	return naming
}

func variables(cfg *config.Config, t *tree) (template.Variables, error) {
	header, err := readInclude("include-header", cfg.IncludeHeader)
	if err != nil {
		return template.Variables{}, err
	}
	footer, err := readInclude("include-footer", cfg.IncludeFooter)
	if err != nil {
		return template.Variables{}, err
	}
	rpmSetup, err := rpmInstructions(cfg, t.kolla)
	if err != nil {
		return template.Variables{}, err
	}
	repos, err := packageRepositories(cfg, t.kolla, t.base)
	if err != nil {
		return template.Variables{}, err
	}
	users := map[string]template.User{}
	for name, user := range cfg.Users {
		users[name] = template.User(user)
	}
	return template.Variables{
		BaseDistro:               cfg.Base,
		BaseImage:                t.base.name,
		BaseDistroTag:            t.base.tag,
		BaseArch:                 cfg.BaseArch,
		BasePackageType:          cmp.Or(cfg.PackageType, t.distro.PackageType),
		PackageManager:           cmp.Or(cfg.PackageManager, t.distro.PackageManager),
		InstallType:              cfg.Type,
		Namespace:                t.naming.FullNamespace(),
		ImagePrefix:              t.naming.Prefix(),
		Tag:                      t.naming.Tag,
		Maintainer:               cfg.Maintainer,
		KollaVersion:             cfg.KollaVersion,
		OpenStackRelease:         cfg.OpenStackRelease,
		OpenStackReleaseCodename: cfg.OpenStackReleaseCodename,
		OpenStackBranch:          cfg.OpenStackBranch,
		OpenStackBranchSlashed:   cfg.OpenStackBranchSlashed,
		IncludeHeader:            header,
		IncludeFooter:            footer,
		IncludeFooterAll:         cfg.IncludeFooterAll,
		RPMSetup:                 rpmSetup,
		AptSourcesList:           cfg.APTSourcesList != "",
		AptPreferences:           cfg.APTPreferences != "",
		Plugins:                  extras(cfg, t.templates.Images(), pluginInfix),
		Additions:                extras(cfg, t.templates.Images(), additionsInfix),
		UseDumbInit:              cfg.UseDumbInit && (t.distro.DumbInit || t.kolla != nil),
		DockerHealthchecks:       cfg.DockerHealthchecks,
		CleanPackageCache:        cfg.CleanPackageCache,
		PatchesPath:              cfg.PatchesPath,
		Repositories:             repos,
		ReposYAML:                cfg.ReposYAML,
		Users:                    users,
		Env:                      environment(),
		Distro:                   t.distro.Values(),
		Kolla:                    kollaVariables(cfg, t),
	}, nil
}

func environment() map[string]string {
	env := map[string]string{}
	for _, entry := range os.Environ() {
		key, value, _ := strings.Cut(entry, "=")
		env[key] = value
	}
	return env
}

func selectImages(cfg *config.Config, t *tree, existing func(string) bool) (*image.Selection, error) {
	var contexts []image.Rendered
	rendered := map[string]bool{}
	for _, r := range t.rendered {
		rendered[r.Name] = true
		contexts = append(contexts, image.Rendered{
			Name:       r.Name,
			Reference:  t.naming.Reference(r.Name),
			ContextDir: r.Dir,
			Dockerfile: r.Dockerfile,
			Unread:     r.Err != nil,
		})
	}
	for _, img := range t.templates.Images() {
		if !rendered[img.Name] {
			contexts = append(contexts, image.Rendered{
				Name: img.Name, Reference: t.naming.Reference(img.Name), ContextDir: img.Dir, Unread: true,
			})
		}
	}
	images, err := image.NewTree(contexts)
	if err != nil {
		return nil, err
	}
	unbuildable := t.distro.UnbuildableFor(distros.Target{
		Type: nameType(cfg.Type), Tag: t.base.tag, Arch: cfg.BaseArch,
	})
	if t.kolla != nil {
		unbuildable = kollaUnbuildable(cfg, t)
	}
	if cfg.EnableUnbuildable {
		unbuildable = nil
	}
	return images.Select(image.Request{
		Patterns:    patterns(cfg),
		Unbuildable: unbuildable,
		Existing:    existing,
		SkipParents: cfg.SkipParents,
	})
}

// patterns are the regular expressions that images are chosen by.
func patterns(cfg *config.Config) []string {
	patterns := slices.Clone(cfg.Regexes)
	for _, profile := range cfg.Profile {
		patterns = append(patterns, cfg.Profiles[profile]...)
	}
	return patterns
}

// templateOnly writes the rendered Dockerfiles with their contexts and prints
// where they are.
func templateOnly(cfg *config.Config, stdout io.Writer) error {
	tree, err := loadTree(cfg, nil)
	if err != nil {
		return err
	}
	defer tree.close()
	warn(cfg, warnings(cfg, tree))
	dir := cfg.WorkDir
	if dir == "" {
		if dir, err = os.MkdirTemp("", "kolla-build-"); err != nil {
			return fmt.Errorf("failed to make a folder for the Dockerfiles: %w", err)
		}
	}
	written, err := tree.write(dir)
	if err != nil {
		return err
	}
	if err := tree.completeTemplates(cfg, written); err != nil {
		return err
	}
	_, err = fmt.Fprintln(stdout, written)
	return errors.Join(tree.broken, err)
}

// completeTemplates lays into the written contexts what needs no fetching: the
// files for base, and patches.
func (t *tree) completeTemplates(cfg *config.Config, written string) error {
	patched := cfg.PatchesPath != "" || t.kolla != nil && t.kolla.Variables()["patches_path"]
	for _, r := range t.rendered {
		dir := filepath.Join(written, filepath.FromSlash(r.Dir))
		if info, err := os.Stat(dir); err != nil || !info.IsDir() {
			continue // not selected
		}
		if r.Name == baseName {
			if err := copyFiles(baseFiles(cfg, t), dir); err != nil {
				return err
			}
		}
		if patched && t.templates.Has(path.Join(r.Dir, templateName)) {
			if err := source.PlacePatches(cfg.PatchesPath, r.Name, dir); err != nil {
				return err
			}
		}
	}
	return nil
}
