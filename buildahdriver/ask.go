package buildahdriver

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/openshift/imagebuilder/dockerfile/command"
	"github.com/openshift/imagebuilder/dockerfile/parser"

	"github.com/kolla-build/kolla-build/internal/dockerfile"
)

// Needs is what a Dockerfile needs beside its context.
type Needs struct {
	// From is the image that it stands on, with build arguments put in. It is empty if
	// there are unknowable inputs.
	From string
	// Unknowable says what of its inputs is neither that image nor in the context, such
	// as a URL or another image. A build with such an input is never known to be
	// unchanged. It is empty if there is none.
	Unknowable string
}

// Examine tells what a Dockerfile, given as its text, needs. No store is needed to
// know.
func Examine(text string, args map[string]string) (Needs, error) {
	file, err := dockerfile.Parse([]byte(text), args)
	if err != nil {
		return Needs{}, fmt.Errorf("failed to parse the Dockerfile: %w", err)
	}
	needs := Needs{Unknowable: unknowable(file)}
	if needs.Unknowable == "" {
		needs.From = file.Target().From
	}
	return needs, nil
}

// Scratch is what FROM calls the image that is empty.
const Scratch = dockerfile.Scratch

// BaseID returns the id of the image that a FROM line names, pulling it if need be, or
// if the registry has a newer one and that is asked for. The id of [Scratch] is its
// name.
func (d *Driver) BaseID(ctx context.Context, from string, newer bool, output io.Writer) (string, error) {
	if from == Scratch {
		return from, nil
	}
	return d.resolveBase(ctx, from, newer, output)
}

// addsURL tells whether instructions fetch something that nothing pins, or may do so.
func addsURL(node *parser.Node) bool {
	for _, child := range node.Children {
		if child.Value != command.Add {
			continue
		}
		// What a variable holds is known only when the instruction runs.
		if fetches := namesURL(child) || strings.Contains(child.Original, "$"); fetches && !hasFlag(child, "--checksum=") {
			return true
		}
	}
	return false
}

func hasFlag(node *parser.Node, prefix string) bool {
	return slices.ContainsFunc(node.Flags, func(flag string) bool { return strings.HasPrefix(flag, prefix) })
}

func namesURL(add *parser.Node) bool {
	return slices.ContainsFunc(strings.Fields(add.Original), isURL)
}

// isURL tells what ADD fetches from what it takes from the context.
func isURL(source string) bool {
	source = strings.TrimLeft(source, "[\"'")
	return strings.Contains(source, "://") || strings.HasPrefix(source, "git@")
}
