// Package component speaks to the print components (打印组件) that platforms have their
// sellers install: programs beside the printers that alone can read a platform's own
// waybills. Each listens on a port of its own for a WebSocket and JSON.
//
// Owns: the components' dialects, one connection to one component. Does not own: which
// label is printed when, and what is told to the server (agent).
//
// Invariants: one document per task, so that an answer is about one label; printed is
// said only where the component said it of that label; where it was sent and no answer
// came the outcome is uncertain, never a guess; an answer that comes late is not lost.
//
// Read next: component.go, session.go, cloud.go.
package component
