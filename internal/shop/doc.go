// Package shop is the merchant's shops (店铺): which channel each is on, from when
// its orders are work, and how old the data we hold of it is.
//
// Owns: shop_shop. Does not own: what a channel is (channel), the orders of a
// shop (order), which warehouse exists (inventory).
//
// Invariants: a name is unique on its channel; data_at never goes back; a shop
// outside the actor's scope looks absent.
//
// Read next: shop.go, create.go, update.go.
package shop
