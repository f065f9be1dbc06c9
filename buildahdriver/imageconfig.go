package buildahdriver

import (
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/opencontainers/go-digest"
	"github.com/opencontainers/image-spec/specs-go"
	v1 "github.com/opencontainers/image-spec/specs-go/v1"
	"github.com/openshift/imagebuilder/dockerfile/parser"
	"github.com/sirupsen/logrus"
)

// child is the image that instructions made of its parent, with one more layer. It is
// what buildah's commit makes of the same.
func (p *parent) child(b *build, layer *stagedLayer) (*newImage, error) {
	now := time.Now().UTC()
	config := p.config
	config.Created = &now
	if b.instructions.Author != "" {
		config.Author = b.instructions.Author
	}
	config.Config = p.childConfig(b)
	config.RootFS = v1.RootFS{Type: "layers"}
	manifest := v1.Manifest{
		Versioned:   specs.Versioned{SchemaVersion: 2},
		MediaType:   v1.MediaTypeImageManifest,
		Layers:      append(slices.Clone(p.layers), v1.Descriptor{MediaType: v1.MediaTypeImageLayer, Digest: layer.DiffID, Size: layer.Size}),
		Annotations: map[string]string{},
	}
	maps.Copy(manifest.Annotations, p.annotations)
	manifest.Annotations[v1.AnnotationCreated] = now.Format(time.RFC3339Nano)
	config.RootFS.DiffIDs = make([]digest.Digest, 0, len(manifest.Layers))
	for _, layer := range manifest.Layers {
		config.RootFS.DiffIDs = append(config.RootFS.DiffIDs, layer.Digest)
	}
	config.History = p.childHistory(b, config.Author, now)
	return encodeImage(config, manifest, layer.ID)
}

// childConfig is the configuration that the instructions ended with.
func (p *parent) childConfig(b *build) v1.ImageConfig {
	end := b.instructions.Config()
	for instruction, isLost := range map[string]bool{
		"HEALTHCHECK": end.Healthcheck != nil,
		"ONBUILD":     len(end.OnBuild) > 0,
		"SHELL":       len(end.Shell) > 0,
	} {
		if isLost {
			logrus.Warnf("%s: %s has no place in the OCI format and does not reach the image", b.options.Dockerfile, instruction)
		}
	}
	config := v1.ImageConfig{
		User:       end.User,
		Env:        mergeEnv(p.config.Config.Env, end.Env),
		Cmd:        end.Cmd,
		Entrypoint: end.Entrypoint,
		WorkingDir: end.WorkingDir,
		StopSignal: end.StopSignal,
		Labels:     mergeLabels(end.Labels, b.options.Labels),
	}
	for port := range end.ExposedPorts {
		if config.ExposedPorts == nil {
			config.ExposedPorts = map[string]struct{}{}
		}
		config.ExposedPorts[string(port)] = struct{}{}
	}
	for volume := range end.Volumes {
		if config.Volumes == nil {
			config.Volumes = map[string]struct{}{}
		}
		config.Volumes[volume] = struct{}{}
	}
	return config
}

// mergeEnv appends entries, and takes away earlier ones of the same name.
func mergeEnv(env, more []string) []string {
	env = slices.Clone(env)
	for _, entry := range more {
		key, _, _ := strings.Cut(entry, "=")
		env = slices.DeleteFunc(env, func(old string) bool { return strings.HasPrefix(old, key+"=") })
		env = append(env, entry)
	}
	return env
}

// mergeLabels sets more labels, and takes away those that are set to nothing.
func mergeLabels(labels, more map[string]string) map[string]string {
	merged := map[string]string{}
	maps.Copy(merged, labels)
	for key, value := range more {
		if value == "" {
			delete(merged, key)
		} else {
			merged[key] = value
		}
	}
	return merged
}

// childHistory has an entry for each instruction. All but the last count as empty,
// since there is one layer for all of them. Build arguments are no part of an
// instruction's text, so their values stay out.
func (p *parent) childHistory(b *build, author string, now time.Time) []v1.History {
	if len(p.config.History) == 0 && len(p.layers) > 0 {
		return nil // one that tells of a few of the layers only would be wrong
	}
	history := slices.Clone(p.config.History)
	for i, text := range instructionTexts(b.node) {
		entry := v1.History{Created: &now, CreatedBy: text, EmptyLayer: true}
		if i == len(b.node.Children)-1 {
			entry.Author, entry.EmptyLayer = author, false
		}
		if i == 0 && p.name != "" {
			entry.Comment = "FROM " + p.name
		}
		history = append(history, entry)
	}
	return history
}

func instructionTexts(node *parser.Node) []string {
	texts := make([]string, len(node.Children))
	for i, child := range node.Children {
		texts[i] = oneLine(child.Original)
	}
	return texts
}
