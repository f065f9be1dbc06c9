package environments

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"runtime"
	"slices"
	"strings"
	"time"
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
		for _, line := range lines {
			all = append(all, fmt.Sprintf("layer %d: %s", i, line))
		}
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

// pushBase makes an image at a registry that others are based on: with files that an
// ordinary user could not read, file capabilities, owners, and a second layer in which
// something is gone.
func pushBase(ctx context.Context, host, repository, tag string) error {
	lower, err := layer([]tar.Header{
		{Typeflag: tar.TypeDir, Name: "etc/", Mode: 0o755},
		{Typeflag: tar.TypeReg, Name: "etc/passwd", Mode: 0o644, Size: int64(len(basePasswd))},
		{Typeflag: tar.TypeReg, Name: "etc/shadow", Mode: 0, Gid: 42, Size: 7},
		{Typeflag: tar.TypeReg, Name: "etc/old", Mode: 0o644, Size: 4},
		{Typeflag: tar.TypeDir, Name: "closed/", Mode: 0},
		{Typeflag: tar.TypeReg, Name: "closed/file", Mode: 0o200, Uid: 7, Gid: 8, Size: 3},
		{Typeflag: tar.TypeReg, Name: "ping", Mode: 0o755, Size: 5, PAXRecords: map[string]string{"SCHILY.xattr.security.capability": string(netRaw)}},
		{Typeflag: tar.TypeSymlink, Name: "link", Linkname: "../../../etc", Uid: 9, Gid: 9},
		{Typeflag: tar.TypeDir, Name: "folder/", Mode: 0o2750, Uid: 1000, Gid: 5},
	})
	if err != nil {
		return err
	}
	upper, err := layer([]tar.Header{
		{Typeflag: tar.TypeDir, Name: "etc/", Mode: 0o755},
		{Typeflag: tar.TypeReg, Name: "etc/.wh.old"},
		{Typeflag: tar.TypeReg, Name: "closed/more", Mode: 0o644},
	})
	if err != nil {
		return err
	}
	config := map[string]any{"architecture": runtime.GOARCH, "os": "linux", "config": map[string]any{"Env": []string{"PATH=/bin"}}}
	var diffIDs []string
	var layers []any
	for _, l := range []*baseLayer{lower, upper} {
		if err := put(ctx, host, repository, l.packed); err != nil {
			return err
		}
		diffIDs = append(diffIDs, digestOf(l.plain))
		layers = append(layers, map[string]any{"mediaType": "application/vnd.oci.image.layer.v1.tar+gzip", "digest": digestOf(l.packed), "size": len(l.packed)})
	}
	config["rootfs"] = map[string]any{"type": "layers", "diff_ids": diffIDs}
	configJSON, err := json.Marshal(config)
	if err != nil {
		return err
	}
	if err := put(ctx, host, repository, configJSON); err != nil {
		return err
	}
	manifest, err := json.Marshal(map[string]any{
		"schemaVersion": 2, "mediaType": ociManifest, "layers": layers,
		"config": map[string]any{"mediaType": "application/vnd.oci.image.config.v1+json", "digest": digestOf(configJSON), "size": len(configJSON)},
	})
	if err != nil {
		return err
	}
	return send(ctx, http.MethodPut, fmt.Sprintf("http://%s/v2/%s/manifests/%s", host, repository, tag), ociManifest, manifest, nil)
}

const (
	ociManifest = "application/vnd.oci.image.manifest.v1+json"
	basePasswd  = "worker:x:1000:1000::/folder:/bin/sh\n"
)

// netRaw is CAP_NET_RAW as a file capability: see struct vfs_cap_data of linux/capability.h.
var netRaw = []byte{1, 0, 0, 2, 0, 0x20, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}

type baseLayer struct{ plain, packed []byte }

func layer(headers []tar.Header) (*baseLayer, error) {
	var plain, packed bytes.Buffer
	w := tar.NewWriter(&plain)
	for _, h := range headers {
		h.ModTime, h.Format = time.Unix(1_700_000_000, 0), tar.FormatPAX
		content := strings.Repeat("x", int(h.Size))
		if h.Name == "etc/passwd" {
			content = basePasswd
		}
		if err := w.WriteHeader(&h); err != nil {
			return nil, err
		}
		if _, err := io.WriteString(w, content); err != nil {
			return nil, err
		}
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	z := gzip.NewWriter(&packed)
	if _, err := z.Write(plain.Bytes()); err != nil {
		return nil, err
	}
	if err := z.Close(); err != nil {
		return nil, err
	}
	return &baseLayer{plain.Bytes(), packed.Bytes()}, nil
}

func digestOf(data []byte) string { return fmt.Sprintf("sha256:%x", sha256.Sum256(data)) }

// put uploads a blob, as in the OCI distribution specification.
func put(ctx context.Context, host, repository string, blob []byte) error {
	var where string
	if err := send(ctx, http.MethodPost, fmt.Sprintf("http://%s/v2/%s/blobs/uploads/", host, repository), "", nil, &where); err != nil {
		return err
	}
	separator := "?"
	if strings.Contains(where, "?") {
		separator = "&"
	}
	return send(ctx, http.MethodPut, where+separator+"digest="+digestOf(blob), "application/octet-stream", blob, nil)
}

func send(ctx context.Context, method, url, contentType string, body []byte, location *string) error {
	request, err := http.NewRequestWithContext(ctx, method, url, bytes.NewReader(body))
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", contentType)
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode >= http.StatusMultipleChoices {
		text, _ := io.ReadAll(response.Body)
		return fmt.Errorf("%s %s: %s: %s", method, url, response.Status, text)
	}
	if location != nil {
		*location = response.Header.Get("Location")
	}
	return nil
}
