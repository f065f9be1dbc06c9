package config

import (
	"fmt"
	"strings"
	"testing"
)

func TestCut(t *testing.T) {
	command := Command{Name: "prune", Options: []CommandOption{
		{Name: "format", Short: "f", Metavar: "FORMAT", Choices: []string{"text", "json"}},
		{Name: "keep-storage", Metavar: "SIZE"},
		{Name: "all"},
	}}
	for _, test := range []struct{ args, want string }{
		{"", "map[format:text] "},
		{"-b debian x", "map[format:text] -b debian x"},
		{"--format json --all x", "map[all:true format:json] x"},
		{"--format=json x", "map[format:json] x"},
		{"x -f json -T 3", "map[format:json] x -T 3"},
		{"--keep-storage 20GB --keep-storage=1GB", "map[format:text keep-storage:1GB] "},
		{"-- --all", "map[format:text] -- --all"},
		{"--allowed x -fjson", "map[format:text] --allowed x -fjson"},
		{"--format", "option --format needs a value\none of text, json"},
		{"--keep-storage", "option --keep-storage needs a value"},
		{"--format yaml", "prune has no format \"yaml\"\none of text, json"},
		{"--all=no", "option --all takes no value"},
	} {
		values, rest, err := command.Cut(strings.Fields(test.args))
		got := fmt.Sprint(values, " ", strings.Join(rest, " "))
		if err != nil {
			got = err.Error()
		}
		if got != test.want {
			t.Errorf("%q: got %q, want %q", test.args, got, test.want)
		}
	}
}
