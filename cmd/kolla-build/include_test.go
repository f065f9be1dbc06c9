package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestPasswordLines(t *testing.T) {
	for text, want := range map[string]string{
		"ENV http_proxy=https://evil.corp.proxy:80":                                      "[]",
		"ENV http_proxy=https://me:hunter2@evil.corp.proxy:80":                           "[1]",
		"RUN subscription-manager register --user=me --password=hunter2 \\\n  && true":   "[1]",
		"RUN true \\\n  && subscription-manager register --password 'hunter2'":           "[2]",
		"RUN subscription-manager register --password=$(cat /run/secrets/rhn)":           "[]",
		"RUN --mount=type=secret,id=rhn register --password \"$(cat /run/secrets/rhn)\"": "[]",
		"ENV DB_PASSWORD=hunter2":                     "[1]",
		"# --password=hunter2 is what not to write":   "[]",
		"RUN passwd --lock root":                      "[]",
		"RUN echo the password is in the secret file": "[]",
	} {
		if got := fmt.Sprint(passwordLines(text)); got != want {
			t.Errorf("%q: got %s, want %s", text, got, want)
		}
	}
}

func TestReadInclude(t *testing.T) {
	file := filepath.Join(t.TempDir(), "header")
	if err := os.WriteFile(file, []byte("ENV a=b\nENV TOKEN=x\n\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	text, err := readInclude("include-header", file)
	if err != nil || text != "ENV a=b\nENV TOKEN=x\n\n" {
		t.Errorf("got %q, %v", text, err)
	}
	warnings := passwordWarnings("", file, file+".missing")
	if len(warnings) != 1 || !strings.HasPrefix(warnings[0], file+":2: ") || !strings.Contains(warnings[0], "--secret") {
		t.Errorf("warnings %q", warnings)
	}
	for _, bad := range []string{t.TempDir(), file + ".missing"} {
		if _, err := readInclude("include-header", bad); err == nil || !strings.Contains(err.Error(), "--include-header") {
			t.Errorf("%s: got %v", bad, err)
		}
	}
}
