// Package purchase knows the merchant's suppliers (供应商): how to reach them, what they
// supply at what cost, what their contract lets them see of receivers, and the doors
// through which they see the orders they ship.
//
// Owns: purchase_supplier, purchase_supply, purchase_portal.
//
// Does not own: which warehouse is a supplier's (fulfillment/allocate), the orders it
// ships (fulfillment/dropship), stock (inventory).
//
// Invariants: contacts are sealed; a portal's token is shown once and stored as a digest;
// a token opens one supplier's orders until it expires, is revoked or the supplier is
// switched off; only who may export personal data lets a supplier see all of it.
//
// Read next: purchase.go, supplier.go, portal.go.
package purchase
