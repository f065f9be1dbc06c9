package preflight

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
)

// WriteJSON writes a report for programs. docs/doctor.md describes the fields.
func WriteJSON(w io.Writer, r Report) error {
	encoder := json.NewEncoder(w)
	encoder.SetIndent("", "  ")
	encoder.SetEscapeHTML(false)
	return encoder.Encode(r)
}

// colors are what verdicts look like on a terminal: SGR parameters of ECMA-48.
var colors = map[Verdict]string{Works: "32", Slower: "33", Limited: "33", Fails: "31"}

// WriteText writes a report for people: a line for each check, and below it what does
// not work and what to do about that.
func WriteText(w io.Writer, r Report, color bool) error {
	titles, verdicts := 0, 0
	for _, c := range r.Checks {
		titles, verdicts = max(titles, len(c.Title)), max(verdicts, len(c.Verdict))
	}
	var text strings.Builder
	for _, c := range r.Checks {
		verdict := fmt.Sprintf("%-*s", verdicts, c.Verdict)
		if color {
			verdict = "\x1b[" + colors[c.Verdict] + "m" + verdict + "\x1b[0m"
		}
		fmt.Fprintf(&text, "%s  %-*s  %s\n", verdict, titles, c.Title, c.Found)
		if c.Consequence != "" {
			fmt.Fprintf(&text, "%*s  %*s  so: %s\n", verdicts, "", titles, "", c.Consequence)
		}
		if c.Remedy != "" {
			fmt.Fprintf(&text, "%*s  %*s  fix: %s\n", verdicts, "", titles, "", c.Remedy)
		}
	}
	if r.Able {
		fmt.Fprintf(&text, "\nBuilds run %s.\n", r.Mode.Description())
	} else {
		fmt.Fprint(&text, "\nThis machine cannot build images yet; fix what fails, from the top.\n")
	}
	_, err := io.WriteString(w, text.String())
	return err
}
