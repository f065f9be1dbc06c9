package value

import "math"

// maxKeyNodes is how many values a tuple may hold, all levels counted, to be a
// key. It keeps the hashing of tuples that hold one tuple many times short.
const maxKeyNodes = 10_000

// undefinedKey stands for all undefined values, which are equal.
type undefinedKey struct{}

// pair is a list of keys as a comparable value; the empty one is nil.
type pair struct{ head, tail any }

// hashKey maps a value to one that Go compares as Python compares the
// original: 1, 1.0 and True are the same key.
func hashKey(v Value) (any, error) {
	if s, ok := v.(string); ok {
		return s, nil
	}
	nodes := 0
	return hashNode(v, &nodes)
}

func hashNode(v Value, nodes *int) (any, error) {
	if *nodes++; *nodes > maxKeyNodes {
		return nil, Errorf("MemoryError", "tuple of more than %d values as a key", maxKeyNodes)
	}
	switch v := v.(type) {
	case string, int64, NoneType:
		return v, nil
	case bool:
		return boolInt(v), nil
	case float64:
		return hashFloat(v), nil
	case *Undefined:
		return undefinedKey{}, nil
	case Tuple:
		return hashTuple(v, nodes)
	case *List, *Dict, *View:
		return nil, typeError("unhashable type: '%s'", TypeName(v))
	case *Namespace, Object:
		return v, nil
	}
	return nil, typeError("unhashable type: '%s'", TypeName(v))
}

func hashFloat(f float64) any {
	if f == math.Trunc(f) && f >= -1<<63 && f < 1<<63 {
		return int64(f)
	}
	return f
}

func hashTuple(t Tuple, nodes *int) (any, error) {
	key := pair{tail: nil}
	for _, item := range t {
		head, err := hashNode(item, nodes)
		if err != nil {
			return nil, err
		}
		key = pair{head: head, tail: key}
	}
	return key, nil
}
