// Package verify is the last look before a parcel leaves (复核, 扫码验货): every piece is
// scanned at a bench, the parcel weighed, shipped with its last scan, and handed to the
// courier.
//
// Owns: sessions (one fulfillment order at one bench), scans, the serial numbers of
// pieces, the hit list (拦截清单), handovers (交接单) and what still waits for one.
//
// Does not own: whether a parcel may leave (fulfillment.GuardTx), shipping itself
// (fulfillment.ShipOrderTx), numbers (logistics/waybill), paper (packing/print).
//
// Invariants: a fulfillment order is open at one bench at most, and a bench has one; a
// parcel that only waits for its weight holds none; no piece is counted beyond what the
// parcel needs; nothing ships with a piece missing
// unless a supervisor passed it with a reason; what GuardTx refuses is never counted,
// weighed, forced or shipped, and stands on the hit list, as does what shipped and was
// refunded before a courier had it; a number is handed over once.
//
// A scan that is refused is still written down: the answer says so by its verdict, an
// error means that nothing happened.
//
// Read next: verify.go, open.go, scan.go, ship.go, hit.go, handover.go, stay.go.
package verify
