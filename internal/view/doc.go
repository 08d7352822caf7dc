// Package view answers questions over everything: the order list with its
// filters, search, counters and detail, the home page, and the rows of exports.
//
// Owns: read models. It only SELECTs.
//
// Does not own: any table, any rule. What an order may do next is asked of the
// order package; what a number means is computed where it is written.
//
// Invariants: every statement is led by merchant_id and narrowed to the shops
// the actor may see; pages are keyset pages; nothing counts the whole table; an
// answer that stopped early says how far it looked.
//
// Read next: filter.go, plan.go, list.go.
package view
