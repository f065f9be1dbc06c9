// Package exit lists what the program can exit with. Scripts rely on the
// numbers, so one that was given out keeps its meaning.
package exit

// The codes. 1 and 2 mean the same as in the Python tool.
const (
	Done        = 0
	Failed      = 1
	Usage       = 2
	Template    = 3
	Source      = 4
	Push        = 5
	Environment = 6
	Interrupted = 130 // 128 and SIGINT, as shells count
)

// Status is one code with its meaning.
type Status struct {
	// Code is what the process exits with.
	Code int
	// Name is a word for it, for machines: lower case, with dashes.
	Name string
	// Meaning is a phrase for people.
	Meaning string
}

// Table returns all codes in rising order. A code that it does not have means
// failure too.
func Table() []Status {
	return []Status{
		{Done, "done", "all was done"},
		{Failed, "failed", "an image failed, or something that no other code stands for"},
		{Usage, "usage", "bad arguments or configuration; nothing was begun"},
		{Template, "template", "bad template; nothing was built"},
		{Source, "source", "a source could not be fetched, or must not be used"},
		{Push, "push", "all was built, but a push failed"},
		{Environment, "environment", "the machine is not able; kolla-build doctor says why"},
		{Interrupted, "interrupted", "interrupted; the summary says how far it got"},
	}
}

// Lookup returns the status with that code.
func Lookup(code int) (Status, bool) {
	for _, s := range Table() {
		if s.Code == code {
			return s, true
		}
	}
	return Status{}, false
}
