package buildahdriver

import (
	"errors"
	"fmt"
)

// StepError reports the instruction of a Dockerfile that failed.
type StepError struct {
	// Dockerfile is the path of the file.
	Dockerfile string
	// Line is where the instruction begins, from 1.
	Line int
	// Instruction is its text, shortened to one line.
	Instruction string
	// Err is the reason.
	Err error
}

func (e *StepError) Error() string {
	return fmt.Sprintf("%s:%d: %s: %v", e.Dockerfile, e.Line, e.Instruction, e.Err)
}

func (e *StepError) Unwrap() error { return e.Err }

// EnvironmentError reports something that the machine lacks for rootless builds.
type EnvironmentError struct {
	// Missing says what is missing.
	Missing string
	// Mend is the command, or the setting, that mends it.
	Mend string
	// Err is what failed, if it was not found by a check.
	Err error
}

func (e *EnvironmentError) Error() string { return e.Missing }

func (e *EnvironmentError) Unwrap() error { return e.Err }

// Remedy is what the user can do about it.
func (e *EnvironmentError) Remedy() string { return e.Mend }

// remediedError carries an error to the user together with what to do about it.
type remediedError struct {
	error
	remedy string
}

func (e remediedError) Unwrap() error  { return e.error }
func (e remediedError) Remedy() string { return e.remedy }

// temporaryError marks an error that may heal.
type temporaryError struct{ error }

func (e temporaryError) Unwrap() error   { return e.error }
func (e temporaryError) Temporary() bool { return true }

// Remedy returns what a user can do about err, or nothing.
func Remedy(err error) string {
	var r interface{ Remedy() string }
	if errors.As(err, &r) {
		return r.Remedy()
	}
	return ""
}
