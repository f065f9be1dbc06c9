package main

import (
	"bytes"
	"os"
	"testing"

	"github.com/sirupsen/logrus"
	"golang.org/x/sys/unix"

	"github.com/kolla-build/kolla-build/internal/config"
)

// TestLog: with --debug our own messages are seen, and with --quiet errors only. What the
// libraries say for themselves is seen in neither.
func TestLog(t *testing.T) {
	library := func() { // logs as a library does, whose functions are not ours
		entry := logrus.NewEntry(logrus.StandardLogger())
		entry.Logger.ReportCaller = false
		entry.Debug("the library's details")
	}
	for name, test := range map[string]struct {
		cfg  config.Config
		want string
	}{
		"default": {config.Config{}, "kolla-build: warning: careful\nkolla-build: error: wrong\n"},
		"quiet":   {config.Config{Quiet: true}, "kolla-build: error: wrong\n"},
		"debug":   {config.Config{Debug: true}, "kolla-build: debug: our details\nkolla-build: debug: on two lines\nkolla-build: warning: careful\nkolla-build: error: wrong\n"},
	} {
		t.Run(name, func(t *testing.T) {
			logger := logrus.StandardLogger()
			formatter, level, out, caller := logger.Formatter, logger.GetLevel(), logger.Out, logger.ReportCaller
			defer func() {
				logger.SetFormatter(formatter)
				logger.SetLevel(level)
				logger.SetOutput(out)
				logger.SetReportCaller(caller)
			}()
			var screen bytes.Buffer
			logger.SetOutput(&screen)
			configureLog(&test.cfg)
			logrus.Debug("our details\non two lines")
			logrus.Warn("careful")
			logrus.Error("wrong")
			library()
			if got := screen.String(); got != test.want {
				t.Errorf("got\n%swant\n%s", got, test.want)
			}
		})
	}
}

// TestOwnFilesWhateverTheUmask: a file that the user has named has in the context the mode
// that it was planned with.
func TestOwnFilesWhateverTheUmask(t *testing.T) {
	defer unix.Umask(unix.Umask(0o077))
	from, to := t.TempDir()+"/from", t.TempDir()
	if err := os.WriteFile(from, []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := copyFiles(map[string]string{"sources.list": from, "folder/file": from}, to); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"sources.list", "folder/file"} {
		info, err := os.Stat(to + "/" + name)
		if err != nil || info.Mode() != ownFileMode {
			t.Errorf("%s: %v, %v", name, info.Mode(), err)
		}
	}
}
