// Package channel is the port every sales channel (渠道) plugs into. Today it has
// its file side: recognising the files that channels' back offices export,
// reading them into orders, after-sale cases and ledger entries, and filling the
// batch-ship templates that go back.
//
// Owns: Manifest and FileFormat (what a connector declares), detection among all
// connectors, the verdict every row gets, the reasons and their texts, mapped
// tables, ship templates.
//
// Does not own: what one channel's columns and words mean (connector/<code>),
// the order document (order.Document, re-exported here as Order because
// connectors import nothing but this package and kit), the door that stores orders
// (intake).
//
// How a file travels:
//
//	book, err := sheet.Open(name, r, size, sheet.DefaultLimits())
//	found, err := channel.Detect(connector.All(), []channel.File{{Name: name, Book: book}})
//	for _, batch := range channel.Plan(found) {            // joins files that belong together
//	    err = channel.Read(connector.All(), batch, channel.Options{Words: saved}, func(v channel.Verdict) error { … })
//	}
//
// Found.State tells whether a sheet was recognised, is ambiguous (Candidates) or
// unknown (map its columns: Propose fills Options.Mapping, As makes the batch of the
// connector that declares MappedFiles). A Verdict is
// an accepted order (or after-sale case, or ledger entry), a rejection or a
// warning; each carries file, record numbers and the rows as they stood
// (Verdict.Raw). Unknown status words are rejections with reason unknown_status
// and the raw word in Value; Options.Words resolves them. Found.ExportedAt is the
// export time that some file names tell, 0 where the person must say it.
//
// Ship templates: DescribeTemplate once per shop, FillTemplate per shipment run.
//
// Batch.Lacks names a file that should have come along (an order list without its
// details). Verdicts live until the yield returns; Keep copies their rows, the
// order itself may be kept as it is.
//
// Invariants: one bad row never stops the rest; reading the same file twice gives
// the same verdicts; an amount or word that is not in the file stays nil or
// empty; memory does not grow with the rows, except for one int per order number
// and, where a channel splits orders over two files, the detail file.
//
// Read next: channel.go, file.go, detect.go, read.go, mapping.go, shiptemplate.go.
package channel
