// Package arch holds the house rules as tests, so that a broken rule is a red
// test with a file and a line, not an argument in a review.
//
// Owns: the ranks of the packages and every rule about the shape of the tree
// (imports, SQL, migrations, names, channels, texts, glossary).
// Does not own: what the product does. Ownership of tables is checked a second
// time on the SQL that really runs, in kit/db.
//
// Invariants: a rule that saw nothing fails; a rule is proved by a small tree
// that breaks it (bite_test.go); the tree is read here, not through another
// program, so that the test cache notices every changed file.
//
// Read next: docs/architecture.md.
package arch
