package config

import (
	_ "embed"
	"strings"
	"testing"
)

//go:embed testdata/python-options.tsv
var pythonOptions string

// reasons says, by section of the list and name, why an option's default is
// not the Python tool's.
var reasons = map[string]string{
	"today base":              "the guide's default is centos, and the guide wins",
	"today base-tag":          "the tool replaces latest by the distro's own tag at once; here the distro's file has it",
	"2.0.3 base-tag":          "latest moves under one's feet; the distro's file has the tag that the templates are made for",
	"today openstack-release": "master is not released: a build of today could not be repeated tomorrow",
	"today tag":               "the tool computes release-distro-tag; the guide's default is the version, and the guide wins",
	"2.0.3 no-cache":          "it is the form of cache that turns it off, and not an option of its own",
}

// kindNames are the kinds as the list has them.
var kindNames = map[Kind]string{
	KindString: "string", KindBool: "bool", KindInt: "int", KindSeconds: "int",
	KindList: "list", KindCommas: "commas", KindDict: "dict",
}

func TestPythonOptions(t *testing.T) {
	const version = "(version)"
	table := newIndex(Options(Environment{Version: version, Distros: testEnvironment(nil).Distros}))
	used := map[string]bool{}
	count := map[string]int{}
	section := ""
	for line := range strings.Lines(pythonOptions) {
		line = strings.TrimSuffix(line, "\n")
		if strings.HasPrefix(line, "#") {
			continue
		}
		if strings.HasPrefix(line, "[") {
			section = strings.Trim(line, "[]")
			continue
		}
		count[section]++
		fields := strings.Split(line, "\t")
		name, short, kind, value := fields[0], fields[1], fields[2], fields[3]
		id := section + " " + name
		differs := func(format string, args ...any) {
			if reasons[id] == "" {
				t.Errorf(id+": "+format, args...)
			}
			used[id] = true
		}
		o, negated, found := table.find(name)
		if !found {
			t.Errorf("%s: there is no such option", id)
			continue
		}
		if negated {
			differs("it is --%s, negated", o.Name)
			continue
		}
		if short != "-" && short != o.Short || short == "-" && o.Short != "" {
			t.Errorf("%s: the short name is %q", id, o.Short)
		}
		if kind == "positional" {
			if o.Scope != ScopePositional {
				t.Errorf("%s: it is an option", id)
			}
			continue
		}
		if kindNames[o.Kind()] != kind {
			t.Errorf("%s: the kind is %s", id, kindNames[o.Kind()])
		}
		if inFile := strings.HasSuffix(section, "file"); inFile != (o.Scope == ScopeFile) {
			t.Errorf("%s: the scope is %d", id, o.Scope)
		}
		switch value {
		case "-":
			if o.Default != "" {
				differs("the default is %q", o.Default)
			}
		case "(machine)":
			if o.Default == "" && o.derive == nil {
				t.Errorf("%s: the default does not follow the machine", id)
			}
		default:
			if got := o.Default; got != value && (got != "" || value != "false") {
				differs("the default is %q, not %q", got, value)
			}
		}
	}
	for id := range reasons {
		if !used[id] {
			t.Errorf("%s does not differ: the reason is not needed", id)
		}
	}
	for section, want := range map[string]int{"today": 53, "file": 10, "2.0.3": 22, "2.0.3 file": 4} {
		if count[section] != want {
			t.Errorf("the list has %d options of %s, want %d", count[section], section, want)
		}
	}
}

// Every spelling that the Python tool takes is taken.
func TestPythonSpellings(t *testing.T) {
	for _, o := range Options(testEnvironment(nil)) {
		if o.Scope != ScopeEverywhere {
			continue
		}
		value := o.Default
		switch {
		case len(shown(o.Choices)) > 0:
			value = shown(o.Choices)[0]
		case value == "":
			value = map[string]string{
				"build-args": "a:b", "secret": "id=a,src=b", "creds": "a:b", "bootstrap-mirror": "http://a",
				"platform": "linux/arm64",
			}[o.Name]
			if value == "" {
				value = "a"
			}
		}
		spellings := [][]string{{"--" + o.Name + "=" + value}, {"--" + o.Key(), value}, {"--kolla-build-" + o.Name, value}}
		if o.Kind() == KindBool {
			spellings = [][]string{{"--" + o.Name}, {"--" + o.Key()}, {"--no" + o.Name}, {"--no-" + o.Name}, {"--no" + o.Key()}, {"--kolla-build-no" + o.Name}}
		}
		for _, args := range spellings {
			if o.Name == "profile" {
				args[len(args)-1] = strings.Replace(args[len(args)-1], "=a", "=gate", 1)
				if args[len(args)-1] == "a" {
					args[len(args)-1] = "gate"
				}
			}
			switch o.Name {
			case "bootstrap-mirror", "bootstrap-keyring":
				args = append(args, "--bootstrap")
			case "include-footer-all":
				args = append(args, "-I", "footer")
			}
			c, err := Parse(args, testEnvironment(nil))
			if err != nil {
				t.Errorf("%q: %v", args, err)
				continue
			}
			if c.Origin(o.Name) != OriginFlag {
				t.Errorf("%q: --%s comes from %s", args, o.Name, c.Origin(o.Name))
			}
		}
	}
}

func TestTurnedOff(t *testing.T) {
	c := parse(t, "--nocache", "--no-pull", "--notls_verify", "--summary", "--nosummary", "--noquiet", "--no_use_dumb_init")
	if c.Cache || c.Pull || c.TLSVerify || c.Summary || c.Quiet || c.UseDumbInit {
		t.Errorf("something is still on: %v", c)
	}
	if c := parse(t, "--nocache", "--cache"); !c.Cache {
		t.Error("the first one counts")
	}
}
