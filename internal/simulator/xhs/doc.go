// Package xhs is the Xiaohongshu shop's side of the wire (小红书 ark): one gateway, the
// method and everything else in one JSON body.
//
// Owns: that wire. Does not own: orders and faults (world).
//
// The platform publishes no table of errors: -2000400 (a wrong parameter) and -2000101
// (no such order) were heard; the others are this simulator's. The methods that ship,
// note and decide are spelled as its console shows them.
//
// Read next: xhs.go (dispatch), orders.go, effects.go.
package xhs
