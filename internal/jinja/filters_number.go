package jinja

import (
	"fmt"
	"math"
	"math/big"
	"strconv"

	"github.com/kolla-build/kolla-build/internal/jinja/value"
)

// numberFilters are the filters that give or take numbers.
func numberFilters() map[string]Filter {
	return map[string]Filter{
		"abs":            bind("abs", absolute, need("x")),
		"filesizeformat": bind("do_filesizeformat", fileSize, need("value"), option("binary", false)),
		"float":          bind("do_float", toFloat, need("value"), option("default", 0.0)),
		"int":            bind("do_int", toInt, need("value"), option("default", int64(0)), option("base", int64(10))),
		"round":          bind("do_round", round, need("value"), option("precision", int64(0)), option("method", "common")),
	}
}

func absolute(_ *State, p []value.Value) (value.Value, error) {
	switch v := p[0].(type) {
	case float64:
		return math.Abs(v), nil
	case bool, int64:
		n, err := integer(v)
		if err != nil || n >= 0 {
			return n, err
		}
		return value.Negate(n)
	default:
		return nil, value.Errorf("TypeError", "bad operand type for abs(): '%s'", value.TypeName(v))
	}
}

// fileSize writes a number of bytes for people.
func fileSize(_ *State, p []value.Value) (value.Value, error) {
	bytes, err := asFloat(p[0])
	if err != nil {
		return nil, err
	}
	binary, err := value.Truth(p[1])
	if err != nil {
		return nil, err
	}
	base, middle := 1000.0, ""
	if binary {
		base, middle = 1024, "i"
	}
	switch {
	case bytes == 1:
		return "1 Byte", nil
	case bytes < base:
		return fmt.Sprintf("%.0f Bytes", math.Trunc(bytes)), nil
	}
	units := "kMGTPEZY"
	if binary {
		units = "KMGTPEZY"
	}
	for i := range units {
		unit := math.Pow(base, float64(i+2))
		if bytes < unit || i == len(units)-1 {
			return value.Binary("%", "%.1f "+units[i:i+1]+middle+"B", base*bytes/unit)
		}
	}
	return "", nil
}

// toFloat is Python's float(), or what else to give where that fails.
func toFloat(_ *State, p []value.Value) (value.Value, error) {
	f, err := asFloat(p[0])
	if isConversion(err) {
		return p[1], nil
	}
	return f, err
}

// toInt is Python's int(), or that of float(), or what else to give.
func toInt(_ *State, p []value.Value) (value.Value, error) {
	n, err := asInt(p[0])
	if text, isText := p[0].(string); isText {
		var base int64
		if base, err = integer(p[2]); err == nil {
			n, err = parseInt(text, base)
		}
	}
	if !isConversion(err) {
		return n, err
	}
	f, err := asFloat(p[0])
	if err == nil {
		n, err = asInt(f)
	}
	if isConversion(err) {
		return p[1], nil
	}
	return n, err
}

// isConversion tells errors that say that a value is no number.
func isConversion(err error) bool {
	kind := kindOf(err)
	return kind == "TypeError" || kind == "ValueError"
}

// round rounds to digits after the point, half to even.
func round(_ *State, p []value.Value) (value.Value, error) {
	how, _ := p[2].(string)
	switch how {
	case "common":
		return rounded(p[0], p[1])
	case "ceil", "floor":
	default:
		return nil, argumentError("method must be common, ceil or floor")
	}
	factor, err := value.Binary("**", int64(10), p[1])
	if err != nil {
		return nil, err
	}
	product, err := value.Binary("*", p[0], factor)
	if err != nil {
		return nil, err
	}
	if f, isFloat := product.(float64); isFloat {
		f = map[string]func(float64) float64{"ceil": math.Ceil, "floor": math.Floor}[how](f)
		if product, err = asInt(f); err != nil {
			return nil, err
		}
	} else if _, err := integer(product); err != nil {
		return nil, value.Errorf("TypeError", "must be real number, not %s", value.TypeName(product))
	}
	return value.Binary("/", product, factor)
}

func rounded(v, precision value.Value) (value.Value, error) {
	digits := int64(0)
	var err error
	if precision != value.Value(value.None) {
		if digits, err = integer(precision); err != nil {
			return nil, err
		}
	}
	switch v := v.(type) {
	case float64:
		switch {
		case precision == value.Value(value.None):
			return asInt(math.RoundToEven(v))
		case math.IsNaN(v) || math.IsInf(v, 0) || digits > 323:
			return v, nil
		case digits < -308:
			return math.Copysign(0, v), nil
		case digits < 0:
			return roundedTens(v, -digits), nil
		}
		return strconv.ParseFloat(strconv.FormatFloat(v, 'f', int(digits), 64), 64)
	case int64, bool:
		n, err := integer(v)
		switch {
		case err != nil || digits >= 0:
			return n, err
		case digits < -18:
			return int64(0), nil
		}
		return wholeTens(big.NewRat(n, 1), -digits).Int64(), nil
	default:
		return nil, value.Errorf("TypeError", "type %s doesn't define __round__ method", value.TypeName(v))
	}
}

// roundedTens rounds a number to a power of ten.
func roundedTens(v float64, power int64) float64 {
	exact := new(big.Rat).SetFloat64(v)
	f, _ := new(big.Rat).SetInt(wholeTens(exact, power)).Float64()
	return math.Copysign(f, v)
}

// wholeTens rounds a number to a power of ten, half to even.
func wholeTens(n *big.Rat, power int64) *big.Int {
	ten := new(big.Int).Exp(big.NewInt(10), big.NewInt(power), nil)
	n = new(big.Rat).Quo(n, new(big.Rat).SetInt(ten))
	whole, rest := new(big.Int).DivMod(n.Num(), n.Denom(), new(big.Int))
	half := new(big.Int).Lsh(rest, 1).Cmp(n.Denom())
	if half > 0 || half == 0 && whole.Bit(0) == 1 {
		whole.Add(whole, big.NewInt(1))
	}
	return whole.Mul(whole, ten)
}
