// Package backup writes the whole database into one encrypted file and puts it
// back into an empty place.
//
// Owns: the file format, the consistent cut on both engines, the refusal of
// everything that is not exactly what was written. Does not own: any table (a
// restore copies rows of all of them, as they were), locks on data directories,
// the check of the books afterwards (app).
//
// Invariants: a backup holds every transaction that was acknowledged before it
// began, and none in part; nothing becomes visible at the target before the last
// byte of the file has proved itself; a target that holds anything is refused.
//
// The file is an age v1 stream, for one passphrase or several recipients. Inside
// it stand frames: a byte for the kind, four bytes big-endian for the length, the
// payload (1 MiB at most).
//
//	H  header, JSON (Header)
//	K  the master key as its file holds it; absent where it lives elsewhere
//	T  a part begins, JSON: its name and, on PostgreSQL, its columns
//	D  data of the part
//	E  the part ends, JSON (Part): rows, bytes, sha256 of its data
//	Z  closing record, JSON (Closing): every part, and the sha256 of all before
//
// On SQLite there is one part, the database file. On PostgreSQL every table is a
// part, in the order of their names, in COPY's binary format.
package backup
