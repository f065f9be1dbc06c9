package buildahdriver

import (
	"fmt"
	"os"
	"path"
	"path/filepath"
	"strings"

	buildkit "github.com/moby/buildkit/frontend/dockerfile/parser"
	"github.com/openshift/imagebuilder"
)

// heredocText is what a here-document holds. The parser has taken the last line break
// of its content, and left the one before it.
func heredocText(content string) string {
	if content == "" {
		return ""
	}
	return strings.TrimPrefix(content, "\n") + "\n"
}

// runText is the command of a RUN in the shell's words, with the here-documents that
// belong to it. If a single one is all there is, it is the script, and isScript tells
// so.
func runText(run imagebuilder.Run) (text string, isScript bool) {
	text = strings.Join(run.Args, " ")
	if len(run.Files) == 0 {
		return text, false
	}
	if alone, err := buildkit.ParseHeredoc(text); err == nil && alone != nil {
		return heredocText(run.Files[0].Data), true
	}
	for _, file := range run.Files {
		text += "\n" + heredocText(file.Data) + file.Name
	}
	return text, false
}

// copyHeredocs does COPY and ADD of here-documents: each is a file of its name.
func (e *executor) copyHeredocs(c imagebuilder.Copy) error {
	dir, err := os.MkdirTemp(e.driver.scratch.dir, "heredoc-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	var names []string
	for _, file := range c.Files {
		name := path.Base(file.Name)
		if err := os.WriteFile(filepath.Join(dir, name), []byte(heredocText(file.Data)), 0o600); err != nil {
			return fmt.Errorf("failed to write the here-document %s: %w", name, err)
		}
		// Not by the call above: its mode is subject to the umask.
		if err := os.Chmod(filepath.Join(dir, name), 0o644); err != nil { //nolint:gosec // it is for the image
			return err
		}
		names = append(names, literalPattern(name))
	}
	files, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	defer files.Close()
	c.Src, c.Files, c.Download, c.From = names, nil, false, ""
	return e.copyFrom(files, nil, c)
}

// contextSources are what a COPY takes from the build context, and not from its
// here-documents.
func contextSources(c imagebuilder.Copy) (sources []string) {
	if len(c.Files) == 0 {
		return c.Src
	}
	for _, source := range c.Src {
		if !strings.HasPrefix(source, "<<") {
			sources = append(sources, source)
		}
	}
	return sources
}

// literalPattern is the pattern that matches a name alone: see path.Match.
func literalPattern(name string) string {
	return strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`).Replace(name)
}
