// Package rowimport brings the rows of a person's own table into the system:
// upload, guessed columns, a preview that is a dry run, and a durable job.
//
// Owns: finding the header, guessing which column means what, running a row's use
// case with a verdict per row. Does not own: the fields and what a row does; a
// capability registers an Importer for that.
//
// Invariants: the preview runs the very code of the job and takes it back; each
// row stands alone, a bad one never stops the rest; a job that dies goes on after
// the last committed row; rows keep the number a person sees in the file.
//
// Read next: rowimport.go, table.go.
package rowimport
