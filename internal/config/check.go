package config

import (
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"strconv"
	"strings"

	"github.com/kolla-build/kolla-build/internal/redact"
)

// The grammars are those of the distribution specification's references. They
// are compiled where they are used: a run checks a handful of values.
const (
	tagGrammar       = `^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$`
	namespaceGrammar = `^[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*(/[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*)*$`
	registryGrammar  = `^([A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?|\[[0-9a-fA-F:.]+\])(:[0-9]{1,5})?(/[a-z0-9._/-]*[a-z0-9])?$`
	platformGrammar  = `^[a-z0-9]+/[a-z0-9_]+(/[a-z0-9.]+)?$`
)

func checkTag(value string) error {
	if !regexp.MustCompile(tagGrammar).MatchString(value) {
		return fmt.Errorf("%q cannot be a tag: up to 128 letters, digits, '_', '.' and '-', not beginning with '.' or '-'", value)
	}
	return nil
}

func checkNamespace(value string) error {
	if !regexp.MustCompile(namespaceGrammar).MatchString(value) {
		return fmt.Errorf("%q cannot be a namespace: lower-case letters and digits, with single '.', '_', '-' or '/' between them", value)
	}
	return nil
}

// checkRegistry lets the empty text pass: it means no registry.
func checkRegistry(value string) error {
	switch {
	case value == "":
		return nil
	case strings.Contains(value, "://"):
		return fmt.Errorf("%q begins with a scheme: give HOST[:PORT] only, and mark a registry that speaks http as insecure in registries.conf", redact.Location(value))
	case strings.Contains(value, "@"):
		return errors.New("a user does not belong there: give HOST[:PORT] only, and the user with --creds or --authfile")
	case !regexp.MustCompile(registryGrammar).MatchString(value):
		return fmt.Errorf("%q cannot be a registry: want HOST[:PORT]", value)
	}
	return nil
}

// checkHost wants a host and perhaps a port.
func checkHost(value string) error {
	if strings.Contains(value, "/") || !regexp.MustCompile(registryGrammar).MatchString(value) {
		return fmt.Errorf("%q is not HOST[:PORT]", redact.Location(value))
	}
	return nil
}

// checkCreds never repeats its value.
func checkCreds(value string) error {
	if user, password, found := strings.Cut(value, ":"); !found || user == "" || password == "" {
		return errors.New("the value is not USER:PASSWORD")
	}
	return nil
}

// checkNamePrefix wants what may stand at the beginning of a repository's name.
func checkNamePrefix(value string) error {
	if value != "" && !regexp.MustCompile(namespaceGrammar).MatchString(value+"x") {
		return fmt.Errorf("%q cannot be the beginning of a name: lower-case letters and digits, with single '.', '_' or '-' between them", value)
	}
	return nil
}

func checkPlatforms(value string) error {
	for platform := range strings.SplitSeq(value, ",") {
		if value != "" && !regexp.MustCompile(platformGrammar).MatchString(platform) {
			return fmt.Errorf("%q is not a platform: want OS/ARCH or OS/ARCH/VARIANT", platform)
		}
	}
	return nil
}

func checkURL(value string) error {
	u, err := url.Parse(value)
	if err != nil || u.Scheme == "" || u.Host == "" && u.Path == "" {
		return fmt.Errorf("%q is not a URL", redact.Location(value))
	}
	switch u.Scheme {
	case "http", "https", "file":
		return nil
	}
	return fmt.Errorf("%q is not a URL of http, https or file", redact.Location(value))
}

func notEmpty(value string) error {
	if value == "" {
		return errors.New("the value is empty")
	}
	return nil
}

func atLeast(least int) func(string) error {
	return func(value string) error {
		if n, err := strconv.Atoi(value); err == nil && n < least {
			return fmt.Errorf("%d is less than %d", n, least)
		}
		return nil
	}
}
