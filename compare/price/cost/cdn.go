package cost

import (
	"ambi/compare/demand"
	"ambi/compare/price"
)

// CDNPriced reports whether a sheet has what CloudFront costs; else a CDN takes requests off both
// targets, and no bill has its own cost.
func CDNPriced(sheet *price.Sheet) bool {
	return sheet.Has("cdn.requests") && sheet.Has("cdn.egress") && sheet.Has("cdn.origin")
}

// cdn prices CloudFront in front of the services over HTTP, the same on both targets: each request
// over HTTPS, each response to its client, and what it sends on to the target. What the target sends
// to it is free (aws.amazon.com/cloudfront/pricing).
func (b *builder) cdn(app App) []part {
	hits := b.choices.CDN
	if hits == 0 || !app.OverHTTP() || !CDNPriced(b.sheet) {
		return nil
	}
	requests := b.add("cdn.requests", price.Request, line{
		name: "CDN, requests", category: Entry, inputs: []demand.Input{demand.Requests}, formula: "requests, answered by the CDN or by the target",
	})
	clients := b.add("cdn.egress", price.GB, line{
		name: "CDN, to clients", category: Egress, inputs: []demand.Input{demand.Requests, demand.Response}, formula: "requests x response bytes",
	})
	origin := b.add("cdn.origin", price.GB, line{
		name: "CDN, to the target", category: Egress, inputs: []demand.Input{demand.Requests, demand.Request}, formula: "requests that the target answers x request bytes",
	})
	return []part{func(scale float64, q []float64) {
		for _, w := range app.Workloads {
			if !w.OverHTTP() {
				continue
			}
			n := number(w.Traffic.Requests) * scale
			q[requests] += n
			q[clients] += float64(n * number(w.Traffic.Response) / gib)
			q[origin] += float64(n * (1 - hits) * number(w.Traffic.Request) / gib)
		}
	}}
}
