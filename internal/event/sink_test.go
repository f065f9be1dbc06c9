package event_test

import (
	"sync"
	"testing"

	"github.com/kolla-build/kolla-build/internal/event"
)

// counter is deliberately without a lock: the race detector tells if Fan does
// not serialise.
type counter struct{ notices int }

func (c *counter) Emit(e event.Event) {
	if _, ok := e.(event.Notice); ok {
		c.notices++
	}
}

func TestFanSerialises(t *testing.T) {
	var a, b counter
	sink := event.Fan(&a, &b)
	const goroutines, each = 8, 100
	var wg sync.WaitGroup
	for range goroutines {
		wg.Go(func() {
			for range each {
				sink.Emit(event.Notice{})
			}
		})
	}
	wg.Wait()
	if a.notices != goroutines*each || b.notices != goroutines*each {
		t.Errorf("got %d and %d notices, want %d each", a.notices, b.notices, goroutines*each)
	}
}

func TestFanKeepsOrder(t *testing.T) {
	var got []string
	listen := func(name string) event.Sink {
		return event.Func(func(e event.Event) { got = append(got, name+e.(event.Notice).Text) })
	}
	sink := event.Fan(listen("a"), listen("b"))
	sink.Emit(event.Notice{Text: "1"})
	sink.Emit(event.Notice{Text: "2"})
	want := [...]string{"a1", "b1", "a2", "b2"}
	if len(got) != len(want) || [4]string(got) != want {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestFanOfNothing(t *testing.T) {
	event.Fan().Emit(event.RunFinished{})
}
