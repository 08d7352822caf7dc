// Package jd is JD's side of the wire: the SP-API (/sp-order, /sp-aftercare,
// /sp-product) and its authorisation.
//
// Owns: that wire. Does not own: orders and faults (world).
//
// Not found anywhere, and decided here: the words of orderStatus are those of the
// older API (WAIT_SELLER_STOCK_OUT …), so are the error codes (8 time, 10 signature,
// 19 token, 20 app key, 22 permission, 2 rate, 43 internal); a PATCH of a case is
// understood by the object it carries, not by operateType; an entry of
// dcryptOrderOaidList is the order's number, one separator, the oaid. Bodies are
// taken bare and inside the request object of the generated SDK.
//
// Read next: jd.go (dispatch), orders.go, effects.go.
package jd
