// Package sheet reads and writes tables in files: CSV in any encoding Chinese
// back offices produce, and XLSX. Both stream and both are bounded.
//
// Owns: recognising the container and the encoding, record numbers, the limits
// that refuse a bomb, the normalisation of one cell (Clean, ID, Fen, Quantity,
// Time), and writing files that a spreadsheet program cannot turn into formulas.
//
// Does not own: what a column means (channel and its connectors, catalog).
//
// Invariants: a file is never held in memory whole; record numbers are 1-based
// and count preamble, header and blank lines, so they equal the row number a
// person sees; a lone quote or a broken record never swallows the rest of the
// file; every refusal is an errs code of this package.
//
// Read next: sheet.go (Open, Book, Sheet.Each), cell.go, write.go.
package sheet
