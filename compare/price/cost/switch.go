package cost

import (
	"ambi/compare/demand"
	"ambi/compare/price"
)

// The prices of Route 53, which DNS of a switch needs.
const (
	ZonePrice    = "route53.zones"
	CheckPrice   = "route53.checks"
	OverTLSPrice = "route53.features"
	QueryPrice   = "route53.queries"
)

// Switch is the DNS of an app whose requests are shared out between both targets by weights.
type Switch struct {
	Domains  int                   // that both targets serve
	Requests demand.Maybe[float64] // a month, to services under these domains
}

const (
	// checksOfDomain is how many health checks a domain has: one on each target's own host. Each asks
	// over HTTPS every 30 seconds, and HTTPS is one of the features that are charged for.
	// Source: https://aws.amazon.com/route53/pricing/
	checksOfDomain = 2
	// queriesOfLookup is how many queries to the zone find an address: for the domain, whose record
	// leads to a target's own host, and for that host.
	// Source: https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/resource-record-sets-choosing-alias-non-alias.html
	queriesOfLookup = 2
)

// Unsourced lists the prices that a switch needs, and that a sheet has no source of.
func (s Switch) Unsourced(sheet *price.Sheet) (keys []string) {
	if s.Domains == 0 {
		return nil
	}
	for _, key := range []string{ZonePrice, CheckPrice, OverTLSPrice, QueryPrice} {
		if !sheet.Has(key) {
			keys = append(keys, key)
		}
	}
	return keys
}

// switching are the lines of Route 53. A price without a source has none, which would say that it
// costs nothing: reports name it.
func (b *builder) switching(s Switch) part {
	var parts []part
	add := func(known bool, key, unit, name, formula string, fixed bool, quantity func(scale float64) float64) {
		if !b.sheet.Has(key) {
			return
		}
		n := b.shared(known, key, unit, name, formula)
		b.model.lines[n].fixed = fixed
		parts = append(parts, func(scale float64, q []float64) { q[n] = quantity(scale) })
	}
	always := func(n int) func(float64) float64 { return func(float64) float64 { return float64(n) } }
	add(true, ZonePrice, price.ZoneMonth, "DNS, hosted zone", "one zone", true, always(1))
	add(true, CheckPrice, price.CheckMonth, "DNS, health checks", "domains x 2 targets", true, always(checksOfDomain*s.Domains))
	add(true, OverTLSPrice, price.CheckMonth, "DNS, checks over HTTPS", "domains x 2 targets", true, always(checksOfDomain*s.Domains))
	lookups := s.Requests.Or(0) / b.choices.Kubernetes.RequestsPerConnection
	add(s.Requests.IsKnown(), QueryPrice, price.Query, "DNS, queries", "new connections x 2 names, as if no resolver kept an answer", false, func(scale float64) float64 {
		return lookups * queriesOfLookup * scale
	})
	return all(parts)
}
