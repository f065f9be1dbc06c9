package history

import (
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"testing"
	"time"

	"github.com/kolla-build/kolla-build/internal/plan"
)

func record(id string) plan.Record {
	r := plan.Record{ID: id, Digest: "sha256:1", Seconds: 1.5}
	r.AddDockerfile("FROM x\nRUN true\n")
	r.AddFile(plan.File, "a", 0o755, plan.Sum("a"))
	return r
}

func TestKeep(t *testing.T) {
	dir := t.TempDir()
	h := Open(dir, "/store")
	if _, found := h.Last("a:1"); found {
		t.Error("found before it was kept")
	}
	for _, id := range []string{"first", "second"} {
		if err := h.Keep("a:1", record(id)); err != nil {
			t.Fatal(err)
		}
		if got, found := h.Last("a:1"); !found || !reflect.DeepEqual(got, record(id)) {
			t.Errorf("got %+v, %v", got, found)
		}
	}
	for name, other := range map[string]*History{"reference": h, "store": Open(dir, "/other")} {
		reference := map[string]string{"reference": "a:2", "store": "a:1"}[name]
		if _, found := other.Last(reference); found {
			t.Errorf("found under another %s", name)
		}
	}
	info, err := os.Stat(h.dir)
	if err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("others may look into it: %v, %v", info.Mode(), err)
	}
}

func TestKeepWhereNothingCanBeWritten(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := Open(file, "/store").Keep("a:1", record("x")); err == nil {
		t.Error("no error")
	}
}

func TestTrim(t *testing.T) {
	h := Open(t.TempDir(), "/store")
	h.Trim() // nothing is there
	for i := range 5 {
		reference := fmt.Sprintf("a:%d", i)
		if err := h.Keep(reference, record("x")); err != nil {
			t.Fatal(err)
		}
		at := time.Unix(int64(1000+i), 0)
		if err := os.Chtimes(h.path(reference), at, at); err != nil {
			t.Fatal(err)
		}
	}
	h.trim(2)
	for i := range 5 {
		if _, found := h.Last(fmt.Sprintf("a:%d", i)); found != (i >= 3) {
			t.Errorf("a:%d: found %v", i, found)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(`{"version":1,"reference":"a:1","id":"x","seconds":1,"inputs":[{"kind":"file","name":"a"}],"lines":["x"]}`))
	f.Add([]byte(`{"version":2,"reference":"a:1"}`))
	f.Add([]byte(`{"version":1,"reference":"a:1","seconds":-1}`))
	f.Add([]byte(``))
	f.Fuzz(func(t *testing.T, text []byte) {
		f, found := parse(text)
		if !found && !reflect.DeepEqual(f, file{}) || f.Seconds < 0 {
			t.Errorf("%q gives %+v", text, f)
		}
		_ = plan.Changes(f.Inputs, f.Inputs)
	})
}
