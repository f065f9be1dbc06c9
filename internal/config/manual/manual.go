// Package manual writes the manual page, from the table of options.
//
// It writes roff itself: what there is to say is lists, for which three macros
// are enough, and no way through Markdown keeps a list's tags apart as well.
package manual

import (
	"fmt"
	"strings"

	"github.com/kolla-build/kolla-build/internal/config"
	"github.com/kolla-build/kolla-build/internal/exit"
)

const description = `kolla-build renders a tree of templates, works out which image stands on
which, builds the selected images in parallel and pushes them if asked to. It needs
neither a daemon nor root.

The arguments are regular expressions that are searched in the names of the
images. Those that match are built, and so are their parents. Without an argument
and without a profile all images are.`

const fileText = `The file has the options under their long names, with underscores for
dashes, in its section [DEFAULT]. Further sections have the sources of the
images, their plugins and additions, the users of the services, and profiles.
kolla-build genconfig writes a sample with all of it; kolla-build config tells each
value that counts and where it comes from.

Of the places below the first that has the file counts. In the same places a
folder kolla-build.conf.d is looked for, whose files *.conf are read after it in the
order of their names. With --config-file or --config-dir nothing is looked
for.`

const environmentText = `Every option that can stand in the file can be given as
OS_DEFAULT__NAME, and the key of a section as OS_SECTION__KEY. The proxies of
the environment (http_proxy and its like) are passed on to RUN instructions
and leave no trace in an image.

The store is in XDG_DATA_HOME, and what one run keeps for the next in
XDG_CACHE_HOME; without these both are in HOME, and without that in the home
of the passwd file. XDG_RUNTIME_DIR and TMPDIR count if the user may write
there.`

// Page returns the manual page in roff, for section 1.
func Page(env config.Environment) string {
	var p page
	p.line(".TH KOLLA-BUILD 1 \"\" " + quoted("kolla-build "+env.Version))
	p.heading("NAME")
	p.text("kolla-build - build a tree of container images from templates")
	p.heading("SYNOPSIS")
	p.text("kolla-build [options] [REGEX ...]")
	for _, c := range config.Commands() {
		p.line(".br")
		p.text("kolla-build " + c.Usage())
	}
	p.heading("DESCRIPTION")
	p.text(description)
	p.heading("COMMANDS")
	for _, c := range config.Commands() {
		p.item(c.Usage(), c.Help)
		p.commandOptions(c)
	}
	p.options(env)
	p.heading("FILE")
	p.text(fileText)
	for _, place := range config.Places() {
		p.item(place, "")
	}
	p.heading("ENVIRONMENT")
	p.text(environmentText)
	for _, o := range config.Options(env) {
		if o.Variable != "" {
			p.item(o.Variable, "The same as --"+o.Name+".")
		}
	}
	p.heading("EXIT STATUS")
	for _, s := range exit.Table() {
		p.item(fmt.Sprint(s.Code), s.Meaning)
	}
	p.text("Any other status means failure.")
	p.heading("EXAMPLES")
	for _, e := range config.Examples() {
		p.item(e.Line, e.Help)
	}
	p.heading("SEE ALSO")
	p.text("containers-registries.conf(5), containers-storage.conf(5), containers-auth.json(5), buildah(1)")
	return p.String()
}

// page is roff in the making.
type page struct{ strings.Builder }

func (p *page) line(text string) { p.WriteString(text + "\n") }

func (p *page) heading(text string) { p.line(".SH " + quoted(text)) }

// text adds running text; an empty line parts paragraphs.
func (p *page) text(text string) {
	for i, paragraph := range strings.Split(text, "\n\n") {
		if i > 0 {
			p.line(".PP")
		}
		for line := range strings.SplitSeq(paragraph, "\n") {
			p.line(escape(line))
		}
	}
}

// item adds an entry of a list: a bold tag, and the text below it.
func (p *page) item(tag, text string) {
	p.line(".TP")
	p.line(`\fB` + escape(tag) + `\fR`)
	if text != "" {
		p.text(text)
	}
}

// commandOptions adds the options that only one command has, below it.
func (p *page) commandOptions(c config.Command) {
	if len(c.Options) == 0 {
		return
	}
	p.line(".RS")
	for _, o := range c.Options {
		p.item(o.Usage(), o.Description())
	}
	p.line(".RE")
}

// options adds all options by category: first those of the command line, then
// those that only the file has.
func (p *page) options(env config.Environment) {
	p.heading("OPTIONS")
	p.text("Options that are on or off have a form that turns them off: --nocache for --cache.")
	var category config.Category
	for _, o := range config.Options(env) {
		if o.Scope == config.ScopePositional {
			continue
		}
		if o.Category != category {
			category = o.Category
			p.line(".SS " + quoted(string(category)))
		}
		p.item(usage(o), o.Description())
	}
}

// usage returns the option's names, or its key where only the file has it.
func usage(o config.Option) string {
	if !o.OnCommandLine() {
		return strings.TrimSuffix("in the file: "+o.Key()+" = "+o.Metavar, " = ")
	}
	names := "--" + o.Name
	if o.Short != "" {
		names = "-" + o.Short + ", " + names
	}
	if o.Metavar != "" {
		names += " " + o.Metavar
	}
	return names
}

// escape keeps roff from finding anything in a line: escapes, hyphens that may
// become dashes, and requests at its beginning.
func escape(line string) string {
	line = strings.NewReplacer(`\`, `\e`, "-", `\-`).Replace(line)
	if strings.HasPrefix(line, ".") || strings.HasPrefix(line, "'") {
		line = `\&` + line
	}
	return line
}

// quoted makes one argument of a macro.
func quoted(text string) string {
	return `"` + strings.ReplaceAll(escape(text), `"`, `\(dq`) + `"`
}
