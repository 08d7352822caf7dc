// Package shipfile ships by a tracking file (导入发货): a table of order numbers and
// waybill numbers is recognised, checked without writing, and shipped by a job.
//
// Owns: fulfillment_ship_file, the columns of tracking files, the job that ships one.
//
// Does not own: what shipping checks and writes (fulfillment, whose use case every row
// goes through), the stored file (kit/file).
//
// Invariants: a file ships exactly what its check said, unless something changed in
// between; a row that ran is not run again; what failed can be downloaded and retried.
//
// Read next: shipfile.go, check.go, run.go, columns.go.
package shipfile
