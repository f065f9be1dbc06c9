package main

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"text/template"
)

// embedded has a folder for each container, named as it is: what kolla-ansible would put
// into /etc/kolla of the host.
//
//go:embed config
var embedded embed.FS

// shared are files that two containers have.
var shared = map[string]string{"keystone_fernet/keystone.conf": "keystone/keystone.conf"}

// writeConfiguration writes the folders of all containers below folder.
func writeConfiguration(folder string, s settings) error {
	config, err := fs.Sub(embedded, "config")
	if err != nil {
		return err
	}
	err = fs.WalkDir(config, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		path := filepath.Join(folder, name)
		if entry.IsDir() {
			return os.MkdirAll(path, 0o755)
		}
		return writeFile(path, config, name, s)
	})
	for path, name := range shared {
		err = errors.Join(err, writeFile(filepath.Join(folder, path), config, name, s))
	}
	return err
}

// writeFile lets its owner alone read the file. In the containers that is root, who
// copies it for the service.
func writeFile(path string, config fs.FS, name string, s settings) error {
	text, err := render(config, name, s)
	if err != nil {
		return err
	}
	return os.WriteFile(path, text, 0o600)
}

func render(config fs.FS, name string, s settings) ([]byte, error) {
	text, err := fs.ReadFile(config, name)
	if err != nil {
		return nil, err
	}
	parsed, err := template.New(name).Parse(string(text))
	if err != nil {
		return nil, fmt.Errorf("failed to parse %s: %w", name, err)
	}
	var out bytes.Buffer
	if err := parsed.Execute(&out, s); err != nil {
		return nil, fmt.Errorf("failed to render %s: %w", name, err)
	}
	return out.Bytes(), nil
}
