#!/usr/bin/python3
"""Writes what Python and Jinja2 make of many operations, for conformance_test.go.

Each line is an operation, its arguments as Python literals, and what came of it:

    OPERATION (ARGUMENTS) {KEYWORDS} => RESULT
    OPERATION (ARGUMENTS) {KEYWORDS} !! EXCEPTION: MESSAGE

Where the engine differs on purpose, the line ends behind the exception that the
engine raises. Run it where python3-jinja2 is installed: ./generate.py
"""

import itertools
import operator
import os
import random
import sys

from jinja2 import Undefined
from jinja2.sandbox import SandboxedEnvironment

environment = SandboxedEnvironment()
undefined = Undefined(name="foo")
inf, nan = float("inf"), float("nan")


def bound(a, b, c=3, d=None):
    """The function whose parameters conformance_test.go binds."""
    return (a, b, c, d)


def call_method(self, name, *args, **keywords):
    result = environment.getattr(self, name)(*args, **keywords)
    # What a method does to a list or dict counts as much as what it returns.
    return (result, self) if isinstance(self, (list, dict)) else result


BINARY = {
    "+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv,
    "//": operator.floordiv, "%": operator.mod, "**": operator.pow,
}
COMPARE = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}
OTHER = {
    "str": str,
    "repr": repr,
    "truth": bool,
    "length": len,
    "iterate": lambda v: list(v),
    "negate": operator.neg,
    "positive": operator.pos,
    "equal": operator.eq,
    "contains": operator.contains,
    "item": environment.getitem,
    "attribute": environment.getattr,
    "slice": lambda v, start, stop, step: v[start:stop:step],
    "format": format,
    "method": call_method,
    "bind": bound,
    "dict": lambda *pairs: dict(pairs),
}
OPERATIONS = {**BINARY, **COMPARE, **OTHER}


def literal(v):
    if isinstance(v, Undefined):
        return "undefined"
    if isinstance(v, list):
        return "[" + ", ".join(map(literal, v)) + "]"
    if isinstance(v, tuple):
        return "(" + ", ".join(map(literal, v)) + ("," if len(v) == 1 else "") + ")"
    if isinstance(v, dict):
        return "{" + ", ".join(f"{literal(k)}: {literal(x)}" for k, x in v.items()) + "}"
    return repr(v)


def too_big(v):
    if isinstance(v, int):
        return not -(2**63) <= v < 2**63
    return isinstance(v, (list, tuple)) and any(map(too_big, v))


def outcome(operation, args, keywords):
    try:
        result = OPERATIONS[operation](*args, **keywords)
    except Exception as e:
        return "!! ValueError" if "complex" in str(e) else f"!! {type(e).__name__}: {e}"
    if too_big(result):
        return "!! OverflowError"
    if isinstance(result, complex):
        return "!! ValueError"
    if isinstance(result, Undefined) and result is not undefined:
        return f"=> <{result._undefined_exception.__name__}: {result._undefined_message}>"
    if callable(result):
        return f"=> <method {result.__name__}>"
    return f"=> {result!r}"


def lines(cases):
    for operation, args, keywords in cases:
        # The operation may change its arguments, so they are written first.
        head = f"{operation} {literal(tuple(args))} {literal(keywords)} "
        yield head + outcome(operation, args, keywords)


def op(operation, *args):
    return operation, args, {}


def method(self, name, *args, **keywords):
    return "method", (self, name, *args), keywords


def some(share, *values):
    """One in so many of all combinations, always the same ones."""
    dice = random.Random(1)
    return (c for c in itertools.product(*values) if dice.randrange(share) == 0)


# Factories, since operations change lists and dicts.
SAMPLES = [
    lambda: None, lambda: True, lambda: 0, lambda: 3, lambda: -7, lambda: 2.5, lambda: -0.0,
    lambda: "", lambda: "ab", lambda: [1, 2], lambda: (1, 2), lambda: {"a": 1}, lambda: undefined,
]
INTEGERS = [0, 1, -1, 2, 7, -7, 10, 63, 2**31, 2**53 + 1, 2**62, 2**63 - 1, -(2**63)]
FLOATS = [0.0, -0.0, 0.1, 1.0, -1.5, 2.5, 1e16, 1e22, 1e-5, 123456789.125, 1e308, 5e-324, inf, -inf, nan]


def arithmetic():
    for name in BINARY:
        for a, b in some(2, SAMPLES, SAMPLES):
            yield op(name, a(), b())
        for a, b in some(2, INTEGERS, INTEGERS):
            if name == "**" and abs(a) > 1 and abs(b) > 10**6:
                continue  # Python would be busy for a long time
            yield op(name, a, b)
        for a, b in some(3, FLOATS[:10], FLOATS[:10] + [3]):
            yield op(name, a, b)
        yield op(name, inf, 2)
        yield op(name, 2, -inf)
        yield op(name, nan, 2)
    for name in ("negate", "positive"):
        for v in SAMPLES:
            yield op(name, v())
        yield op(name, -(2**63))


def comparison():
    for a, b, name in some(3, SAMPLES, SAMPLES, ["<", ">=", "equal", "contains"]):
        yield op(name, a(), b())
    numbers = [0, 1, True, 1.0, -1, 2**53, 2**53 + 1, 2.0**53, 2.0**63, 2**63 - 1, -(2**63), -(2.0**63), inf, -inf, nan, 0.5]
    for a, b, name in some(7, numbers, numbers, ["<", "<=", ">", ">=", "equal"]):
        yield op(name, a, b)
    sequences = [[], [1], [1, 2], [2], [1, "a"], [[1], [2]], [[1], [3]], [1.0, 2.0], [True, 2]]
    for a, b, name in some(7, sequences, sequences, ["<", "<=", ">", ">=", "equal"]):
        yield op(name, a, b)
        yield op(name, tuple(a), tuple(b))
    for a, b in some(2, *[["", "a", "A", "ab", "b", "é", "z", "\uffff", "\U00010000"]] * 2):
        yield op("<", a, b)
        yield op("equal", a, b)
    yield op("equal", {"a": 1, "b": 2}, {"b": 2, "a": 1.0})
    yield op("equal", {"a": 1}, {"a": 2})
    yield op("equal", {"a": 1}, {"b": 1})
    yield op("equal", {1: [1]}, {True: [1]})
    yield op("equal", (1, [2]), (1, [2]))
    yield op("contains", "abc", "bc")
    yield op("contains", "abc", "")
    yield op("contains", [1, 2], True)
    yield op("contains", [[1]], [1])
    yield op("contains", (1, (2,)), (2,))
    yield op("contains", {1: 2}, 1.0)
    yield op("contains", {"a": 1}, [])
    yield op("contains", [undefined], undefined)


def printing():
    texts = ["", "a", "it's", 'say "x"', "both ' and \"", "back\\slash", "\n\r\t", "\0\x1f\x7f", "\x80\xa0\xad", "é", "日本", "😀",
             "\u200b\u2028\ufeff", "\U000e0001", "\ue000", "\u0378", "{}", "%s"]
    nested = [[], (), {}, [[]], ((),), (1,), (1, 2), [None, True, False], {"a": [1, (2.0, "x")]}, {1: 2, "b": {}, (1, "a"): None},
              [undefined], {"u": undefined}, [[["'"]]], ["a", 'b"', "c'"], (None,), [1e100, -0.0], {1.5: 1, None: 2, True: 3}]
    floats = FLOATS + [100.0, 1e15, 1e17, 123456789012345680.0, 0.0001, 0.00001, 1 / 3, 2 / 3, 1e-7, 9007199254740993.0, 1.7976931348623157e308]
    for v in texts + nested + floats + INTEGERS + [None, True, False, undefined]:
        yield op("str", v)
        yield op("repr", v)
        yield op("truth", v)
        yield op("length", v)
        yield op("iterate", v)
    for pairs in ([], [(1, "a"), (True, "b"), (1.0, "c")], [("a", 1), ("b", 2), ("a", 3)], [([], 1)], [({}, 1)], [((1, []), 1)],
                  [((1, (2,)), 1), ((1.0, (2.0,)), 2)], [(None, 1), (undefined, 2), (undefined, 3)], [(0.0, 1), (-0.0, 2), (False, 3)],
                  [(2**53, 1), (2.0**53, 2), (2**53 + 1, 3)], [((), 1), ((None,), 2), (((),), 3)]):
        yield op("dict", *pairs)


def access():
    for text in ("hello", "aé日😀b", ""):
        for start, stop, step in some(5, [None, 0, 1, -1, 3, -3, 99, -99], [None, 0, 2, -2, 99, -99], [None, 1, -1, 2, -2, 99]):
            yield op("slice", text, start, stop, step)
    for start, stop, step in some(5, [None, 0, 2, -2, 9, -9], [None, 0, 3, -1, 9, -9], [None, 1, 3, -1, -2, -9]):
        yield op("slice", [0, 1, 2, 3, 4], start, stop, step)
        yield op("slice", (0, 1, 2), start, stop, step)
    for bad in ((None, None, 0), ("a", None, None), (None, 1.0, None), (None, None, "a"), (undefined, None, None), (True, False, True)):
        yield op("slice", "abc", *bad)
        yield op("slice", [1], *bad)
    big = 2**63 - 1
    for start, stop, step in itertools.product([-big - 1, big], [-big - 1, big], [-big, big]):
        yield op("slice", [1, 2, 3], start, stop, step)
    for v in SAMPLES:
        yield op("slice", v(), 1, None, None)
        for key in (0, -1, 5, "a", "upper", "real", "count", "keys", "__class__", "_x", 1.0, None, [1], undefined, True):
            if isinstance(v(), dict) and key == "keys" or key in ("real", "upper", "count"):
                continue
            yield op("item", v(), key)
        for name in ("a", "nothing", "__class__", "_x", "it's"):
            yield op("attribute", v(), name)
    yield op("attribute", {"_x": 1}, "_x")
    yield op("item", {"_x": 1}, "_x")
    yield op("attribute", {"__x__": 1}, "nothing")
    yield op("item", {"__x__": 1}, "__x__")
    yield op("item", {(1, 2): 3}, (1, 2))
    yield op("item", {1: "one"}, True)
    yield op("item", "aé日", 2)
    yield op("item", "aé日", -3)
    yield op("item", "aé日", -4)
    for name in ("real", "imag", "numerator", "denominator"):
        yield op("attribute", 5, name)
        yield op("attribute", True, name)
        yield op("attribute", 1.5, name)


def binding():
    for args, keywords in (
        ((), {}), ((1,), {}), ((1, 2), {}), ((1, 2, 3, 4), {}), ((1, 2, 3, 4, 5), {}), ((1,), {"b": 2}), ((), {"b": 2, "a": 1}),
        ((1, 2), {"a": 3}), ((1, 2), {"x": 3}), ((), {"c": 3}), ((1, 2), {"d": 9}), ((), {"a": 1}), ((1,), {"d": 1}),
    ):
        yield "bind", args, keywords


def text_methods():
    plain = ["capitalize", "casefold", "isalnum", "isalpha", "isascii", "isdecimal", "isdigit", "isidentifier", "islower", "isnumeric",
             "isprintable", "isspace", "istitle", "isupper", "lower", "lstrip", "rstrip", "split", "rsplit", "splitlines", "strip",
             "swapcase", "title", "upper", "expandtabs"]
    texts = ["", "abc", "ABC", "Hello World", "hello wORLD it's", "  padded\t\n", "123", "²", "½", "一", "Ⅷ", "ab1", "_x1", "1x", "é", "ß", "Straße",
             "ﬁn ŉx ǰ", "ΑΣ ΣΑ Σ ΑΣ.", "İI ıi", "ǆ Ǆ ǅ", "Ꭰꭰ ᏸ", "\x1c\x1d a\x85b\u2028c", "a\tbc\t\td\n\te", "a\r\nb\rc\n\nd\x0b", "\u3000x\xa0",
             "ªº", "日本 語", "a\u0301b", "ᾳ ᾼ ᾲ", "٣", "\u200b", "ab-cd ef_gh", "٣a", "ŉ", "ẞ", "ſ"]
    for name, s in some(2, plain, texts):
        yield method(s, name)
    for name in plain:
        yield method("ab", name, 1, 2, 3)
        yield method("ab", name, x=1)
    for name in ("find", "rfind", "index", "rindex", "count", "startswith", "endswith"):
        limits = ((), (1,), (-2,), (0, 3), (2, -1), (99,), (6,), (7,), (None, 2), (3, 1), (-99, 99))
        for s, sub, limit in some(3, ("abcabc", "é日é", ""), ("", "c", "abc", "é", "x"), limits):
            yield method(s, name, sub, *limit)
        for bad in ((), (1,), (None,), ("a", "b"), ("a", 0, 1.5), ("a", 1, 2, 3), (undefined,), (["a"],)):
            yield method("abc", name, *bad)
        yield method("abc", name, sub="a")
    for affix in (("a", "x"), ("x", "c"), (), ("x", 1), (1, "a")):
        yield method("abc", "startswith", affix)
        yield method("abc", "endswith", affix, 1)
    for name in ("split", "rsplit"):
        for s in ("a,b,,c", ",", "", "  a  b c ", "a\u3000b\x1cc", "abab", "日,本"):
            for args in ((), (",",), (None,), (",", 1), (None, 1), (None, 0), (",", 0), (",", -1), ("ab",), (None, 2), (" ",), (",", True)):
                yield method(s, name, *args)
        yield method("a b c", name, maxsplit=1)
        yield method("a,b,c", name, maxsplit=1, sep=",")
        for bad in (("",), (1,), (",", "1"), (",", 1.5), (",", 1, 2), (undefined,), (",", None)):
            yield method("a", name, *bad)
        yield method("a", name, ",", sep=",")
        yield method("a", name, sepp=",")
    for s in ("a\nb\n", "a\r\nb", "\n", "", "a\x85b\u2029c\x1cd", "a\n\rb"):
        for keep in (True, False, 0, 1):
            yield method(s, "splitlines", keep)
            yield method(s, "splitlines", keepends=keep)
    for name in ("partition", "rpartition"):
        for sep in (",", "", "x", ", ", 1, None):
            yield method("a,b, c", name, sep)
        yield method("a", name)
    for items in ([], ["a"], ["a", "b"], ("a", "b"), "abc", {"k": 1, "l": 2}, ["a", 1], [None], 5, None, undefined, [undefined]):
        yield method(", ", "join", items)
    yield method("", "join")
    yield method("", "join", [], [])
    for name in ("strip", "lstrip", "rstrip"):
        for args in (("x",), ("xy",), ("",), (None,), (" ",), ("日é",), (1,), ("a", "b"), (undefined,)):
            yield method("xyx é xyx日", name, *args)
    for name in ("removeprefix", "removesuffix"):
        for arg in ("a", "abc", "c", "", "x", 1, None):
            yield method("abc", name, arg)
        yield method("abc", name)
    for args in (("a", "b"), ("a", ""), ("", "-"), ("", "-", 2), ("a", "xx", 1), ("a", "x", 0), ("a", "x", -5), ("x", "y"), ("é", "e"),
                 ("a",), (), (1, 2), ("a", 2), ("a", "b", "c"), ("a", "b", 1.5), ("a", "b", 1, 2), (undefined, "a")):
        yield method("banana é", "replace", *args)
    yield method("", "replace", "", "x")
    for name in ("center", "ljust", "rjust"):
        for s, width in some(3, ("", "a", "ab", "é日"), (0, 1, 2, 3, 4, 5, 8, -1)):
            yield method(s, name, width)
            yield method(s, name, width, "*")
        for bad in ((), ("5",), (5, "ab"), (5, 1), (5, ""), (5, "a", 1), (5.0,), (5, None), (undefined,)):
            yield method("a", name, *bad)
        yield method("a", name, 6, "日")
        yield method("a", name, True)
    for s, width in itertools.product(("", "5", "-5", "+5", "--5", "abc", "é"), (0, 1, 3, 5)):
        yield method(s, "zfill", width)
    yield method("5", "zfill", "3")
    yield method("5", "zfill")
    for size in (0, 1, 4, 8, -1, True, "a", 1.5):
        yield method("a\tbb\tc\n\td", "expandtabs", size)
    yield method("a\tb", "expandtabs", tabsize=2)
    for n in (0, 1, -1, 255, -256, 2**63 - 1, -(2**63)):
        for name in ("bit_length", "bit_count", "conjugate", "as_integer_ratio"):
            yield method(n, name)
    for f in (1.0, 1.5, inf, nan):
        yield method(f, "is_integer")
    yield method(1.5, "is_integer", 1)
    yield method(1, "bit_length", 1)


def container_methods():
    lists = [lambda: [], lambda: [3, 1, 2], lambda: ["b", "a", "b"], lambda: [1, True, 1.0]]
    calls = [
        ("append", 1), ("append", [1]), ("append",), ("append", 1, 2), ("extend", [7, 8]), ("extend", "xy"), ("extend", {"k": 1}),
        ("extend", 5), ("extend", undefined), ("extend",), ("insert", 0, "x"), ("insert", -1, "x"), ("insert", 99, "x"),
        ("insert", -99, "x"), ("insert", "a", 1), ("insert", 1), ("remove", 1), ("remove", "b"), ("remove", None), ("remove",),
        ("pop",), ("pop", 0), ("pop", -1), ("pop", 9), ("pop", "a"), ("pop", 1, 2), ("pop", None), ("index", 1), ("index", "b"),
        ("index", "b", 1), ("index", 1, -2), ("index", 1, 0, 1), ("index", 1, "a"), ("index", 1, None), ("index",), ("count", 1),
        ("count", "b"), ("count",), ("count", 1, 2), ("sort",), ("sort", 1), ("reverse",), ("reverse", 1), ("copy",), ("copy", 1), ("clear",),
    ]
    for make, (name, *args) in itertools.product(lists, calls):
        yield method(make(), name, *args)
    for keywords in ({"reverse": True}, {"reverse": 0}, {"key": None}, {"key": 1}, {"x": 1}, {"reverse": "a"}, {"key": None, "reverse": True}):
        for make in lists:
            yield method(make(), "sort", **keywords)
    for mixed in ([1, "a"], ["a", 1], [None, None], [[2], [1]], [(2, "a"), (1, "b"), (2, "")], [2.5, True, -1], [undefined, 1], [{}, {}]):
        yield method(mixed, "sort")
    for t in ((), (1, 2, 1), ("a", [1])):
        for name, *args in (("index", 1), ("index", 1, 1), ("index", "a"), ("index", [1]), ("index",), ("count", 1), ("count", [1]), ("count",)):
            yield method(t, name, *args)
    dicts = [lambda: {}, lambda: {"a": 1, "b": 2}, lambda: {1: "x", None: "y"}]
    calls = [
        ("get", "a"), ("get", "z"), ("get", "z", 5), ("get", 1.0), ("get", []), ("get",), ("get", 1, 2, 3), ("keys",), ("values",),
        ("items",), ("keys", 1), ("setdefault", "a"), ("setdefault", "z"), ("setdefault", "z", []), ("setdefault", []), ("setdefault",),
        ("setdefault", 1, 2, 3), ("update",), ("update", {"a": 9, "c": 3}), ("update", [("k", 1), ["l", 2], "mn"]), ("update", 5), ("update", [5]),
        ("update", [(1, 2, 3)]), ("update", ["abc"]), ("update", 1, 2), ("update", undefined), ("update", [([], 1)]), ("pop", "a"), ("pop", "z"),
        ("pop", "z", 0), ("pop", True), ("pop", []), ("pop",), ("pop", 1, 2, 3), ("popitem",), ("copy",), ("clear",), ("copy", 1), ("popitem", 1),
    ]
    for make, (name, *args) in itertools.product(dicts, calls):
        yield method(make(), name, *args)
    yield method({"a": 1}, "update", a=2, b=3)
    yield method({"a": 1}, "update", {"a": 5}, a=2)
    yield method({"a": 1}, "get", key="a")
    yield method([], "append", x=1)


def percent():
    flags = ["", "-", "+", " ", "0", "#", "-0", "+0", " #0", "+-"]
    numbers = [0, 5, -5, 255, -255, 1.5, -0.0, 1e30, True, 2**63 - 1, -(2**63)]
    for flag, size, verb, n in some(7, flags, ["", "6", ".3", "8.3"], "dxXof", numbers):
        yield op("%", f"%{flag}{size}{verb}", n)
    forms = ("%{}", "%12.2{}", "%#.0{}", "%+012{}", "%.0{}", "%-12{}|")
    for verb, form, n in some(5, "eEgGFiu", forms, [0, 1, -1.5, 123456789, 1e-5, 1e16, 100000, 1234567.0, inf, -inf, nan, 5e-324]):
        yield op("%", form.format(verb), n)
    for v in ("text", "é日", 5, 1.5, None, True, [1, "a"], {"a": 1}, undefined, "it's"):
        for form in ("%s", "%r", "%a", "%5s|", "%-8s|", "%.2s", "%8.2r", "%05s", "%c", "%d", "%f", "%x"):
            yield op("%", form, v)
    for form, v in [
        ("", ()), ("", 1), ("", {}), ("", []), ("", "x"), ("%%", ()), ("100%%", 1), ("%s%%", 1), ("%5%", ()), ("%5%", (1,)), ("%", ()), ("%", 1),
        ("%y", 1), ("a%é", 1), ("é%y", 1), ("%(a)s", {"a": 1}), ("%(a)s %(b)r", {"a": 1, "b": "x"}), ("%(a)s", {}), ("%(a)s", 1), ("%(a)s", (1,)),
        ("%(a)s", [1]), ("%(a", {}), ("%((a))s", {"(a)": 1}), ("%()s", {"": 1}), ("%(a)5.1f|", {"a": 2.25}), ("%(a)s %s", {"a": 1}), ("%s", {"a": 1}),
        ("%s %s", (1, 2)), ("%s %s", 1), ("%s", (1, 2)), ("%s", ()), ("%s", ((1, 2),)), ("%*d", (5, 1)), ("%-*d|", (5, 1)), ("%*d|", (-5, 1)),
        ("%.*f", (2, 1.2345)), ("%.*f", (-2, 1.5)), ("%*d", ("a", 1)), ("%*.*f", (8, 2, 3.14159)), ("%ld %hd %Ld", (1, 2, 3)), ("%lld", 1),
        ("%c", "ab"), ("%c", 65), ("%c", -1), ("%c", 0x110000), ("%c", 1.5), ("%5c|", "x"), ("%-5c|", 0x1F600), ("%d", inf), ("%d", nan), ("%d", "5"),
        ("%x", 1.5), ("%x", "a"), ("%i", None), ("%f", "a"), ("%e", None), ("%.50f", 0.1), ("%.25g", 0.1), ("%.3", 1), ("%5", 1), ("%(a)", {"a": 1}),
        ("%(a)%", {"a": 1}), ("%#x %#o %#X", (255, 8, 255)), ("%.0f %.0f %.0f", (0.5, 1.5, 2.5)), ("%.5d", -42), ("%+.5d", 42), ("%08.5d|", 42),
        ("%.0d", 0), ("%s and %s", ["a", "b"]), ("abc", undefined), ("%s", undefined), ("%(x)s", undefined), ("%.99999999999d", 1), ("%r", ("it's",)),
        ("%5%%", (1,)), ("%-010d|", 5), ("%.3c", "a"), ("% s|", "a"), ("%.-1f", 1.5), ("%+s", 1),
    ]:
        yield op("%", form, v)


def brace():
    aligns = ["", "<8", ">8", "^8", "=8", "*<8", "*^9", "0=8", "é>4", "08", "8", "<08", "0<8", "{<5", "<<5"]
    values = ["ab", "", "é日", 5, -5, 1234567, 1.5, -0.0, True, None, undefined, [1], inf, nan]
    for spec, v in itertools.product(aligns, values):
        yield op("format", v, spec)
    signs, zeros, widths, separators = ["", "+", " ", "-"], ["", "0", "#", "#0"], ["", "12"], ["", ",", "_"]
    for sign, zero, width, separator, kind, n in some(7, signs, zeros, widths, separators, ["", "d", "x", "b", "n"], [0, -1234567, 65535]):
        yield op("format", n, sign + zero + width + separator + kind)
    numbers = [0, 1, -7, 0.0, -0.0, 0.5, 2.5, -1.25, 1234567.891, 1e-5, 123456.0, 1e16, 1e22, 9.995, inf, nan]
    kinds, precisions = ["", "e", "E", "f", "F", "g", "G", "n", "%"], ["", ".0", ".1", ".3", ".10"]
    for prefix, kind, precision, n in some(7, ["", "#", "+", "015", "z", "015,", "_"], kinds, precisions, numbers):
        yield op("format", n, prefix + precision + kind)
    for spec in ("s", "d", "c", "+", "-", " ", "#", "z", "=5", ",", "_", ",_", "_,", ",,", ",x", "_x", ",s", "_c", ",n", "5.", ".", ".2", ".2d", "q", "5q",
                 "qq5", "é", "\x01", "99999999999999999999", ".99999999999999999999", "+c", "#c", "c5", "05c", "<5c", "^7s", "10.2s", ".0s", "e", "%", "x", "X",
                 "#X", "o", "#o", "b", "zd", "zf", "z.0f", "zs", "5s5", "<", "<<", "0", "00", "0>", "-5", "+5", "+x", "n", "5n", "g"):
        for v in ("abc", -1, 1.5, True):
            yield op("format", v, spec)
    for v in (None, [], {}, (), undefined):
        yield op("format", v, "5")
    for form, args, keywords in [
        ("{}", (1,), {}), ("{} {}", (1, "a"), {}), ("{0} {1} {0}", (1, 2), {}), ("{a}", (), {"a": 1}), ("{} {a}", (1,), {"a": 2}), ("{}", (), {}),
        ("{1}", (1,), {}), ("{a}", (), {}), ("{} {0}", (1,), {}), ("{0} {}", (1,), {}), ("{{}}", (), {}), ("{{{}}}", (1,), {}), ("}", (), {}), ("{", (), {}),
        ("a}b", (), {}), ("a{", (), {}), ("{0", (1,), {}), ("{!", (1,), {}), ("{!r", (1,), {}), ("{!r}", ("a",), {}), ("{!s:>5}", ("a",), {}), ("{!a}", ("é",), {}),
        ("{!x}", (1,), {}), ("{!}", (1,), {}), ("{!rr}", (1,), {}), ("{!r:}", (1,), {}), ("{!:}", (1,), {}), ("{:", (1,), {}), ("{:>{}}", (1, 5), {}),
        ("{:>{w}.{p}f}", (1.5,), {"w": 8, "p": 2}), ("{:{}{}}", (1, ">", 5), {}), ("{:{:{}}}", (1, 2, 3), {}), ("{:{:{:{}}}}", (1, 2, 3, 4), {}), ("{0:{1}}", (1, 5), {}),
        ("{0[0]}", ([7],), {}), ("{0[a]}", ({"a": 1},), {}), ("{0.a}", ({"a": 1},), {}), ("{a.b[c]}", (), {"a": {"b": {"c": 3}}}), ("{0[9]}", ([7],), {}),
        ("{0[-1]}", ([7],), {}), ("{0.x}", (1,), {}), ("{0.x.y}", (1,), {}), ("{0.__class__}", (1,), {}), ("{0.__class__.x}", (1,), {}), ("{0.real}", (5,), {}),
        ("{0[}", ([1],), {}), ("{0[a}", ([1],), {}), ("{0[]}", ([1],), {}), ("{0.}", (1,), {}), ("{0..a}", (1,), {}), ("{0[0]x}", ([1],), {}), ("{0[0].real}", ([1],), {}),
        ("{.real}", (1,), {}), ("{[0]}", ([1],), {}), ("{a{b}}", (), {"a": 1}), ("{:}}", (1,), {}), ("{:{}", (1, 2), {}), ("{ 0}", (1,), {}), ("{0 }", (1,), {}),
        ("{99999999999999999999}", (1,), {}), ("{0[99999999999999999999]}", ([1],), {}), ("{0[}]}", ({"}": 1},), {}), ("{0[:]}", ({":": 1},), {}),
        ("{:d}", ("a",), {}), ("{:5}", (None,), {}), ("{:5}", ([],), {}), ("{}", ([1, "a"],), {}), ("{}", (undefined,), {}), ("{:5}", (undefined,), {}),
        ("{!r}", (undefined,), {}), ("é{}日", (1,), {}), ("{é}", (), {"é": 1}), ("{0!r:^7}|", ("x",), {}), ("{a}", (), {"a": "{b}"}), ("{:%Y}", (1,), {}),
        ("{0}{1}{2}", ("a", 1.5, None), {}), ("{01}", (1, 2), {}), ("{:,}", (1234567,), {}), ("{:.1%}", (0.123,), {}), ("}}{{", (), {}), ("}}}", (), {}),
        ("{0[a][0]}", ({"a": [5]},), {}), ("{0.a.b}", ({"a": {"b": 2}},), {}), ("{0['a']}", ({"a": 1},), {}), ("{0[ 0]}", ([1],), {}),
    ]:
        yield method(form, "format", *args, **keywords)
    yield method("{a} {b[0]}", "format_map", {"a": 1, "b": [2]})
    yield method("{a}", "format_map", {})
    yield method("{}", "format_map", {})
    yield method("{0}", "format_map", {"0": 1})
    yield method("{a}", "format_map", undefined)
    yield method("{a}", "format_map")
    yield method("{a}", "format_map", {}, a=1)


FILES = [arithmetic, comparison, printing, access, binding, text_methods, container_methods, percent, brace]


def main():
    folder = os.path.dirname(os.path.abspath(__file__))
    for cases in FILES:
        with open(os.path.join(folder, cases.__name__ + ".txt"), "w", encoding="utf-8") as file:
            for line in lines(cases()):
                if "\n" in line:
                    sys.exit(f"more than one line: {line!r}")
                file.write(line + "\n")


if __name__ == "__main__":
    main()
