package image

import (
	"regexp"
	"slices"
	"strings"
)

// froms is what the FROM lines of a Dockerfile say.
type froms struct {
	last  string   // the image that the last stage starts from
	bases []string // every image that a stage starts from, each once
}

// Bases returns the images that the FROM lines of a Dockerfile name, as written,
// each once. Names of stages are not among them.
func Bases(dockerfile string) []string { return parseFroms(dockerfile).bases }

// parseFroms reads the FROM lines of a Dockerfile. A stage that starts from
// an earlier stage starts, in the end, from that one's image. Without any
// FROM, last is empty.
func parseFroms(dockerfile string) froms {
	var f froms
	stages := map[string]string{} // lower-case stage name to image
	for _, words := range instructions(dockerfile) {
		if !strings.EqualFold(words[0], "FROM") {
			continue
		}
		args := slices.DeleteFunc(words[1:], func(w string) bool { return strings.HasPrefix(w, "--") })
		if len(args) == 0 {
			continue
		}
		base, isStage := stages[strings.ToLower(args[0])]
		if !isStage {
			base = args[0]
			if !slices.Contains(f.bases, base) {
				f.bases = append(f.bases, base)
			}
		}
		f.last = base
		if len(args) == 3 && strings.EqualFold(args[1], "AS") {
			stages[strings.ToLower(args[2])] = base
		}
	}
	return f
}

// heredoc finds where a here-document begins, as in RUN <<EOF. A here-string
// (<<<) is none.
var heredoc = regexp.MustCompile(`(?:^|[^<])<<-?["']?([A-Za-z_]\w*)["']?`)

// instructions splits a Dockerfile into its instructions, and each of those
// into words. Comments go, continued lines are joined, and the bodies of
// here-documents are left out, since a line in them may well start with FROM.
func instructions(dockerfile string) [][]string {
	var found [][]string
	lines := strings.Split(dockerfile, "\n")
	for i := 0; i < len(lines); i++ {
		var text strings.Builder
		for ; i < len(lines); i++ {
			line := strings.TrimSpace(lines[i])
			if strings.HasPrefix(line, "#") {
				// A comment inside an instruction does not end it.
				if text.Len() == 0 {
					break
				}
				continue
			}
			head, continued := strings.CutSuffix(line, `\`)
			text.WriteString(head + " ")
			// An empty line inside an instruction does not end it either;
			// Docker has always let that pass.
			if !continued && (line != "" || strings.TrimSpace(text.String()) == "") {
				break
			}
		}
		words := strings.Fields(text.String())
		if len(words) == 0 {
			continue
		}
		found = append(found, words)
		i = skipHeredocs(text.String(), lines, i)
	}
	return found
}

// skipHeredocs returns the index of the last line of the here-documents that
// instruction opens; it ends at line i itself. A marker that never comes makes
// no here-document: in a shell, << may also be a shift.
func skipHeredocs(instruction string, lines []string, i int) int {
	for _, m := range heredoc.FindAllStringSubmatch(instruction, -1) {
		for j := i + 1; j < len(lines); j++ {
			if strings.TrimSpace(lines[j]) == m[1] {
				i = j
				break
			}
		}
	}
	return i
}
