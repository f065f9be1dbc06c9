package main

import "testing"

// checkoutFiles make the tree of a site one of Kolla's of today.
var checkoutFiles = map[string]string{
	"kolla/common/config.py": "_OPTIONS = []\n",
	"kolla/image/kolla_worker.py": `values = {'base_image': 1, 'base_distro_tag': 1, 'include_header': 1, 'include_footer': 1,
          'namespace': 1, 'image_prefix': 1, 'tag': 1, 'users': 1, 'patches_path': 1}
oci_labels.update({"org.opencontainers.image.title": image_name})
`,
	"kolla/image/tasks.py": "image.labels['build-date'] = day\n",
}

// TestLabelsOfKolla wants images to get the labels of the Python tool, and another day
// to be no reason to build them again.
func TestLabelsOfKolla(t *testing.T) {
	s := newSite(t)
	const api = "kolla/debian-binary-api:0.1.0"
	t.Setenv("SOURCE_DATE_EPOCH", "1700000000")
	if s.run(); s.store.given[api]["org.opencontainers.image.title"] != "" || s.store.given[api]["build-date"] != "" {
		t.Errorf("without a checkout: got %q", s.store.given[api])
	}
	for name, text := range checkoutFiles {
		s.write(name, text)
	}
	if got := s.run(); got != "always api base other service" {
		t.Errorf("with a checkout: built %q", got)
	}
	for label, want := range map[string]string{
		"org.opencontainers.image.title":   "api",
		"org.opencontainers.image.version": "0.1.0",
		"org.opencontainers.image.created": "2023-11-14T22:13:20Z",
		"build-date":                       "20231114",
	} {
		if got := s.store.given[api][label]; got != want {
			t.Errorf("%s: got %q", label, got)
		}
	}
	t.Setenv("SOURCE_DATE_EPOCH", "1800000000")
	if got := s.run(); got != "always" {
		t.Errorf("another day: built %q", got)
	}
	s.add("kolla-build.conf", "[DEFAULT]\nmaintainer = Somebody\n")
	if got := s.run(); got != "always api base other service" {
		t.Errorf("another maintainer: built %q", got)
	}
}
