package environments

import (
	"archive/tar"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
)

// entries lists what is in the layers of an image at a registry: kind, mode, owner, size
// and name of each entry, layer by layer.
func entries(ctx context.Context, host, repository, tag string) ([]string, error) {
	body, err := get(ctx, fmt.Sprintf("http://%s/v2/%s/manifests/%s", host, repository, tag))
	if err != nil {
		return nil, err
	}
	var manifest struct{ Layers []struct{ Digest string } }
	err = errors.Join(json.NewDecoder(body).Decode(&manifest), body.Close())
	if err != nil {
		return nil, err
	}
	var all []string
	for i, layer := range manifest.Layers {
		blob, err := get(ctx, fmt.Sprintf("http://%s/v2/%s/blobs/%s", host, repository, layer.Digest))
		if err != nil {
			return nil, err
		}
		lines, err := layerEntries(blob)
		if err := errors.Join(err, blob.Close()); err != nil {
			return nil, err
		}
		slices.Sort(lines)
		all = append(all, fmt.Sprintf("layer %d", i))
		all = append(all, lines...)
	}
	return all, nil
}

func layerEntries(blob io.Reader) ([]string, error) {
	plain, err := gzip.NewReader(blob)
	if err != nil {
		return nil, err
	}
	var lines []string
	for archive := tar.NewReader(plain); ; {
		header, err := archive.Next()
		if errors.Is(err, io.EOF) {
			return lines, nil
		}
		if err != nil {
			return nil, err
		}
		line := fmt.Sprintf("%c %04o %d:%d %s", header.Typeflag, header.Mode&0o7777, header.Uid, header.Gid, strings.TrimSuffix(header.Name, "/"))
		if header.Typeflag == tar.TypeLink || header.Typeflag == tar.TypeSymlink {
			line += " -> " + header.Linkname
		}
		for key, value := range header.PAXRecords {
			if strings.HasPrefix(key, "SCHILY.xattr.") {
				line += fmt.Sprintf(" %s=%q", key, value)
			}
		}
		if header.Typeflag == tar.TypeReg && header.Name != "var/new/random" {
			line += fmt.Sprintf(" %d bytes", header.Size)
		}
		lines = append(lines, line)
	}
}

func get(ctx context.Context, url string) (io.ReadCloser, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return nil, err
	}
	request.Header.Set("Accept", "application/vnd.oci.image.manifest.v1+json")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return nil, err
	}
	if response.StatusCode != http.StatusOK {
		response.Body.Close()
		return nil, fmt.Errorf("%s: %s", url, response.Status)
	}
	return response.Body, nil
}
