// Package review judges orders before they are approved (审单): rules that people
// write, purchase limits, floor prices, duplicates, the blacklist, areas nobody
// delivers to, and addresses that lack something.
//
// Owns: order_review_policy, order_review_blacklist, order_review_waiver,
// order_review_due, order_review_message.
//
// Does not own: holds and approval (order, whose transaction this runs in), the
// divisions of China (logistics/address), which carrier reaches a place (logistics).
//
// Invariants: a hold of these rules is open exactly while its reason stands and no
// person waived that very reason; masked and sealed texts are no key of anybody; an
// order without rules costs one look-up per batch; what waits for its time is a row,
// so that a restart forgets nothing.
//
// Read next: policy.go (what people decide), judge.go, facts.go, people.go.
package review
