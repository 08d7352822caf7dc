// Package routing looks at allocation over all orders at once: what the rules, saved or
// not, would do with them (试算), allocating them again (重新分配), and allocating orders
// by themselves as soon as they are approved (审核后自动分仓).
//
// Owns: nothing but a setting.
//
// Does not own: the decision on one order (allocate), fulfillment orders and what becomes
// of them (fulfillment, whose job does the work).
//
// Invariants: a preview writes nothing and plans as the job would, in its order; what is
// sealed or merged stays as it is; no order is given goods whose buyer agreed to a refund.
//
// Read next: survey.go (how orders stand), preview.go, run.go.
package routing
