package value

import (
	"math"
	"math/bits"
)

var (
	intMethods   table[int64]
	floatMethods table[float64]
)

func newIntMethods() map[string]method[int64] {
	return map[string]method[int64]{
		"bit_count":        {do: func(i int64, _ []Value) (Value, error) { return int64(bits.OnesCount64(size(i))), nil }},
		"bit_length":       {do: func(i int64, _ []Value) (Value, error) { return int64(bits.Len64(size(i))), nil }},
		"conjugate":        {do: func(i int64, _ []Value) (Value, error) { return i, nil }},
		"as_integer_ratio": {do: func(i int64, _ []Value) (Value, error) { return Tuple{i, int64(1)}, nil }},
		"to_bytes":         unsupported[int64]("int", "to_bytes"),
		"from_bytes":       unsupported[int64]("int", "from_bytes"),
	}
}

func newFloatMethods() map[string]method[float64] {
	return map[string]method[float64]{
		"is_integer":       {do: func(f float64, _ []Value) (Value, error) { return f == math.Trunc(f) && !math.IsInf(f, 0), nil }},
		"conjugate":        {do: func(f float64, _ []Value) (Value, error) { return f, nil }},
		"as_integer_ratio": unsupported[float64]("float", "as_integer_ratio"),
		"hex":              unsupported[float64]("float", "hex"),
		"fromhex":          unsupported[float64]("float", "fromhex"),
	}
}

// size returns the absolute value, which for the smallest integer is no int64.
func size(i int64) uint64 {
	if i < 0 {
		return -uint64(i)
	}
	return uint64(i)
}

func intAttribute(i int64, name string) (Value, bool) {
	switch name {
	case "real", "numerator":
		return i, true
	case "imag":
		return int64(0), true
	case "denominator":
		return int64(1), true
	}
	return intMethods.bind(newIntMethods, "int", name, i)
}

func floatAttribute(f float64, name string) (Value, bool) {
	switch name {
	case "real":
		return f, true
	case "imag":
		return 0.0, true
	}
	return floatMethods.bind(newFloatMethods, "float", name, f)
}
