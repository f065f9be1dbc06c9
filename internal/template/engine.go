package template

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"regexp"
	"strconv"
	"strings"

	minijinja "github.com/mitsuhiko/minijinja/minijinja-go/v2"
	"github.com/mitsuhiko/minijinja/minijinja-go/v2/value"
)

// Engine renders the templates of one file system. It is the only thing that
// the rest of the package knows about Jinja2.
type Engine interface {
	// Render renders the template called name, a path with slashes, with vars
	// as its context. Where the template is at fault, the error is an
	// [*Error]. Render may be called by several goroutines, and does not
	// change vars.
	Render(name string, vars map[string]any) (string, error)
}

// The limits within which one image must render. The largest of Kolla's own
// templates have 16 KiB, and take about 2,000 steps.
const (
	maxSource = 1 << 20   // bytes of one template
	maxOutput = 4 << 20   // bytes of one Dockerfile
	maxSteps  = 1_000_000 // statements and expressions evaluated
)

// engine is Jinja2 by minijinja, with its settings brought to Jinja2's own
// defaults: nothing trimmed but one final newline, undefined names print as
// nothing, nothing escaped.
//
// A template is compiled when first asked for, and then kept for all images
// that use it, as they all do macros.j2.
//
// The limits keep a template from recursing, looping or printing without end.
// They cannot bound what one expression allocates, nor a loop with an empty
// body, because minijinja counts neither.
type engine struct {
	files       fs.FS
	environment *minijinja.Environment
}

// NewEngine returns an engine for the templates in files, with Kolla's filters
// and functions. Templates import others by their path from the root of files.
func NewEngine(files fs.FS) Engine {
	e := &engine{files: files, environment: minijinja.NewEnvironment()}
	steps := uint64(maxSteps)
	links := newLinks()
	e.environment.SetFuel(&steps)
	e.environment.SetDebug(true) // errors then know their template
	e.environment.SetAutoEscapeFunc(func(string) minijinja.AutoEscape { return minijinja.AutoEscapeNone })
	e.environment.SetFormatter(func(_ *minijinja.State, v value.Value, _ func(string) string) string { return pythonString(v) })
	e.environment.SetPathJoinCallback(links.follow)
	e.environment.SetLoader(e.load)
	e.environment.AddFilter("customizable", customizable)
	e.environment.AddFunction("raise_error", raiseError)
	return e
}

// Render implements [Engine].
func (e *engine) Render(name string, vars map[string]any) (text string, err error) {
	// A template is foreign text: where it brings minijinja to panic, that is
	// the template's failure and not the program's.
	defer func() {
		if p := recover(); p != nil {
			text, err = "", &Error{File: name, Message: fmt.Sprintf("the template engine failed: %v", p)}
		}
	}()
	compiled, err := e.environment.GetTemplate(name)
	if err != nil {
		return "", e.explain(name, err)
	}
	out := &limitedBuilder{left: maxOutput}
	if err := compiled.RenderToWrite(vars, out); err != nil {
		return "", e.explain(name, err)
	}
	return out.text.String(), nil
}

// load reads the source of a template. Line ends become newlines, as Jinja2
// has it.
func (e *engine) load(name string) (string, error) {
	if cycle, found := strings.CutPrefix(name, cycleMark); found {
		return "", minijinja.NewError(minijinja.ErrTemplateNotFound, "templates load one another without end: "+cycle)
	}
	source, err := readSource(e.files, name)
	if err != nil {
		return "", minijinja.NewError(minijinja.ErrTemplateNotFound, err.Error())
	}
	return source, nil
}

func readSource(files fs.FS, name string) (string, error) {
	f, err := files.Open(name)
	if err != nil {
		return "", fmt.Errorf("there is no template %q", name)
	}
	defer f.Close()
	source, err := io.ReadAll(io.LimitReader(f, maxSource+1))
	if err != nil {
		return "", fmt.Errorf("failed to read %q: %w", name, err)
	}
	if len(source) > maxSource {
		return "", fmt.Errorf("%q has more than %d bytes", name, maxSource)
	}
	return strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(string(source)), nil
}

// syntaxError matches the errors of minijinja's parser, whose type it keeps to
// itself.
const syntaxError = `(?s)^SyntaxError: (.*) \(line (\d+)\)$`

// limitedBuilder builds a text of no more than left bytes. The builder is not
// embedded: its WriteString would be a way around the limit.
type limitedBuilder struct {
	text strings.Builder
	left int
}

// Write adds p, or fails when that would be too much.
func (b *limitedBuilder) Write(p []byte) (int, error) {
	if b.left -= len(p); b.left < 0 {
		return 0, minijinja.NewError(minijinja.ErrOutOfFuel, fmt.Sprintf("the output has more than %d bytes", maxOutput))
	}
	return b.text.Write(p)
}

// explain turns an error of minijinja into one of ours. Of a chain it takes
// the innermost, which stands nearest to the cause.
func (e *engine) explain(name string, err error) error {
	explained := &Error{File: name, Message: err.Error()}
	if m := regexp.MustCompile(syntaxError).FindStringSubmatch(err.Error()); m != nil {
		explained.Message = "syntax error: " + m[1]
		explained.Line, _ = strconv.Atoi(m[2])
	}
	for inner := (*minijinja.Error)(nil); errors.As(err, &inner); err = inner.Cause {
		explained.Message = message(inner)
		if inner.Name != "" {
			explained.File = inner.Name
		}
		if inner.Span != nil {
			explained.Line, explained.Column = int(inner.Span.StartLine), int(inner.Span.StartCol)+1
		}
		if inner.Cause == nil {
			break
		}
	}
	if source, err := readSource(e.files, explained.File); err == nil {
		explained.Excerpt = excerpt(source, explained.Line)
	}
	return explained
}

// message returns what went wrong, in words that do not need minijinja's own
// classes of errors to be understood.
func message(err *minijinja.Error) string {
	switch err.Kind {
	case minijinja.ErrInvalidOperation, minijinja.ErrTemplateNotFound, minijinja.ErrUndefinedVar:
		return err.Message
	case minijinja.ErrOutOfFuel:
		if err.Message == "out of fuel" {
			return fmt.Sprintf("the template takes more than %d steps", maxSteps)
		}
		return err.Message
	case minijinja.ErrUnknownFilter, minijinja.ErrUnknownTest, minijinja.ErrUnknownFunction:
		return fmt.Sprintf("%s %q", err.Kind, err.Message)
	default:
		return fmt.Sprintf("%s: %s", err.Kind, err.Message)
	}
}
