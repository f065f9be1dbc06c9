package buildahdriver

import (
	"context"
	"fmt"
	"io"
	"sync"
	"time"

	"go.podman.io/image/v5/copy"
	"go.podman.io/image/v5/docker"
	"go.podman.io/image/v5/docker/reference"
	"go.podman.io/image/v5/manifest"
	"go.podman.io/image/v5/pkg/compression"
	"go.podman.io/image/v5/signature"
	imagestorage "go.podman.io/image/v5/storage"
	"go.podman.io/image/v5/types"
	"go.podman.io/storage"
)

// Push copies the image called name from the store to the registry that its name
// begins with, docker.io if there is none, and returns the digest of the
// manifest it has there. Layers that the registry has are not sent again, and one that
// several images have is compressed and sent once. An image that is there already, as
// it was pushed last time, costs one request. Progress goes to output.
func (d *Driver) Push(ctx context.Context, name string, output io.Writer) (digest string, err error) {
	local, err := storeName(name)
	if err != nil {
		return "", err
	}
	remote, err := registryName(name)
	if err != nil {
		return "", err
	}
	image, err := d.store.Image(local.String())
	if err != nil {
		return "", fmt.Errorf("failed to look up %s: %w", local, err)
	}
	if digest, unchanged := d.pushes.unchanged(ctx, remote, image.ID); unchanged {
		return digest, nil
	}
	layers, err := d.diffIDs(image.TopLayer)
	if err != nil {
		return "", err
	}
	held, err := d.uploads.Acquire(ctx, reference.Domain(remote), layers)
	if err != nil {
		return "", err
	}
	defer func() { held.Release(err == nil) }()
	// By its id alone: another run may give the name to its own image meanwhile, and the
	// library does not find one that has lost the name it is asked for by.
	source, err := imagestorage.Transport.NewStoreReference(d.store, nil, image.ID)
	if err != nil {
		return "", fmt.Errorf("failed to look up %s: %w", local, err)
	}
	data, err := d.copyToRegistry(ctx, source, remote, output, held.Sent)
	if err != nil {
		return "", err
	}
	sum, err := manifest.Digest(data)
	if err != nil {
		return "", err
	}
	if blobs := d.blobs(); blobs != nil {
		blobs.saveSometimes()
	}
	d.pushes.keep(remote, image.ID, sum.String())
	return sum.String(), nil
}

// copyToRegistry copies an image and returns its manifest at the registry. It calls done
// with the diff id of each layer that has come there.
func (d *Driver) copyToRegistry(ctx context.Context, source types.ImageReference, remote reference.Named, output io.Writer, done func(diffID string)) ([]byte, error) {
	destination, err := docker.NewReference(remote)
	if err != nil {
		return nil, fmt.Errorf("failed to push to %s: %w", remote, err)
	}
	policy, err := signature.DefaultPolicy(&d.system)
	if err != nil {
		return nil, fmt.Errorf("failed to read the signature policy: %w", err)
	}
	policyContext, err := signature.NewPolicyContext(policy)
	if err != nil {
		return nil, err
	}
	defer func() { _ = policyContext.Destroy() }()

	route, err := d.pushes.registries.Route(&d.system, remote, true)
	if err != nil {
		return nil, err
	}
	defer route.Close()
	system := route.System()
	if d.options.Compression == CompressionZstd {
		system.CompressionFormat = &compression.Zstd
	}
	if blobs := d.blobs(); blobs != nil {
		system = blobs.system(system)
	}
	progress, stop := watchBlobs(done)
	defer stop()
	data, err := copy.Image(ctx, policyContext, destination, source, &copy.Options{
		SourceCtx:        &d.system,
		DestinationCtx:   system,
		ReportWriter:     &serialWriter{writer: output},
		Progress:         progress,
		ProgressInterval: 24 * time.Hour, // only the end of each matters
	})
	if err != nil {
		if cause := context.Cause(ctx); cause != nil {
			return nil, cause
		}
		return nil, registryError("push "+remote.String(), remote.String(), route.Explain(err))
	}
	return data, nil
}

// watchBlobs returns a channel for the library's events, and calls done for each blob that
// the registry has, by the digest that it has in the store, until stop.
func watchBlobs(done func(digest string)) (events chan types.ProgressProperties, stop func()) {
	events = make(chan types.ProgressProperties)
	var watching sync.WaitGroup
	watching.Go(func() {
		for e := range events {
			if e.Event == types.ProgressEventDone || e.Event == types.ProgressEventSkipped {
				done(e.Artifact.Digest.String())
			}
		}
	})
	return events, func() {
		close(events)
		watching.Wait()
	}
}

// diffIDs returns the digests of a layer and of those below it, uncompressed.
func (d *Driver) diffIDs(layer string) ([]string, error) {
	var digests []string
	err := d.eachLayer(layer, func(l *storage.Layer) { digests = append(digests, l.UncompressedDigest.String()) })
	return digests, err
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
