package buildahdriver

import (
	"context"
	"fmt"
	"io"
	"sync"

	"go.podman.io/image/v5/copy"
	"go.podman.io/image/v5/docker"
	"go.podman.io/image/v5/docker/reference"
	"go.podman.io/image/v5/manifest"
	"go.podman.io/image/v5/signature"
	"go.podman.io/image/v5/storage"
)

// Push copies the image called name from the store to the registry that its name
// begins with, docker.io if there is none, and returns the digest of the
// manifest it has there. Layers that the registry has are not sent again: push
// an image before those that stand on it, and each layer is compressed and sent
// once. Progress goes to output.
func (d *Driver) Push(ctx context.Context, name string, output io.Writer) (digest string, err error) {
	local, err := storeName(name)
	if err != nil {
		return "", err
	}
	remote, err := registryName(name)
	if err != nil {
		return "", err
	}
	source, err := storage.Transport.NewStoreReference(d.store, local, "")
	if err != nil {
		return "", fmt.Errorf("failed to look up %s: %w", local, err)
	}
	destination, err := docker.NewReference(remote)
	if err != nil {
		return "", fmt.Errorf("failed to push to %s: %w", remote, err)
	}
	policy, err := signature.DefaultPolicy(&d.system)
	if err != nil {
		return "", fmt.Errorf("failed to read the signature policy: %w", err)
	}
	policyContext, err := signature.NewPolicyContext(policy)
	if err != nil {
		return "", err
	}
	defer func() { _ = policyContext.Destroy() }()

	data, err := copy.Image(ctx, policyContext, destination, source, &copy.Options{
		SourceCtx:      &d.system,
		DestinationCtx: d.systemFor(reference.Domain(remote)),
		ReportWriter:   &serialWriter{writer: output},
	})
	if err != nil {
		if cause := context.Cause(ctx); cause != nil {
			return "", cause
		}
		return "", registryError("push "+remote.String(), remote.String(), err)
	}
	sum, err := manifest.Digest(data)
	return sum.String(), err
}

// serialWriter lets one goroutine write at a time: layers are copied in parallel, and
// the library tells of each as it comes.
type serialWriter struct {
	lock   sync.Mutex
	writer io.Writer
}

func (w *serialWriter) Write(p []byte) (int, error) {
	w.lock.Lock()
	defer w.lock.Unlock()
	return w.writer.Write(p)
}
