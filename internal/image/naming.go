package image

import "strings"

// Naming makes the references of a tree's images. Those of the guide's time have
// distro and type in their names, those since Zed have neither:
//
//	[registry/]namespace/<base>-<type>-[prefix]<image>:<tag>
//	[registry/]namespace/[prefix]<image>:<tag>
type Naming struct {
	Registry  string // host[:port], may be empty
	Namespace string // may be empty too
	Base      string // distro, such as debian; empty in names without a type
	Type      string // binary or source, or empty
	Own       string // prefix of the image's own name, may be empty
	Tag       string
}

// Reference returns the reference of an image.
func (n Naming) Reference(image string) string {
	ref := n.Prefix() + image + ":" + n.Tag
	if namespace := n.FullNamespace(); namespace != "" {
		ref = namespace + "/" + ref
	}
	return ref
}

// FullNamespace is the namespace with the registry in front: what templates
// know as {{ namespace }}.
func (n Naming) FullNamespace() string {
	parts := make([]string, 0, 2)
	for _, part := range []string{n.Registry, n.Namespace} {
		if part = strings.Trim(part, "/"); part != "" {
			parts = append(parts, part)
		}
	}
	return strings.Join(parts, "/")
}

// Prefix is what stands in front of an image's own name: what templates know
// as {{ image_prefix }}.
func (n Naming) Prefix() string {
	if n.Type == "" {
		return n.Own
	}
	return n.Base + "-" + n.Type + "-" + n.Own
}
