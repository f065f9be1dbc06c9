package value

import (
	"errors"
	"fmt"
)

// Error is an exception as Python would raise it.
type Error struct {
	Kind    string // Python's exception class, such as "TypeError"
	Message string
}

// Error returns the text as the last line of a Python traceback has it.
func (e *Error) Error() string { return e.Kind + ": " + e.Message }

// Errorf returns an [*Error] of the kind, with a formatted message.
func Errorf(kind, format string, args ...any) *Error {
	return &Error{Kind: kind, Message: fmt.Sprintf(format, args...)}
}

func typeError(format string, args ...any) *Error  { return Errorf("TypeError", format, args...) }
func valueError(format string, args ...any) *Error { return Errorf("ValueError", format, args...) }
func indexError(format string, args ...any) *Error { return Errorf("IndexError", format, args...) }

// keyError names the key as Python does: by its repr.
func keyError(key Value) error {
	text, err := Repr(key)
	if err != nil {
		return err
	}
	return &Error{Kind: "KeyError", Message: text}
}

func isTypeError(err error) bool {
	var e *Error
	return errors.As(err, &e) && e.Kind == "TypeError"
}

// overflow says that a result does not fit into an int64.
func overflow() *Error {
	return Errorf("OverflowError", "integer result does not fit into 64 bits, which is as far as this engine counts")
}

// checkText fails if a text of n bytes is more than may be made.
func checkText(n int) error {
	if n > MaxText {
		return Errorf("MemoryError", "text of more than %d MiB", MaxText>>20)
	}
	return nil
}

// checkItems fails if n items are more than may be made.
func checkItems(n int) error {
	if n > MaxItems {
		return Errorf("MemoryError", "more than %d items", MaxItems)
	}
	return nil
}
