package buildahdriver

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/sirupsen/logrus"
	"go.podman.io/image/v5/docker/reference"

	"github.com/kolla-build/kolla-build/buildahdriver/internal/tags"
)

// pushes remembers which image was pushed under which name, and what its manifest is at
// the registry: there layers are compressed, and so it is not the one in the store. An image
// that is pushed again then costs one request, by which the registry tells whether the tag
// still names that manifest. A registry has no manifest without its layers.
//
// It is kept in a file beside the store: a line for each push, of which the last for a name
// counts. Without the file, and wherever it may be wrong, images are pushed in full.
type pushes struct {
	path string
	tags *tags.Client
	load sync.Once

	mu     sync.Mutex
	byName map[string]pushed
}

// pushed is an image in a registry.
type pushed struct {
	image    string // its id
	manifest string // the digest
}

// maxPushes bounds how many names are remembered. Beyond twice as many lines, the oldest go.
const maxPushes = 4096

// maxPushesFile bounds what is read of the file, in bytes.
const maxPushesFile = 16 << 20

// newPushes returns the memory of the store in the folder root.
func newPushes(root string, options Options) *pushes {
	return &pushes{
		path: filepath.Join(root, ownFolder, "pushed"),
		tags: tags.NewClient(options.systemFor),
	}
}

func (p *pushes) close() { p.tags.Close() }

// last returns the digest of the manifest that an image was pushed with, if it is the last
// that was pushed under the name.
func (p *pushes) last(name reference.Named, image string) (manifest string, found bool) {
	p.load.Do(p.read)
	p.mu.Lock()
	defer p.mu.Unlock()
	last, found := p.byName[name.String()]
	return last.manifest, found && last.image == image
}

// unchanged asks the registry whether a name still stands for what an image was pushed as.
func (p *pushes) unchanged(ctx context.Context, name reference.Named, image string) (manifest string, yes bool) {
	tagged, isTagged := name.(reference.NamedTagged)
	manifest, found := p.last(name, image)
	if !found || !isTagged {
		return "", false
	}
	there, err := p.tags.Digest(ctx, tagged)
	if err != nil {
		logrus.Debugf("cannot tell whether %s is as it was pushed: %v", name, err)
		return "", false
	}
	return manifest, there.String() == manifest
}

// keep remembers a push. One that cannot be remembered is as good.
func (p *pushes) keep(name reference.Named, now pushed) {
	p.load.Do(p.read)
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.byName[name.String()] == now {
		return
	}
	p.byName[name.String()] = now
	file, err := os.OpenFile(p.path, os.O_WRONLY|os.O_APPEND|os.O_CREATE, 0o600)
	if err == nil {
		// At once, so that lines of several processes do not mix.
		_, err = file.WriteString(formatPush(name.String(), now))
		err = errors.Join(err, file.Close())
	}
	if err != nil {
		logrus.Debugf("failed to remember the push of %s: %v", name, err)
	}
}

// read reads the file, and makes it shorter when it has grown.
func (p *pushes) read() {
	var text []byte
	if file, err := os.Open(p.path); err == nil {
		text, _ = io.ReadAll(io.LimitReader(file, maxPushesFile)) // what there is of it
		file.Close()
	}
	p.byName = parsePushes(text)
	if bytes.Count(text, []byte("\n")) > 2*maxPushes {
		if err := p.replace(latest(text, maxPushes)); err != nil {
			logrus.Debugf("failed to shorten %s: %v", p.path, err)
		}
	}
}

func (p *pushes) replace(text []byte) error {
	file, err := os.CreateTemp(filepath.Dir(p.path), "pushed.new-")
	if err != nil {
		return err
	}
	_, err = file.Write(text)
	if err = errors.Join(err, file.Close()); err == nil {
		err = os.Rename(file.Name(), p.path)
	}
	if err != nil {
		_ = os.Remove(file.Name())
	}
	return err
}

// formatPush is a line of the file: the digest of the manifest, the id of the image, the name.
func formatPush(name string, p pushed) string {
	return fmt.Sprintf("%s %s %s\n", p.manifest, p.image, name)
}

// parsePush reads a whole line of that form.
func parsePush(line string) (name string, p pushed, ok bool) {
	fields := strings.Fields(line)
	if len(fields) != 3 || !strings.HasSuffix(line, "\n") {
		return "", pushed{}, false
	}
	return fields[2], pushed{manifest: fields[0], image: fields[1]}, true
}

// parsePushes reads the lines. Those of another form count as none.
func parsePushes(text []byte) map[string]pushed {
	byName := map[string]pushed{}
	for line := range strings.Lines(string(text)) {
		if name, p, ok := parsePush(line); ok {
			byName[name] = p
		}
	}
	return byName
}

// latest returns the last line of each of the names that were pushed last.
func latest(text []byte, names int) []byte {
	lines := slices.Collect(strings.Lines(string(text)))
	seen := map[string]bool{}
	var kept []string
	for _, line := range slices.Backward(lines) {
		if name, _, ok := parsePush(line); ok && !seen[name] && len(kept) < names {
			seen[name] = true
			kept = append(kept, line)
		}
	}
	slices.Reverse(kept)
	return []byte(strings.Join(kept, ""))
}
