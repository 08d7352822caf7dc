// Package kuaishou is the Kuaishou shop's side of the wire (快手小店): method as path,
// business parameters in param, signed; its authorisation; its encrypted messages.
//
// Owns: that wire. Does not own: orders and faults (world).
//
// Result numbers that the platform's documents do not give: 1011 to 1016 for
// signature, time, parameters, address and rate. Token faults are its 100200102,
// refusals to ship its 11, foreign or unknown orders its 21.
//
// Read next: kuaishou.go (dispatch), orders.go, effects.go, oauth.go, push.go.
package kuaishou
