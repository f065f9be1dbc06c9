package statcache

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// The first and the last line of the file of a cache: one that is of another version, or
// cut off, is not believed.
const (
	header = "kolla-build digests 1"
	end    = "end"
)

// format writes a line for every file, sorted: the numbers of its stat, its digest,
// its path.
func format(entries map[string]entry) []byte {
	lines := make([]string, 0, len(entries))
	for path, e := range entries {
		lines = append(lines, fmt.Sprintf("%d %d %d %d %d %s %s",
			e.stat.device, e.stat.inode, e.stat.size, e.stat.mtime, e.stat.ctime, e.digest, path))
	}
	slices.SortFunc(lines, func(a, b string) int {
		return strings.Compare(a[strings.IndexByte(a, '/'):], b[strings.IndexByte(b, '/'):])
	})
	return []byte(header + "\n" + strings.Join(lines, "\n") + "\n" + end + "\n")
}

// parse reads what format writes. Text that is not of this form gives nothing.
func parse(text []byte) map[string]entry {
	entries := map[string]entry{}
	body, headed := bytes.CutPrefix(text, []byte(header+"\n"))
	body, ended := bytes.CutSuffix(body, []byte("\n"+end+"\n"))
	if !headed || !ended {
		return entries
	}
	for line := range strings.SplitSeq(string(body), "\n") {
		path, e, ok := parseLine(line)
		if !ok {
			return map[string]entry{}
		}
		entries[path] = e
	}
	return entries
}

func parseLine(line string) (path string, e entry, ok bool) {
	fields := strings.SplitN(line, " ", 7)
	if len(fields) != 7 || !filepath.IsAbs(fields[6]) || len(fields[5]) != hex.EncodedLen(sha256.Size) {
		return "", entry{}, false
	}
	var errs [5]error
	e.stat.device, errs[0] = strconv.ParseUint(fields[0], 10, 64)
	e.stat.inode, errs[1] = strconv.ParseUint(fields[1], 10, 64)
	e.stat.size, errs[2] = strconv.ParseInt(fields[2], 10, 64)
	e.stat.mtime, errs[3] = strconv.ParseInt(fields[3], 10, 64)
	e.stat.ctime, errs[4] = strconv.ParseInt(fields[4], 10, 64)
	e.digest = fields[5]
	return fields[6], e, errors.Join(errs[:]...) == nil
}
