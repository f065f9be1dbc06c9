package jinja

import (
	"maps"

	"github.com/kolla-build/kolla-build/internal/jinja/syntax"
)

// Which variable a name means is settled when a template is compiled, by the
// rules of Jinja2's compiler, of which every oddity can be seen from a
// template. A template is a set of functions: its root, its blocks, macros,
// call blocks, recursive loops and loop tests. A function has slots for its
// variables, and reads those of the functions around it. A name that no
// function sets is looked up in the context once, when its scope is entered.

// function is the compile time side of a frame.
type function struct {
	outer *function
	slots int
}

// variable is a slot of a function.
type variable struct {
	function *function
	slot     int
}

func (f *function) variable() *variable {
	f.slots++
	return &variable{f, f.slots - 1}
}

// origin is where a variable gets its value from when its scope is entered.
type origin struct {
	kind  originKind
	name  string    // in the context
	alias *variable // of an outer scope
}

type originKind int

const (
	fromNowhere   originKind = iota // it is set before it is read
	fromParameter                   // it is there already
	fromContext
	fromOuter
)

// symbols are the names of one scope.
type symbols struct {
	function *function
	outer    *symbols

	// own are the variables that the scope makes, whichever branch of an if
	// statement does.
	own map[string]*variable

	refs    map[string]*variable
	origins map[*variable]origin
	stores  map[string]bool
}

func newSymbols(f *function, outer *symbols) *symbols {
	return &symbols{f, outer, map[string]*variable{}, map[string]*variable{}, map[*variable]origin{}, map[string]bool{}}
}

// branch returns a copy for a branch of an if statement.
func (s *symbols) branch() *symbols {
	return &symbols{s.function, s.outer, s.own, maps.Clone(s.refs), maps.Clone(s.origins), maps.Clone(s.stores)}
}

// find returns the variable that a name means, or nil.
func (s *symbols) find(name string) *variable {
	for ; s != nil; s = s.outer {
		if v := s.refs[name]; v != nil {
			return v
		}
	}
	return nil
}

func (s *symbols) define(name string, from origin) *variable {
	v := s.own[name]
	if v == nil {
		v = s.function.variable()
		s.own[name] = v
	}
	s.refs[name] = v
	s.origins[v] = from
	return v
}

// parameter makes a variable that has its value before the scope is entered.
func (s *symbols) parameter(name string) *variable {
	s.stores[name] = true
	return s.define(name, origin{kind: fromParameter})
}

// store notes that a name is set. Until then it means what it means outside.
func (s *symbols) store(name string) {
	s.stores[name] = true
	switch {
	case s.refs[name] != nil:
	case s.outer.find(name) != nil:
		s.define(name, origin{kind: fromOuter, alias: s.outer.find(name)})
	default:
		s.define(name, origin{kind: fromNowhere})
	}
}

// load notes that a name is read.
func (s *symbols) load(name string) {
	if s.find(name) == nil {
		s.define(name, origin{kind: fromContext, name: name})
	}
}

// merge takes over what the branches of an if statement do. A name that only
// some of them set keeps its outer meaning in the others.
func (s *symbols) merge(branches ...*symbols) {
	setters := map[string]int{}
	for _, b := range branches {
		for name := range b.stores {
			if !s.stores[name] {
				setters[name]++
			}
		}
	}
	for _, b := range branches {
		maps.Copy(s.refs, b.refs)
		maps.Copy(s.origins, b.origins)
		maps.Copy(s.stores, b.stores)
	}
	for name, count := range setters {
		if count == len(branches) {
			continue
		}
		from := origin{kind: fromContext, name: name}
		if outer := s.outer.find(name); outer != nil {
			from = origin{kind: fromOuter, alias: outer}
		}
		s.origins[s.find(name)] = from
	}
}

// visit notes the names of a node that belong to this scope; it stops where
// another scope begins.
func (s *symbols) visit(node syntax.Node) {
	switch n := node.(type) {
	case *syntax.Name:
		s.use(n)
	case *syntax.NamespaceTarget:
		s.load(n.Name)
	case *syntax.If:
		s.visit(n.Test)
		s.merge(s.visitBranch(n.Body), s.visitElifs(n.Elifs), s.visitBranch(n.Else))
	case *syntax.Macro:
		s.store(n.Name)
	case *syntax.Import:
		s.visit(n.Template)
		s.store(n.Target)
	case *syntax.FromImport:
		s.visit(n.Template)
		for _, name := range n.Names {
			s.store(name.Alias)
		}
	case *syntax.Set:
		s.visit(n.Value)
		s.visit(n.Target)
	case *syntax.SetBlock:
		s.visit(n.Target)
	case *syntax.For:
		s.visit(n.Iterable)
	case *syntax.CallBlock:
		s.visit(n.Call)
	case *syntax.FilterBlock:
		s.visit(n.Filter)
	case *syntax.With:
		s.visitAll(n.Values)
	case *syntax.Block:
	default:
		s.visitAll(syntax.Children(node))
	}
}

func (s *symbols) visitAll(nodes []syntax.Node) {
	for _, n := range nodes {
		s.visit(n)
	}
}

func (s *symbols) visitBranch(body []syntax.Statement) *symbols {
	b := s.branch()
	b.visitAll(body)
	return b
}

func (s *symbols) visitElifs(elifs []*syntax.If) *symbols {
	b := s.branch()
	for _, elif := range elifs {
		b.visit(elif)
	}
	return b
}

func (s *symbols) use(n *syntax.Name) {
	switch n.Use {
	case syntax.Store:
		s.store(n.Name)
	case syntax.Parameter:
		s.parameter(n.Name)
	default:
		s.load(n.Name)
	}
}

// parameters notes the names of a loop's target.
func (s *symbols) parameters(target syntax.Expression) {
	syntax.Walk(target, func(n syntax.Node) bool {
		if n, isName := n.(*syntax.Name); isName {
			s.parameter(n.Name)
		}
		return true
	})
}

// undeclared returns which of the names the nodes read before they set them,
// blocks left out.
func undeclared(nodes []syntax.Node, names ...string) map[string]bool {
	open, found := map[string]bool{}, map[string]bool{}
	for _, name := range names {
		open[name] = true
	}
	syntax.WalkAll(nodes, func(n syntax.Node) bool {
		switch n := n.(type) {
		case *syntax.Block:
			return false
		case *syntax.Name:
			if n.Use == syntax.Load && open[n.Name] {
				found[n.Name] = true
			} else {
				delete(open, n.Name)
			}
		}
		return true
	})
	return found
}
