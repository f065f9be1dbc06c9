package value

import (
	"math"
	"math/big"
	"strings"
)

// directive is one "%..." of the format.
type directive struct {
	left, alternate, zero bool
	sign                  rune
	width, precision      int // precision is -1 if there is none
	verb                  rune
}

func (d directive) object(v Value) (string, error) {
	write := Str
	switch d.verb {
	case 'r':
		write = Repr
	case 'a':
		write = asciiRepr
	}
	text, err := write(v)
	if err != nil {
		return "", err
	}
	if d.precision >= 0 {
		text = truncate(text, d.precision)
	}
	return d.spec().pad("", text)
}

func (d directive) character(v Value) (string, error) {
	if text, ok := v.(string); ok && runeCount(text) == 1 {
		return d.spec().pad("", text)
	}
	i, ok := asInt(v)
	if !ok {
		return "", typeError("%%c requires int or char")
	}
	text, err := codePoint(i)
	if err != nil {
		return "", err
	}
	return d.spec().pad("", text)
}

// spec is how texts are laid out: zeros are for numbers.
func (d directive) spec() spec {
	if d.left {
		return spec{fill: " ", align: '<', width: d.width}
	}
	return spec{fill: " ", align: '>', width: d.width}
}

func (d directive) numberSpec() spec {
	s := d.spec()
	if d.zero && !d.left {
		s.fill, s.align = "0", '='
	}
	return s
}

func (d directive) integer(v Value) (string, error) {
	number, prefix := base(d.verb)
	i, err := d.wholeNumber(v, number)
	if err != nil {
		return "", err
	}
	digits := new(big.Int).Abs(i).Text(number)
	if d.verb == 'X' {
		digits = strings.ToUpper(digits)
	}
	if !d.alternate {
		prefix = ""
	}
	n := numeral{sign: signOf(i.Sign() < 0, d.sign), prefix: prefix, digits: group(digits, "", 0, d.precision)}
	return d.numberSpec().number(n)
}

// wholeNumber returns the number as an integer. A float loses its fraction, but
// is refused for other bases than ten. Large floats need more than 64 bits.
func (d directive) wholeNumber(v Value, base int) (*big.Int, error) {
	n, ok := asNumber(v)
	u, undefined := v.(*Undefined)
	switch {
	case base != 10 && (!ok || n.isFloat):
		return nil, typeError("%%%c format: an integer is required, not %s", d.verb, TypeName(v))
	case undefined:
		return nil, u.Misuse()
	case !ok:
		return nil, typeError("%%%c format: a real number is required, not %s", d.verb, TypeName(v))
	case !n.isFloat:
		return big.NewInt(n.int), nil
	case math.IsNaN(n.float):
		return nil, valueError("cannot convert float NaN to integer")
	case math.IsInf(n.float, 0):
		return nil, Errorf("OverflowError", "cannot convert float infinity to integer")
	}
	i, _ := big.NewFloat(n.float).Int(nil)
	return i, nil
}

func (d directive) float(v Value) (string, error) {
	if u, ok := v.(*Undefined); ok {
		return "", u.Misuse()
	}
	n, ok := asNumber(v)
	if !ok {
		return "", typeError("must be real number, not %s", TypeName(v))
	}
	s := d.numberSpec()
	s.kind, s.precision, s.alternate, s.sign = d.verb, d.precision, d.alternate, d.sign
	return s.float(n.toFloat(), TypeName(v))
}
