package main

import "testing"

func TestCommitOption(t *testing.T) {
	for _, test := range []struct {
		args []string
		want bool
	}{
		{nil, false},
		{[]string{"--commit", "staged"}, false},
		{[]string{"--commit=buildah"}, true},
	} {
		cfg, err := parse(test.args, nil)
		if err != nil {
			t.Fatal(err)
		}
		if got := storeOptions(cfg).BuildahCommit; got != test.want {
			t.Errorf("%v: %t, want %t", test.args, got, test.want)
		}
	}
	if _, err := parse([]string{"--commit", "docker"}, nil); err == nil {
		t.Error("a way that there is not passes")
	}
}
