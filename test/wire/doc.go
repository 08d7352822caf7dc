// Package wire lets the connectors speak to the simulator, which was written from
// the platforms' documents without looking at them: each checks the other's reading.
// The simulator knows the truth about every order, and every effect that reached it.
//
// Read next: wire_test.go.
package wire
