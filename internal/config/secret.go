package config

import (
	"fmt"
	"io"

	"github.com/kolla-build/kolla-build/internal/redact"
)

// Secret is a text that must not be shown: whichever way it is printed or
// marshalled, a mask comes out. Only [Secret.Reveal] gives it away.
type Secret struct {
	// A pointer, because fmt does not call the methods of a value that it
	// finds in an unexported field: all it then shows is an address.
	text *string
}

const mask = redact.Mask

// NewSecret wraps text.
func NewSecret(text string) Secret { return Secret{&text} }

// Reveal returns the text itself; that of the zero Secret is empty.
func (s Secret) Reveal() string {
	if s.text == nil {
		return ""
	}
	return *s.text
}

// String returns a mask, or nothing when there is nothing to hide.
func (s Secret) String() string {
	if s.Reveal() == "" {
		return ""
	}
	return mask
}

// Format prints the mask for every verb: %#v and %d would otherwise reach into
// the struct.
func (s Secret) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, s.String()) }

// MarshalText returns the mask, for JSON and its like.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }
