package checkout

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"regexp"
	"sync"
	"time"

	"github.com/kolla-build/kolla-build/internal/git"
)

// patience is how long git may take to name a commit.
const patience = 5 * time.Second

// commitID is the only thing that git may answer.
var commitID = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[0-9a-f]{4,64}$`) })

// commit returns the id of the commit that is checked out: %h is the short one, %H the
// whole. Only the checkout's own repository counts, not one in a folder above; and it is
// somebody else's, so package git keeps what it configures from being run.
func (c *Checkout) commit(format string) string {
	dir := filepath.Join(c.Root, ".git")
	if _, err := os.Stat(dir); err != nil {
		return ""
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	repository := git.Repository{Dir: dir, Env: os.Environ()}
	out, err := repository.Command(ctx, "log", "--max-count=1", "--no-color", "--format="+format, "HEAD", "--").Output()
	if id := bytes.TrimSpace(out); err == nil && commitID().Match(id) {
		return string(id)
	}
	return ""
}
