package cost

import (
	"math"

	"ambi/compare/demand"
	"ambi/compare/price"
)

// Cache is one serverless cache for Valkey, and how it is used.
type Cache struct {
	Name   string
	MaxGiB int // that it stores
	demand.Cache
}

// What ElastiCache Serverless meters a cache for Valkey by: at least 100 MB of storage, and a unit
// for each KB that a command transfers, one at least.
// Source: https://aws.amazon.com/elasticache/pricing/ (secondary copy at aws.eu)
const (
	leastCacheGB  = .1
	cacheUnitSize = 1 << 10
)

// The prices of a cache. ambi has only pages that quote others for them: without one from the user,
// they are on no bill.
const (
	CacheStoragePrice = "elasticache.storage"
	CacheUnitsPrice   = "elasticache.units"
)

// Unknown lists the figures of the cache's use that are not given, in the words of the spec.
func (c Cache) Unknown() []string {
	return unknown(figure{"stored", c.Stored.IsKnown()}, figure{"writes", c.Writes.IsKnown()}, figure{"reads", c.Reads.IsKnown()}, figure{"itemSize", c.Size.IsKnown()})
}

// units are the ECPUs of a month's commands.
func (c Cache) units() (units float64, known bool) {
	size, known := c.Size.Get()
	return (c.Writes.Or(0) + c.Reads.Or(0)) * max(1, float64(size)/cacheUnitSize), known && (c.Writes.IsKnown() || c.Reads.IsKnown())
}

// caches are the lines of ElastiCache, of those that have a price.
func (b *builder) caches(list []Cache) part {
	storage, requests := -1, -1
	units, unitsKnown := 0.0, false
	atLeast := ""
	for _, c := range list {
		n, known := c.units()
		if known {
			units, unitsKnown = units+n, true
		}
		if !c.Stored.IsKnown() {
			atLeast = ", where it is not given the 100 MB that are always paid for"
		}
	}
	if b.sheet.Has(CacheStoragePrice) {
		storage = b.add(CacheStoragePrice, price.GBHour, line{name: "Cache storage", category: Shared, formula: "GB that each cache holds, 100 MB at least, x 730 h" + atLeast})
	}
	if b.sheet.Has(CacheUnitsPrice) {
		requests = b.shared(unitsKnown, CacheUnitsPrice, price.ECPU, "Cache requests", "commands x KB that they transfer, at least 1")
	}
	return func(scale float64, q []float64) {
		if storage >= 0 {
			for _, c := range list {
				q[storage] += price.HoursPerMonth * math.Min(float64(c.MaxGiB), max(leastCacheGB, float64(c.Stored.Or(0))/gib*scale))
			}
		}
		if requests >= 0 {
			q[requests] = units * scale
		}
	}
}
