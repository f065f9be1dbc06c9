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

// Render renders every image of the tree, sorted by name. One that fails does
// not keep the others from being rendered: its Err says why, and the error
// that Render returns joins all of them.
func Render(tree *Tree, vars Variables) ([]Rendered, error) {
	return render(tree, NewEngine(tree), vars)
}

func render(tree *Tree, engine Engine, vars Variables) ([]Rendered, error) {
	shared := vars.shared()
	rendered := make([]Rendered, len(tree.images))
	next := make(chan int)
	var workers sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		workers.Go(func() {
			for i := range next {
				image := tree.images[i]
				rendered[i] = renderImage(tree, engine, image, vars.forImage(shared, image))
			}
		})
	}
	for i := range tree.images {
		next <- i
	}
	close(next)
	workers.Wait()

	var problems []error
	for _, r := range rendered {
		problems = append(problems, r.Err)
	}
	return rendered, errors.Join(problems...)
}

func renderImage(tree *Tree, engine Engine, image Image, context map[string]any) Rendered {
	r := Rendered{Name: image.Name, Dir: image.Dir}
	if image.Template {
		r.Dockerfile, r.Err = engine.Render(path.Join(image.Dir, templateName), context)
	} else {
		r.Dockerfile, r.Err = readText(tree, path.Join(image.Dir, plainName))
	}
	var wrong *Error
	if errors.As(r.Err, &wrong) {
		wrong.Image = image.Name
		if file, found := tree.files[wrong.File]; found {
			wrong.File = file.Location()
		}
	}
	return r
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
