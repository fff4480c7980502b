package cost

import (
	"slices"
	"strings"

	"ambi/internal/lazyregexp"
	"ambi/internal/problem"
)

// Copy is the app once more beside production, such as dev or stage, with the same spec and the
// same prices.
type Copy struct {
	Name  string  `json:"name"`
	Share float64 `json:"share"` // of production's requests: above 0, at most 1
	// Shared says that it runs in production's account and cluster: its pods are packed with
	// production's, and the control plane, load balancer and gateways are production's. Otherwise
	// it has an account of its own, with all fixed costs and the first tiers of all prices.
	Shared   bool `json:"shared,omitempty"`
	NoData   bool `json:"noData,omitempty"`   // it uses production's data, such as its database
	NoAlarms bool `json:"noAlarms,omitempty"` // nobody is called
}

// Copies are an app's copies beside production.
type Copies []Copy

// What a copy may do without, as Parse reads it.
const (
	copyShared   = "shared"
	copyNoData   = "no-data"
	copyNoAlarms = "no-alarms"
)

// copyName is what a copy may be called.
var copyName = lazyregexp.New(`^[a-z][a-z0-9-]{0,30}$`)

// maxCopies bounds the copies of an app.
const maxCopies = 20

// Parse reads stage=10%,dev=1%+shared+no-data+no-alarms: for each copy its part of
// production's requests, and which fixed costs it does not have.
func (c *Copies) Parse(text string) error {
	var copies Copies
	for _, each := range strings.Split(text, ",") {
		name, rest, ok := strings.Cut(each, "=")
		if !ok || !copyName.MatchString(name) {
			return problem.New("must be NAME=PERCENT such as stage=10%%,dev=1%%+shared, got %q", each)
		}
		if slices.ContainsFunc(copies, func(other Copy) bool { return other.Name == name }) {
			return problem.New("%s is given twice", name)
		}
		parts := strings.Split(rest, "+")
		one := Copy{Name: name}
		var err error
		if one.Share, err = parsePart(name, parts[0]); err != nil {
			return err
		}
		for _, part := range parts[1:] {
			switch part {
			case copyShared:
				one.Shared = true
			case copyNoData:
				one.NoData = true
			case copyNoAlarms:
				one.NoAlarms = true
			default:
				return problem.New("%s may be +%s, +%s and +%s, got %q", name, copyShared, copyNoData, copyNoAlarms, part)
			}
		}
		copies = append(copies, one)
	}
	if len(copies) > maxCopies {
		return problem.New("must be at most %d copies, got %d", maxCopies, len(copies))
	}
	*c = copies
	return nil
}

// String is what Parse reads; empty for none.
func (c Copies) String() string {
	var list []string
	for _, one := range c {
		text := one.Name + "=" + percentText(one.Share)
		for _, without := range []struct {
			is   bool
			name string
		}{{one.Shared, copyShared}, {one.NoData, copyNoData}, {one.NoAlarms, copyNoAlarms}} {
			if without.is {
				text += "+" + without.name
			}
		}
		list = append(list, text)
	}
	return strings.Join(list, ",")
}
