// Package packing gets goods from the shelf into parcels: waves are picked, papers
// printed, parcels verified, weighed and handed to the courier.
//
// Owns: the permissions of that work. Each step has a package of its own with tables
// of its own: wave (波次), issue (取号), label (面单), print (打印), verify (复核).
//
// Does not own: what is in a parcel and whether it may leave (fulfillment), stock
// (inventory), numbers and carriers (logistics).
//
// Invariants: no step goes on with a fulfillment order that fulfillment.GuardTx
// refuses; a step compares the content version its papers were made for.
//
// Read next: wave, issue, label.
package packing

// Permissions of this capability.
const (
	PermitRead     = "packing.read"
	PermitWave     = "packing.wave"
	PermitPick     = "packing.pick"
	PermitPrint    = "packing.print"
	PermitVerify   = "packing.verify"
	PermitHandover = "packing.handover"
	// PermitForce lets a supervisor pass a parcel that does not verify, with a reason.
	PermitForce = "packing.force"
)
