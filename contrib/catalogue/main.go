// Command catalogue builds all images that Debian's packages make possible, in one run,
// as an unprivileged user, on a base that is bootstrapped: make catalogue.
//
// It prints how long each took and how large it is, and writes the sizes to
// docs/sizes.toml unless something failed or only a part was asked for. Arguments go to
// kolla-build.
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"

	"github.com/kolla-build/kolla-build/internal/catalogue"
	"github.com/kolla-build/kolla-build/internal/summary"
)

const (
	program   = "bin/kolla-build"
	asUser    = "contrib/as-user"
	sizesFile = "docs/sizes.toml"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "catalogue:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	document, buildErr := build(args)
	if document == nil {
		return buildErr
	}
	sizes, err := measure(*document)
	if err != nil {
		return err
	}
	if err := catalogue.WriteTable(os.Stdout, *document, sizes); err != nil {
		return err
	}
	if buildErr != nil || len(document.NotMatched) > 0 {
		return buildErr
	}
	return write(sizes)
}

// build returns what the run has to say. It may do so beside an error, which then tells
// that some image failed.
func build(args []string) (*summary.Document, error) {
	text, err := output(exec.Command(asUser, arguments(args)...))
	var document summary.Document
	if jsonErr := json.Unmarshal(text, &document); jsonErr != nil {
		return nil, errors.Join(err, fmt.Errorf("failed to read the summary of the run: %w", jsonErr))
	}
	return &document, err
}

// arguments returns the command line of the run, with the user's own arguments last.
func arguments(args []string) []string {
	return append([]string{program, "-b", "debian", "-t", "binary", "--bootstrap", "--format", "json"}, args...)
}

func measure(document summary.Document) (catalogue.Sizes, error) {
	dependencies, err := output(exec.Command(program, "-b", "debian", "-t", "binary", "--list-dependencies"))
	if err != nil {
		return nil, err
	}
	parents, err := catalogue.Parents(dependencies)
	if err != nil {
		return nil, err
	}
	totals := map[string]int64{}
	for _, entry := range document.Built {
		totals[entry.Name] = entry.Size
	}
	return catalogue.NewSizes(totals, parents), nil
}

func output(cmd *exec.Cmd) ([]byte, error) {
	cmd.Stderr = os.Stderr
	text, err := cmd.Output()
	if err != nil {
		return text, fmt.Errorf("failed to run %s: %w", cmd, err)
	}
	return text, nil
}

func write(sizes catalogue.Sizes) error {
	file, err := os.Create(sizesFile)
	if err != nil {
		return err
	}
	return errors.Join(sizes.Write(file), file.Close())
}
