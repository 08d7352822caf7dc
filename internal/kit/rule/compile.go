package rule

// Rule is a compiled condition over facts of type F. It is safe for concurrent use.
type Rule[F any] struct {
	root node[F]
}

// Match reports whether the condition holds.
func (r *Rule[F]) Match(f *F) bool { return r.root.test(f) }

// Miss is a comparison that stands in the way, or one that holds inside a "not".
type Miss struct {
	Path  string `json:"path"`
	Field string `json:"field"`
	Op    string `json:"op"`
	Found any    `json:"found"` // what the fact has: int64, string, []string or bool
}

// Why lists the comparisons because of which the condition does not hold; empty when
// it holds. Of an "any" it lists them all.
func (r *Rule[F]) Why(f *F) []Miss {
	if r.root.test(f) {
		return nil
	}
	return r.root.why(f, true, nil)
}

// node is one compiled condition.
type node[F any] struct {
	test func(*F) bool
	// why adds the comparisons that made the answer differ from want.
	why func(f *F, want bool, to []Miss) []Miss
}

// Compile checks and compiles a tree.
//
// Errors: ErrShape, ErrUnknownField, ErrOperator, ErrValue, ErrTooBig, each with the
// path of the node.
func (r *Registry[F]) Compile(c Condition) (*Rule[F], error) {
	b := builder[F]{r: r}
	root, err := b.build(&c, "$", 1)
	if err != nil {
		return nil, err
	}
	return &Rule[F]{root}, nil
}

// CompileJSON is Compile of a tree as it is stored.
//
// Errors: those of Parse and Compile.
func (r *Registry[F]) CompileJSON(raw []byte) (*Rule[F], error) {
	c, err := Parse(raw)
	if err != nil {
		return nil, err
	}
	return r.Compile(c)
}

type builder[F any] struct {
	r     *Registry[F]
	nodes int
}

func tooBig() error {
	return ErrTooBig.With("depth", MaxDepth, "nodes", MaxNodes, "values", MaxValues).At("condition")
}

func (b *builder[F]) build(c *Condition, path string, depth int) (node[F], error) {
	if b.nodes++; b.nodes > MaxNodes || depth > MaxDepth {
		return node[F]{}, tooBig()
	}
	switch c.sort() {
	case "":
		if depth > 1 { // the empty condition stands for a whole tree only: in it, it is a slip
			return node[F]{}, ErrShape.With("path", path).At("condition")
		}
		return node[F]{func(*F) bool { return true }, func(_ *F, _ bool, to []Miss) []Miss { return to }}, nil
	case "all":
		return b.group(c.All, path, "all", depth, true)
	case "any":
		return b.group(c.Any, path, "any", depth, false)
	case "not":
		return b.negation(c.Not, path, depth)
	case "field":
		return b.comparison(c, path)
	}
	return node[F]{}, ErrShape.With("path", path).At("condition")
}

// group is "all" (every is true: one false decides) or "any" (one true decides).
func (b *builder[F]) group(cs []Condition, path, kind string, depth int, every bool) (node[F], error) {
	if len(cs) == 0 {
		return node[F]{}, ErrShape.With("path", path).At("condition")
	}
	kids := make([]node[F], len(cs))
	for i := range cs {
		kid, err := b.build(&cs[i], child(path, kind, i), depth+1)
		if err != nil {
			return node[F]{}, err
		}
		kids[i] = kid
	}
	test := func(f *F) bool {
		for i := range kids {
			if kids[i].test(f) != every {
				return !every
			}
		}
		return every
	}
	why := func(f *F, want bool, to []Miss) []Miss {
		for i := range kids {
			if kids[i].test(f) != want {
				to = kids[i].why(f, want, to)
			}
		}
		return to
	}
	return node[F]{test, why}, nil
}

func (b *builder[F]) negation(c *Condition, path string, depth int) (node[F], error) {
	kid, err := b.build(c, path+".not", depth+1)
	if err != nil {
		return node[F]{}, err
	}
	return node[F]{func(f *F) bool { return !kid.test(f) },
		func(f *F, want bool, to []Miss) []Miss { return kid.why(f, !want, to) }}, nil
}

func (b *builder[F]) comparison(c *Condition, path string) (node[F], error) {
	at, ok := b.r.byName[c.Field]
	if !ok {
		return node[F]{}, ErrUnknownField.With("path", path, "field", c.Field).At("condition")
	}
	field := b.r.fields[at]
	test, found, err := field.compare(c.Op, c.Value)
	if err != nil {
		return node[F]{}, err(path)
	}
	miss := Miss{Path: path, Field: c.Field, Op: c.Op}
	return node[F]{test, func(f *F, _ bool, to []Miss) []Miss {
		m := miss
		m.Found = found(f)
		return append(to, m)
	}}, nil
}
