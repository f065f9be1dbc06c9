package summary_test

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/kolla-build/kolla-build/internal/image"
	"github.com/kolla-build/kolla-build/internal/summary"
)

var update = flag.Bool("update", false, "write the golden files anew")

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name+".golden")
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("got\n%s\nwant, by %s,\n%s", got, path, want)
	}
}

func results(status image.Status, names ...string) []summary.Result {
	var list []summary.Result
	for _, name := range names {
		list = append(list, summary.Result{Name: name, Reference: "kolla/" + name + ":1", Status: status})
	}
	return list
}

func unbuildable(names ...string) []summary.Result {
	list := results(image.Unbuildable, names...)
	for i := range list {
		list[i].Reason = "not packaged for centos"
	}
	return list
}

func pushed(results []summary.Result) []summary.Result {
	for i := range results {
		results[i].Pushed = true
	}
	return results
}

func failed(status image.Status, name, why string) summary.Result {
	return summary.Result{Name: name, Status: status, Err: errors.New(why)}
}

func numbered(prefix string, n int) []string {
	var names []string
	for i := range n {
		names = append(names, fmt.Sprintf("%s%02d", prefix, i))
	}
	return names
}

func join(lists ...[]summary.Result) []summary.Result {
	var all []summary.Result
	for _, l := range lists {
		all = append(all, l...)
	}
	return all
}

var reports = map[string]*summary.Report{
	"nothing": {},
	"well":    {Results: results(image.Built, "base", "cron"), Elapsed: 192 * time.Second},
	"one":     {Results: pushed(results(image.Built, "base")), Elapsed: 3 * time.Second, Push: true},
	"failed": {
		Results: join(
			pushed(results(image.Built, "base", "cron")),
			[]summary.Result{
				failed(image.Error, "glance-api", "failed to run step 2 of 5: exit status 100"),
				failed(image.ConnectionError, "haproxy", "failed to reach the store"),
				failed(image.Error, "keystone-base", "\x1b[31m::error::two lines\n##[error]of text"),
				failed(image.ParentError, "keystone", "keystone-base failed"),
				failed(image.PushError, "mariadb", "failed to push: the registry wants a password\nset --authfile or --creds"),
			},
			results(image.Skipped, "nova-base"),
			results(image.Unmatched, numbered("other", 96)...),
		),
		Elapsed: 65 * time.Minute,
		Push:    true,
	},
	"interrupted": {
		Results: join(
			pushed(results(image.Built, "base")),
			results(image.Built, "openstack-base"),
			results(image.Unprocessed, numbered("service", 10)...),
		),
		Elapsed:     10 * time.Second,
		Push:        true,
		Interrupted: true,
	},
	"unbuildable": {
		Results: join(
			results(image.Built, "base"),
			[]summary.Result{
				{Name: "ovsdpdk", Status: image.Unbuildable, Reason: "not packaged for centos"},
				{Name: "ovsdpdk-db", Status: image.Unbuildable, Reason: "its parent ovsdpdk cannot be built: not packaged for centos"},
			},
			unbuildable(numbered("tgtd", 8)...),
		),
		Elapsed: time.Second,
	},
}

func TestText(t *testing.T) {
	for name, report := range reports {
		t.Run(name, func(t *testing.T) {
			var got bytes.Buffer
			logPath := func(image string) string { return "/var/log/kolla/" + image + ".log" }
			if err := summary.Text(&got, report, logPath); err != nil {
				t.Fatal(err)
			}
			golden(t, name, got.Bytes())
		})
	}
}

func TestTextWithoutLogs(t *testing.T) {
	report := &summary.Report{Results: []summary.Result{failed(image.Error, "cron", "no luck")}}
	var got bytes.Buffer
	if err := summary.Text(&got, report, nil); err != nil {
		t.Fatal(err)
	}
	if want := "built 0 images, failed 1 in 0.0s\nfailed:\n  cron: no luck\n"; got.String() != want {
		t.Errorf("got\n%s\nwant\n%s", got.String(), want)
	}
}

func TestJSON(t *testing.T) {
	report := &summary.Report{Results: join(
		results(image.Built, "base"),
		[]summary.Result{
			failed(image.Error, "cron", "no luck"),
			failed(image.ParentError, "cron-child", "cron failed"),
			failed(image.PushError, "haproxy", "no room"),
		},
		results(image.Unmatched, "keystone"),
		results(image.Skipped, "mariadb"),
		results(image.Unbuildable, "tgtd"),
		results(image.Unprocessed, "zun-api"),
	)}
	for name, indent := range map[string]string{"json": "", "json-indented": "    "} {
		t.Run(name, func(t *testing.T) {
			var got bytes.Buffer
			if err := summary.JSON(&got, report, indent); err != nil {
				t.Fatal(err)
			}
			golden(t, name, got.Bytes())
		})
	}
}

func TestEmptyJSON(t *testing.T) {
	var got bytes.Buffer
	if err := summary.JSON(&got, &summary.Report{}, ""); err != nil {
		t.Fatal(err)
	}
	if want := `{"built":[],"failed":[],"not_matched":[],"skipped":[],"unbuildable":[]}` + "\n"; got.String() != want {
		t.Errorf("got %s, want %s", got.String(), want)
	}
}
