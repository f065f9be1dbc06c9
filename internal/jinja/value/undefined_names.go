package value

import "strings"

// undefinedNames are the special names that an undefined value of Jinja2 has: they
// are attributes that may not be used, where any other name is the error of the
// value itself.
const undefinedNames = `
	__add__ __aiter__ __bool__ __call__ __class__ __complex__ __delattr__ __dir__ __div__
	__doc__ __eq__ __float__ __floordiv__ __format__ __ge__ __getattr__ __getattribute__
	__getitem__ __getstate__ __gt__ __hash__ __init__ __init_subclass__ __int__ __iter__
	__le__ __len__ __lt__ __mod__ __module__ __mul__ __ne__ __neg__ __new__ __pos__ __pow__
	__radd__ __rdiv__ __reduce__ __reduce_ex__ __repr__ __rfloordiv__ __rmod__ __rmul__
	__rpow__ __rsub__ __rtruediv__ __setattr__ __sizeof__ __str__ __sub__ __subclasshook__
	__truediv__
`

func undefinedHas(name string) bool {
	for known := range strings.FieldsSeq(undefinedNames) {
		if known == name {
			return true
		}
	}
	return false
}
