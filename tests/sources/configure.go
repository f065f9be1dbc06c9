package main

import (
	"embed"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"text/template"
)

// configuration is all that makes kolla-build do without an index.
//
//go:embed kolla-build.conf override.j2
var configuration embed.FS

// configure writes the configuration into a folder, and returns the options that name it.
func configure(dir, url string, found fetched) ([]string, error) {
	// Debian chooses the versions of what it packages: there is nothing to constrain.
	constraints := filepath.Join(dir, "requirements", "upper-constraints.txt")
	if err := os.MkdirAll(filepath.Dir(constraints), 0o755); err != nil {
		return nil, err
	}
	if err := os.WriteFile(constraints, nil, 0o600); err != nil {
		return nil, err
	}
	functions := template.FuncMap{
		"requirements": func() string { return filepath.Dir(constraints) },
		"tarball": func(name string) string {
			return fmt.Sprintf("%s/%s/%s", url, name, filepath.Base(found.tarballs[name]))
		},
		"depends": func() (string, error) {
			text, err := json.Marshal(found.depends) // which Jinja reads as a list
			return string(text), err
		},
	}
	// Jinja2 has the curly brackets.
	parsed, err := template.New("").Delims("[[", "]]").Funcs(functions).ParseFS(configuration, "*")
	if err != nil {
		return nil, err
	}
	for _, one := range parsed.Templates() {
		if err := write(filepath.Join(dir, one.Name()), one); err != nil {
			return nil, err
		}
	}
	return []string{
		"--config-file", filepath.Join(dir, "kolla-build.conf"),
		"--template-override", filepath.Join(dir, "override.j2"),
	}, nil
}

func write(path string, text *template.Template) (err error) {
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	defer func() {
		if closeErr := file.Close(); err == nil {
			err = closeErr
		}
	}()
	return text.Execute(file, nil)
}
