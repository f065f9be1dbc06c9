package value

var stringMethods table[string]

func newStringMethods() map[string]method[string] {
	return map[string]method[string]{
		"count":      {min: 1, max: 3, call: true, do: stringCount},
		"find":       {min: 1, max: 3, call: true, do: finder{}.find},
		"index":      {min: 1, max: 3, call: true, do: finder{strict: true}.find},
		"rfind":      {min: 1, max: 3, call: true, do: finder{last: true}.find},
		"rindex":     {min: 1, max: 3, call: true, do: finder{last: true, strict: true}.find},
		"startswith": {min: 1, max: 3, call: true, do: affixTest("startswith")},
		"endswith":   {min: 1, max: 3, call: true, do: affixTest("endswith")},

		"split":      {max: 2, names: []string{"sep", "maxsplit"}, do: stringSplit},
		"rsplit":     {max: 2, names: []string{"sep", "maxsplit"}, do: stringRightSplit},
		"splitlines": {max: 1, names: []string{"keepends"}, do: stringSplitLines},
		"partition":  {min: 1, max: 1, do: stringPartition},
		"rpartition": {min: 1, max: 1, do: stringRightPartition},
		"join":       {min: 1, max: 1, do: stringJoin},

		"strip":        {max: 1, do: stripper("strip", true, true)},
		"lstrip":       {max: 1, do: stripper("lstrip", true, false)},
		"rstrip":       {max: 1, do: stripper("rstrip", false, true)},
		"removeprefix": {min: 1, max: 1, do: stringRemovePrefix},
		"removesuffix": {min: 1, max: 1, do: stringRemoveSuffix},
		"replace":      {min: 2, max: 3, do: stringReplace},

		"center":     {min: 1, max: 2, do: padder('^')},
		"ljust":      {min: 1, max: 2, do: padder('<')},
		"rjust":      {min: 1, max: 2, do: padder('>')},
		"zfill":      {min: 1, max: 1, do: stringZeroFill},
		"expandtabs": {max: 1, names: []string{"tabsize"}, do: stringExpandTabs},

		"lower":      {do: mapper(lower)},
		"upper":      {do: mapper(upper)},
		"title":      {do: mapper(titleCase)},
		"capitalize": {do: mapper(capitalize)},
		"swapcase":   {do: mapper(swapCase)},
		"casefold":   {do: mapper(foldCase)},

		"isalnum":      {do: every(isAlphanumeric)},
		"isalpha":      {do: every(isAlphabetic)},
		"isdecimal":    {do: every(isDecimal)},
		"isdigit":      {do: every(isDigit)},
		"isnumeric":    {do: every(isNumeric)},
		"isspace":      {do: every(isSpace)},
		"isascii":      {do: tester(isASCII)},
		"isidentifier": {do: tester(isIdentifier)},
		"islower":      {do: tester(isLowerText)},
		"isupper":      {do: tester(isUpperText)},
		"istitle":      {do: tester(isTitleText)},
		"isprintable":  {do: tester(isPrintable)},

		"format":     {raw: stringFormat},
		"format_map": {raw: stringFormatMap},

		"encode":    unsupported[string]("str", "encode"),
		"maketrans": unsupported[string]("str", "maketrans"),
		"translate": unsupported[string]("str", "translate"),
	}
}

// mapper is a method without arguments that makes another text.
func mapper(f func(string) string) func(string, []Value) (Value, error) {
	return func(s string, _ []Value) (Value, error) {
		text := f(s)
		return text, checkText(len(text))
	}
}

// tester is a method without arguments that looks at the text as a whole.
func tester(f func(string) bool) func(string, []Value) (Value, error) {
	return func(s string, _ []Value) (Value, error) { return f(s), nil }
}

// every is a method without arguments that looks at each character; the empty
// text fails.
func every(f func(rune) bool) func(string, []Value) (Value, error) {
	return tester(func(s string) bool {
		for _, r := range s {
			if !f(r) {
				return false
			}
		}
		return s != ""
	})
}
