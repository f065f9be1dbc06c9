package value

import (
	"math"
	"math/big"
)

// floatBinary reckons with floats, of which one may have been an integer.
func floatBinary(op string, x, y float64) (Value, error) {
	switch op {
	case "+":
		return x + y, nil
	case "-":
		return x - y, nil
	case "*":
		return x * y, nil
	case "/":
		if y == 0 {
			return nil, zeroDivision("float division by zero")
		}
		return x / y, nil
	case "//":
		if y == 0 {
			return nil, zeroDivision("float floor division by zero")
		}
		return floatFloorDivide(x, y), nil
	case "%":
		if y == 0 {
			return nil, zeroDivision("float modulo")
		}
		return floatModulo(x, y), nil
	case "**":
		return floatPower(x, y)
	}
	return nil, unsupportedOperands(op, x, y)
}

// floatModulo gives a remainder with the sign of y, also if it is zero.
func floatModulo(x, y float64) float64 {
	remainder := math.Mod(x, y)
	switch {
	case remainder == 0:
		return math.Copysign(0, y)
	case (remainder < 0) != (y < 0):
		return remainder + y
	}
	return remainder
}

// floatFloorDivide goes by way of the remainder: x/y itself may round up to the
// next whole number.
func floatFloorDivide(x, y float64) float64 {
	remainder := math.Mod(x, y)
	quotient := (x - remainder) / y
	if remainder != 0 && (remainder < 0) != (y < 0) {
		quotient--
	}
	if quotient == 0 {
		return math.Copysign(0, x/y)
	}
	floor := math.Floor(quotient)
	if quotient-floor > 0.5 {
		floor++
	}
	return floor
}

func floatPower(x, y float64) (Value, error) {
	switch {
	case x == 0 && y < 0:
		return nil, zeroDivision("0.0 cannot be raised to a negative power")
	case x < 0 && !math.IsInf(x, 0) && !math.IsInf(y, 0) && y != math.Trunc(y):
		return nil, valueError("a negative number to a fractional power is complex, and complex numbers are not supported")
	}
	result := math.Pow(x, y)
	if size := math.Abs(result); size > 0 && !math.IsInf(x, 0) && !math.IsNaN(x) && math.Abs(y) < 1e6 {
		result = exactPower(x, y)
	}
	if math.IsInf(result, 0) && !math.IsInf(x, 0) && !math.IsInf(y, 0) {
		return nil, Errorf("OverflowError", "(34, 'Numerical result out of range')")
	}
	return result, nil
}

// exactPower rounds once, at the end. The last digits of math.Pow may differ
// from those of the C library, and so from Python's.
func exactPower(x, y float64) float64 {
	const precision = 256
	number := func(f float64) *big.Float { return new(big.Float).SetPrec(precision).SetFloat64(f) }
	whole, fraction := math.Modf(math.Abs(y))
	result, base := number(1), number(x)
	for n := int(whole); n > 0; n >>= 1 {
		if n&1 == 1 {
			result.Mul(result, base)
		}
		base.Mul(base, base)
	}
	// Each binary digit of the fraction is a square root more.
	for root := number(x); fraction > 0; fraction -= math.Trunc(fraction) {
		root.Sqrt(root)
		if fraction *= 2; fraction >= 1 {
			result.Mul(result, root)
		}
	}
	if y < 0 {
		result.Quo(number(1), result)
	}
	rounded, _ := result.Float64()
	return rounded
}
