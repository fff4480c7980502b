package price

import (
	"math/big"
	"slices"
	"strings"

	"ambi/internal/problem"
)

// Change is a user's own figure: a price or a discount.
type Change struct {
	Key     string  // the price that is replaced; empty for a discount
	Price   PerUnit // dollars for a unit, in place of all tiers
	Service string  // the service that is discounted, such as lambda or ec2; empty for a price
	Percent PerUnit // off the list price, as a decimal number from 0 to 100
}

// ParseOverride reads key=dollars, such as nat.hours=0.02.
func ParseOverride(s string) (Change, error) {
	key, value, ok := strings.Cut(s, "=")
	if !ok || key == "" {
		return Change{}, problem.New("must be KEY=DOLLARS such as nat.hours=0.02, got %q", s)
	}
	price, err := ParsePerUnit(value)
	if err != nil {
		return Change{}, problem.In("price "+key, err)
	}
	return Change{Key: key, Price: price}, nil
}

// ParseDiscount reads service=percent, such as ec2=30 or lambda.requests=10: the
// share that a savings plan or a private agreement takes off the service's list
// prices, or off those whose keys begin so. On lambda it takes nothing off
// requests, which no savings plan covers
// (docs.aws.amazon.com/savingsplans/latest/userguide/what-is-savings-plans.html).
func ParseDiscount(s string) (Change, error) {
	service, value, ok := strings.Cut(s, "=")
	value = strings.TrimSuffix(value, "%")
	if !ok || service == "" {
		return Change{}, problem.New("must be SERVICE=PERCENT such as ec2=30, got %q", s)
	}
	percent, err := ParsePerUnit(value)
	if err != nil {
		return Change{}, problem.In("discount on "+service, err)
	}
	if percent > hundred {
		return Change{}, problem.In("discount on "+service, problem.New("must be 0 to 100 percent, got %s", value))
	}
	return Change{Service: service, Percent: percent}, nil
}

const hundred = PerUnit(100 * 1_000_000_000_000)

// String prints the change as the user gave it.
func (c Change) String() string {
	if c.Service != "" {
		return c.Service + "=" + c.Percent.String() + "%"
	}
	return c.Key + "=" + c.Price.String()
}

// Name is the field of a problem with the change.
func (c Change) Name() string {
	if c.Service != "" {
		return "discount on " + c.Service
	}
	return "price " + c.Key
}

// apply makes the change. A key or service that no figure has is an error: a
// slip of the pen would otherwise change nothing, in silence.
func (c Change) apply(rates map[string]Rate) error {
	if c.Service != "" {
		found := false
		for key, rate := range rates {
			if !c.discounts(rate.Key) {
				continue
			}
			found = true
			rates[key] = rate.discounted(c.Percent)
		}
		if !found {
			return problem.Field(c.Name(), "no such service in the price book").Hint("services are %s", strings.Join(Services(), ", "))
		}
		return nil
	}
	unit, ok := UnitOf(c.Key)
	if !ok {
		return problem.Field(c.Name(), "no such price in the price book").Hint("\"ambi prices\" lists them")
	}
	old := rates[c.Key]
	rates[c.Key] = Rate{
		Key: c.Key, Unit: unit, Tiers: []Tier{{Price: c.Price}}, Free: old.Free,
		Source: "given by the user", Status: Override,
	}
	return nil
}

// discounts reports whether the discount is on a price.
func (c Change) discounts(key string) bool {
	return key == c.Service || strings.HasPrefix(key, c.Service+".") && (c.Service != "lambda" || key != "lambda.requests")
}

// discounted takes a percentage off every tier, rounded to a picodollar.
func (r Rate) discounted(percent PerUnit) Rate {
	r.Tiers = slices.Clone(r.Tiers)
	for i, tier := range r.Tiers {
		n := new(big.Int).Mul(big.NewInt(int64(tier.Price)), big.NewInt(int64(hundred-percent)))
		n.Add(n, big.NewInt(int64(hundred/2)))
		r.Tiers[i].Price = PerUnit(n.Quo(n, big.NewInt(int64(hundred))).Int64())
	}
	r.Discount = percent.String()
	return r
}
