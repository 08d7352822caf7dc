// Package pull is the one sync engine (同步引擎) of every channel that is spoken to
// by API: it brings in every order, keeps it current, and proves that none is lost.
//
// Owns: channel_stream, channel_gap, channel_hint, channel_case, channel_comparison,
// channel_compare_due, channel_day, channel_ledger, channel_app, channel_lease.
// Does not own: what a channel's answers mean (the connector), how a shop is spoken
// to (access), what a document does to an order (order, through intake), what goes
// back to the channel (send).
//
// How it works. Per shop and stream there is a watermark W: everything that changed
// before it is held, or stands in a gap, or in the quarantine. A round reads
// [W − overlap, min(W + span, T − lag)], T being the channel's clock. Numbered pages
// are read last to first, so that orders that leave the window while it is read push
// nothing past us; the window is complete when every page came whole and the numbers
// seen are no fewer than the total that was read again. Batches of orders commit as
// they come, W moves last. A window that fails is tried again, then halved, and
// after the last of the retry times becomes a gap, to be tried apart; so does the
// earlier time when live_from or the start is moved back. Pushes say
// where to look and nothing else. Comparisons of id sets by created time find what
// lists kept from us; a day is closed by two equal ones.
//
// Invariants:
//   - W moves only past time that was read whole or stands in a gap.
//   - An order that cannot be read is quarantined and stops nothing.
//   - What says nothing new writes nothing.
//   - One process runs a shop's loop, and a shop waits for nobody else's.
//   - Everything is on disk that a restart needs: an end at any point loses nothing
//     and doubles nothing.
//   - Nothing is asked of a channel while it bans us.
//
// Read next: pull.go, round.go, window.go, take.go, hint.go, compare.go, work.go.
package pull
