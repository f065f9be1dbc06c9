package plan

import (
	"maps"
	"math/rand/v2"
	"slices"
	"testing"
)

// ingredients are what the inputs of the tests are made of.
type ingredients struct {
	parent, id string
	dockerfile string
	files      map[string]string // digest by name
	executable map[string]bool
	sources    map[string]string
	patches    map[string]string
	args       map[string]string
	options    map[string]string
	unknowable string
}

func sample() ingredients {
	return ingredients{
		parent: "kolla/base:1", id: "1234",
		dockerfile: "FROM kolla/base:1\nCOPY script /\nRUN /script\n",
		files:      map[string]string{"script": "aa", "folder/file": "bb"},
		executable: map[string]bool{"script": true},
		sources:    map[string]string{"nova": "cc"},
		patches:    map[string]string{"1.patch": "dd"},
		args:       map[string]string{"a": "1", "http_proxy": "http://proxy"},
		options:    map[string]string{"network": "host"},
	}
}

func (i ingredients) inputs() Inputs {
	var in Inputs
	in.AddDockerfile(i.dockerfile)
	for name, digest := range i.files {
		if i.executable[name] {
			in.AddFile(File, name, 0o755, digest)
		} else {
			in.AddFile(File, name, 0o644, digest)
		}
	}
	for name, digest := range i.patches {
		in.AddFile(Patch, name, 0o644, digest)
	}
	for section, digest := range i.sources {
		in.AddSource(section, digest)
	}
	in.AddArguments(i.args)
	for name, value := range i.options {
		in.AddOption(name, value)
	}
	in.Unknowable = i.unknowable
	return in.On(i.parent, i.id)
}

// oneChange is a change of one input, and what is told of it; nothing if it does not
// count.
var oneChange = map[string]struct {
	change func(*ingredients)
	told   string
}{
	"nothing":       {func(*ingredients) {}, ""},
	"parent":        {func(i *ingredients) { i.id = "5678" }, "the image it stands on, kolla/base:1, is another one"},
	"argument":      {func(i *ingredients) { i.args["a"] = "2" }, "build argument a changed"},
	"new argument":  {func(i *ingredients) { i.args["b"] = "" }, "build argument b is new"},
	"lost argument": {func(i *ingredients) { delete(i.args, "a") }, "build argument a is gone"},
	"proxy":         {func(i *ingredients) { i.args["http_proxy"] = "http://me:secret@other" }, ""},
	"no proxy": {func(i *ingredients) {
		maps.DeleteFunc(i.args, func(k, _ string) bool { return slices.Contains(Proxies, k) })
	}, ""},
	"option":         {func(i *ingredients) { i.options["network"] = "none" }, "option network changed"},
	"line":           {func(i *ingredients) { i.dockerfile = "FROM kolla/base:1\nCOPY script /x\nRUN /script\n" }, "Dockerfile:2 changed"},
	"end of line":    {func(i *ingredients) { i.dockerfile = "FROM kolla/base:1\nCOPY script /\nRUN /script" }, "the Dockerfile changed"},
	"new line":       {func(i *ingredients) { i.dockerfile = "FROM kolla/base:1\nUSER x\nCOPY script /\nRUN /script\n" }, "Dockerfile:2 was added"},
	"lost line":      {func(i *ingredients) { i.dockerfile = "FROM kolla/base:1\nRUN /script\n" }, "lines were removed before Dockerfile:2"},
	"content":        {func(i *ingredients) { i.files["folder/file"] = "b7" }, "file folder/file changed"},
	"mode":           {func(i *ingredients) { i.executable["script"] = false }, "file script has another mode"},
	"new file":       {func(i *ingredients) { i.files["x"] = "" }, "file x is new"},
	"lost file":      {func(i *ingredients) { delete(i.files, "script") }, "file script is gone"},
	"renamed file":   {func(i *ingredients) { i.files["s"] = "aa"; delete(i.files, "script") }, "file s is new, file script is gone"},
	"source":         {func(i *ingredients) { i.sources["nova"] = "c7" }, "source nova changed"},
	"new source":     {func(i *ingredients) { i.sources["nova-plugin-x"] = "cc" }, "source nova-plugin-x is new"},
	"patch":          {func(i *ingredients) { i.patches["1.patch"] = "d7" }, "patch 1.patch changed"},
	"lost patch":     {func(i *ingredients) { clear(i.patches) }, "patch 1.patch is gone"},
	"patch for file": {func(i *ingredients) { clear(i.patches); i.files["1.patch"] = "dd" }, "file 1.patch is new, patch 1.patch is gone"},
}

// TestOneChange changes one input at a time.
func TestOneChange(t *testing.T) {
	was := sample().inputs()
	for name, test := range oneChange {
		t.Run(name, func(t *testing.T) {
			i := sample()
			test.change(&i)
			now := i.inputs()
			if got := now.Digest() != was.Digest(); got != (test.told != "") {
				t.Errorf("the digest changed: %v", got)
			}
			if got := sentence(Changes(was, now)); got != test.told {
				t.Errorf("told %q, want %q", got, test.told)
			}
		})
	}
}

func TestDigest(t *testing.T) {
	in := sample().inputs()
	want := in.Digest()
	rand.Shuffle(len(in.List), func(i, j int) { in.List[i], in.List[j] = in.List[j], in.List[i] })
	if got := in.Digest(); got != want {
		t.Error("the order counts")
	}
	i := sample()
	i.unknowable = "ADD of a URL"
	if got := i.inputs().Digest(); got != "" {
		t.Errorf("what cannot be known has the digest %s", got)
	}
	apart := []Inputs{
		{List: []Input{{Kind: File, Name: "ab", Digest: "c"}}},
		{List: []Input{{Kind: File, Name: "a", Digest: "bc"}}},
		{List: []Input{{Kind: File, Name: "a", Mode: "b", Digest: "c"}}},
		{List: []Input{{Kind: File, Name: "a"}, {Kind: File, Name: "b"}}},
		{List: []Input{{Kind: Patch, Name: "ab", Digest: "c"}}},
		{},
	}
	seen := map[string]bool{}
	for _, in := range apart {
		seen[in.Digest()] = true
	}
	if len(seen) != len(apart) {
		t.Errorf("%d lists have %d digests", len(apart), len(seen))
	}
}

// TestFormat fails when the list of inputs, or its form, changes: then the version in
// format has to change too, or images of old are taken for new ones.
func TestFormat(t *testing.T) {
	const want = "kolla-build input 2 sha256:d36093177fa8d6718b568ef8a01383803f564887be9f8f478c647878d64f8495"
	if got := format + " " + sample().inputs().Digest(); got != want {
		t.Errorf("got %s", got)
	}
}

func TestOnLeavesTheOthersAlone(t *testing.T) {
	in := Inputs{List: make([]Input, 1, 10)}
	one, other := in.On("a", "1"), in.On("b", "2")
	if one.List[1].Name != "a" || other.List[1].Name != "b" || len(in.List) != 1 {
		t.Errorf("got %v and %v", one, other)
	}
}
