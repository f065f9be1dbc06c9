package catalogue

import (
	"strings"
	"testing"

	"github.com/kolla-build/kolla-build/internal/summary"
)

func TestWriteTable(t *testing.T) {
	run := summary.Document{
		Built: []summary.Entry{
			{Name: "base", Seconds: 12.34},
			{Name: "nova-api", Unchanged: true},
			{Name: "nova-base", Seconds: 1},
		},
		Unbuildable: []summary.Entry{{Name: "zun-base", Reason: "no packages"}},
		Failed:      []summary.Failure{{Entry: summary.Entry{Name: "etcd", Reason: "broken"}}},
	}
	sizes := Sizes{"base": {1000, 1000}, "nova-base": {15, 1015}, "nova-api": {0, 1015}}
	var got strings.Builder
	if err := WriteTable(&got, run, sizes); err != nil {
		t.Fatal(err)
	}
	const want = `    seconds  own MB  total MB  image
  unchanged     0.0     101.5  nova-api
        1.0     1.5     101.5  nova-base
       12.3   100.0     100.0  base
not buildable: zun-base: no packages
failed: etcd: broken
3 built, 1 not buildable, 1 failed
`
	if got.String() != want {
		t.Errorf("got\n%swant\n%s", got.String(), want)
	}
}
