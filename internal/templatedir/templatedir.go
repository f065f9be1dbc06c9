// Package templatedir opens folders of templates on disk for package template, which is
// pure.
package templatedir

import (
	"fmt"
	"io/fs"
	"os"

	"github.com/kolla-build/kolla-build/internal/template"
)

// Open makes a root of a folder on disk. Symbolic links in it are followed as long as
// they stay in it. The caller closes the root after its last use.
func Open(dir string) (template.Root, error) {
	opened, err := os.OpenRoot(dir)
	if err != nil {
		return template.Root{}, fmt.Errorf("failed to open the folder of templates: %w\nsee what --docker-dir names", err)
	}
	return template.FolderRoot(dir, opened.FS(), folder{opened}), nil
}

type folder struct{ *os.Root }

func (folder) SameFile(a, b fs.FileInfo) bool { return os.SameFile(a, b) }
