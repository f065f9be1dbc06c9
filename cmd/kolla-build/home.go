package main

import (
	"os"
	"os/user"
	"strconv"
)

// findHome sets HOME where the caller has not, as with a service of systemd, or in a container.
// The store, the caches and the configuration are looked for below it. Root has a home even
// where there is no /etc/passwd to say so; anybody else without an entry has to name one.
func findHome() {
	if os.Getenv("HOME") != "" {
		return
	}
	home := ""
	if u, err := user.LookupId(strconv.Itoa(os.Getuid())); err == nil {
		home = u.HomeDir
	}
	if home == "" && os.Getuid() == 0 {
		home = "/root"
	}
	if home != "" {
		os.Setenv("HOME", home)
	}
}
