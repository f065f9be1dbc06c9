// Package dockerfile reads the structure of a Dockerfile: its stages, the images and
// stages that each is based on or copies from, and so which stages have to be built.
//
// Nothing is executed and nothing is looked up: text and build arguments in, structure
// out. Instructions are parsed and interpreted by openshift/imagebuilder, as in buildah.
package dockerfile

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/openshift/imagebuilder"
	"github.com/openshift/imagebuilder/dockerfile/command"
	"github.com/openshift/imagebuilder/dockerfile/parser"
)

// Scratch is what FROM calls the empty image.
const Scratch = imagebuilder.NoBaseImageSpecifier

// File is a parsed Dockerfile.
type File struct {
	// Stages are all of its stages, in the order of the text. The last one is what the
	// Dockerfile builds.
	Stages []*Stage
}

// Stage is one FROM instruction and those up to the next one.
type Stage struct {
	// Index counts stages from 0.
	Index int
	// Name is what "AS" calls it, or its index in decimal.
	Name string
	// From is the image or stage that FROM names, with build arguments expanded.
	From string
	// Platform is the value of FROM's flag --platform, expanded; empty without the flag.
	Platform string
	// Base is the earlier stage that From names; nil if From is an image.
	Base *Stage
	// Needs are the earlier stages that have to be built before this one: its base,
	// and those that COPY --from, RUN --mount with from= and FROM --after name.
	Needs []*Stage
	// Images are the images, not stages, that COPY --from and RUN --mount name.
	Images []string
	// Node has the stage's instructions as children, without FROM.
	Node *parser.Node
	// Builder interprets them.
	Builder *imagebuilder.Builder

	earlier []*Stage
}

// Parse parses the text of a Dockerfile. Args are the build arguments given by the user.
func Parse(text []byte, args map[string]string) (*File, error) {
	node, err := imagebuilder.ParseDockerfile(bytes.NewReader(text))
	if err != nil {
		return nil, err
	}
	builder := imagebuilder.NewBuilder(args)
	stages, err := imagebuilder.NewStages(node, builder)
	if err != nil {
		return nil, err
	}
	if len(stages) == 0 || stages[0].Node.Children[0].Value != command.From {
		return nil, imagebuilder.ErrNoFROM
	}
	file := &File{}
	for _, parsed := range stages {
		stage := &Stage{
			Index: parsed.Position, Name: parsed.Name,
			Node: parsed.Node, Builder: parsed.Builder,
			earlier: slices.Clone(file.Stages),
		}
		line := parsed.Node.Children[0].StartLine
		if err := stage.resolve(); err != nil {
			return nil, fmt.Errorf("line %d: %w", line, err)
		}
		file.Stages = append(file.Stages, stage)
	}
	return file, nil
}

// Target is the stage that the Dockerfile builds.
func (f *File) Target() *Stage { return f.Stages[len(f.Stages)-1] }

// Needed returns the target and every stage that it needs, itself or through others, in
// the order of the text. The others need not be built.
func (f *File) Needed() []*Stage {
	needed := map[*Stage]bool{}
	var visit func(*Stage)
	visit = func(stage *Stage) {
		if !needed[stage] {
			needed[stage] = true
			for _, other := range stage.Needs {
				visit(other)
			}
		}
	}
	visit(f.Target())
	return slices.DeleteFunc(slices.Clone(f.Stages), func(stage *Stage) bool { return !needed[stage] })
}

// Lookup finds the stage that --from or from= names in this one: an earlier stage, by its
// name or its index. Of two stages with one name, the later counts.
func (s *Stage) Lookup(name string) (*Stage, bool) {
	for _, other := range slices.Backward(s.earlier) {
		if strings.EqualFold(other.Name, name) {
			return other, true
		}
	}
	if index, err := strconv.Atoi(name); err == nil && index >= 0 && index < len(s.earlier) {
		return s.earlier[index], true
	}
	return nil, false
}

// resolve finds out what the stage needs. It takes FROM from the node's children.
func (s *Stage) resolve() (err error) {
	if s.From, err = s.Builder.From(s.Node); err != nil {
		return err
	}
	s.Platform = s.Builder.Platform
	if s.From == "" {
		return errors.New("FROM names no image: a build argument in it has no value")
	}
	// As in buildah, an index will do; BuildKit wants a name here.
	if base, found := s.Lookup(s.From); found {
		s.Base = base
		s.need(base)
	}
	if after := s.Builder.After; after != "" {
		other, found := s.Lookup(after)
		if !found {
			return fmt.Errorf("FROM --after=%s: there is no such stage before this one", after)
		}
		s.need(other)
	}
	return s.findSources()
}

func (s *Stage) need(other *Stage) {
	if !slices.Contains(s.Needs, other) {
		s.Needs = append(s.Needs, other)
	}
}

// findSources looks for the stages and images that instructions copy or mount from.
func (s *Stage) findSources() error {
	scope := newScope(s.Builder)
	for _, child := range s.Node.Children {
		scope.apply(child)
		for _, from := range sourcesOf(child) {
			name, err := scope.expand(from)
			switch {
			case err != nil:
				return fmt.Errorf("%s: %w", strings.ToUpper(child.Value), err)
			case name == "" || strings.Contains(name, "$"):
				// The base image's environment may give it a value; so any stage may be meant.
				for _, other := range s.earlier {
					s.need(other)
				}
				continue
			}
			if other, found := s.Lookup(name); found {
				s.need(other)
			} else if name != Scratch && !slices.Contains(s.Images, name) {
				s.Images = append(s.Images, name)
			}
		}
	}
	return nil
}

// sourcesOf returns the values of --from and from= of an instruction, as written.
func sourcesOf(node *parser.Node) []string {
	var sources []string
	for _, flag := range node.Flags {
		switch node.Value {
		case command.Copy, command.Add:
			if from, found := strings.CutPrefix(flag, "--from="); found {
				sources = append(sources, from)
			}
		case command.Run:
			mount, found := strings.CutPrefix(flag, "--mount=")
			if !found {
				continue
			}
			for field := range strings.SplitSeq(mount, ",") {
				if from, found := strings.CutPrefix(field, "from="); found {
					sources = append(sources, from)
				}
			}
		}
	}
	return sources
}

// scope has the values of the variables that ARG and ENV instructions of a stage set.
type scope struct{ builder *imagebuilder.Builder }

// newScope begins with the arguments from before the first FROM, in a builder of its own,
// since instructions change theirs.
func newScope(of *imagebuilder.Builder) scope {
	builder := imagebuilder.NewBuilder(of.UserArgs)
	builder.HeadingArgs, builder.BuiltinArgDefaults = of.HeadingArgs, of.BuiltinArgDefaults
	return scope{builder}
}

// apply lets ARG and ENV have their effect. What is wrong with them is reported when the
// instruction is executed.
func (s scope) apply(node *parser.Node) {
	if node.Value != command.Arg && node.Value != command.Env {
		return
	}
	step := s.builder.Step()
	if step.Resolve(node) == nil {
		_ = s.builder.Run(step, imagebuilder.NoopExecutor, true)
	}
}

func (s scope) expand(word string) (string, error) {
	if !strings.Contains(word, "$") {
		return word, nil
	}
	variables := append(s.builder.Arguments(), s.builder.Env...)
	return imagebuilder.ProcessWord(word, variables)
}
