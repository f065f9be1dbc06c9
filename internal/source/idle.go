package source

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"
)

// errIdle is why a request is given up that gives no sign of life.
var errIdle = errors.New("the server has stalled")

// signOfLife is how many bytes have to come within the timeout: who sends a
// byte per second has stalled too.
const signOfLife = 4 << 10

// idle cancels a context when nothing has happened for a while.
type idle struct {
	timeout time.Duration
	timer   *time.Timer
	cancel  context.CancelCauseFunc
}

// withIdle returns a context that ends when beat has not been called for the
// length of timeout. The caller calls stop.
func withIdle(ctx context.Context, timeout time.Duration) (context.Context, *idle) {
	ctx, cancel := context.WithCancelCause(ctx)
	stalled := fmt.Errorf("%w: next to nothing came for %s", errIdle, timeout)
	return ctx, &idle{timeout, time.AfterFunc(timeout, func() { cancel(stalled) }), cancel}
}

func (i *idle) beat() { i.timer.Reset(i.timeout) }

func (i *idle) stop() {
	i.timer.Stop()
	i.cancel(nil)
}

// reader returns a reader of r that shows signs of life.
func (i *idle) reader(r io.Reader) io.Reader {
	var n int
	return readFunc(func(p []byte) (int, error) {
		got, err := r.Read(p)
		if n += got; n >= signOfLife {
			n = 0
			i.beat()
		}
		return got, err
	})
}
