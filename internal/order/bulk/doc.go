// Package bulk does one action to many orders (批量操作), each by the use case of a
// single click.
//
// Owns nothing. Does not own: what an action does and who may do it (order), the
// lists from which orders are chosen (view).
//
// Invariants: an order that fails changes nothing and stops nothing; every order has
// an audit entry of its own; a job goes on where it stopped.
package bulk
