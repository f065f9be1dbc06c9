package template

import "testing"

func TestMergeOverrides(t *testing.T) {
	o := mergeOverrides([]Override{
		{"a/one.j2", "{% extends parent_template %}\none\n"},
		{"b/two.j2", "{# two #}\r\n{%- extends parent_template %}\r\ntwo\r\n"},
		{"c/three.j2", "{% extends parent_template %}\nthree\n{% extends last %}"},
	})
	want := "{% extends parent_template %}\none\n{# two #}\ntwo\nthree\n{% extends last %}"
	if o.name != "one.j2" || o.text != want {
		t.Errorf("%s: %q", o.name, o.text)
	}
	for line, want := range map[int]struct {
		file   string
		number int
	}{1: {"a/one.j2", 1}, 2: {"a/one.j2", 2}, 3: {"b/two.j2", 1}, 4: {"b/two.j2", 3}, 5: {"c/three.j2", 2}, 6: {"c/three.j2", 3}, 0: {"a/one.j2", 0}, 7: {"c/three.j2", 7}} {
		if file, number := o.locate(line); file != want.file || number != want.number {
			t.Errorf("line %d: %s:%d", line, file, number)
		}
	}
}
