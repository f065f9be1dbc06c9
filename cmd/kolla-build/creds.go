package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"unsafe"

	"golang.org/x/sys/unix"

	"github.com/kolla-build/kolla-build/internal/config"
)

const (
	// credsVariable has, in the environment of the process that is started again, the
	// number of the file with the credentials. It is in memory, and nobody else has it.
	credsVariable = "_KOLLA_BUILD_CREDS"
	// maxCreds bounds credentials in bytes.
	maxCreds = 64 << 10
	// credsOption is the option whose value is a password.
	credsOption = "--creds"
)

// privateArgs returns the arguments, and overwrites the password among them where the
// system shows the arguments of a process to everybody. Whoever looks in the first
// milliseconds has seen it: --creds-stdin is safer.
func privateArgs() []string {
	args := make([]string, 0, len(os.Args))
	value := false // the argument is that of --creds
	for _, arg := range os.Args[1:] {
		args = append(args, strings.Clone(arg))
		name, rest, attached := strings.Cut(arg, "=")
		switch {
		case value:
			hidePassword(arg)
			value = false
		case strings.ReplaceAll(name, "_", "-") != credsOption:
		case attached:
			hidePassword(rest)
		default:
			value = true
		}
	}
	return args
}

// hidePassword overwrites what follows the user in an argument. The text is a part of what
// the kernel has put on the stack, which the runtime does not copy.
func hidePassword(creds string) {
	_, password, _ := strings.Cut(creds, ":")
	if password == "" {
		return
	}
	for i := range unsafe.Slice(unsafe.StringData(password), len(password)) {
		unsafe.Slice(unsafe.StringData(password), len(password))[i] = '*'
	}
}

// readCreds completes the configuration with the credentials from standard input, or from
// the process that has started this one.
func readCreds(cfg *config.Config) error {
	if number, passed := os.LookupEnv(credsVariable); passed {
		text, err := receiveCreds(number)
		if err != nil {
			return fmt.Errorf("failed to take over the credentials: %w", err)
		}
		cfg.Creds = config.NewSecret(text)
		return nil
	}
	if !cfg.CredsStdin {
		return nil
	}
	data, err := io.ReadAll(io.LimitReader(os.Stdin, maxCreds))
	if err != nil {
		return fmt.Errorf("failed to read the credentials: %w", err)
	}
	text := strings.TrimRight(string(data), "\r\n")
	if user, password, found := strings.Cut(text, ":"); !found || user == "" || password == "" || strings.ContainsAny(text, "\r\n") {
		return &config.Error{Problems: []config.Problem{{Text: "standard input is not USER:PASSWORD, in one line", Remedy: "give that to --creds-stdin, or use --authfile"}}}
	}
	cfg.Creds = config.NewSecret(text)
	return nil
}

// passCreds keeps the credentials for the process that is started in the place of this one.
func passCreds(cfg *config.Config) error {
	text := cfg.Creds.Reveal()
	if text == "" {
		return nil
	}
	fd, err := unix.MemfdCreate("kolla-build", 0) // open across exec
	if err != nil {
		return fmt.Errorf("failed to pass on the credentials: %w", err)
	}
	// Not an os.File: that would be closed when it is collected.
	if n, err := unix.Write(fd, []byte(text)); err != nil || n < len(text) {
		return errors.Join(fmt.Errorf("failed to pass on the credentials: %w", err), unix.Close(fd))
	}
	return os.Setenv(credsVariable, strconv.Itoa(fd))
}

func receiveCreds(number string) (string, error) {
	fd, err := strconv.Atoi(number)
	if err != nil {
		return "", err
	}
	file := os.NewFile(uintptr(fd), "credentials")
	if file == nil {
		return "", os.ErrInvalid
	}
	defer file.Close()
	data, err := io.ReadAll(io.NewSectionReader(file, 0, maxCreds))
	return string(data), errors.Join(err, os.Unsetenv(credsVariable))
}
