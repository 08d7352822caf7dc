// Package rule turns the conditions people write (条件) into functions. A condition
// is a JSON tree over the fields a capability registers; it is checked when it is
// saved and compiled once, so that judging a fact allocates nothing.
//
// Owns: the tree, its checks, its operators, the account of why it does not hold.
//
// Does not own: what a rule does when it holds, where rules are stored, and in
// which order they are asked: the capability that owns the decision.
//
// Invariants: a condition that compiled never fails while judging; the same facts
// always give the same answer; Why names at least one condition exactly when Match
// is false; an empty tree holds for everything.
//
// The tree:
//
//	{"all": [ … ]}  {"any": [ … ]}  {"not": { … }}
//	{"field": "goods_fen", "op": "ge", "value": 10000}
//
// Read next: condition.go (the tree), field.go (what may be asked), compile.go.
package rule
