package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"text/tabwriter"

	"github.com/kolla-build/kolla-build/distros"
	"github.com/kolla-build/kolla-build/internal/config"
	"github.com/kolla-build/kolla-build/internal/machine"
	"github.com/kolla-build/kolla-build/internal/run"
)

// configEnvironment is what the configuration depends on, on this machine.
func configEnvironment(stdout io.Writer) (config.Environment, error) {
	known, err := distros.Users()
	if err != nil {
		return config.Environment{}, err
	}
	users := map[string]config.User{}
	for name, user := range known {
		users[name] = config.User(user)
	}
	return config.Environment{
		Version:   version,
		Distros:   distros.Names(),
		Threads:   run.DefaultThreads(machine.Cores(), machine.Memory()),
		Users:     users,
		Variables: os.Environ(),
		Tree:      treeDefaults,
		Open:      openFile,
		Stdout:    stdout,
	}, nil
}

// effective is one value of the configuration, in JSON.
type effective struct {
	Section string `json:"section"`
	Name    string `json:"name"`
	Value   string `json:"value"`
	Origin  string `json:"origin"`
	Where   string `json:"where,omitempty"`
}

// configCommand tells each value that counts, and where it comes from. It takes
// the options of a build; with --format json on the command line it answers in
// JSON.
func configCommand(args []string, stdout io.Writer) error {
	cfg, err := parse(args, stdout)
	if err != nil || cfg == nil {
		return err
	}
	warn(cfg, cfg.Notices)
	values := effectiveValues(cfg)
	if cfg.Format == "json" && cfg.Origin("format") == config.OriginFlag {
		encoder := json.NewEncoder(stdout)
		encoder.SetIndent("", "  ")
		encoder.SetEscapeHTML(false)
		return encoder.Encode(values)
	}
	table := tabwriter.NewWriter(stdout, 0, 8, 2, ' ', 0)
	section := ""
	for _, v := range values {
		if v.Section != section {
			section = v.Section
			fmt.Fprintf(table, "[%s]\n", section)
		}
		from := v.Origin
		if v.Where != "" {
			from = v.Where
		}
		fmt.Fprintf(table, "%s = %s\t# %s\n", v.Name, v.Value, from)
	}
	return table.Flush()
}

// effectiveValues are those of the options and of all sections, under the names
// that they have in the file.
func effectiveValues(cfg *config.Config) []effective {
	var values []effective
	for _, s := range cfg.Settings() {
		if s.Option.InFile() {
			values = append(values, effective{"DEFAULT", s.Option.Key(), s.Value, s.Origin.String(), s.Where})
		}
	}
	for _, s := range cfg.Sections() {
		values = append(values, effective{s.Section, s.Key, s.Value, s.Origin.String(), s.Where})
	}
	return values
}
