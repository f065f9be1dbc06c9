package preflight

import (
	"bytes"
	"context"
	"fmt"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	moby "github.com/moby/sys/user"
)

// firstSubID is where useradd begins to give ranges: SUB_UID_MIN of login.defs(5).
const firstSubID = 100000

// directoryPatience is how long a directory service may take to answer.
const directoryPatience = 10 * time.Second

// subIDs finds a user's subordinate ids where newuidmap does: in the files, or in the
// directory service that nsswitch.conf names.
//
// A directory service is asked by the program getsubids, which comes with libsubid. To
// link that library would make the program start on no machine without it, and it
// cannot be part of a static one: it loads its backends at run time.
type subIDs struct {
	etc string
	// getsubids returns what the program prints.
	getsubids func(args ...string) (string, error)
}

func (s subIDs) find(name string, uid int) SubIDs {
	found := SubIDs{Source: subIDSource(readText(filepath.Join(s.etc, "nsswitch.conf")))}
	files := [2]string{filepath.Join(s.etc, "subuid"), filepath.Join(s.etc, "subgid")}
	if found.Source != "files" {
		uids, err := s.ask(name)
		if err == nil {
			found.UIDs = uids
			found.GIDs, err = s.ask("-g", name)
		}
		if err != nil {
			found.NoLookup = err.Error()
		}
		return found
	}
	found.UIDs, found.GIDs = rangesOf(files[0], name, uid), rangesOf(files[1], name, uid)
	found.Free = freeID(files[:])
	return found
}

// subIDSource returns the database for subordinate ids. Only one can be named, and
// newuidmap falls back to the files: nsswitch.conf of shadow.
func subIDSource(nsswitch string) string {
	for line := range strings.Lines(nsswitch) {
		line, _, _ = strings.Cut(line, "#")
		if service, databases, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(service) == "subid" {
			if fields := strings.Fields(databases); len(fields) > 0 {
				return fields[0]
			}
		}
	}
	return "files"
}

// rangesOf returns what a file gives to a user, by name or by number. A file that is
// not there gives nothing.
func rangesOf(file, name string, uid int) []IDRange {
	given, err := moby.ParseSubIDFileFilter(file, func(entry moby.SubID) bool {
		return name != "" && entry.Name == name || entry.Name == strconv.Itoa(uid)
	})
	if err != nil {
		return nil
	}
	var result []IDRange
	for _, r := range given {
		result = append(result, IDRange{r.SubID, r.Count})
	}
	return result
}

// freeID returns the first id that lies above all those in the files.
func freeID(files []string) int64 {
	first := int64(firstSubID)
	for _, file := range files {
		given, err := moby.ParseSubIDFile(file)
		if err != nil {
			continue
		}
		for _, r := range given {
			first = max(first, r.SubID+r.Count)
		}
	}
	return first
}

// ask asks the directory service. Each line of the answer is "INDEX: OWNER START COUNT":
// getsubids(1).
func (s subIDs) ask(args ...string) ([]IDRange, error) {
	text, err := s.getsubids(args...)
	if err != nil {
		return nil, err
	}
	var result []IDRange
	for line := range strings.Lines(text) {
		fields := strings.Fields(line)
		if len(fields) != 4 {
			continue
		}
		start, err := strconv.ParseUint(fields[2], 10, 32)
		if err != nil {
			continue
		}
		count, err := strconv.ParseUint(fields[3], 10, 32)
		if err != nil {
			continue
		}
		result = append(result, IDRange{int64(start), int64(count)})
	}
	return result, nil
}

// runGetsubids runs the program. It fails also for a user who has no ids, which is no
// error here.
func runGetsubids(args ...string) (string, error) {
	path, err := exec.LookPath("getsubids")
	if err != nil {
		return "", fmt.Errorf("getsubids is not installed")
	}
	ctx, cancel := context.WithTimeout(context.Background(), directoryPatience)
	defer cancel()
	var stderr bytes.Buffer
	cmd := exec.CommandContext(ctx, path, args...)
	cmd.Stderr = &stderr
	output, err := cmd.Output()
	if ctx.Err() != nil {
		return "", fmt.Errorf("getsubids did not answer within %v", directoryPatience)
	}
	if err != nil && !strings.Contains(stderr.String(), "Error fetching ranges") {
		return "", fmt.Errorf("getsubids: %w", err)
	}
	return string(output), nil
}
