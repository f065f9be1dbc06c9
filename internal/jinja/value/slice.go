package value

import "math"

// Slice returns v[start:stop:step]. Bounds that are not given are [None] or nil.
// What has no slices, and bounds that are no integers, are a TypeError; a step
// of 0 is a ValueError.
func Slice(v, start, stop, step Value) (Value, error) {
	switch v := v.(type) {
	case *Undefined:
		return nil, v.Misuse()
	case string:
		return sliceText(v, start, stop, step)
	case *List:
		items, err := sliceItems(v.Items, start, stop, step)
		return &List{Items: items}, err
	case Tuple:
		items, err := sliceItems(v, start, stop, step)
		return Tuple(items), err
	case *Dict:
		return nil, typeError("unhashable type: 'slice'")
	}
	return nil, typeError("'%s' object is not subscriptable", TypeName(v))
}

func sliceText(s string, start, stop, step Value) (Value, error) {
	b, err := newBounds(start, stop, step, runeCount(s))
	if err != nil {
		return nil, err
	}
	if b.step == 1 {
		return substring(s, b.first, b.first+b.count), nil
	}
	letters := []rune(s)
	result := make([]rune, b.count)
	for i := range result {
		result[i] = letters[b.first+i*b.step]
	}
	return string(result), nil
}

func sliceItems(items []Value, start, stop, step Value) ([]Value, error) {
	b, err := newBounds(start, stop, step, len(items))
	if err != nil {
		return nil, err
	}
	result := make([]Value, b.count)
	for i := range result {
		result[i] = items[b.first+i*b.step]
	}
	return result, nil
}

// bounds are the places that a slice takes: count of them, from first on.
type bounds struct{ first, step, count int }

func newBounds(start, stop, step Value, length int) (bounds, error) {
	const message = "slice indices must be integers or None or have an __index__ method"
	by, err := bound(step, 1, message)
	if err != nil {
		return bounds{}, err
	}
	if by == 0 {
		return bounds{}, valueError("slice step cannot be zero")
	}
	// Going backwards, a slice starts at the last place and ends before the first.
	lowest, highest := 0, length
	from, to := int64(0), int64(math.MaxInt64)
	if by < 0 {
		lowest, highest = -1, length-1
		from, to = math.MaxInt64, math.MinInt64
	}
	if from, err = bound(start, from, message); err != nil {
		return bounds{}, err
	}
	if to, err = bound(stop, to, message); err != nil {
		return bounds{}, err
	}
	// Steps of more than the length all lead out of it.
	b := bounds{first: clamp(from, length, lowest, highest), step: int(max(-int64(length)-1, min(by, int64(length)+1)))}
	distance := clamp(to, length, lowest, highest) - b.first
	if distance != 0 && (distance > 0) == (b.step > 0) {
		b.count = (distance-sign(b.step))/b.step + 1
	}
	return b, nil
}

// bound returns a bound, or the one to take if none is given.
func bound(v Value, absent int64, message string) (int64, error) {
	if v == nil || v == None {
		return absent, nil
	}
	i, ok := asInt(v)
	if !ok {
		return 0, &Error{Kind: "TypeError", Message: message}
	}
	return i, nil
}

// clamp counts a negative index from the end, and keeps the result within
// lowest and highest.
func clamp(i int64, length, lowest, highest int) int {
	if i < 0 {
		// The smallest integer is no absent bound's only: both end at lowest.
		i = max(i, math.MinInt64/2) + int64(length)
	}
	return int(max(int64(lowest), min(i, int64(highest))))
}

func sign(i int) int {
	if i < 0 {
		return -1
	}
	return 1
}
