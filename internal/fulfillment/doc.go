// Package fulfillment gets goods out of the house: it allocates orders to a
// warehouse, ships them (发货) one by one or by a tracking file, and knows every
// parcel (包裹) that left.
//
// Owns: fulfillment orders (发货单) and their links to order lines, parcels, the
// tracking files uploaded for bulk shipping.
//
// Does not own: stock (inventory), an order's state and counters (order), carriers
// and their numbers (logistics), telling the channel (channel: by its own
// batch-ship file).
//
// Invariants: a shipment deducts stock, moves the order, writes its parcel and
// its event in one transaction, or does nothing; no quantity is shipped twice; a
// waybill number serves one order, or several of the same buyer and receiver;
// shipping the same order under the same waybill again changes nothing; a file
// ships through the same use case as a single order.
//
// Read next: ship.go (the use case), shiprows.go (its checks), shipfile.go and
// runfile.go (bulk), allocate.go, parcel.go.
package fulfillment
