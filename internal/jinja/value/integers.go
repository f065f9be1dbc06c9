package value

import (
	"math"
	"math/big"
)

func zeroDivision(message string) error { return &Error{Kind: "ZeroDivisionError", Message: message} }

// intBinary reckons with integers. Only "/", and "**" with a negative exponent,
// give floats.
func intBinary(op string, x, y int64) (Value, error) {
	switch op {
	case "+":
		sum := x + y
		return sum, overflowIf((sum > x) != (y > 0) && y != 0)
	case "-":
		difference := x - y
		return difference, overflowIf((difference < x) != (y > 0) && y != 0)
	case "*":
		return multiply(x, y)
	case "/":
		return divide(x, y)
	case "//":
		if y == 0 {
			return nil, zeroDivision("integer division or modulo by zero")
		}
		quotient, _ := floorDivide(x, y)
		return quotient, overflowIf(x == math.MinInt64 && y == -1)
	case "%":
		if y == 0 {
			return nil, zeroDivision("integer modulo by zero")
		}
		_, remainder := floorDivide(x, y)
		return remainder, nil
	case "**":
		return power(x, y)
	}
	return nil, unsupportedOperands(op, x, y)
}

// overflowIf keeps a nil error free of the type *Error.
func overflowIf(overflown bool) error {
	if overflown {
		return overflow()
	}
	return nil
}

func multiply(x, y int64) (Value, error) {
	product := x * y
	wrong := x != 0 && (product/x != y || x == -1 && y == math.MinInt64)
	return product, overflowIf(wrong)
}

// divide rounds once: large operands are not rounded to floats before.
func divide(x, y int64) (Value, error) {
	const exact = 1 << 53
	if y == 0 {
		return nil, zeroDivision("division by zero")
	}
	if x == 0 || max(x, y) <= exact && min(x, y) >= -exact {
		return float64(x) / float64(y), nil
	}
	quotient, _ := big.NewRat(0, 1).SetFrac(big.NewInt(x), big.NewInt(y)).Float64()
	return quotient, nil
}

// floorDivide rounds towards minus infinity, so the remainder has the sign of y.
func floorDivide(x, y int64) (quotient, remainder int64) {
	quotient, remainder = x/y, x%y
	if remainder != 0 && (remainder < 0) != (y < 0) {
		quotient--
		remainder += y
	}
	return quotient, remainder
}

func power(x, y int64) (Value, error) {
	if y < 0 {
		return floatBinary("**", float64(x), float64(y))
	}
	// Without these, the size of the exponent would not bound the work.
	switch {
	case y == 0 || x == 1:
		return int64(1), nil
	case x == 0:
		return int64(0), nil
	case x == -1:
		return 1 - 2*(y&1), nil
	case y > 63:
		return nil, overflow()
	}
	result := Value(int64(1))
	for range y {
		var err error
		if result, err = multiply(result.(int64), x); err != nil {
			return nil, err
		}
	}
	return result, nil
}
