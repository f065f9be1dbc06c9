package main

import (
	"fmt"
	"os"
	"regexp"
	"strings"
)

// maxInclude bounds a header or footer, in bytes.
const maxInclude = 1 << 20

// readInclude returns the text of a header or footer file for Dockerfiles. No
// file gives no text.
func readInclude(option, file string) (string, error) {
	if file == "" {
		return "", nil
	}
	info, err := os.Stat(file)
	if err == nil && (!info.Mode().IsRegular() || info.Size() > maxInclude) {
		err = fmt.Errorf("it is no regular file of at most %d bytes", maxInclude)
	}
	var data []byte
	if err == nil {
		data, err = os.ReadFile(file)
	}
	if err != nil {
		return "", fmt.Errorf("failed to read the file of --%s: %w", option, err)
	}
	return string(data), nil
}

// passwordWarnings warns of lines in the given files that seem to hold a
// password.
func passwordWarnings(files ...string) []string {
	var warnings []string
	for _, file := range files {
		text, err := readInclude("", file)
		if err != nil {
			continue // told when the file is put to use
		}
		for _, line := range passwordLines(text) {
			warnings = append(warnings, fmt.Sprintf(
				"%s:%d: this looks like a password, and will stand in the history of images for all to read; "+
					"better: --secret id=NAME,src=FILE, and RUN --mount=type=secret,id=NAME with $(cat /run/secrets/NAME)", file, line))
		}
	}
	return warnings
}

// password finds what people write passwords with: an option or variable with a
// value that is not itself a reference to a variable or a command, or a URL with
// a user and a password.
var password = regexp.MustCompile(`(?i)(--?(password|passwd|activationkey|token|secret)[ =]|\b\w*(password|passwd|secret|token)=)["']?[^\s"'$]|://[^/\s:@]+:[^/\s@$]+@`)

// passwordLines returns the numbers, from 1, of lines that seem to hold one.
func passwordLines(text string) []int {
	var lines []int
	number := 0
	for line := range strings.Lines(text) {
		number++
		if password.MatchString(line) && !strings.HasPrefix(strings.TrimSpace(line), "#") {
			lines = append(lines, number)
		}
	}
	return lines
}
