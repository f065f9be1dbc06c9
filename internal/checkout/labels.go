package checkout

import (
	"strings"
	"time"
)

// home is where the Python tool says that all checkouts are from.
const home = "https://opendev.org/openstack/kolla"

// oci is what the names of the labels begin with that
// https://specs.opencontainers.org/image-spec/annotations names.
const oci = "org.opencontainers.image."

// Labels returns the labels that the Python tool passes beside the Dockerfiles, by
// the name of an image: since 2026.1 those of the OCI. Tag is that of the images.
// What tells the time is left to [Checkout.Dates].
func (c *Checkout) Labels(tag, maintainer string) func(image string) map[string]string {
	if !c.knowsOCI() {
		return func(string) map[string]string { return nil }
	}
	commit := c.commit("%H")
	return func(image string) map[string]string {
		labels := map[string]string{
			oci + "title":       image,
			oci + "description": "OpenStack Kolla " + image + " image",
			oci + "version":     tag,
			oci + "authors":     maintainer,
			oci + "url":         home,
			oci + "licenses":    "Apache-2.0",
		}
		if commit != "" {
			labels[oci+"source"] = home
			labels[oci+"revision"] = commit
		}
		return labels
	}
}

// Dates returns the labels of the Python tool that tell when a run began.
func (c *Checkout) Dates(begun time.Time) map[string]string {
	labels := map[string]string{}
	if c.knowsOCI() {
		labels[oci+"created"] = begun.UTC().Format("2006-01-02T15:04:05Z")
	}
	if strings.Contains(c.modules[moduleTasks], "labels['build-date']") {
		labels["build-date"] = begun.Format("20060102")
	}
	return labels
}

func (c *Checkout) knowsOCI() bool {
	for _, module := range workers {
		if strings.Contains(c.modules[module], oci+"title") {
			return true
		}
	}
	return false
}
