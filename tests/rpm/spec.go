package rpm

import (
	"fmt"
	"strings"
)

// Package is an RPM that is to be made. Most have only a name.
type Package struct {
	Name     string
	Requires []string
	Provides []string
	// Files are the paths of its files and links, and of its folders, with a slash at
	// their ends. They lie in the root from which it is made.
	Files []string
}

// spec describes the packages for rpmbuild, which finds their files below root.
func spec(packages []Package, root string) string {
	var b strings.Builder
	// The files are Debian's, and done: rpmbuild is not to strip, compile or search them.
	b.WriteString(`%global debug_package %{nil}
%global __os_install_post %{nil}
%global _build_id_links none
%global _binary_payload w1.zstdio
Name: stand-in
Version: 1
Release: 1
Summary: stand-in
License: none
AutoReqProv: no
%description
A stand-in.
%install
`)
	if root != "" {
		fmt.Fprintf(&b, "cp --archive --link %s/. %%{buildroot}\n", root)
	}
	for _, p := range packages {
		fmt.Fprintf(&b, "%%package -n %s\nSummary: stand-in\nAutoReqProv: no\n", p.Name)
		for _, name := range p.Requires {
			fmt.Fprintf(&b, "Requires: %s\n", name)
		}
		for _, name := range p.Provides {
			fmt.Fprintf(&b, "Provides: %s\n", name)
		}
		fmt.Fprintf(&b, "%%description -n %s\nA stand-in.\n%%files -n %s\n%%defattr(-,root,root)\n", p.Name, p.Name)
		for _, path := range p.Files {
			// Named without %dir, a folder would bring all that other packages have in it.
			if folder, is := strings.CutSuffix(path, "/"); is {
				b.WriteString("%dir ")
				path = folder
			}
			fmt.Fprintf(&b, "%q\n", path)
		}
	}
	return b.String()
}
