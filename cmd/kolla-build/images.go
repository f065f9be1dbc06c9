package main

import (
	"fmt"
	"io"
	"text/tabwriter"
	"time"

	"github.com/docker/go-units"

	"github.com/kolla-build/kolla-build/buildahdriver"
	"github.com/kolla-build/kolla-build/internal/config"
)

// imagesCommand lists what is in the store.
func imagesCommand(args []string, stdout io.Writer) (err error) {
	cfg, err := parse(args, stdout)
	if err != nil || cfg == nil {
		return err
	}
	images, err := listImages(cfg)
	if err != nil {
		return err
	}
	table := tabwriter.NewWriter(stdout, 0, 8, 2, ' ', 0)
	fmt.Fprintln(table, "REFERENCE\tID\tSIZE\tCREATED")
	for _, image := range images {
		fmt.Fprintf(table, "%s\t%.12s\t%s\t%s\n", image.Name, image.ID, units.HumanSize(float64(image.Size)), image.Created.UTC().Format(time.RFC3339))
	}
	return table.Flush()
}

// listImages reads the store from outside if it can, and opens it only if it must; neither changes
// anything, or waits for a build.
func listImages(cfg *config.Config) ([]buildahdriver.StoredImage, error) {
	if catalogue, err := buildahdriver.Look(storeOptions(cfg)); err == nil {
		return catalogue.Images(), nil
	}
	if err := buildahdriver.EnterUserNamespace(buildahdriver.IDs(cfg.IDs)); err != nil {
		return nil, err
	}
	return buildahdriver.ListImages(storeOptions(cfg))
}
