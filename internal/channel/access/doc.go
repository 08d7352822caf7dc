// Package access is how a shop speaks to its channel: the address, the
// credentials, the authorisation and the settings of its synchronisation.
//
// Owns: channel_access, channel_consent, channel_hook. Does not own: what a
// credential means or how a token is asked for (the connector, through
// channel.API), what is pulled with it (pull) or sent (send).
//
// Invariants:
//   - Credentials and tokens are sealed with their merchant and shop; no answer of
//     this package's reads holds one, no error and no log line either.
//   - A shop in API mode has access: giving access turns it to pulling, taking it
//     away turns it back to files, and nobody turns it by hand without access that
//     works.
//   - A token is renewed by one process at a time, and a new token never replaces
//     a newer one.
//   - A consent's state is known by its digest, bound to its shop and the person
//     who asked, used once and dead after ten minutes.
//   - A base address is https and public unless an operator listed it.
//
// Read next: access.go, put.go, client.go, token.go, consent.go, test.go, hook.go.
package access
