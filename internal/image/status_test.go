package image_test

import (
	"testing"

	"github.com/kolla-build/kolla-build/internal/image"
)

func TestFailed(t *testing.T) {
	for status, want := range map[image.Status]bool{
		image.Error:           true,
		image.ParentError:     true,
		image.PushError:       true,
		image.ConnectionError: true,
		image.Built:           false,
		image.Pushed:          false,
		image.Unprocessed:     false,
		image.Unbuildable:     false,
		image.Skipped:         false,
	} {
		if got := status.Failed(); got != want {
			t.Errorf("%s: got %v", status, got)
		}
	}
}
