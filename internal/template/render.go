package template

import (
	"errors"
	"io"
	"path"
	"runtime"
	"sync"
)

// Rendered is an image with its Dockerfile.
type Rendered struct {
	Name       string
	Dir        string // the image's folder within the tree
	Dockerfile string // its text; empty where Err is not nil
	Err        error  // an *Error where the template is at fault
}

// maxOutput bounds a Dockerfile, in bytes.
const maxOutput = 4 << 20

// Renderer renders images of a tree. It may be used by several goroutines.
type Renderer struct {
	tree   *Tree
	engine *engine
	vars   Variables
	shared map[string]any
}

// NewRenderer returns a renderer for images of the tree. The override files are
// laid over every template.
func NewRenderer(tree *Tree, vars Variables, overriding ...Override) *Renderer {
	return &Renderer{
		tree:   tree,
		engine: newEngine(tree, vars.functions(), overriding),
		vars:   vars,
		shared: vars.shared(),
	}
}

// Render renders every image of the tree, sorted by name. See [Renderer.Render].
func Render(tree *Tree, vars Variables, overriding ...Override) ([]Rendered, error) {
	rendered := NewRenderer(tree, vars, overriding...).Render(tree.Images())
	return rendered, Problems(rendered)
}

// Render renders images of the tree, in their order. One that fails does not
// keep the others from being rendered: its Err says why.
func (r *Renderer) Render(images []Image) []Rendered {
	rendered := make([]Rendered, len(images))
	next := make(chan int)
	var workers sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		workers.Go(func() {
			for i := range next {
				rendered[i] = r.image(images[i])
			}
		})
	}
	for i := range images {
		next <- i
	}
	close(next)
	workers.Wait()
	return rendered
}

// Problems joins the errors of all images. What is wrong with a file that many
// of them load is told once.
func Problems(rendered []Rendered) error {
	type place struct {
		file         string
		line, column int
		message      string
	}
	known := map[place]*Error{}
	var all []error
	for _, r := range rendered {
		var wrong *Error
		if !errors.As(r.Err, &wrong) {
			all = append(all, r.Err)
			continue
		}
		at := place{wrong.File, wrong.Line, wrong.Column, wrong.Message}
		if first, told := known[at]; told {
			first.others++
			continue
		}
		once := *wrong
		known[at] = &once
		all = append(all, &once)
	}
	return errors.Join(all...)
}

func (r *Renderer) image(image Image) Rendered {
	result := Rendered{Name: image.Name, Dir: image.Dir}
	if image.Template {
		result.Dockerfile, result.Err = r.engine.Render(path.Join(image.Dir, templateName), r.vars.forImage(r.shared, image))
	} else {
		result.Dockerfile, result.Err = readText(r.tree, path.Join(image.Dir, plainName))
	}
	var wrong *Error
	if errors.As(result.Err, &wrong) {
		wrong.Image = image.Name
		wrong.File = r.tree.location(wrong.File)
		for i, f := range wrong.Chain {
			wrong.Chain[i].File = r.tree.location(f.File)
		}
	}
	return result
}

// location is where a user finds the template of that name.
func (t *Tree) location(name string) string {
	if file, found := t.files[name]; found {
		return file.Location()
	}
	return name
}

// readText reads a Dockerfile that needs no rendering.
func readText(tree *Tree, name string) (string, error) {
	f, err := tree.Open(name)
	if err != nil {
		return "", &Error{File: name, Message: err.Error()}
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxOutput))
	if err != nil {
		return "", &Error{File: name, Message: err.Error()}
	}
	return string(text), nil
}
