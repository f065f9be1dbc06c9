package config

import "fmt"

// clash is a pair of options that cannot be meant together.
type clash struct {
	one, other string
	why        string
	both       func(*Config) bool
}

func clashes() []clash {
	return []clash{
		{"quiet", "debug", "", func(c *Config) bool { return c.Quiet && c.Debug }},
		{"creds", "creds-stdin", "", func(c *Config) bool { return c.Creds.Reveal() != "" && c.CredsStdin }},
		{"push", "template-only", "nothing is built that could be pushed", func(c *Config) bool { return c.Push && c.TemplateOnly }},
		{"bootstrap", "base-image", "both name the image to start from", func(c *Config) bool { return c.Bootstrap && c.BaseImage != "" }},
	}
}

// contradictions tells which options cannot be meant together. What the
// Python tool takes in silence is let pass, as long as it makes sense. Where
// two options come from different places, such as one from the file and the
// other from the command line, the weaker one gives way.
func (c *Config) contradictions() []Problem {
	var problems []Problem
	for _, pair := range clashes() {
		if !pair.both(c) {
			continue
		}
		one, other := c.Origin(pair.one), c.Origin(pair.other)
		switch {
		case one < other:
			c.reset(pair.one)
		case one > other:
			c.reset(pair.other)
		default:
			text := fmt.Sprintf("options --%s and --%s contradict each other", pair.one, pair.other)
			if pair.why != "" {
				text += ": " + pair.why
			}
			problems = append(problems, Problem{text, "leave one of them out"})
		}
	}
	// Neither gives way here: RUN would silently have more of a network than was asked for.
	if c.NetworkMode == "private" && c.Isolation != "" {
		problems = append(problems, Problem{
			"option --network-mode private needs kolla-build's own isolation, and --isolation names another",
			"leave one of them out",
		})
	}
	// A file may say what is to be used in case of need; a command line means
	// what it says.
	for _, need := range []struct {
		name, needed string
		missing      bool
	}{
		{"bootstrap-mirror", "bootstrap", !c.Bootstrap},
		{"bootstrap-keyring", "bootstrap", !c.Bootstrap},
		{"include-footer-all", "include-footer", c.IncludeFooter == ""},
	} {
		if need.missing && c.Origin(need.name) == OriginFlag {
			problems = append(problems, Problem{
				fmt.Sprintf("option --%s has no effect without --%s", need.name, need.needed),
				"add --" + need.needed,
			})
		}
	}
	return problems
}

// reset gives an option its default again.
func (c *Config) reset(name string) {
	for _, o := range c.options {
		if o.Name == name {
			o.assignDefault(o.Default)
			delete(c.origins, name)
		}
	}
}

// idleNotices tells which of the options that somebody gave have no effect.
func (c *Config) idleNotices() []string {
	var notices []string
	for _, o := range c.options {
		reason := o.Idle
		if o.Name == "network-mode" && c.NetworkMode != "host" && c.NetworkMode != "none" && c.NetworkMode != "private" {
			reason = "there is no such network, RUN steps have the machine's"
		}
		if from := c.origins[o.Name]; reason != "" && from.origin.isChoice() {
			notices = append(notices, fmt.Sprintf("%s has no effect: %s", subject(o, from), reason))
		}
	}
	return notices
}
