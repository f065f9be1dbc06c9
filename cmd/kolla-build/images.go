package main

import (
	"fmt"
	"io"
	"text/tabwriter"
	"time"

	"github.com/docker/go-units"

	"github.com/kolla-build/kolla-build/buildahdriver"
)

// imagesCommand lists what is in the store.
func imagesCommand(args []string, stdout io.Writer) (err error) {
	cfg, err := parse(args, stdout)
	if err != nil || cfg == nil {
		return err
	}
	if err := buildahdriver.EnterUserNamespace(buildahdriver.IDs(cfg.IDs)); err != nil {
		return err
	}
	driver, err := openStore(cfg)
	if err != nil {
		return err
	}
	defer driver.Close()
	images, err := driver.Images()
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
