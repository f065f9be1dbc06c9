package tests

import (
	"fmt"
	"io"
	"net"
	"testing"
	"time"
)

// patience is how long a test waits for what should take no more than seconds.
const patience = 2 * time.Minute

// meeting is a port of the machine at which RUN instructions report: they have the
// machine's network. So a test knows, without looking again and again, that they
// have begun, and, since a connection ends with the last process that holds it,
// that they have ended.
type meeting struct {
	listener *net.TCPListener
	guests   []net.Conn
}

func newMeeting(t *testing.T) *meeting {
	t.Helper()
	listener, err := net.ListenTCP("tcp", &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	m := &meeting{listener: listener}
	t.Cleanup(m.close)
	return m
}

func (m *meeting) close() {
	m.listener.Close()
	for _, guest := range m.guests {
		guest.Close()
	}
}

// arrive is what bash does to come to the meeting; descriptor 3 is the connection.
func (m *meeting) arrive() string {
	return fmt.Sprintf("exec 3<>/dev/tcp/127.0.0.1/%d", m.listener.Addr().(*net.TCPAddr).Port)
}

// wait waits until n guests have arrived who are all still there.
func (m *meeting) wait(n int) error {
	if err := m.listener.SetDeadline(time.Now().Add(patience)); err != nil {
		return err
	}
	for len(m.guests) < n {
		guest, err := m.listener.Accept()
		if err != nil {
			return fmt.Errorf("%d of %d have arrived: %w", len(m.guests), n, err)
		}
		m.guests = append(m.guests, guest)
	}
	return nil
}

// dismiss tells all guests to go on, by one line.
func (m *meeting) dismiss() error {
	for _, guest := range m.guests {
		if _, err := io.WriteString(guest, "go on\n"); err != nil {
			return err
		}
	}
	return nil
}

// over tells whether all guests have gone, within the given time.
func (m *meeting) over(within time.Duration) error {
	for i, guest := range m.guests {
		if err := guest.SetReadDeadline(time.Now().Add(within)); err != nil {
			return err
		}
		if _, err := io.Copy(io.Discard, guest); err != nil {
			return fmt.Errorf("guest %d of %d is still there: %w", i+1, len(m.guests), err)
		}
	}
	return nil
}

// TestSiblingsMeet builds two images whose RUN instructions wait for each other.
func TestSiblingsMeet(t *testing.T) {
	t.Parallel()
	m := newMeeting(t)
	sibling := fromRoot + "SHELL [\"/bin/bash\", \"-c\"]\nRUN " + m.arrive() + " && read -r word <&3 && [ \"$word\" = 'go on' ]\n"
	dir := tree(t, map[string]string{"root": fromBase, "left": sibling, "right": sibling})
	met := make(chan error, 1)
	go func() {
		err := m.wait(2)
		if err == nil {
			err = m.dismiss()
		} else {
			m.close() // so that a lonely one does not wait for ever
		}
		met <- err
	}()
	o := build(t, "-D", dir, "--threads", "2")
	if err := <-met; err != nil {
		t.Errorf("the siblings have not met: %v", err)
	}
	o.wants(t, 0, "^built 3 images")
}
