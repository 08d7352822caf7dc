// Package suggest finds fulfillment orders that could travel together (合单建议): it lists
// them, merges many at once, and asks a person about a new one whose receiver's parcel is
// printed and has not left (追加提示).
//
// Owns: what channels told of who receives an order (fulfillment_group), the answers to
// prompts, and putting a new fulfillment order into a sealed one.
//
// Does not own: the rule of what may be merged, merging one and undoing it, and raising
// a prompt (fulfillment).
//
// Invariants: a suggestion holds only what fulfillment.MergeTx would merge this moment;
// those of an order that is expected to be followed by others wait for the policy's
// time; an append moves links only, and gives the sealed one another version, so that
// its papers no longer count; a masked receiver is compared by nobody but its channel.
//
// Read next: suggest.go, merge.go, prompt.go, ask.go.
package suggest
