// Package logistics knows the carriers (快递公司): what they are called, how each
// source spells them, what their waybill numbers (快递单号) look like, and the port
// through which they are spoken to.
//
// Owns: the carrier table (carriers.json, part of the binary), the recognition of
// a carrier in free text, the check of a waybill number, the carrier port; in its
// sub-packages the accounts (account), prices, suspensions and the choice of a carrier
// (choose), where carriers said they do not go (reach) and the waybills (waybill).
//
// Does not own: parcels (fulfillment), a channel's spelling of a carrier (its
// connector and the merchant's own template), a carrier's wire format (carrier/<code>).
//
// Invariants: a spelling names at most one carrier; a number that passes a
// carrier's strict rule is never called wrong for it; the check never rewrites a
// number beyond width, case and blanks.
//
// Read next: carriers.json, check.go, port.go, waybill/doc.go.
package logistics
