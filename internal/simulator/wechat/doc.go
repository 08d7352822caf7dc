// Package wechat is the WeChat shop's side of the wire (微信小店, /channels/ec), with
// its tokens and its encrypted callbacks.
//
// Owns: that wire. Does not own: orders and faults (world).
//
// Error numbers that no fact gave are those heard from merchants: 100002 there is no
// such thing, 101100 the order's state forbids it, 10021041 the case's state forbids
// it; 40097 stands for any wrong argument.
//
// Read next: wechat.go (tokens, dispatch), orders.go, effects.go, push.go.
package wechat
