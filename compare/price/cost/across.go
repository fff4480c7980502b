package cost

import (
	"ambi/compare/demand"
	"ambi/compare/price"
)

// across prices calls to services on the other target where they leave through a NAT gateway:
// each byte there and back. The API or the load balancer that takes them is on the other
// target's bill, as for all requests.
func (b *builder) across(app App, nat bool) []part {
	if app.AcrossGB == 0 || !nat {
		return nil
	}
	calls := b.add("nat.data", price.GB, line{
		name: "Calls to the other target", category: Network, inputs: []demand.Input{demand.Requests, demand.Request, demand.Response},
		formula: "calls x (request + response bytes)",
	})
	return []part{func(scale float64, q []float64) { q[calls] = app.AcrossGB * scale }}
}
