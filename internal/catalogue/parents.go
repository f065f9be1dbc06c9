package catalogue

import (
	"encoding/json"
	"fmt"
)

// Parents reads what --list-dependencies prints, and returns for each image the name
// of the one that it stands on. The roots of the tree are left out.
func Parents(dependencies []byte) (map[string]string, error) {
	var tree any
	if err := json.Unmarshal(dependencies, &tree); err != nil {
		return nil, fmt.Errorf("failed to read the dependencies of images: %w", err)
	}
	parents := map[string]string{}
	if err := addParents(parents, "", tree); err != nil {
		return nil, err
	}
	return parents, nil
}

// addParents adds what is in a part of the tree: a name, or an object that has lists of
// parts by the name of their parent.
func addParents(parents map[string]string, parent string, part any) error {
	switch part := part.(type) {
	case string:
		if parent != "" {
			parents[part] = parent
		}
		return nil
	case map[string]any:
		for name, children := range part {
			if err := addParents(parents, parent, name); err != nil {
				return err
			}
			list, ok := children.([]any)
			if !ok {
				return fmt.Errorf("failed to read the dependencies of images: %s has no list", name)
			}
			for _, child := range list {
				if err := addParents(parents, name, child); err != nil {
					return err
				}
			}
		}
		return nil
	}
	return fmt.Errorf("failed to read the dependencies of images: neither a name nor an object below %q", parent)
}
