// Package app puts the product together: it opens the database, builds every
// capability with what it needs, registers the operations, and runs the workers
// and the server until it is told to stop.
//
// Owns: configuration, the order of starting and stopping, TLS, serving the
// browser interface, the commands of the binary. Does not own: any rule of the
// business.
//
// Read next: config.go, wire.go (what exists and how it hangs together), run.go.
package app
