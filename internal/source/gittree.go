package source

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"strings"

	"github.com/kolla-build/kolla-build/internal/source/pack"
)

// maxTarget limits the target of a link in bytes: PATH_MAX of Linux.
const maxTarget = 4096

// gitEntry is one line of git ls-tree.
type gitEntry struct{ mode, object, name string }

// The modes of git's tree entries.
const (
	gitFolder     = "040000"
	gitSubmodule  = "160000"
	gitLink       = "120000"
	gitExecutable = "100755"
)

// pack writes the files of a commit as git stores them. There is no working
// tree, so neither filters nor links nor names of the commit can do anything on
// this machine.
func (r *repository) pack(ctx context.Context, commit string, w *pack.Writer) error {
	listing, err := r.output(ctx, "ls-tree", "-r", "-t", "-z", "--full-tree", commit)
	if err != nil {
		return err
	}
	var entries []gitEntry
	var objects bytes.Buffer // those of files and links, one per line
	for line := range strings.SplitSeq(strings.TrimSuffix(string(listing), "\x00"), "\x00") {
		fields, name, _ := strings.Cut(line, "\t")
		parts := strings.Fields(fields)
		if len(parts) != 3 {
			continue // a commit without any file
		}
		e := gitEntry{parts[0], parts[2], name}
		entries = append(entries, e)
		if e.mode != gitFolder && e.mode != gitSubmodule {
			fmt.Fprintln(&objects, e.object)
		}
	}
	if err := checkNames(entries); err != nil {
		return err
	}
	contents, writer := io.Pipe()
	cmd := r.command(ctx, "cat-file", "--batch")
	cmd.Stdin, cmd.Stdout = &objects, writer
	failed := make(chan error, 1)
	go func() {
		err := cmd.run()
		writer.CloseWithError(errors.Join(err, io.ErrUnexpectedEOF))
		failed <- err
	}()
	err = packEntries(w, entries, bufio.NewReaderSize(contents, 64<<10))
	contents.CloseWithError(errors.New("the archive has failed")) // if git has more to say
	if gitErr := <-failed; err == nil {
		err = gitErr
	}
	return err
}

// checkNames refuses what git itself would never put into a tree, and what programs make
// different things of: a name with a slash in it, whose folder then has no entry, and
// ".git", in which git would look for configuration.
func checkNames(entries []gitEntry) error {
	folders := map[string]bool{".": true}
	for _, e := range entries {
		dir, name := path.Dir(e.name), path.Base(e.name)
		switch {
		case strings.EqualFold(name, ".git"):
			return &pack.EntryError{Entry: e.name, Reason: "is a repository's own, and no part of a commit"}
		case name == "." || name == ".." || path.Join(dir, name) != e.name || !folders[dir]:
			return &pack.EntryError{Entry: e.name, Reason: "is no name of git's"}
		}
		if e.mode == gitFolder {
			folders[e.name] = true
		}
	}
	return nil
}

func packEntries(w *pack.Writer, entries []gitEntry, contents *bufio.Reader) error {
	for _, e := range entries {
		var err error
		switch e.mode {
		case gitFolder, gitSubmodule:
			err = w.Folder(e.name)
		default:
			err = packObject(w, e, contents)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// packObject reads what git cat-file --batch says of one object: a line with its
// id, type and size, the content, and a line feed.
func packObject(w *pack.Writer, e gitEntry, contents *bufio.Reader) error {
	line, err := contents.ReadString('\n')
	if err != nil {
		return err
	}
	var (
		object string
		length int64
	)
	if _, err := fmt.Sscanf(line, "%s blob %d", &object, &length); err != nil || object != e.object {
		return fmt.Errorf("git said %q of the file %q", line, e.name)
	}
	content := io.LimitReader(contents, length)
	switch e.mode {
	case gitLink:
		if length > maxTarget {
			return fmt.Errorf("link %q has a target of %d bytes", e.name, length)
		}
		var target []byte
		if target, err = io.ReadAll(content); err == nil {
			err = w.Symlink(e.name, string(target))
		}
	case gitExecutable:
		err = w.File(e.name, 0o755, length, content)
	default:
		err = w.File(e.name, fs.FileMode(0o644), length, content)
	}
	if err != nil {
		return err
	}
	_, err = contents.Discard(1)
	return err
}
