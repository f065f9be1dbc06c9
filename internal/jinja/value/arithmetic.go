package value

import (
	"slices"
	"strings"
)

// Binary returns a op b, where op is one of + - * / // % **. Errors are
// Python's: a TypeError for types that do not go together, a ZeroDivisionError,
// and an OverflowError where the result needs more than 64 bits.
func Binary(op string, a, b Value) (Value, error) {
	x, xok := asNumber(a)
	y, yok := asNumber(b)
	if xok && yok {
		if x.isFloat || y.isFloat {
			return floatBinary(op, x.toFloat(), y.toFloat())
		}
		return intBinary(op, x.int, y.int)
	}
	if u, ok := a.(*Undefined); ok {
		return nil, u.Misuse()
	}
	// A text takes any value to be formatted; all else asks the undefined value.
	text, isText := a.(string)
	if isText && op == "%" {
		return formatPercent(text, b)
	}
	if u, ok := b.(*Undefined); ok {
		return nil, u.Misuse()
	}
	switch op {
	case "+":
		return concatenate(a, b)
	case "*":
		return multiplySequence(a, b)
	}
	return nil, unsupportedOperands(op, a, b)
}

func unsupportedOperands(op string, a, b Value) error {
	if op == "**" {
		op = "** or pow()"
	}
	return typeError("unsupported operand type(s) for %s: '%s' and '%s'", op, TypeName(a), TypeName(b))
}

func concatenate(a, b Value) (Value, error) {
	switch x := a.(type) {
	case string:
		if y, ok := b.(string); ok {
			return x + y, checkText(len(x) + len(y))
		}
	case *List:
		if y, ok := b.(*List); ok {
			return NewList(slices.Concat(x.Items, y.Items)...), checkItems(len(x.Items) + len(y.Items))
		}
	case Tuple:
		if y, ok := b.(Tuple); ok {
			return slices.Concat(x, y), checkItems(len(x) + len(y))
		}
	default:
		return nil, unsupportedOperands("+", a, b)
	}
	name := TypeName(a)
	return nil, typeError(`can only concatenate %s (not "%s") to %s`, name, TypeName(b), name)
}

// multiplySequence repeats the one that is a sequence.
func multiplySequence(a, b Value) (Value, error) {
	sequence, times := a, b
	if !isSequence(sequence) {
		sequence, times = b, a
	}
	if !isSequence(sequence) {
		return nil, unsupportedOperands("*", a, b)
	}
	n, ok := asInt(times)
	if !ok {
		return nil, typeError("can't multiply sequence by non-int of type '%s'", TypeName(times))
	}
	n = max(n, 0)
	switch v := sequence.(type) {
	case string:
		if len(v) > 0 && n > MaxText/int64(len(v)) {
			return nil, checkText(MaxText + 1)
		}
		if v == "" {
			return v, nil
		}
		return strings.Repeat(v, int(n)), nil
	case *List:
		items, err := repeat(v.Items, n)
		return &List{Items: items}, err
	case Tuple:
		items, err := repeat(v, n)
		return Tuple(items), err
	}
	return nil, unsupportedOperands("*", a, b)
}

func isSequence(v Value) bool {
	switch v.(type) {
	case string, *List, Tuple:
		return true
	}
	return false
}

func repeat(items []Value, n int64) ([]Value, error) {
	if len(items) == 0 {
		return nil, nil
	}
	if n > MaxItems/int64(len(items)) {
		return nil, checkItems(MaxItems + 1)
	}
	return slices.Repeat(items, int(n)), nil
}

// Negate returns -v. What is no number is a TypeError.
func Negate(v Value) (Value, error) {
	n, err := operand("-", v)
	switch {
	case err != nil:
		return nil, err
	case n.isFloat:
		return -n.float, nil
	}
	return intBinary("-", 0, n.int)
}

// Positive returns +v, which makes an int of a bool. What is no number is a
// TypeError.
func Positive(v Value) (Value, error) {
	n, err := operand("+", v)
	switch {
	case err != nil:
		return nil, err
	case n.isFloat:
		return n.float, nil
	}
	return n.int, nil
}

func operand(op string, v Value) (number, error) {
	if u, ok := v.(*Undefined); ok {
		return number{}, u.Misuse()
	}
	n, ok := asNumber(v)
	if !ok {
		return n, typeError("bad operand type for unary %s: '%s'", op, TypeName(v))
	}
	return n, nil
}
