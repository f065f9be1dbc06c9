package catalogue

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
)

// Page is all that docs/images.md tells.
type Page struct {
	// Columns are the releases of distros that images are built on.
	Columns []Column
	// Profiles have the names of the images that a profile selects.
	Profiles []Profile
	// Reasons say what cannot be built.
	Reasons []Reason
	// Built has the sizes of the images that are built for real, which is done for
	// the Column of the title BuiltOn with type binary.
	Built   Sizes
	BuiltOn string
}

// Column is a release of a distro.
type Column struct {
	Title string
	// Images tells for each image, by name, which types can be built.
	Images map[string]Types
}

// Types tells which install types of an image can be built.
type Types struct{ Binary, Source bool }

// Profile is a profile with the names of its images, sorted, and those of its regexes
// that match no image.
type Profile struct {
	Name   string
	Images []string
	Idle   []string
}

// Reason says why images cannot be built on a distro. What stands on one of them
// cannot be built either.
type Reason struct {
	Distro, Image, Why string
	// When is the condition under which that is so, see distros; empty for always.
	When string
}

const intro = `# Images

<!-- Written by go test ./internal/catalogue -update: change templates or distros instead. -->

All images that kolla-build ships, and where they can be built. **b** is type binary,
from the distro's packages, and **s** type source. An upper-case **B** has been built
for real by ` + "`make catalogue`" + `; those of distros
with RPMs are built on [stand-ins for their packages](rpm.md), and the others are rendered,
parsed and checked by the tests. A dot stands for a type that cannot be built there:
[why](#not-buildable).

The sizes are those of %s, type binary, in megabytes: what the image adds to the
one it stands on, and all its layers.

`

// What Kolla has is told as of summer 2026; a new image of it is added by hand.
const profiles = `
## Names

Images have the names that today's Kolla has for them, so that its deployments find them.
Two of Kolla's are left out, for nothing runs them: ` + "`letsencrypt-base` and `ovsdpdk`" + `. Their
children stand on ` + "`base` and `openvswitch-base`" + ` here. Some of earlier releases are still
here, since their services live on: Redis, Swift, Zookeeper, Zun and others.

## Profiles

What ` + "`--profile`" + ` selects; the images that these stand on come with them. Profiles have the
names of release 2.0.3 as well as today's, for the templates of either. Four of them have
no image any more: Ceph's own tools bring its images (` + "`ceph`" + `), Fluentd took the place of Heka
(` + "`heka`" + `), no distro has MongoDB (` + "`mongodb`" + `), and neither Kolla nor its deployments know
Zaqar (` + "`zaqar`" + `).

`

// Markdown returns the page as text.
func (p Page) Markdown() []byte {
	var out bytes.Buffer
	fmt.Fprintf(&out, intro, p.BuiltOn)
	p.writeTable(&out)
	p.writeProfiles(&out)
	p.writeReasons(&out)
	return out.Bytes()
}

func (p Page) writeTable(out *bytes.Buffer) {
	out.WriteString("| image |")
	for _, column := range p.Columns {
		fmt.Fprintf(out, " %s |", column.Title)
	}
	out.WriteString(" own | total |\n|---|" + strings.Repeat(":-:|", len(p.Columns)) + "--:|--:|\n")
	for _, name := range p.names() {
		fmt.Fprintf(out, "| %s |", name)
		for _, column := range p.Columns {
			fmt.Fprintf(out, " %s |", p.cell(column, name))
		}
		size, built := p.Built[name]
		if built {
			fmt.Fprintf(out, " %s | %s |\n", megabytes(size.Own), megabytes(size.Total))
		} else {
			out.WriteString(" | |\n")
		}
	}
}

func (p Page) names() []string {
	var names []string
	for _, column := range p.Columns {
		for name := range column.Images {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

func (p Page) cell(column Column, name string) string {
	binary, source := "·", "·"
	types := column.Images[name]
	if types.Binary {
		binary = "b"
	}
	if _, built := p.Built[name]; types.Binary && built && column.Title == p.BuiltOn {
		binary = "**B**"
	}
	if types.Source {
		source = "s"
	}
	return binary + " " + source
}

func (p Page) writeProfiles(out *bytes.Buffer) {
	out.WriteString(profiles)
	for _, profile := range p.Profiles {
		fmt.Fprintf(out, "- **%s** (%d): %s", profile.Name, len(profile.Images), strings.Join(profile.Images, ", "))
		if len(profile.Idle) > 0 {
			fmt.Fprintf(out, "; no image: %s", strings.Join(profile.Idle, ", "))
		}
		out.WriteString("\n")
	}
}

func (p Page) writeReasons(out *bytes.Buffer) {
	out.WriteString("\n## Not buildable\n\nWhat stands on one of these images cannot be built either. ")
	out.WriteString("`--enable-unbuildable` tries\nnevertheless, for a site that has what is missing.\n")
	distro := ""
	for _, reason := range p.Reasons {
		if reason.Distro != distro {
			distro = reason.Distro
			fmt.Fprintf(out, "\n### %s\n\n", distro)
		}
		when := ""
		if reason.When != "" {
			when = " (" + reason.When + ")"
		}
		fmt.Fprintf(out, "- %s%s: %s\n", reason.Image, when, reason.Why)
	}
}
