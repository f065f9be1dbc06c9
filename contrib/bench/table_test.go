package main

import (
	"strings"
	"testing"
)

func TestTable(t *testing.T) {
	var results []result
	add := func(tool, name string, cpus ...float64) {
		for _, cpu := range cpus {
			results = append(results, result{
				tool: tool, images: 42, name: name,
				cost: cost{cpu: cpu, wall: 1, peak: 10 * cpu}, registry: 0.5, disk: 46,
			})
		}
	}
	add("floor", caseCold, 2.5, 1.5, 2)
	add("kolla-build", caseCold, 3)
	add("kolla-build", caseSame, 0.03, 0.05)
	add("kolla-build", casePush, 2)
	table := newTable(results, []int{42, 152}, []string{caseCold, caseSame, casePush})
	var text strings.Builder
	if err := table.markdown(&text); err != nil {
		t.Fatal(err)
	}
	const want = `| images | CPU s | cold | nothing changed | first push | peak MB | disk MB |
|---|---|---|---|---|---|---|
| 42 | floor | 2.0 (1.5-2.5) x1.0 |  |  | 20.0 (15.0-25.0) | 46.0 (46.0-46.0) |
| 42 | kolla-build | 3.0 x1.5 | 0.03 (0.03-0.05) | 2.0 + 0.50 | 30.0 | 46.0 |

CPU seconds, median of 3 (least-most). xN: times the floor. Of a push: + the registry's.
`
	if text.String() != want {
		t.Errorf("got\n%s\nwant\n%s", text.String(), want)
	}
	text.Reset()
	if err := table.text(&text); err != nil || strings.Count(text.String(), "\n") != 4 {
		t.Errorf("got %v\n%s", err, text.String())
	}
}

func TestFigures(t *testing.T) {
	for want, f := range map[string]figures{
		"":                 nil,
		"0.04":             {0.04},
		"1.2 (1.1-123)":    {1.1, 1.2, 123},
		"0.10 (0.10-0.20)": {0.1, 0.2},
	} {
		if got := f.String(); got != want {
			t.Errorf("%v: %s, want %s", []float64(f), got, want)
		}
	}
}
