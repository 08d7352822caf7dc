// Package printed tells channels which of their waybills came out of the printer (打印成功通知),
// where they ask for it.
//
// Owns: nothing on disk but its jobs. Does not own: when a label counts as printed
// (packing/print), the waybills (logistics/waybill), how a channel is spoken to
// (connector/<code>).
//
// Invariants: only what was told printed is passed on, once its batch is closed; a channel may
// be told twice, never of a label that did not come out; one that refuses a label still hears
// of the others.
//
// Read next: printed.go.
package printed
