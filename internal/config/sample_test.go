package config_test

import (
	"flag"
	"io"
	"io/fs"
	"os"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/kolla-build/kolla-build/distros"
	"github.com/kolla-build/kolla-build/internal/config"
)

var update = flag.Bool("update", false, "write the golden files anew")

// environment is what the program has, with a version that does not change.
func environment(t *testing.T) config.Environment {
	t.Helper()
	known, err := distros.Users()
	if err != nil {
		t.Fatal(err)
	}
	users := map[string]config.User{}
	for name, user := range known {
		users[name] = config.User(user)
	}
	return config.Environment{Version: "1.2.3", Distros: distros.Names(), Users: users, Stdout: io.Discard}
}

// parseText parses a text as if it were the only file.
func parseText(t *testing.T, text string) (*config.Config, error) {
	t.Helper()
	env := environment(t)
	env.Open = func(name string) (fs.File, error) {
		return fstest.MapFS{"sample": &fstest.MapFile{Data: []byte(text)}}.Open(name)
	}
	return config.Parse([]string{"--config-file", "sample"}, env)
}

func TestSampleFile(t *testing.T) {
	const file = "../../etc/kolla/kolla-build.conf"
	sample := config.Sample(environment(t))
	if *update {
		if err := os.WriteFile(file, []byte(sample), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if string(text) != sample {
		t.Errorf("%s is not what genconfig writes\nto write it anew: make golden", file)
	}
}

// The sample says nothing as it is, and nothing but the defaults with every
// comment sign taken away.
func TestSampleIsTheDefaults(t *testing.T) {
	env := environment(t)
	want, err := config.Parse(nil, env)
	if err != nil {
		t.Fatal(err)
	}
	sample := config.Sample(env)
	c, err := parseText(t, sample)
	if err != nil {
		t.Fatal(err)
	}
	if len(c.Notices) > 0 || !reflect.DeepEqual(c.Sources, want.Sources) {
		t.Errorf("the sample changes something: %q", c.Notices)
	}

	active := regexp.MustCompile(`(?m)^#([\w-]+ =)`).ReplaceAllString(sample, "$1")
	c, err = parseText(t, active)
	if err != nil {
		t.Fatal(err)
	}
	for _, notice := range c.Notices {
		if !strings.Contains(notice, "has no effect") {
			t.Errorf("notice %s", notice)
		}
	}
	for i, s := range c.Settings() {
		if value := want.Settings()[i].Value; s.Value != value && s.Option.InFile() {
			t.Errorf("%s is %q, the default is %q", s.Option.Name, s.Value, value)
		}
	}
	if !reflect.DeepEqual(c.Users, want.Users) || !reflect.DeepEqual(c.Profiles, want.Profiles) {
		t.Error("users or profiles differ from the defaults")
	}
	for name, s := range c.Sources {
		s.Default, s.Where = true, want.Sources[name].Where
		if !reflect.DeepEqual(s, want.Sources[name]) {
			t.Errorf("source %s is %+v, the default is %+v", name, s, want.Sources[name])
		}
	}
}

func TestSampleHasEverything(t *testing.T) {
	env := environment(t)
	sample := config.Sample(env)
	options, _, _ := strings.Cut(sample, "\n[profiles]\n")
	for _, o := range config.Options(env) {
		if got := strings.Contains(options, "\n#"+o.Key()+" ="); got != o.InFile() {
			t.Errorf("%s: in the sample %v, in the file %v", o.Key(), got, o.InFile())
		}
	}
	for line := range strings.Lines(sample) {
		if strings.HasPrefix(line, "# ") && len(line) > 82 {
			t.Errorf("too long: %q", line)
		}
		if strings.TrimRight(line, " \n") != strings.TrimSuffix(line, "\n") {
			t.Errorf("blanks at the end of %q", line)
		}
	}
}

// Every service that templates install from source has a source, and every
// location comes out whole.
func TestDefaultSources(t *testing.T) {
	c, err := config.Parse(nil, environment(t))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range strings.Fields(`openstack-base keystone-base glance-base nova-base placement-base neutron-base cinder-base
		heat-base barbican-base horizon designate-base magnum-base manila-base octavia-base ironic-base aodh-base ceilometer-base
		gnocchi-base cloudkitty-base swift-base trove-base mistral-base watcher-base masakari-base blazar-base cyborg-base
		tacker-base zun-base`) {
		if _, ok := c.Sources[name]; !ok {
			t.Errorf("%s has no source", name)
		}
	}
	for name, s := range c.Sources {
		if strings.ContainsAny(s.Location, "$ ") || strings.Contains(s.Location, "PROJECT") || !strings.HasPrefix(s.Location, "https://") {
			t.Errorf("%s: location %s", name, s.Location)
		}
		if !s.Default || !s.Enabled {
			t.Errorf("%s is %+v", name, s)
		}
		if s.Version != "" && (len(s.SHA256) != 2 || s.SHA256["amd64"] == "" || s.SHA256["arm64"] == "") {
			t.Errorf("%s has a version, and digests %v", name, s.SHA256)
		}
	}
	for name, regexes := range c.Profiles {
		for _, regex := range regexes {
			if _, err := regexp.Compile(regex); err != nil {
				t.Errorf("profile %s: %v", name, err)
			}
		}
	}
}

// A digest belongs to the location that it came with.
func TestDigestsOfOtherLocations(t *testing.T) {
	for text, kept := range map[string]bool{
		"":                              true,
		"enabled = true":                true,
		"version = 1":                   false,
		"location = https://h/x.tar.gz": false,
	} {
		c, err := parseText(t, "[etcd]\n"+text)
		if err != nil {
			t.Fatal(err)
		}
		if got := len(c.Sources["etcd"].SHA256) > 0; got != kept {
			t.Errorf("%q: digests kept %v", text, got)
		}
	}
}
