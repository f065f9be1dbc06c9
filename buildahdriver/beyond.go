package buildahdriver

import (
	"errors"
	"slices"
	"strings"

	"github.com/openshift/imagebuilder/dockerfile/command"
	"github.com/openshift/imagebuilder/dockerfile/parser"
)

// What our own executor leaves to imagebuildah, and why:
//
//   - several stages, COPY --from and mounts with from=: these need other images, or
//     several at once, and the trees that we are for have none of them;
//   - FROM with a flag: --platform wants an emulator, and images of other platforms;
//   - ADD of a URL or of a git repository, and its --checksum and --keep-git-dir: the
//     fetching is buildah's;
//   - COPY and ADD with --link, --parents or --exclude: rare, and with rules of their own;
//   - RUN --mount=type=ssh, which needs an agent; a bind mount that can be written to,
//     which needs an overlay; a part of a cache (source=); tmpcopyup; options that only
//     one builder has, such as those about SELinux and propagation;
//   - a mount whose target is in another mount, or in /proc, /dev or /sys: its mount point
//     would have to be made in what is mounted there;
//   - RUN with flags, or a script with its own interpreter, where one of buildah's
//     isolations was asked for.
//
// RUN --security is refused by both. All of this is made in the same store, with the same
// result.

// errNeedsImagebuildah means that an instruction asks for more than could be seen
// before.
var errNeedsImagebuildah = errors.New("only imagebuildah can do this")

// beyondError tells what only imagebuildah can do.
type beyondError struct{ what string }

func (e beyondError) Error() string { return e.what }

// Is makes it an errNeedsImagebuildah.
func (e beyondError) Is(target error) bool { return target == errNeedsImagebuildah }

// needsImagebuildah tells why a Dockerfile cannot go the quick way, or nothing. What
// depends on variables, or on the image, is found out on the way.
func needsImagebuildah(node *parser.Node) string {
	stages := 0
	for _, child := range node.Children {
		reason := ""
		switch child.Value {
		case command.From:
			if stages++; stages > 1 {
				return "several stages"
			}
			if len(child.Flags) > 0 {
				return "FROM with a flag"
			}
		case command.Run:
			reason = runBeyond(child)
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

func runBeyond(run *parser.Node) string {
	for _, flag := range run.Flags {
		mount, is := strings.CutPrefix(flag, "--mount=")
		if !is && !strings.HasPrefix(flag, "--network=") {
			return "RUN with " + flag
		}
		if !is || strings.Contains(mount, "$") {
			continue
		}
		if _, err := parseMount(mount, "/"); errors.Is(err, errNeedsImagebuildah) {
			return err.Error()
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

// unknowable tells which of a Dockerfile's inputs is neither the image that it stands on
// nor in the context, or nothing. A cache is no input: a RUN has to make the same with an
// empty one.
func unknowable(node *parser.Node) string {
	if reason := needsImagebuildah(node); reason != "" {
		return reason
	}
	for _, child := range node.Children {
		if child.Value != command.Run {
			continue
		}
		for _, flag := range child.Flags {
			text, _ := strings.CutPrefix(flag, "--mount=")
			if mount, err := parseMount(text, "/"); err == nil && mount.kind == mountSecret {
				return "a secret"
			} else if text != flag && strings.Contains(text, "$") {
				return "a mount with a variable"
			}
		}
	}
	if addsURL(node) {
		return "ADD of a URL"
	}
	return ""
}
