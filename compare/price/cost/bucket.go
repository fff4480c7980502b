package cost

import (
	"ambi/compare/demand"
	"ambi/compare/price"
)

// Bucket is one bucket, and how it is used.
type Bucket struct {
	Name string
	demand.Bucket
}

// Unknown lists the figures of the bucket's use that are not given, in the words of the spec.
func (b Bucket) Unknown() []string {
	return unknown(figure{"stored", b.Stored.IsKnown()}, figure{"writes", b.Writes.IsKnown()}, figure{"reads", b.Reads.IsKnown()})
}

// figure is one figure of some data's use, in the words of the spec.
type figure struct {
	name  string
	known bool
}

// unknown are the names of those figures that are not known.
func unknown(figures ...figure) []string {
	var list []string
	for _, f := range figures {
		if !f.known {
			list = append(list, f.name)
		}
	}
	return list
}

// data are the parts of a bill that both targets share: of buckets, tables, databases and caches
// what is known of their use, and of queues. A figure of theirs that is not given is left out of both bills,
// which it would raise by the same amount; reports must say so.
func (b *builder) data(app App) []part {
	var parts []part
	if len(app.Data.Buckets) > 0 {
		parts = append(parts, b.buckets(app.Data.Buckets))
	}
	if len(app.Data.Tables) > 0 {
		parts = append(parts, b.tables(app.Data.Tables))
	}
	if len(app.Data.Databases) > 0 {
		parts = append(parts, b.databases(app.Data.Databases))
	}
	if len(app.Data.Caches) > 0 {
		parts = append(parts, b.caches(app.Data.Caches))
	}
	for _, kind := range queueKinds(app) {
		parts = append(parts, b.sent(kind, app))
	}
	if app.Data.Queues > 0 {
		parts = append(parts, b.watched(app.Data.Queues))
	}
	if app.Data.Switch.Domains > 0 {
		parts = append(parts, b.switching(app.Data.Switch))
	}
	return parts
}

// shared is a line of data that both targets use; one of zero where its quantity is not given.
func (b *builder) shared(known bool, key, unit, name, formula string) int {
	if !known {
		formula = "not given, and left out of both bills"
	}
	return b.optional(known, key, unit, line{name: name, category: Shared, formula: formula})
}

// buckets are the lines of S3.
func (b *builder) buckets(list []Bucket) part {
	stored, writes, reads := 0.0, 0.0, 0.0
	known := [3]bool{}
	for _, bucket := range list {
		stored += float64(bucket.Stored.Or(0)) / gib
		writes += bucket.Writes.Or(0)
		reads += bucket.Reads.Or(0)
		known[0], known[1], known[2] = known[0] || bucket.Stored.IsKnown(), known[1] || bucket.Writes.IsKnown(), known[2] || bucket.Reads.IsKnown()
	}
	storage := b.shared(known[0], "s3.storage", price.GBMonth, "Bucket storage", "GB that buckets hold")
	writing := b.shared(known[1], "s3.writes", price.Request, "Bucket requests, writes", "PUT, COPY, POST and LIST requests")
	reading := b.shared(known[2], "s3.reads", price.Request, "Bucket requests, reads", "GET and other requests")
	return func(scale float64, q []float64) {
		q[storage], q[writing], q[reading] = stored*scale, writes*scale, reads*scale
	}
}
