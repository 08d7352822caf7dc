// Package scenario tells merchants' stories to the real binary: it starts
// `ordercove serve` on an empty data directory, once with SQLite and once with
// PostgreSQL, and speaks to it over the public API only, as a browser or a script
// would. What a story proves is proved with everything in between: routing,
// permissions, transactions, jobs, restarts.
//
// Read next: server_test.go (the harness), journey_test.go (the main job).
package scenario
