package price

import (
	"cmp"
	"fmt"
	"math/bits"
	"slices"
	"strings"
	"time"
)

// Status says where a figure in the book comes from.
type Status string

// The statuses. Only a figure with a source prices anything by default.
const (
	Verified  Status = "verified"   // read in a copy of its source
	Refreshed Status = "price list" // read from the AWS Price List by Refresh
	Override  Status = "override"   // given by the user
	Derived   Status = "derived"    // computed from a verified figure
	Recalled  Status = "recalled"   // not verified: never a default
)

// Usable reports whether a figure of this status may price something.
func (s Status) Usable() bool { return s == Verified || s == Refreshed || s == Override }

// Tier is the price of every unit above a monthly quantity.
type Tier struct {
	From  int64   `json:"from"` // in whole units a month
	Price PerUnit `json:"price"`
}

// Tiers are the prices of a month's units: ascending, the first from 0.
type Tiers []Tier

// Rate is one price in one region: dollars for a unit, by monthly tiers.
type Rate struct {
	Key        string   `json:"key"`                 // such as lambda.requests
	Unit       string   `json:"unit"`                // such as GB-second
	Tiers      Tiers    `json:"tiers"`               // ascending, the first from 0
	Free       int64    `json:"free,omitempty"`      // units a month that AWS's free tier gives
	Effective  string   `json:"effective,omitempty"` // 2026-09-19, or as much of a date as is known
	Source     string   `json:"source"`
	Status     Status   `json:"status"`
	Note       string   `json:"note,omitempty"`
	SKUs       []string `json:"skus,omitempty"`       // of a refreshed rate, in the Price List
	UsageTypes []string `json:"usageTypes,omitempty"` // the same
	Discount   string   `json:"discount,omitempty"`   // percent off the list price, as the user gave it
}

// Service is the key's first part, which discounts name: lambda, ec2, alb.
func (r Rate) Service() string {
	service, _, _ := strings.Cut(r.Key, ".")
	return service
}

// Age is how many days before a day the rate was effective, by the earliest day
// that its date allows. It is false where no date is known.
func (r Rate) Age(day time.Time) (days int, known bool) {
	for _, layout := range []string{time.DateOnly, "2006-01", "2006"} {
		if effective, err := time.Parse(layout, r.Effective); err == nil {
			return int(day.Sub(effective).Hours() / 24), true
		}
	}
	return 0, false
}

// First is the first tier's price.
func (r Rate) First() PerUnit { return r.Tiers[0].Price }

// Cheapest is the lowest price of any tier.
func (t Tiers) Cheapest() PerUnit {
	return slices.MinFunc(t, func(a, b Tier) int { return cmp.Compare(a.Price, b.Price) }).Price
}

// Cost is what a month's quantity costs, from the first unit on.
func (r Rate) Cost(quantity float64) USD { return r.Tiers.CostBeyond(0, quantity) }

// CostBeyond is what quantity more units cost in a month in which already
// units have been billed; see Tiers.CostBeyond.
func (r Rate) CostBeyond(already, quantity float64) USD {
	return r.Tiers.CostBeyond(already, quantity)
}

// CostBeyond is what quantity more units cost in a month in which already
// units have been billed, since tiers count an account's whole month.
//
// The arithmetic is exact: tier bounds are whole units, prices whole
// picodollars, and their products are taken in 128 bits and rounded once, to a
// billionth of a dollar. Only the fraction of a unit, where there is one, is a
// floating-point product, good to a picodollar. So tier edges are exact, the
// cost never falls as the quantity rises, and no rounding adds up.
// A quantity below zero or not a number costs nothing; callers keep unknown
// quantities apart. More than MaxUnits of them, or a cost above Most, is Beyond.
func (t Tiers) CostBeyond(already, quantity float64) USD {
	if !(quantity > 0) {
		return 0
	}
	if quantity > MaxUnits || already > MaxUnits-quantity {
		return Beyond
	}
	if !(already > 0) {
		if len(t) == 1 || quantity <= float64(t[1].From) {
			return wide{}.add(quantity, t[0].Price).usd()
		}
		already = 0
	}
	var total wide
	for i, tier := range t {
		from, to := max(float64(tier.From), already), already+quantity
		if i+1 < len(t) {
			to = min(to, float64(t[i+1].From))
		}
		if to > from {
			total = total.add(to-from, tier.Price)
		}
	}
	return total.usd()
}

// MaxUnits is the largest quantity: up to there a float64 has every whole number.
const MaxUnits = 1 << 53

// add adds the price of a quantity of units, in picodollars. MaxUnits at
// MaxPerUnit are a small part of what 128 bits hold.
func (w wide) add(quantity float64, price PerUnit) wide {
	units := uint64(quantity)
	hi, lo := bits.Mul64(units, uint64(price))
	fraction := float64((quantity-float64(units))*float64(price)) + .5
	return w.plus(hi, lo).plus(0, uint64(fraction))
}

// check reports what is wrong with a rate.
func (r Rate) check() error {
	unit, known := UnitOf(r.Key)
	switch {
	case !known:
		return fmt.Errorf("price %q: no such key", r.Key)
	case r.Unit != unit:
		return fmt.Errorf("price %s: must be for one %s, got %q", r.Key, unit, r.Unit)
	case len(r.Tiers) == 0 || r.Tiers[0].From != 0:
		return fmt.Errorf("price %s: the first tier must start at 0", r.Key)
	case r.Source == "":
		return fmt.Errorf("price %s: must name its source", r.Key)
	case !r.Status.Usable() && r.Status != Derived && r.Status != Recalled:
		return fmt.Errorf("price %s: unknown status %q", r.Key, r.Status)
	}
	for i, tier := range r.Tiers {
		if tier.Price < 0 || (i > 0 && tier.From <= r.Tiers[i-1].From) {
			return fmt.Errorf("price %s: tiers must ascend and cost nothing negative", r.Key)
		}
	}
	return nil
}
