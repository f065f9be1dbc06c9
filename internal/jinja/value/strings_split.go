package value

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// splitArguments returns the separator, "" for white space, and how many
// splits there may be; below 0 that is any number.
func splitArguments(args []Value) (separator string, limit int64, err error) {
	switch v := args[0].(type) {
	case nil, NoneType:
	case string:
		if v == "" {
			return "", 0, valueError("empty separator")
		}
		separator = v
	default:
		return "", 0, typeError("must be str or None, not %s", TypeName(v))
	}
	limit, err = integer(args[1], -1)
	return separator, limit, err
}

func stringSplit(s string, args []Value) (Value, error) {
	separator, limit, err := splitArguments(args)
	if err != nil {
		return nil, err
	}
	var parts []Value
	for limit != 0 || separator == "" {
		if separator == "" {
			if s = strings.TrimLeftFunc(s, isSpace); s == "" {
				return NewList(parts...), nil
			}
		}
		at, size := cutPoint(s, separator)
		if limit == 0 || at < 0 {
			break
		}
		parts = append(parts, s[:at])
		s = s[at+size:]
		limit--
		if err := checkItems(len(parts) + 1); err != nil {
			return nil, err
		}
	}
	return NewList(append(parts, s)...), nil
}

// cutPoint returns where the next separator is, or -1, and its size in bytes.
func cutPoint(s, separator string) (at, size int) {
	if separator != "" {
		return strings.Index(s, separator), len(separator)
	}
	at = strings.IndexFunc(s, isSpace)
	if at < 0 {
		return -1, 0
	}
	_, size = utf8.DecodeRuneInString(s[at:])
	return at, size
}

func stringRightSplit(s string, args []Value) (Value, error) {
	separator, limit, err := splitArguments(args)
	if err != nil {
		return nil, err
	}
	var parts []Value
	for limit != 0 || separator == "" {
		if separator == "" {
			if s = strings.TrimRightFunc(s, isSpace); s == "" {
				slices.Reverse(parts)
				return NewList(parts...), nil
			}
		}
		start, end := lastCutPoint(s, separator)
		if limit == 0 || start < 0 {
			break
		}
		parts = append(parts, s[end:])
		s = s[:start]
		limit--
		if err := checkItems(len(parts) + 1); err != nil {
			return nil, err
		}
	}
	parts = append(parts, s)
	slices.Reverse(parts)
	return NewList(parts...), nil
}

// lastCutPoint returns where the last separator begins, or -1, and where it ends.
func lastCutPoint(s, separator string) (start, end int) {
	if separator != "" {
		start = strings.LastIndex(s, separator)
		return start, start + len(separator)
	}
	start = strings.LastIndexFunc(s, isSpace)
	if start < 0 {
		return -1, 0
	}
	_, size := utf8.DecodeRuneInString(s[start:])
	return start, start + size
}

func stringSplitLines(s string, args []Value) (Value, error) {
	keep := false
	if args[0] != nil {
		var err error
		if keep, err = Truth(args[0]); err != nil {
			return nil, err
		}
	}
	var lines []Value
	for s != "" {
		content, size := firstLine(s)
		if keep {
			content = s[:size]
		}
		lines = append(lines, content)
		s = s[size:]
		if err := checkItems(len(lines)); err != nil {
			return nil, err
		}
	}
	return NewList(lines...), nil
}

// firstLine returns the first line without its end, and its size in bytes with it.
func firstLine(s string) (content string, size int) {
	at := strings.IndexFunc(s, isLineEnd)
	if at < 0 {
		return s, len(s)
	}
	_, size = utf8.DecodeRuneInString(s[at:])
	if strings.HasPrefix(s[at:], "\r\n") {
		size = 2
	}
	return s[:at], at + size
}

func stringPartition(s string, args []Value) (Value, error) {
	separator, err := partitionSeparator(args[0])
	if err != nil {
		return nil, err
	}
	before, after, found := strings.Cut(s, separator)
	if !found {
		return Tuple{s, "", ""}, nil
	}
	return Tuple{before, separator, after}, nil
}

func stringRightPartition(s string, args []Value) (Value, error) {
	separator, err := partitionSeparator(args[0])
	if err != nil {
		return nil, err
	}
	at := strings.LastIndex(s, separator)
	if at < 0 {
		return Tuple{"", "", s}, nil
	}
	return Tuple{s[:at], separator, s[at+len(separator):]}, nil
}

func partitionSeparator(v Value) (string, error) {
	separator, err := needle(v)
	if err == nil && separator == "" {
		err = valueError("empty separator")
	}
	return separator, err
}

func stringJoin(s string, args []Value) (Value, error) {
	items, err := Iterate(args[0])
	if isTypeError(err) {
		return nil, typeError("can only join an iterable")
	} else if err != nil {
		return nil, err
	}
	var b strings.Builder
	for i, item := range items {
		text, ok := item.(string)
		if !ok {
			return nil, typeError("sequence item %d: expected str instance, %s found", i, TypeName(item))
		}
		if i > 0 {
			b.WriteString(s)
		}
		b.WriteString(text)
		if err := checkText(b.Len()); err != nil {
			return nil, err
		}
	}
	return b.String(), nil
}
