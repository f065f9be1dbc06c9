package workdir

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/kolla-build/kolla-build/internal/template"
)

// WriteContext writes the build context of one image to the folder dir: the given files
// of its folder, and its Dockerfile. What is at dir is replaced, and so is nothing else:
// the folder above it has to be there.
func WriteContext(dir string, files []template.File, image template.Rendered) (err error) {
	defer func() {
		if err != nil {
			err = fmt.Errorf("failed to write the build context of %s: %w", image.Name, err)
		}
	}()
	if err := os.RemoveAll(dir); err != nil {
		return err
	}
	above, err := os.OpenRoot(filepath.Dir(dir))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, above.Close()) }()
	w := writer{root: above, made: map[string]bool{}}
	top := filepath.Base(dir)
	if err := w.folder(top); err != nil {
		return err
	}
	for _, f := range files {
		name, below := strings.CutPrefix(f.Path, image.Dir+"/")
		if !below {
			return fmt.Errorf("%s is not below %s", f.Path, image.Dir)
		}
		if err := w.copyTo(top+"/"+name, f); err != nil {
			return err
		}
	}
	if err := w.text(top+"/Dockerfile", image.Dockerfile); err != nil {
		return err
	}
	return w.finish()
}
