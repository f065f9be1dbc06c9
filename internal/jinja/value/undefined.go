package value

// Undefined is what a name or an attribute that does not exist evaluates to.
// It prints as nothing, is false, and has nothing to iterate over; most other
// uses are errors.
type Undefined struct {
	Hint string // what to say when it is misused, such as "'foo' is undefined"
	Kind string // the kind of that error; "" is "UndefinedError"
}

// Misuse returns the error for a use that undefined values do not allow.
func (u *Undefined) Misuse() *Error {
	if u.Kind != "" {
		return &Error{Kind: u.Kind, Message: u.Hint}
	}
	return &Error{Kind: "UndefinedError", Message: u.Hint}
}
