package model

import (
	"errors"
	"fmt"
	"os"
	"slices"

	"go.podman.io/storage"
	"go.podman.io/storage/pkg/reexec"
)

// otherTool is set in the environment of a process of ours that is to behave as another tool on the
// store: it does to it what podman does, by the same library.
const otherTool = "KOLLA_MODEL_OTHER_TOOL"

// library has the other tool do something: see useLibrary.
func (w *world) library(args ...string) done {
	w.t.Helper()
	self, err := os.Executable()
	w.must(err)
	return w.tool(append([]string{"env", otherTool + "=yes", self, w.path("root"), w.path("run")}, args...)...)
}

// useLibrary is what the other tool does:
//
//	name IMAGE NAME        gives an image one more name
//	container IMAGE NAME   makes a container
//	containers             lists the names of all containers
//	end NAME ...           removes containers
func useLibrary(args []string) (err error) {
	if reexec.Init() {
		return nil
	}
	if len(args) < 3 {
		return errors.New("usage: ROOT RUNROOT COMMAND [ARGUMENT ...]")
	}
	store, err := storage.GetStore(storage.StoreOptions{GraphRoot: args[0], RunRoot: args[1], GraphDriverName: "overlay"})
	if err != nil {
		return err
	}
	defer func() {
		_, shutdown := store.Shutdown(false)
		err = errors.Join(err, shutdown)
	}()
	command, args := args[2], args[3:]
	switch command {
	case "name":
		image, err := store.Image(args[0])
		if err != nil {
			return err
		}
		return store.AddNames(image.ID, args[1:])
	case "container":
		image, err := store.Image(args[0])
		if err != nil {
			return err
		}
		_, err = store.CreateContainer("", args[1:2], image.ID, "", "", nil)
		return err
	case "containers":
		containers, err := store.Containers()
		if err != nil {
			return err
		}
		var names []string
		for _, c := range containers {
			names = append(names, c.Names...)
		}
		slices.Sort(names)
		for _, name := range names {
			fmt.Println(name)
		}
		return nil
	case "end":
		for _, name := range args {
			if err := store.DeleteContainer(name); err != nil {
				return err
			}
		}
		return nil
	}
	return fmt.Errorf("unknown command %q", command)
}
