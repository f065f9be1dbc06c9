package dockerfile_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/kolla-build/kolla-build/internal/dockerfile"
)

func TestStages(t *testing.T) {
	for _, test := range []struct {
		name, text string
		args       map[string]string
		needed     string // stages by name, in order
		from       string // of the needed stages
		images     string // of all needed stages
	}{
		{"one", "FROM a\nRUN true", nil, "0", "a", ""},
		{"argument before FROM", "ARG BASE=a\nFROM ${BASE}", nil, "0", "a", ""},
		{"argument given", "ARG BASE=a\nFROM ${BASE}", map[string]string{"BASE": "b"}, "0", "b", ""},
		{"argument not declared", "FROM a${BASE}", map[string]string{"BASE": "b"}, "0", "a", ""},
		{"unneeded", "FROM a AS one\nFROM b AS two\nRUN true", nil, "two", "b", ""},
		{"copied from", "FROM a AS one\nFROM b\nCOPY --from=one /x /", nil, "one 1", "a b", ""},
		{"copied from an index", "FROM a\nFROM b\nCOPY --from=0 /x /", nil, "0 1", "a b", ""},
		{"based on", "FROM a AS one\nFROM c AS unused\nFROM one", nil, "one 2", "a one", ""},
		{"based on an index", "FROM a\nFROM 0", nil, "0 1", "a 0", ""},
		{"through another", "FROM a AS one\nFROM one AS two\nFROM b\nCOPY --from=two / /", nil, "one two 2", "a one b", ""},
		{"copied from an image", "FROM a\nCOPY --from=quay.io/x:1 / /", nil, "0", "a", "quay.io/x:1"},
		{"a later stage is an image", "FROM a\nCOPY --from=later / /\nFROM b AS later\nCOPY --from=0 / /", nil, "0 later", "a b", "later"},
		{"mounted from", "FROM a AS one\nFROM b\nRUN --mount=type=bind,from=one,target=/m true", nil, "one 1", "a b", ""},
		{"argument in --from", "FROM a AS one\nFROM b\nARG S=one\nCOPY --from=$S / /", nil, "one 1", "a b", ""},
		{"environment in --from", "FROM a AS one\nFROM c AS two\nFROM b\nENV S=two\nCOPY --from=$S / /", nil, "two 2", "c b", ""},
		{"heading argument in --from", "ARG S=one\nFROM a AS one\nFROM b\nARG S\nCOPY --from=$S / /", nil, "one 1", "a b", ""},
		{"names without case", "FROM a AS One\nFROM b\nCOPY --from=oNE / /", nil, "One 1", "a b", ""},
		{"the later of two names", "FROM a AS x\nFROM b AS x\nFROM c\nCOPY --from=x / /", nil, "x 2", "b c", ""},
		{"after", "FROM a AS one\nFROM --after=one b", nil, "one 1", "a b", ""},
		{"scratch", "FROM a AS b\nFROM scratch\nCOPY --from=b / /", nil, "b 1", "a scratch", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			file, err := dockerfile.Parse([]byte(test.text), test.args)
			if err != nil {
				t.Fatal(err)
			}
			var names, from, images []string
			for _, stage := range file.Needed() {
				names, from = append(names, stage.Name), append(from, stage.From)
				images = append(images, stage.Images...)
			}
			for what, pair := range map[string][2]string{
				"needed stages": {strings.Join(names, " "), test.needed},
				"bases":         {strings.Join(from, " "), test.from},
				"images":        {strings.Join(images, " "), test.images},
			} {
				if pair[0] != pair[1] {
					t.Errorf("%s: %q, want %q", what, pair[0], pair[1])
				}
			}
		})
	}
}

func TestUnknownVariableNeedsEverything(t *testing.T) {
	file, err := dockerfile.Parse([]byte("FROM a AS one\nFROM b AS two\nFROM c\nCOPY --from=$S / /"), nil)
	if err != nil {
		t.Fatal(err)
	}
	if needed := file.Needed(); len(needed) != 3 {
		t.Errorf("%d stages are needed, want all 3", len(needed))
	}
}

func TestRefused(t *testing.T) {
	for text, want := range map[string]string{
		"":                        "no FROM",
		"RUN true":                "FROM",
		"FROM ${NOTHING}":         "no value",
		"FROM --after=nowhere a":  "no such stage",
		"FROM a\nFROM":            "FROM requires",
		"FROM a\nRUN <<END\ntrue": "heredoc",
	} {
		_, err := dockerfile.Parse([]byte(text), nil)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want an error with %q", text, err, want)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		"ARG A=b\nFROM $A AS one\nFROM scratch\nCOPY --from=one / /\n",
		"FROM a\nRUN --mount=type=cache,target=/x,from=b <<END\ntrue\nEND\n",
		"# escape=`\nFROM a`\n b\n",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		file, err := dockerfile.Parse([]byte(text), map[string]string{"A": "x"})
		if err != nil {
			return
		}
		needed := file.Needed()
		if !slices.Contains(needed, file.Target()) {
			t.Error("the target is not among the needed stages")
		}
		for _, stage := range needed {
			for _, other := range stage.Needs {
				if other.Index >= stage.Index {
					t.Errorf("stage %d needs the later stage %d", stage.Index, other.Index)
				}
			}
		}
	})
}
