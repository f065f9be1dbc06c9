package value

import (
	"math"
	"strings"
	"unicode/utf8"
)

// spec is a format specification: what stands behind the colon of "{:>8.2f}".
type spec struct {
	fill      string
	align     rune // one of < > = ^
	sign      rune // "+", "-" or " "; 0 if there is none
	positive  bool // "z": a negative zero loses its sign
	alternate bool // "#"
	width     int  // in characters
	separator string
	group     int // digits between separators
	precision int // -1 if there is none
	kind      rune
}

// specParser reads [[fill]align][sign][z][#][0][width][grouping][.precision][kind].
type specParser struct {
	spec
	rest string // of the text
}

// parseSpec reads the specification for a value of the type, which is aligned
// as given unless the text says otherwise.
func parseSpec(text, typeName string, align rune) (spec, error) {
	p := specParser{spec: spec{align: align, precision: -1}, rest: text}
	aligned := p.parseAlign()
	if r := firstRune(p.rest); r == '+' || r == '-' || r == ' ' {
		p.sign, p.rest = r, p.rest[1:]
	}
	p.positive = p.accept("z")
	p.alternate = p.accept("#")
	if p.fill == "" {
		p.fill = " "
		if p.accept("0") {
			p.fill = "0"
			if !aligned && align == '>' {
				p.align = '='
			}
		}
	}
	width, _, err := p.parseNumber()
	if err != nil {
		return p.spec, err
	}
	p.width = width
	if err := p.parseGrouping(); err != nil {
		return p.spec, err
	}
	if err := p.parsePrecision(); err != nil {
		return p.spec, err
	}
	if runeCount(p.rest) > 1 {
		return p.spec, valueError("Invalid format specifier '%s' for object of type '%s'", text, typeName)
	}
	if p.rest != "" {
		p.kind = firstRune(p.rest)
	}
	return p.spec, p.checkGrouping()
}

// accept takes the token if it comes next.
func (p *specParser) accept(token string) bool {
	rest, ok := strings.CutPrefix(p.rest, token)
	p.rest = rest
	return ok
}

// parseAlign takes fill and alignment, and tells whether there was one.
func (p *specParser) parseAlign() bool {
	const aligns = "<>=^"
	if p.rest == "" {
		return false
	}
	_, size := utf8.DecodeRuneInString(p.rest)
	if after := p.rest[size:]; after != "" && strings.IndexByte(aligns, after[0]) >= 0 {
		p.fill, p.align, p.rest = p.rest[:size], rune(after[0]), after[1:]
		return true
	}
	if strings.IndexByte(aligns, p.rest[0]) < 0 {
		return false
	}
	p.align, p.rest = rune(p.rest[0]), p.rest[1:]
	return true
}

// parseNumber takes decimal digits, and tells whether there were any.
func (p *specParser) parseNumber() (n int, ok bool, err error) {
	digits := p.rest[:len(p.rest)-len(strings.TrimLeft(p.rest, "0123456789"))]
	p.rest = p.rest[len(digits):]
	n, err = decimal(digits, "Too many decimal digits in format string")
	return n, digits != "", err
}

// decimal returns the number that the digits write; one that is too large is a
// ValueError with that message.
func decimal(digits, message string) (int, error) {
	n := 0
	for _, d := range digits {
		if n > (math.MaxInt-9)/10 {
			return 0, &Error{Kind: "ValueError", Message: message}
		}
		n = n*10 + int(d-'0')
	}
	return n, nil
}

func (p *specParser) parseGrouping() error {
	comma := p.accept(",")
	underscore := p.accept("_")
	if underscore && (comma || strings.HasPrefix(p.rest, ",")) {
		return valueError("Cannot specify both ',' and '_'.")
	}
	switch {
	case comma:
		p.separator, p.group = ",", 3
	case underscore:
		p.separator, p.group = "_", 3
	}
	return nil
}

func (p *specParser) parsePrecision() error {
	if !p.accept(".") {
		return nil
	}
	n, ok, err := p.parseNumber()
	if err != nil {
		return err
	}
	if !ok {
		return valueError("Format specifier missing precision")
	}
	p.precision = n
	return nil
}

// checkGrouping refuses separators where there are no groups of digits. In
// other bases than ten there are groups of four, if there is an underscore.
func (p *specParser) checkGrouping() error {
	switch {
	case p.separator == "" || p.kind == 0 || strings.ContainsRune("deEfFgG%", p.kind):
		return nil
	case p.separator == "_" && strings.ContainsRune("boxX", p.kind):
		p.group = 4
		return nil
	}
	return valueError("Cannot specify '%s' with '%s'.", p.separator, kindName(p.kind))
}

// kindName writes the kind as messages do.
func kindName(kind rune) string {
	if kind > ' ' && kind < utf8.RuneSelf {
		return string(kind)
	}
	return `\x` + hexadecimal(kind)
}
