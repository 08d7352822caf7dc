// Package agent is the program on a packing PC (打印站): it takes labels from the server's
// queue and puts them on paper, through the platforms' print components or the system's
// own printers.
//
// Owns: its pairing, the files on its PC, what it does with each label between the queue
// and the paper. Does not own: which label is printed when and how often (the server's
// packing/print), the components' dialects (component).
//
// Invariants: a label is given to a printer only after the server said that this program,
// and nobody else, may do so now; that is on disk before the printer has it, so that a
// program that died asks or says uncertain and never prints again; printed is what a
// component or the spooler said; the key is readable by its owner only and goes to one
// server, never in the clear over a network.
//
// Read next: agent.go, label.go, journal.go, component/doc.go.
package agent
