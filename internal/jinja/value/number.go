package value

// number is a bool, an int or a float, ready to be reckoned with.
type number struct {
	int     int64
	float   float64
	isFloat bool
}

// asNumber returns the number that the value is, if it is one.
func asNumber(v Value) (number, bool) {
	switch v := v.(type) {
	case int64:
		return number{int: v}, true
	case float64:
		return number{float: v, isFloat: true}, true
	case bool:
		return number{int: boolInt(v)}, true
	}
	return number{}, false
}

// toFloat returns the number as a float; large integers are rounded.
func (n number) toFloat() float64 {
	if n.isFloat {
		return n.float
	}
	return float64(n.int)
}

func boolInt(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

// asInt returns the integer that the value is, if it is one; bools are.
func asInt(v Value) (int64, bool) {
	switch v := v.(type) {
	case int64:
		return v, true
	case bool:
		return boolInt(v), true
	}
	return 0, false
}

// toInt is asInt for an argument that must be an integer.
func toInt(v Value) (int64, error) {
	i, ok := asInt(v)
	if !ok {
		return 0, typeError("'%s' object cannot be interpreted as an integer", TypeName(v))
	}
	return i, nil
}
