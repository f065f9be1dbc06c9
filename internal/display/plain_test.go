package display_test

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/kolla-build/kolla-build/internal/display"
	"github.com/kolla-build/kolla-build/internal/event"
	"github.com/kolla-build/kolla-build/internal/image"
)

var update = flag.Bool("update", false, "write the golden files anew")

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name+".golden")
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("got\n%s\nwant, by %s,\n%s", got, path, want)
	}
}

func state(name string, s image.Status) event.ImageState {
	return event.ImageState{Image: name, State: s, Attempt: 1, Elapsed: 12345 * time.Millisecond}
}

func output(name, text string) event.Output { return event.Output{Image: name, Data: []byte(text)} }

// story is a run in which much happens.
func story() []event.Event {
	failed := func(name string, s image.Status, why string) event.Event {
		e := state(name, s)
		e.Err = errors.New(why)
		return e
	}
	second := state("keystone", image.Building)
	second.Attempt = 2
	events := []event.Event{
		event.Notice{Text: "base image: bootstrapping debian trixie"},
		state("debian", image.Building),
		state("debian", image.Built),
		event.RunStarted{Images: []string{"base", "keystone", "keystone-base", "keystone-ssh"}, Threads: 2},
		state("base", image.Building),
		event.Step{Image: "base", Index: 1, Total: 2, Text: "FROM debian:trixie"},
		event.Step{Image: "base", Index: 2, Total: 2, Text: "RUN apt-get update"},
		output("base", "Get:1 debian\n10%\r50%\r100%\nno newline "),
		output("base", "at the end"),
		state("base", image.Built),
		state("base", image.Pushing),
		state("keystone-base", image.Building),
		state("base", image.Pushed),
		event.Notice{Level: event.Warning, Image: "keystone-base", Text: "two things\nto tell"},
		failed("keystone-base", image.PushError, "the registry is full\nask its owner for room"),
		state("keystone", image.Building),
		event.Retrying{Image: "keystone", Attempt: 2, Attempts: 4, Delay: 980 * time.Millisecond, Err: errors.New("mirror is busy")},
		second,
	}
	for i := range 25 {
		events = append(events, output("keystone", fmt.Sprintf("line %d\n", i+1)))
	}
	return append(events,
		output("keystone", "\x1b[31m::error::red\x1b[0m\x00\n##[error]old\n"),
		output("keystone", "E: no such package"),
		failed("keystone", image.Error, "failed to run step 2: exit status 100"),
		failed("keystone-ssh", image.ParentError, "keystone failed"),
		event.Notice{Level: event.Warning, Text: "::error::the disk is nearly full"},
		state("keystone-ssh", image.Unprocessed),
		event.RunFinished{Elapsed: time.Minute},
	)
}

func TestPlain(t *testing.T) {
	for name, opts := range map[string]display.Options{
		"plain": {},
		"color": {Color: true},
		"debug": {Debug: true},
	} {
		t.Run(name, func(t *testing.T) {
			var screen bytes.Buffer
			p := display.NewPlain(&screen, opts)
			for _, e := range story() {
				p.Emit(e)
			}
			golden(t, name, screen.Bytes())
		})
	}
}

// TestQuiet: what has failed is shown with --quiet too, and nothing else.
func TestQuiet(t *testing.T) {
	var screen bytes.Buffer
	sink := display.NewQuiet(&screen, display.Options{Debug: true})
	for _, e := range story() {
		sink.Emit(e)
	}
	golden(t, "quiet", screen.Bytes())
}
