package template

import (
	"errors"
	"path"
	"regexp"
	"strings"

	"github.com/kolla-build/kolla-build/internal/jinja"
)

// Override is a file of the user's whose blocks and variables take the place of
// those of every template.
type Override struct {
	Name string // its path, with slashes, as messages call it
	Text string
}

// overrides is what the override files of a run make together.
type overrides struct {
	files  []Override
	name   string // of the text, as templates call it
	text   string
	starts []int // the lines of text, from 0, at which the files begin
	// kept are the numbers, from 1, that the lines of text have in their files.
	kept []int
}

// extendsLine matches the lines that override files after the first must not
// repeat, since a template extends only one other.
var extendsLine = regexp.MustCompile(`\{%.*extends`)

// mergeOverrides joins override files to one text. As in the Python tool, the
// lines of later files that extend another template go, and the text has the
// base name of the first.
func mergeOverrides(files []Override) *overrides {
	if len(files) == 0 {
		return nil
	}
	o := &overrides{files: files, name: path.Base(files[0].Name)}
	for i, file := range files {
		o.starts = append(o.starts, len(o.kept))
		number := 0
		for line := range strings.Lines(lineEnds.Replace(file.Text)) {
			number++
			if i > 0 && strings.HasSuffix(line, "\n") && extendsLine.MatchString(line) {
				continue
			}
			if o.text == "" || strings.HasSuffix(o.text, "\n") {
				o.kept = append(o.kept, number)
			}
			o.text += line
		}
	}
	return o
}

// locate finds the file and the line that a line of the joined text, from 1,
// came from.
func (o *overrides) locate(line int) (file string, number int) {
	i := len(o.starts) - 1
	for i > 0 && line-1 < o.starts[i] {
		i--
	}
	if line < 1 || line > len(o.kept) {
		return o.files[i].Name, line
	}
	return o.files[i].Name, o.kept[line-1]
}

// source returns the text of one of the files.
func (o *overrides) source(name string) string {
	for _, file := range o.files {
		if file.Name == name {
			return lineEnds.Replace(file.Text)
		}
	}
	return ""
}

// load is a [jinja.Loader] that knows nothing but the joined text: as in the
// Python tool, overrides cannot import the files of the tree.
func (o *overrides) load(name string) (string, error) {
	if name == o.name {
		return o.text, nil
	}
	return "", errNotForOverrides
}

var errNotForOverrides = errors.New("an override cannot load other templates\nits blocks see what the overridden template has imported, such as macros")

var lineEnds = strings.NewReplacer("\r\n", "\n", "\r", "\n")

var _ jinja.Loader = (*overrides)(nil).load
