package main

import (
	"slices"
	"strings"

	"github.com/kolla-build/kolla-build/internal/config"
	"github.com/kolla-build/kolla-build/internal/image"
	"github.com/kolla-build/kolla-build/internal/template"
)

// render renders the images that are wanted, and those that they are built from:
// of a large tree that is often a small part. What is wrong with templates is in
// t.broken then; the error is about everything else.
func (t *tree) render(cfg *config.Config) error {
	vars, err := variables(cfg, t)
	if err != nil {
		return err
	}
	overrides, err := readOverrides(cfg.TemplateOverrides)
	if err != nil {
		return err
	}
	next, err := wantedImages(cfg, t.templates)
	if err != nil {
		return err
	}
	renderer := template.NewRenderer(t.templates, vars, overrides...)
	known := map[string]bool{}
	for len(next) > 0 {
		for _, img := range next {
			known[img.Name] = true
		}
		rendered := renderer.Render(next)
		t.rendered = append(t.rendered, rendered...)
		next = t.unknownParents(rendered, known)
	}
	slices.SortFunc(t.rendered, func(a, b template.Rendered) int { return strings.Compare(a.Name, b.Name) })
	t.broken = template.Problems(t.rendered)
	return nil
}

// wantedImages are the images that have to be rendered in any case. Where it
// matters what else is built from an image, that is all of them.
func wantedImages(cfg *config.Config, templates *template.Tree) ([]template.Image, error) {
	images := templates.Images()
	patterns := patterns(cfg)
	if len(patterns) == 0 || cfg.ListDependencies || cfg.SkipParents {
		return images, nil
	}
	var names []string
	for _, img := range images {
		names = append(names, img.Name)
	}
	found, err := image.Search(patterns, names)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(images, func(img template.Image) bool { return !slices.Contains(found, img.Name) }), nil
}

// unknownParents are the images of the tree that others are built from, less those
// that are known.
func (t *tree) unknownParents(rendered []template.Rendered, known map[string]bool) []template.Image {
	needed := map[string]bool{}
	for _, r := range rendered {
		for _, base := range image.Bases(r.Dockerfile) {
			needed[base] = true
		}
	}
	return slices.DeleteFunc(t.templates.Images(), func(img template.Image) bool {
		return known[img.Name] || !needed[t.naming.Reference(img.Name)]
	})
}
