package template

import (
	"errors"
	"fmt"
	"io"
	"io/fs"

	"github.com/kolla-build/kolla-build/internal/jinja"
	"github.com/kolla-build/kolla-build/internal/jinja/value"
)

// maxSource bounds one template, in bytes. The largest of Kolla's has 16 KiB.
const maxSource = 1 << 20

// engine renders the templates of one file system, with Kolla's filters and
// functions, and with the override files of the run.
//
// A template is compiled when first asked for, and then kept for all images
// that use it, as they all do macros.j2.
type engine struct {
	files fs.FS
	tree  *jinja.Environment
	// Overrides have an environment of their own, in which the templates of the
	// tree cannot be loaded.
	override  *jinja.Environment
	overrides *overrides
}

// newEngine returns an engine for the templates in files, which import one
// another by their path from the root of files, and may call functions.
func newEngine(files fs.FS, functions map[string]function, overriding []Override) *engine {
	e := &engine{files: files, overrides: mergeOverrides(overriding)}
	e.tree = jinja.New(func(name string) (string, error) { return readSource(files, name) })
	addKolla(e.tree, functions)
	if e.overrides != nil {
		e.override = jinja.New(e.overrides.load)
		addKolla(e.override, functions)
	}
	return e
}

// Render renders the template called name, a path with slashes, with vars as
// its context. Where a template is at fault, the error is an [*Error]. Render
// may be called by several goroutines, and does not change vars.
func (e *engine) Render(name string, vars map[string]any) (string, error) {
	context := make(map[string]value.Value, len(vars)+1)
	for key, v := range vars {
		converted, err := convert(v)
		if err != nil {
			return "", fmt.Errorf("failed to give templates the variable %s: %w", key, err)
		}
		context[key] = converted
	}
	template, err := e.tree.Template(name)
	if err == nil && e.override != nil {
		context["parent_template"] = template
		template, err = e.override.Template(e.overrides.name)
	}
	if err != nil {
		return "", e.explain(name, err)
	}
	text, err := template.Render(context)
	if err != nil {
		return "", e.explain(name, err)
	}
	return text, nil
}

func convert(v any) (value.Value, error) {
	if users, ok := v.(map[string]User); ok {
		return userDicts(users)
	}
	return value.FromGo(v)
}

// readSource reads a template, as a [jinja.Loader] does.
func readSource(files fs.FS, name string) (string, error) {
	f, err := files.Open(name)
	if err != nil {
		return "", err
	}
	defer f.Close()
	source, err := io.ReadAll(io.LimitReader(f, maxSource+1))
	if err != nil {
		return "", fmt.Errorf("failed to read %q: %w", name, err)
	}
	if len(source) > maxSource {
		return "", fmt.Errorf("%q has more than %d bytes", name, maxSource)
	}
	return string(source), nil
}

// explain turns an error of the engine into one that shows the place.
func (e *engine) explain(name string, err error) error {
	var wrong *jinja.Error
	if !errors.As(err, &wrong) {
		return &Error{File: name, Message: err.Error()}
	}
	at, chain := jinja.Frame{File: wrong.File, Line: wrong.Line, Column: wrong.Column}, wrong.Chain
	explained := &Error{Message: wrong.Message}
	if wrong.Line == 0 && len(chain) > 0 {
		// A file that cannot be read is the fault of those who ask for it.
		explained.Message = fmt.Sprintf("%q: %s", wrong.File, wrong.Message)
		at, chain = chain[0], chain[1:]
	}
	file, line, source := e.place(at.File, at.Line)
	explained.File, explained.Line = file, line
	explained.Column = at.Column
	explained.Excerpt = excerpt(source, explained.Line)
	for _, frame := range chain {
		file, line, _ := e.place(frame.File, frame.Line)
		explained.Chain = append(explained.Chain, Frame{File: file, Line: line})
	}
	return explained
}

// place finds the user's own file for a template's name and line, and its text.
func (e *engine) place(name string, line int) (file string, number int, source string) {
	if e.overrides != nil && name == e.overrides.name {
		file, number = e.overrides.locate(line)
		return file, number, e.overrides.source(file)
	}
	source, err := readSource(e.files, name)
	if err != nil {
		return name, line, ""
	}
	return name, line, lineEnds.Replace(source)
}
