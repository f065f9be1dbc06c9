package rpm

import (
	"archive/zip"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// writeWheel writes a wheel with nothing in it into the folder.
func writeWheel(dir, project string) (err error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	name := strings.NewReplacer("-", "_", ".", "_").Replace(project)
	file, err := os.Create(filepath.Join(dir, name+"-1-py3-none-any.whl"))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	archive := zip.NewWriter(file)
	info := name + "-1.dist-info/"
	for _, entry := range []struct{ name, text string }{
		{info + "METADATA", fmt.Sprintf("Metadata-Version: 2.1\nName: %s\nVersion: 1\n", project)},
		{info + "WHEEL", "Wheel-Version: 1.0\nGenerator: stand-in\nRoot-Is-Purelib: true\nTag: py3-none-any\n"},
		{info + "RECORD", fmt.Sprintf("%[1]sMETADATA,,\n%[1]sWHEEL,,\n%[1]sRECORD,,\n", info)},
	} {
		w, err := archive.Create(entry.name)
		if err != nil {
			return err
		}
		if _, err := w.Write([]byte(entry.text)); err != nil {
			return err
		}
	}
	return archive.Close()
}
