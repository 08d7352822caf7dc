// Package wxmall is the platform's side of a WeChat mini-program whose own mall is
// paid by WeChat Pay: payments are listed, and their shipping must be reported
// (/wxa/sec/order).
//
// Owns: that wire. Does not own: payments and faults (world).
//
// A payment knows no lines: a report that is not the last one takes one piece of the
// first line that has any left.
//
// Read next: wxmall.go.
package wxmall
