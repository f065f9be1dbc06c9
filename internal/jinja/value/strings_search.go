package value

import "strings"

// window returns the part of s that the optional arguments start and end name,
// and at which code point it begins. There is none if start is behind the end.
func window(s string, start, end Value) (part string, first int, ok bool, err error) {
	const message = "slice indices must be integers or None or have an __index__ method"
	if start == nil && end == nil {
		return s, 0, true, nil
	}
	length := runeCount(s)
	from, err := bound(start, 0, message)
	if err != nil {
		return "", 0, false, err
	}
	to, err := bound(end, int64(length), message)
	if err != nil {
		return "", 0, false, err
	}
	// A start behind the end holds nothing, not even the empty text.
	first, last := clamp(from, length, 0, length+1), clamp(to, length, 0, length)
	if first > last {
		return "", 0, false, nil
	}
	return substring(s, first, last), first, true, nil
}

// needle returns the text to look for.
func needle(v Value) (string, error) {
	s, ok := v.(string)
	if !ok {
		return "", typeError("must be str, not %s", TypeName(v))
	}
	return s, nil
}

// finder is one of find, index, rfind and rindex.
type finder struct{ last, strict bool }

func (f finder) find(s string, args []Value) (Value, error) {
	sub, err := needle(args[0])
	if err != nil {
		return nil, err
	}
	part, first, ok, err := window(s, args[1], args[2])
	if err != nil {
		return nil, err
	}
	at := -1
	switch {
	case ok && f.last:
		at = strings.LastIndex(part, sub)
	case ok:
		at = strings.Index(part, sub)
	}
	switch {
	case at >= 0:
		return int64(first + runeCount(part[:at])), nil
	case f.strict:
		return nil, valueError("substring not found")
	}
	return int64(-1), nil
}

func stringCount(s string, args []Value) (Value, error) {
	sub, err := needle(args[0])
	if err != nil {
		return nil, err
	}
	part, _, ok, err := window(s, args[1], args[2])
	if err != nil || !ok {
		return int64(0), err
	}
	return int64(strings.Count(part, sub)), nil
}

// affixTest is startswith or endswith, which take a text or a tuple of texts.
func affixTest(name string) func(string, []Value) (Value, error) {
	test := strings.HasPrefix
	if name == "endswith" {
		test = strings.HasSuffix
	}
	return func(s string, args []Value) (Value, error) {
		part, _, ok, err := window(s, args[1], args[2])
		if err != nil {
			return nil, err
		}
		affixes, isTuple := args[0].(Tuple)
		if !isTuple {
			affix, isText := args[0].(string)
			if !isText {
				return nil, typeError("%s first arg must be str or a tuple of str, not %s", name, TypeName(args[0]))
			}
			return ok && test(part, affix), nil
		}
		for _, v := range affixes {
			affix, isText := v.(string)
			if !isText {
				return nil, typeError("tuple for %s must only contain str, not %s", name, TypeName(v))
			}
			if ok && test(part, affix) {
				return true, nil
			}
		}
		return false, nil
	}
}
