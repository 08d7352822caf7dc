// Package thirdparty lets client libraries that others wrote talk to the simulator,
// unchanged: what they sign, send and read is the outside view of each platform that
// our own connectors cannot give, as those were written beside the simulator.
//
// It is a module of its own, so that none of this is a dependency of the product;
// scripts/thirdparty installs the libraries and runs it. Its two folders hold one
// short program per library, its lockfiles pin the libraries.
//
// Invariant: a library that is missing is a failure, never a skipped test.
//
// Read next: clients_test.go, python/sim.py, node/sim.mjs.
package thirdparty
