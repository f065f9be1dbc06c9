package bootstrap

import (
	"os"
	"strings"
)

// rpmDatabase is where rpm keeps its database in an image, unless the image's own
// rpm says otherwise.
const rpmDatabase = "usr/lib/sysimage/rpm"

// moveRPMDatabase puts the database where the root's own rpm looks for it.
func moveRPMDatabase(root *os.Root) error {
	wanted := rpmDatabaseOf(root)
	if _, err := root.Stat(rpmDatabase); err != nil || wanted == rpmDatabase {
		return nil //nolint:nilerr // a root without rpm has no database
	}
	if err := root.RemoveAll(wanted); err != nil {
		return err
	}
	return root.Rename(rpmDatabase, wanted)
}

// rpmDatabaseOf reads where the rpm of a root keeps its database.
func rpmDatabaseOf(root *os.Root) string {
	macros, err := root.ReadFile("usr/lib/rpm/macros")
	if err != nil {
		return rpmDatabase
	}
	for line := range strings.Lines(string(macros)) {
		if fields := strings.Fields(line); len(fields) == 2 && fields[0] == "%_dbpath" {
			path := strings.NewReplacer("%{_var}", "/var", "%{_usr}", "/usr").Replace(fields[1])
			return strings.TrimPrefix(path, "/")
		}
	}
	return rpmDatabase
}
