// Command bench measures the product beside the raw engines: the same rows, the
// same machine, the same run, with durable commits on both sides. Absolute
// figures move with the machine's load; the ratio is what to read.
//
//	go run ./bench                          everything, both engines, 10 k, 100 k, 1 M orders
//	go run ./bench -quick                   proves in a minute that every section runs
//	go run ./bench -sections list -engines sqlite -sizes 100000
//
// The sections batch and list run the product's packages in this process, list
// through its HTTP operations on loopback; import, ship, export and start run
// the built binary as a user does; catchup lets it pull from a simulated channel.
// PostgreSQL is the server ORDERCOVE_TEST_PG names.
package main
