package main

import (
	"bytes"
	"strings"

	"github.com/sirupsen/logrus"

	"github.com/kolla-build/kolla-build/internal/config"
	"github.com/kolla-build/kolla-build/internal/screen"
)

// configureLog says what is shown of the messages that this program and its libraries write to
// the standard logger: warnings, nothing but errors with --quiet, and with --debug what the
// libraries think worth knowing and all of ours.
func configureLog(cfg *config.Config) {
	logrus.SetFormatter(logLine{})
	switch {
	case cfg.Quiet:
		logrus.SetLevel(logrus.ErrorLevel)
	case cfg.Debug:
		logrus.SetLevel(logrus.DebugLevel)
		logrus.SetReportCaller(true) // by which ours are known
	default:
		logrus.SetLevel(logrus.WarnLevel)
	}
}

// logLine writes a message in the form of our own. It implements logrus.Formatter.
type logLine struct{}

// ourModule begins the names of all functions of this program.
const ourModule = "github.com/kolla-build/kolla-build/"

// Format implements logrus.Formatter. Nothing is written for debug messages of libraries:
// there are thousands.
func (logLine) Format(entry *logrus.Entry) ([]byte, error) {
	ours := entry.HasCaller() && (strings.HasPrefix(entry.Caller.Function, ourModule) || strings.HasPrefix(entry.Caller.Function, "main."))
	if entry.Level >= logrus.DebugLevel && !ours {
		return nil, nil
	}
	var out bytes.Buffer
	for _, line := range screen.Lines(entry.Message, maxLogLine) {
		out.WriteString("kolla-build: " + entry.Level.String() + ": " + line + "\n")
	}
	return out.Bytes(), nil
}

// maxLogLine is how many characters of a line are shown.
const maxLogLine = 1000
