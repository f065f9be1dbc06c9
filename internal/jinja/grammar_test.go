package jinja

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// grammar makes random templates.
type grammar struct{ *rand.Rand }

func (g *grammar) one(choices ...string) string { return choices[g.IntN(len(choices))] }

// template makes an expression that is printed, or statements around some.
func (g *grammar) template() string {
	e := func() string { return g.expression(2) }
	switch g.IntN(12) {
	case 0:
		return "{% for x in " + g.sequence(1) + " if " + g.test("x", 1) + " %}{{ loop.index }}{{ x }}{{ loop.last }},{% else %}-{% endfor %}"
	case 1:
		return "{% for x in " + g.sequence(2) + " %}{{ loop.revindex0 }}{{ " + e() + " }}{% set i = x %}{% endfor %}{{ i }}"
	case 2:
		return "{% set x = " + e() + " %}{% if " + g.test("x", 1) + " %}{% set i = " + e() + " %}{{ x }}{% else %}{% set x = i %}{% endif %}{{ x }}{{ i }}"
	case 3:
		return "{% macro m(x, y=" + e() + ") %}{{ x }}|{{ y }}{{ varargs }}{{ i }}{% endmacro %}{{ m(" + g.one("", e(), "y="+e(), e()+", "+e(), "1, 2, 3") + ") }}"
	case 4:
		return "{% set x %}{{ " + e() + " }}{% endset %}{% with i = " + e() + " %}{{ x|" + g.filter() + " }}{{ i }}{% endwith %}{{ i }}"
	default:
		return "{{ " + g.expression(3) + " }}"
	}
}

func (g *grammar) atom() string {
	return g.one("i", "j", "z", "f", "s", "t", "e", "n", "yes", "no", "l", "w", "mixed", "nested", "d", "users", "missing",
		"1", "2", "-1", "0", "10", "2.5", "0.0", "1e3", "'a'", "'Fig'", "'%s'", "'{}'", "' b '", "''", "true", "false", "none",
		"[]", "[1, 'x']", "(1, 2)", "()", "{}", "{'a': 1}", "{1: 'x', 'k': [2]}", "range(4)", "'a,b,,c'", "'äöÜ'", "[[2, 'b'], [1, 'a']]")
}

func (g *grammar) expression(depth int) string {
	if depth == 0 {
		return g.atom()
	}
	sub := func() string { return g.expression(depth - 1) }
	switch g.IntN(17) {
	case 0, 1:
		return "(" + sub() + " " + g.one("+", "-", "*", "/", "//", "%", "~", "and", "or") + " " + sub() + ")"
	case 2:
		return "(" + sub() + " " + g.one("==", "!=", "<", "<=", ">", ">=", "in", "not in") + " " + sub() + ")"
	case 3:
		return "(" + g.one("-", "+", "not ") + sub() + ")"
	case 4:
		return "(" + sub() + " if " + sub() + g.one("", " else "+sub()) + ")"
	case 5:
		return sub() + "[" + g.one("0", "-1", "1", "'a'", "i", sub()) + "]"
	case 15:
		// Never of a constant: Jinja2 cuts those while it compiles, and has
		// other errors then.
		return "(" + sub() + " if yes else i)[" + g.one(":2", "1:", "::-1", "::2", "-2:", "1:-1", "j:", ":i", "i::-2", "::z") + "]"
	case 6:
		return sub() + "." + g.one("a", "name", "0", "missing", "b") + g.one("", "|default('d')", " is defined")
	case 7, 8:
		return sub() + "." + g.method(depth-1)
	case 9, 10, 11:
		return "(" + sub() + "|" + g.filter() + ")"
	case 12:
		return "(" + g.test(sub(), depth-1) + ")"
	case 13:
		return "(" + g.one("'%s|%r'", "'%d'", "'%5.1f'", "'%-6s|'", "'%x'", "'%05d'", "'%s'", "'%%'", "'%c'", "'%(a)s'") + " % " + g.one(sub(), "("+sub()+", "+sub()+")", "("+sub()+",)") + ")"
	case 14:
		return g.one("'{}'", "'{0}{0}'", "'{:>6}|'", "'{!r}'", "'{:05}'", "'{:,}'", "'{:.2f}'", "'{0[0]}'", "'{} {}'", "'{:<4}{:^5}'", "'{a}'") + ".format(" + g.one(sub(), sub()+", "+sub(), "a="+sub()) + ")"
	default:
		return g.sequence(depth - 1)
	}
}

// sequence makes what often can be iterated over.
func (g *grammar) sequence(depth int) string {
	if depth == 0 {
		return g.one("l", "w", "nested", "d", "s", "users", "range(3)", "mixed", "d.items()", "missing", "()", "i")
	}
	return g.one("[", "(") + g.expression(depth-1) + ", " + g.expression(depth-1) + ", " + g.expression(depth-1) + "]"
}

func (g *grammar) method(depth int) string {
	sub := func() string { return g.expression(depth) }
	return g.one("upper()", "lower()", "title()", "capitalize()", "swapcase()", "strip()", "lstrip('a')", "rstrip()", "split()", "split(',')", "rsplit(' ', 1)",
		"splitlines()", "startswith('H')", "endswith(("+sub()+", 'd'))", "replace('l', 'L')", "replace("+sub()+", "+sub()+")", "find('o')", "rfind('o')", "index('o')",
		"count('l')", "count("+sub()+")", "join(w)", "join(mixed)", "partition(',')", "rpartition('-')", "zfill(8)", "center(9, '*')", "ljust(6)", "rjust(6)", "isdigit()",
		"isalpha()", "isalnum()", "isupper()", "islower()", "istitle()", "isspace()", "isidentifier()", "removeprefix('Hel')", "removesuffix('d')", "casefold()", "expandtabs()",
		"keys()", "values()", "items()", "get('a')", "get('q', 5)", "copy()", "pop('a', 1)", "setdefault('a', 2)", "update(b=3)", "pop()", "append(1)", "extend([1])",
		"insert(0, 9)", "remove(1)", "reverse()", "sort()", "index(1)", "clear()", "nope()", "bit_length()", "is_integer()", "format(1)")
}

// filter leaves out the filters whose results are no plain strings in Python.
func (g *grammar) filter() string {
	sub := func() string { return g.expression(0) }
	return g.one("abs", "attr('a')", "batch(2)|list", "batch(2, 'x')|list", "capitalize", "center(9)", "count", "default("+sub()+")", "default("+sub()+", true)", "dictsort",
		"dictsort(by='value')", "dictsort(reverse=true)", "filesizeformat", "first", "float", "float(1)", "format("+sub()+")", "groupby('age')|list",
		"groupby(0)|map('first')|list", "indent", "indent(2, true)", "int", "int(5)", "int(base=16)", "items|list", "join", "join(', ')", "join(d='-', attribute='name')", "last", "length", "list", "lower",
		"map('upper')|list", "map('string')|join", "map(attribute='name')|list", "map(attribute='age', default=1)|list", "map('default', 3)|list", "max", "min", "max(attribute='age')", "min(true)",
		"reject('odd')|list", "rejectattr('age')|list", "replace('a', 'b')", "replace("+sub()+", 'b', 1)", "reverse|list", "round", "round(1)", "round(-1)", "round(1, 'floor')", "round(0, 'ceil')",
		"select('odd')|list", "select|list", "select('string')|list", "select('gt', 1)|list", "selectattr('age', 'eq', 30)|list", "slice(2)|list", "slice(3, 'x')|list", "sort", "sort(reverse=true)",
		"sort(true)", "sort(attribute='age')", "sort(attribute='age,name')", "string", "striptags", "sum", "sum('age')", "sum(start=1)", "title", "trim", "trim('a')", "truncate(5)",
		"truncate(6, true, '..', 0)", "unique|list", "unique(true)|list", "upper", "urlencode", "wordcount", "wordwrap(4)", "xmlattr", "nope", "d(1)", "pprint", "length|string", "list|length")
}

func (g *grammar) test(subject string, depth int) string {
	sub := g.expression(depth)
	return subject + " is " + g.one("", "not ") + g.one("defined", "undefined", "none", "boolean", "integer", "float", "number", "string", "mapping", "sequence", "iterable", "callable",
		"odd", "even", "divisibleby 2", "divisibleby("+sub+")", "lower", "upper", "true", "false", "eq "+g.atom0(), "ne("+sub+")", "lt("+sub+")", "gt("+sub+")", "ge("+sub+")", "le("+sub+")",
		"in("+sub+")", "sameas none", "filter", "test", "equalto("+sub+")", "greaterthan 1", "escaped")
}

// atom0 is an argument of a test without parentheses.
func (g *grammar) atom0() string { return g.one("1", "'a'", "i", "none", "l", "[1]") }

// structure makes random templates of nested statements that set and print a
// few names, to try the rules of scope.
type structure struct {
	*rand.Rand
	blocks  []string // of the template that is made
	left    int      // blocks that may be made still
	library bool     // may be imported and included
}

func (g *structure) one(choices ...string) string { return choices[g.IntN(len(choices))] }

func (g *structure) name() string { return g.one("a", "b", "i") }

// templates makes a template, one that it may extend, and one that it may
// import or include.
func (g *structure) templates() map[string]string {
	g.library = false
	library := g.template(1, "{% macro lib(a, b='B') %}{{ a }}{{ b }}{{ i }}{% endmacro %}")
	g.library = true
	base := g.template(2, "")
	head := g.one("", "", "{% extends 'base' %}", "{% if yes %}{% extends 'base' %}{% endif %}", "{% set a = 'before' %}{% extends 'base' %}",
		"{% import 'library' as l %}{{ l.lib(1) }}{{ l }}", "{% from 'library' import lib, a with context %}{{ lib(1) }}", "{% import 'library' as l with context %}{{ l.b }}")
	return map[string]string{"main": g.template(3, head), "base": base, "library": library}
}

func (g *structure) template(depth int, head string) string {
	g.blocks, g.left = nil, 3
	return head + g.body(depth) + g.body(depth) + "{{ a }}{{ b }}"
}

func (g *structure) body(depth int) string {
	var out strings.Builder
	for range 1 + g.IntN(3) {
		out.WriteString(g.statement(depth))
	}
	return out.String()
}

func (g *structure) value() string {
	return g.one("'x'", "'y'", "1", g.name(), g.name()+" ~ 'z'", g.name()+"|default('d')", "loop.index if loop", "missing")
}

func (g *structure) statement(depth int) string {
	n := g.name()
	if depth == 0 {
		return g.one("{{ "+n+" }}", "{{ "+n+" }}", "{% set "+n+" = "+g.value()+" %}", "{% set "+n+" = "+g.value()+" %}", "{{ loop.index if loop }}", ",")
	}
	inner := func() string { return g.body(depth - 1) }
	choices := 14
	if !g.library {
		choices = 12
	}
	switch g.IntN(choices) {
	case 0:
		return "{% if " + g.one("yes", "no", n, n+" == 'x'") + " %}" + inner() + g.one("", "{% else %}"+inner(), "{% elif "+g.one("yes", n)+" %}"+inner(), "{% elif no %}"+inner()+"{% else %}"+inner()) + "{% endif %}"
	case 1, 2:
		return "{% for " + g.one(n+" in [1, 2]", n+" in 'pq'", "a, b in [(1, 2), (3, 4)]", "b, i in ['xy']", n+" in []") + g.one("", "", " if "+n) + " %}" + inner() + g.one("", "{% else %}"+inner()) + "{% endfor %}"
	case 3:
		return "{% with " + g.one(n+" = "+g.value(), "a = "+g.value()+", b = a", "") + " %}" + inner() + "{% endwith %}"
	case 4:
		return "{% macro m(" + g.one("", n, "a='A', b=a", n+"="+g.value()) + ") %}" + inner() + g.one("", "{{ caller() if caller }}", "{{ varargs }}") + "{% endmacro %}{{ m() }}" + g.one("", "{{ m('p') }}")
	case 5:
		return "{% macro c(" + g.one("", n) + ") %}" + inner() + "{{ caller(1) }}{% endmacro %}{% call(" + g.one(n, "q") + ") c() %}" + inner() + "{% endcall %}"
	case 6:
		return "{% filter upper %}" + inner() + "{% endfilter %}"
	case 7:
		return "{% set " + n + " %}" + inner() + "{% endset %}"
	case 8, 9:
		return g.block(depth)
	case 12:
		return "{% include 'library' %}"
	case 13:
		return "{% import 'library' as l" + g.one("", " with context") + " %}{{ l.lib(" + g.value() + ") }}{{ l.a }}"
	case 10:
		return "{% for i in [[1, [[2, []]]], [3, []]] recursive %}{{ i[0] }}" + inner() + "{{ loop(i[1]) }}{% endfor %}"
	default:
		return g.statement(0) + g.statement(0)
	}
}

// block makes a block of a name that the template has not used yet, or calls
// one that it has.
func (g *structure) block(depth int) string {
	if g.left == 0 {
		if len(g.blocks) == 0 {
			return ""
		}
		return "{{ self." + g.blocks[0] + "() }}"
	}
	g.left--
	name := fmt.Sprintf("block%d", g.left)
	body := g.body(depth - 1)
	g.blocks = append(g.blocks, name)
	return "{% block " + name + g.one("", " scoped") + " %}" + body + g.one("", "{{ super() if super is defined }}") + "{% endblock %}"
}
