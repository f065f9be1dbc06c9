package checkout

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

// patience is how long git may take to name a commit.
const patience = 5 * time.Second

// commit asks git for the name of what is checked out: %h is the short one, %H the
// whole. Git only looks at
// the repository itself: one in a folder above would be somebody else's, and
// what a checkout configures must not run here.
func (c *Checkout) commit(format string) string {
	dir := filepath.Join(c.Root, ".git")
	if _, err := os.Stat(dir); err != nil {
		return ""
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	git := exec.CommandContext(ctx, "git", "-c", "safe.directory=*", "-c", "log.showSignature=false",
		"log", "--max-count=1", "--format="+format, "HEAD", "--")
	git.Dir = c.Root
	git.Env = append(os.Environ(), "GIT_DIR="+dir, "GIT_CEILING_DIRECTORIES="+filepath.Dir(c.Root))
	out, err := git.Output()
	if err != nil {
		return ""
	}
	return string(bytes.TrimSpace(out))
}
