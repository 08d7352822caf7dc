// Package component is the components' side of the wire: programs such as the platforms
// have their sellers install, with made-up printers on which paper jams, answers get lost
// and connections end at the wrong moment.
//
// Owns: what each component answers. Does not own: who asks (agent, the browser).
//
// Invariants: it knows nothing of the product but kit and reads every dialect with code
// of its own; what came out on paper is written down whatever was said of it.
//
// Read next: component.go, speech.go.
package component
