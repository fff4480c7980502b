package compare_test

import (
	"slices"
	"strings"
	"testing"

	"ambi/compare"
	"ambi/compare/demand"
	"ambi/compare/price/cost"
	"ambi/spec"
	"ambi/target"
)

// switched has a domain of two services, one of another, and a service of one target.
const switched = `apiVersion: ambi/v1
name: shop
image: 123456789012.dkr.ecr.us-east-1.amazonaws.com/shop:1
switch: {}
services:
  admin: {targets: [lambda], http: {routes: [GET /admin], domain: admin.example.com}}
  api: {http: {routes: [GET /items], domain: shop.example.com}, kubernetes: {ingress: {class: alb, scheme: internet-facing, group: shop}}}
  inner: {http: {routes: [GET /inner]}}
  status: {http: {routes: [GET /status], domain: status.example.com}, kubernetes: {ingress: {class: alb, scheme: internet-facing, group: shop}}}
  web: {http: {routes: [GET /web], domain: shop.example.com}, kubernetes: {ingress: {class: alb, scheme: internet-facing, group: shop}}}
usage: {duration: 40ms, cpuTime: 12ms, shape: steady}
`

// Route 53 is on both bills of an app with a switch: its domains, and the requests of the services that
// have them; also where a service of one target is priced on both. Without a switch it is on neither.
func TestSwitchIsOnBothBills(t *testing.T) {
	for _, test := range []struct {
		name, text      string
		unknown         string // service
		checks, queries float64
	}{
		{"a switch", switched, "", 4, 3 * 8e6 / 4 * 2},
		{"unknown requests", switched, "web", 4, 0},
		{"unknown requests that DNS does not lead", switched, "inner", 4, 3 * 8e6 / 4 * 2},
		{"no switch", strings.Replace(switched, "switch: {}\n", "", 1), "", 0, 0},
	} {
		in := at(input(t, test.text), 8e6)
		if u, there := in.Usage[test.unknown]; there {
			u.Requests = demand.Maybe[float64]{}
			in.Usage[test.unknown] = u
		}
		priced, _ := compare.Priced(in.Resolved.App)
		in.Resolved = target.Resolve(priced)
		r := run(t, in)
		for _, on := range spec.Targets() {
			got := map[string]float64{}
			for _, c := range r.Of(on).Bill.Components {
				if strings.HasPrefix(c.Key, "route53.") {
					got[c.Key] = *c.Quantity
				}
			}
			if got[cost.CheckPrice] != test.checks || got[cost.OverTLSPrice] != test.checks || got[cost.QueryPrice] != test.queries || (got[cost.ZonePrice] == 1) != (test.checks > 0) {
				t.Errorf("%s: the bill of %s has %v", test.name, on, got)
			}
		}
		says := slices.ContainsFunc(r.Assumptions, func(a compare.Assumption) bool { return a.Topic == "switch" })
		leaves := slices.ContainsFunc(r.Assumptions, func(a compare.Assumption) bool {
			return a.Topic == "perimeter" && strings.Contains(a.Text, "pulls, DNS, certificates")
		})
		if says != (test.checks > 0) || leaves == says {
			t.Errorf("%s: the assumptions have the DNS: %t, and leave it out: %t", test.name, says, leaves)
		}
	}
}
