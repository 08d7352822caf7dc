// Package file stores uploads, exports and templates in the database, in sealed
// chunks, so that instances share no disk and a backup is one thing.
//
// Owns: file_file, file_chunk. Does not own: who may read a file; the API asks
// the capability that saved it, by its purpose.
//
// Invariants: a file is readable only once it is complete; a chunk opens only
// for its merchant, file and position, so chunks cannot be swapped or dropped
// unnoticed; memory use does not grow with the file.
//
// Read next: file.go (use cases), writer.go, reader.go, sweep.go.
package file
