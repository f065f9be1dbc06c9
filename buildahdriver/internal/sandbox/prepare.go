package sandbox

// #include "spawn.h"
import "C"

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
)

// TestOnlyMaskedProc has commands run as in a container, where a new /proc cannot be had.
var TestOnlyMaskedProc bool

// preparer does for a child, between its start and its command's, what only the parent
// can: the thread that started it waits for it meanwhile, so another one does it. See
// ask_parent in spawn.c.
type preparer struct {
	asks, answer *os.File // the parent's ends
	child        []*os.File
	connector    Connector
	connection   *connection // once done
	done         chan error
}

func newPreparer(ctx context.Context, s *C.struct_sandbox, connector Connector) (*preparer, error) {
	asks, childAsks, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	childAnswer, answer, err := os.Pipe()
	if err != nil {
		return nil, errors.Join(err, asks.Close(), childAsks.Close())
	}
	p := &preparer{asks: asks, answer: answer, child: []*os.File{childAsks, childAnswer}, connector: connector, done: make(chan error, 1)}
	s.asks, s.answer = C.int(childAsks.Fd()), C.int(childAnswer.Fd())
	go func() { p.done <- p.serve(ctx, s) }()
	return p, nil
}

// serve waits until the child asks, or is known not to.
func (p *preparer) serve(ctx context.Context, s *C.struct_sandbox) error {
	var byte [1]byte
	if n, _ := p.asks.Read(byte[:]); n == 0 {
		return nil
	}
	err := p.prepare(ctx, s)
	byte[0] = 0
	if err == nil {
		byte[0] = C.PREPARED
	}
	// To close the pipe would not do: the child has a copy of our end.
	_, writeErr := p.answer.Write(byte[:])
	return errors.Join(err, writeErr)
}

func (p *preparer) prepare(ctx context.Context, s *C.struct_sandbox) (err error) {
	pid := int(s.pid)
	if s.masked_proc != 0 {
		if err := mapSameIDs(pid); err != nil {
			return err
		}
	}
	if s.needs_network != 0 {
		if p.connection, err = p.connector.connect(ctx, pid); err != nil {
			return fmt.Errorf("failed to connect a network of its own: %w", err)
		}
	}
	return nil
}

// finish is called when the command runs, or the child has failed.
func (p *preparer) finish() (*connection, error) {
	p.closeChild()
	err := <-p.done
	return p.connection, err
}

func (p *preparer) closeChild() {
	for _, file := range p.child {
		file.Close()
	}
	p.child = nil
}

func (p *preparer) close() {
	p.closeChild()
	p.asks.Close()
	p.answer.Close()
}

// mapSameIDs maps the ids of our user namespace to themselves in that of a child.
func mapSameIDs(pid int) error {
	for _, name := range []string{"uid_map", "gid_map"} {
		own, err := os.ReadFile("/proc/self/" + name)
		if err != nil {
			return err
		}
		same, err := sameIDs(string(own))
		if err != nil {
			return fmt.Errorf("/proc/self/%s: %w", name, err)
		}
		// In one call of write(2), as the kernel wants it.
		if err := os.WriteFile(fmt.Sprintf("/proc/%d/%s", pid, name), []byte(same), 0); err != nil {
			return fmt.Errorf("failed to map the ids of a command's user namespace: %w", err)
		}
	}
	return nil
}

// sameIDs makes of a map, in the form of user_namespaces(7), one that maps each id inside
// to itself.
func sameIDs(own string) (string, error) {
	var same strings.Builder
	for line := range strings.Lines(own) {
		var inside, outside, count uint32
		if _, err := fmt.Sscan(line, &inside, &outside, &count); err != nil {
			return "", fmt.Errorf("unexpected line %q: %w", line, err)
		}
		fmt.Fprintf(&same, "%d %d %d\n", inside, inside, count)
	}
	return same.String(), nil
}
