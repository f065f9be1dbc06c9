package main

import (
	"fmt"
	"strings"
	"testing"
)

func TestPlanOptions(t *testing.T) {
	for _, test := range []struct{ args, want string }{
		{"", "text false "},
		{"-b debian x", "text false -b debian x"},
		{"--format json --explain x", "json true x"},
		{"--format=dot x", "dot false x"},
		{"x -f json -T 3", "json false x -T 3"},
		{"-- --explain", "text false -- --explain"},
		{"--format", "fails"},
		{"--format yaml", "fails"},
	} {
		format, explain, rest, err := planOptions(strings.Fields(test.args))
		got := fmt.Sprint(format, " ", explain, " ", strings.Join(rest, " "))
		if err != nil {
			got = "fails"
		}
		if got != test.want {
			t.Errorf("%q: %q, want %q", test.args, got, test.want)
		}
	}
}
