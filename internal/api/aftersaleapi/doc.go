// Package aftersaleapi offers after-sale cases and returned parcels over HTTP. Rules
// stand in aftersale; here values get their shape. Read next: aftersaleapi.go (cases),
// returns.go.
package aftersaleapi
