// Package web is the HTTP side of every operation: huma for routing, schemas and
// the OpenAPI document, and the house's own rules around it.
//
// Owns: authentication and permission of an operation, idempotency keys, strict
// JSON, problem answers, field classes, request ids, security headers, uploads,
// downloads, live events. Does not own: what an operation does (api/<capability>api)
// nor who somebody is (iam, through Options.Authenticate).
//
// Invariants: an operation without a permission is public on purpose ("" against
// "-"); every error leaves as problem+json with a code from kit/errs; a field of
// class money or cost is null for whoever lacks field.money or field.cost; no
// value that was sent in is echoed or logged.
//
// An operation is one call:
//
//	web.Register(api, web.Op{
//		ID: "closeOrder", Method: "POST", Path: "/orders/{id}/close", Tag: "orders",
//		ZH: "关闭订单", EN: "Close an order", Permission: "order.close",
//		Errors: []*errs.Error{order.ErrNotClosable},
//	}, func(ctx context.Context, in *closeInput) (*closeOutput, error) { … })
//
// In and out are structs: fields tagged `path:"id"` or `query:"cursor"`, and Body
// with the JSON. Ids are id.ID (lists in the query: web.IDs), instants web.Time,
// other repeatable query parameters `query:"state,explode"`. Out may have Status int.
//
// Read next: register.go, call.go, params.go, class.go, problem.go, upload.go, stream.go.
package web
