package checkout

import (
	"maps"
	"path/filepath"
	"reflect"
	"testing"
	"time"
)

// today are modules of a tool that passes labels.
var today = map[string]string{
	"kolla/image/kolla_worker.py": `labels.update({"org.opencontainers.image.title": image_name})`,
	"kolla/image/tasks.py":        "image.labels['build-date'] = now",
}

func TestLabels(t *testing.T) {
	files := maps.Clone(today)
	files["kolla/common/config.py"] = "_OPTIONS = []\n"
	root := tree(t, files)
	labels := Find(filepath.Join(root, "docker")).Labels("master-debian-trixie", "Ops")("nova-api")
	want := map[string]string{
		"org.opencontainers.image.title":       "nova-api",
		"org.opencontainers.image.description": "OpenStack Kolla nova-api image",
		"org.opencontainers.image.version":     "master-debian-trixie",
		"org.opencontainers.image.authors":     "Ops",
		"org.opencontainers.image.url":         "https://opendev.org/openstack/kolla",
		"org.opencontainers.image.licenses":    "Apache-2.0",
	}
	if !reflect.DeepEqual(labels, want) {
		t.Errorf("of an archive: got %q", labels)
	}

	git := commitAll(t, root)
	want["org.opencontainers.image.source"] = "https://opendev.org/openstack/kolla"
	want["org.opencontainers.image.revision"] = git("rev-parse", "HEAD")
	if labels := Find(filepath.Join(root, "docker")).Labels("master-debian-trixie", "Ops")("nova-api"); !reflect.DeepEqual(labels, want) {
		t.Errorf("of a repository: got %q", labels)
	}
}

func TestDates(t *testing.T) {
	begun := time.Date(2026, 7, 23, 23, 30, 1, 5, time.FixedZone("", -3600))
	want := map[string]string{"org.opencontainers.image.created": "2026-07-24T00:30:01Z", "build-date": "20260723"}
	if got := (&Checkout{modules: today}).Dates(begun); !reflect.DeepEqual(got, want) {
		t.Errorf("got %q", got)
	}
}

// TestNoLabels has releases whose tool passes none.
func TestNoLabels(t *testing.T) {
	c := Find(filepath.Join(tree(t, kolla), "docker"))
	if labels, dates := c.Labels("1", "Ops")("base"), c.Dates(time.Now()); len(labels) > 0 || len(dates) > 0 {
		t.Errorf("got %q and %q", labels, dates)
	}
}
