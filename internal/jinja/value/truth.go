package value

// Truth returns what Python's bool() makes of the value.
func Truth(v Value) (bool, error) {
	switch v := v.(type) {
	case bool:
		return v, nil
	case NoneType, *Undefined:
		return false, nil
	case int64:
		return v != 0, nil
	case float64:
		return v != 0, nil
	case string:
		return v != "", nil
	case *List:
		return len(v.Items) > 0, nil
	case Tuple:
		return len(v) > 0, nil
	case *Dict:
		return v.Len() > 0, nil
	case Sized:
		return v.Length() > 0, nil
	case Object:
		return true, nil
	}
	return false, typeError("'%s' object has no truth value", TypeName(v))
}
