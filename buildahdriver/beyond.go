package buildahdriver

import (
	"errors"
	"slices"
	"strings"

	"github.com/openshift/imagebuilder/dockerfile/command"
	"github.com/openshift/imagebuilder/dockerfile/parser"

	"github.com/kolla-build/kolla-build/internal/dockerfile"
)

// Our own executor does all that the Dockerfile reference describes, but for images of
// other platforms and RUN --security=insecure, which are refused. Where the user has chosen
// one of buildah's isolations, RUN is buildah's work, and so is whatever goes with it:
// several stages, flags of RUN, COPY --from, ADD of URLs. Then buildah's builder builds the
// whole Dockerfile, in the same store, with the same result.

// errNeedsImagebuildah means that an instruction asks for more than could be seen
// before.
var errNeedsImagebuildah = errors.New("only imagebuildah can do this")

// beyondError tells what only imagebuildah can do in one of buildah's isolations.
type beyondError struct{ what string }

func (e beyondError) Error() string { return e.what }

// Is makes it an errNeedsImagebuildah.
func (e beyondError) Is(target error) bool { return target == errNeedsImagebuildah }

// needsImagebuildah tells why a Dockerfile is left to buildah's builder in one of buildah's
// isolations, or nothing. What depends on variables, or on the image, is found out on the
// way.
func needsImagebuildah(file *dockerfile.File) string {
	if len(file.Stages) > 1 {
		return "several stages"
	}
	stage := file.Target()
	if stage.Platform != "" {
		return "FROM with a flag"
	}
	for _, child := range stage.Node.Children {
		reason := ""
		switch child.Value {
		case command.Run:
		case command.Add, command.Copy:
			reason = copyBeyond(child)
		default:
			if len(child.Heredocs) > 0 {
				reason = "a here-document"
			}
		}
		if reason != "" {
			return reason
		}
	}
	return ""
}

func copyBeyond(node *parser.Node) string {
	if node.Value == command.Add && namesURL(node) {
		return "ADD of a URL"
	}
	for _, flag := range node.Flags {
		if !strings.HasPrefix(flag, "--chown=") && !strings.HasPrefix(flag, "--chmod=") {
			return strings.ToUpper(node.Value) + " with " + flag
		}
	}
	return ""
}

// hasRunFlags tells whether a RUN has flags.
func hasRunFlags(node *parser.Node) bool {
	return slices.ContainsFunc(node.Children, func(child *parser.Node) bool {
		return child.Value == command.Run && len(child.Flags) > 0
	})
}

// unknowable tells which of a Dockerfile's inputs is neither the image that it is based on
// nor in the context, or nothing. A cache is no input: a RUN has to make the same with an
// empty one.
func unknowable(file *dockerfile.File) string {
	stage := file.Target()
	switch {
	case len(file.Needed()) > 1:
		return "several stages"
	case len(stage.Images) > 0:
		return "files of another image"
	}
	for _, child := range stage.Node.Children {
		if child.Value != command.Run {
			continue
		}
		for _, flag := range child.Flags {
			text, _ := strings.CutPrefix(flag, "--mount=")
			switch mount, err := parseMount(text, "/"); {
			case text == flag:
			case strings.Contains(text, "$"):
				return "a mount with a variable"
			case err == nil && mount.kind == mountSecret:
				return "a secret"
			case err == nil && mount.kind == mountSSH:
				return "an SSH agent"
			}
		}
	}
	if addsURL(stage.Node) {
		return "ADD of a URL"
	}
	return ""
}
