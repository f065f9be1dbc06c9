package jinja

import (
	"fmt"
	"html"
	"net/url"
	"regexp"
	"strings"

	"github.com/kolla-build/kolla-build/internal/jinja/value"
)

// webFilters are the filters that escape for HTML, JSON and addresses.
func webFilters() map[string]Filter {
	escape := bind("escape", func(_ *State, p []value.Value) (value.Value, error) {
		text, err := str(p[0])
		return escaper.Replace(text), err
	}, need("s"))
	return map[string]Filter{
		"e":           escape,
		"escape":      escape,
		"forceescape": escape,
		"safe":        bind("do_mark_safe", textOf, need("value")),
		"striptags":   bind("do_striptags", striptags, need("value")),
		"tojson":      bind("do_tojson", toJSON, need("value"), option("indent", value.None)),
		"urlencode":   bind("do_urlencode", urlencode, need("value")),
		"xmlattr":     bind("do_xmlattr", xmlattr, need("d"), option("autospace", true)),
	}
}

// escaper escapes as markupsafe does.
var escaper = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", "'", "&#39;", `"`, "&#34;")

// commentPattern and tagPattern are what striptags takes away.
var (
	commentPattern = regexp.MustCompile(`(?s)<!--.*?-->`)
	tagPattern     = regexp.MustCompile(`(?s)<.*?>`)
)

func striptags(_ *State, p []value.Value) (value.Value, error) {
	text, err := str(p[0])
	if err != nil {
		return nil, err
	}
	text = tagPattern.ReplaceAllString(commentPattern.ReplaceAllString(text, ""), "")
	words, err := method(text, "split")
	if err != nil {
		return nil, err
	}
	plain, err := method(" ", "join", words)
	if err != nil {
		return nil, err
	}
	return html.UnescapeString(plain.(string)), nil
}

// urlencode escapes a text for a path, or makes a query of pairs.
func urlencode(s *State, p []value.Value) (value.Value, error) {
	if _, isText := p[0].(string); isText || !isIterable(p[0]) {
		text, err := str(p[0])
		return quoteURL(text, false), err
	}
	pairs := p[0]
	if dict, isDict := pairs.(*value.Dict); isDict {
		pairs = itemsOf(dict)
	}
	items, err := s.run.items(pairs)
	if err != nil {
		return nil, err
	}
	var query []string
	for _, item := range items {
		pair, err := unpacked(s.run, item, 2)
		if err != nil {
			return nil, err
		}
		k, err := str(pair[0])
		if err != nil {
			return nil, err
		}
		v, err := str(pair[1])
		if err != nil {
			return nil, err
		}
		query = append(query, quoteURL(k, true)+"="+quoteURL(v, true))
	}
	return strings.Join(query, "&"), nil
}

// quoteURL escapes what is no letter, digit, or one of _.-~ and, outside of
// queries, the slash.
func quoteURL(text string, query bool) string {
	quoted := strings.ReplaceAll(url.QueryEscape(text), "%7E", "~")
	if query {
		return quoted
	}
	return strings.NewReplacer("+", "%20", "%2F", "/").Replace(quoted)
}

// itemsOf returns the pairs of a dict.
func itemsOf(d *value.Dict) *value.List {
	list := value.NewList()
	for _, e := range d.Items() {
		list.Items = append(list.Items, value.Tuple{e.Key, e.Value})
	}
	return list
}

// xmlattr makes attributes of XML of a dict, without those that are none or
// undefined.
func xmlattr(_ *State, p []value.Value) (value.Value, error) {
	dict, isDict := p[0].(*value.Dict)
	if !isDict {
		return nil, noItems(p[0])
	}
	var attributes []string
	for _, e := range dict.Items() {
		if e.Value == value.Value(value.None) || isUndefined(e.Value) {
			continue
		}
		name, isText := e.Key.(string)
		switch {
		case !isText:
			return nil, value.Errorf("TypeError", "expected string or bytes-like object, got '%s'", value.TypeName(e.Key))
		case strings.ContainsAny(name, " \t\n\r\f\v/>="):
			return nil, value.Errorf("ValueError", "Invalid character in attribute name: %s", quote(name))
		}
		text, err := str(e.Value)
		if err != nil {
			return nil, err
		}
		attributes = append(attributes, fmt.Sprintf(`%s="%s"`, escaper.Replace(name), escaper.Replace(text)))
	}
	space, err := value.Truth(p[1])
	if err != nil {
		return nil, err
	}
	joined := strings.Join(attributes, " ")
	if space && joined != "" {
		joined = " " + joined
	}
	return joined, nil
}

// noItems is the error for what has no method items.
func noItems(v value.Value) error {
	if u, is := v.(*value.Undefined); is {
		return u.Misuse()
	}
	return value.Errorf("AttributeError", "'%s' object has no attribute 'items'", value.TypeName(v))
}
