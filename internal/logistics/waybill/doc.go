// Package waybill has numbers issued for parcels (取号), once for each, whatever gets
// lost on the way.
//
// Owns: logistics_waybill, logistics_number, logistics_waybill_use. Does not own: what
// is in a parcel and where it goes (a function tells when the request is sent), which
// account is asked (logistics/choose), how an issuer is spoken to (carrier/<code>, a
// channel's connector), paper (packing).
//
// How a number comes: WantTx writes a row in the transaction that wants it, and a job of
// the account asks for it afterwards. Before each request the row says asking on disk.
// An answer ends it. Silence makes it uncertain: before it is asked for again, the
// issuer is asked by the same key whether it has issued it. A cancellation takes effect
// here at once (live = 0) and at the issuer when it can; a number that arrives after
// its cancellation is given back.
//
// Invariants: a piece has at most one live waybill; a number stands in at most one
// issued waybill, and one at hand that is on paper in no other ever; a waybill that is no
// longer live is never printed or shipped with; a request's key never changes, so an issuer
// never issues twice for one row.
//
// A person may end what stays uncertain (answer.go). Where an issuer takes several requests
// in one call they go together (batch.go); content that changes after the issue goes to the
// issuer where it changes issued waybills (update.go), and needs a new number elsewhere.
//
// States: see status.go. Read next: waybill.go, want.go, ask.go, settle.go, answer.go.
package waybill
