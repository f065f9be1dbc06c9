package config

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/kolla-build/kolla-build/internal/redact"
)

// validate tells what is wrong with a value, as one problem or none. The
// subject says where the value stands.
func (o Option) validate(subject, value string) []Problem {
	remedy := ""
	err := o.convertible(value)
	switch {
	case err != nil:
	case o.Choices != nil && !slices.Contains(o.Choices, value):
		err = fmt.Errorf("%q is not one of %s", value, strings.Join(shown(o.Choices), ", "))
		remedy = didYouMean(value, o.Choices)
	case o.check != nil:
		err = o.check(value)
	}
	if err == nil {
		return nil
	}
	return []Problem{{Text: fmt.Sprintf("%s: %v", subject, err), Remedy: remedy}}
}

// convertible tells whether the value's text makes a value of the option's
// kind.
func (o Option) convertible(value string) error {
	var err error
	switch o.field.(type) {
	case *bool:
		_, err = parseBool(value)
	case *int, *time.Duration:
		if _, err = strconv.Atoi(value); err != nil {
			err = fmt.Errorf("%q is not a whole number", value)
		}
	case *map[string]string:
		_, err = parseDict(value)
	case *[]BuildSecret:
		_, err = parseBuildSecret(value)
	case *string, *Secret:
		if strings.Contains(value, "\n") {
			err = errors.New("the value has more than one line")
		}
	}
	return err
}

// assign writes valid values into the field. The last one counts, as it does
// in Python's argparse; a list takes them all, and pairs add up.
func (o Option) assign(values []string) {
	last := values[len(values)-1]
	switch field := o.field.(type) {
	case *string:
		*field = last
	case *bool:
		*field, _ = parseBool(last)
	case *int:
		*field, _ = strconv.Atoi(last)
	case *time.Duration:
		n, _ := strconv.Atoi(last)
		*field = time.Duration(n) * time.Second
	case *[]string:
		switch {
		case o.commas && o.gaps:
			values = splitGaps(last)
		case o.commas:
			values = splitList(last)
		}
		*field = values
	case *[]BuildSecret:
		*field = nil
		for _, value := range values {
			secret, _ := parseBuildSecret(value)
			*field = append(*field, secret)
		}
	case *map[string]string:
		*field = map[string]string{}
		for _, value := range values {
			pairs, _ := parseDict(value)
			maps.Copy(*field, pairs)
		}
	case *Secret:
		*field = NewSecret(last)
	}
}

// assignDefault writes the default into the field.
func (o Option) assignDefault(text string) {
	switch {
	case text != "":
		o.assign([]string{text})
	case o.Kind() == KindBool:
		o.assign([]string{"false"})
	case o.Kind() == KindString:
		o.assign([]string{""})
	}
}

// text returns the field's value as it may be shown: without what is secret.
func (o Option) text() string {
	switch field := o.field.(type) {
	case *string:
		return redact.URLs(*field)
	case *bool:
		return strconv.FormatBool(*field)
	case *int:
		return strconv.Itoa(*field)
	case *time.Duration:
		return strconv.Itoa(int(*field / time.Second))
	case *[]string:
		return strings.Join(*field, ", ")
	case *[]BuildSecret:
		var texts []string
		for _, secret := range *field {
			texts = append(texts, secret.String())
		}
		return strings.Join(texts, ", ")
	case *map[string]string:
		return dictText(*field)
	case *Secret:
		return field.String()
	}
	return ""
}

// parseBool understands the words that Python's oslo.config takes for a bool.
func parseBool(value string) (bool, error) {
	switch strings.ToLower(value) {
	case "true", "1", "yes", "on":
		return true, nil
	case "false", "0", "no", "off":
		return false, nil
	}
	return false, fmt.Errorf("%q is neither true nor false", value)
}

// splitList cuts a list at its commas, and leaves out what is empty: a list
// over several lines may end in a comma.
func splitList(value string) []string {
	var items []string
	for item := range strings.SplitSeq(value, ",") {
		if item = strings.TrimSpace(item); item != "" {
			items = append(items, item)
		}
	}
	return items
}

// splitGaps cuts a list at its commas as Python's oslo.config does: commas at the end
// are none, and between two others may be nothing.
func splitGaps(value string) []string {
	value = strings.TrimRight(strings.TrimSpace(value), ",")
	if value == "" {
		return nil
	}
	items := strings.Split(value, ",")
	for i, item := range items {
		items[i] = strings.TrimSpace(item)
	}
	return items
}

// parseDict reads a:1,b:2. The first colon of a pair parts it, so values may
// be URLs. What has no colon belongs to the value before it, so that
// no_proxy:localhost,127.0.0.1 means what it says.
func parseDict(value string) (map[string]string, error) {
	pairs := map[string]string{}
	last := ""
	for _, item := range splitList(value) {
		key, text, isPair := strings.Cut(item, ":")
		key = strings.TrimSpace(key)
		switch {
		case !isPair && last == "":
			// Not shown: what somebody gave for a pair may be a password.
			return nil, errors.New("the value is not made of pairs: want NAME:VALUE,NAME:VALUE")
		case !isPair:
			pairs[last] += "," + item
		case key == "":
			return nil, errors.New("a pair has no name: want NAME:VALUE,NAME:VALUE")
		default:
			pairs[key] = strings.TrimSpace(text)
			last = key
		}
	}
	return pairs, nil
}

// dictText is the reverse of parseDict, in the order of the names. Users and
// passwords of URLs are masked.
func dictText(pairs map[string]string) string {
	var items []string
	for _, key := range slices.Sorted(maps.Keys(pairs)) {
		items = append(items, key+":"+redact.URLs(pairs[key]))
	}
	return strings.Join(items, ",")
}

// shown returns the choices that have a name: an empty one stands for the
// default and cannot be read in a sentence.
func shown(choices []string) []string {
	return slices.DeleteFunc(slices.Clone(choices), func(c string) bool { return c == "" })
}
