package compare

import (
	"ambi/spec"
	"ambi/target"
)

// Call is one service that calls another one on the other target.
type Call struct {
	Caller string `json:"caller"`
	Callee string `json:"callee"`
	// Requests is how many calls come in a month: of what the callee gets, the caller's part
	// among all that need it, by their own requests.
	Requests float64 `json:"requests"`
}

// call is a need of the app that may cross targets.
type call struct {
	from, to int // numbers of services
	requests float64
	gb       float64           // there and back, a month
	crosses  target.Pair[bool] // with the caller on a target, and what it calls on the other one
	nat      target.Pair[bool] // it then leaves through the NAT gateways of the caller's side, if it has any
}

// calls lists the needs of the app. All requests of a service that others need count as their calls.
func (c *comparison) calls() []call {
	const gib = 1 << 30
	numbers := map[string]int{}
	for i, w := range c.app.Workloads {
		numbers[w.Name] = i
	}
	var list []call
	for i, s := range c.Resolved.Lambda.Services {
		for _, v := range s.Environment {
			j, calls := numbers[v.Service]
			if !calls {
				continue
			}
			callee, _ := c.Resolved.Kubernetes.Service(v.Service)
			inside := callee.Ingress != nil && callee.Ingress.ALB != nil && callee.Ingress.ALB.Internal()
			list = append(list, call{
				from: i, to: j,
				crosses: target.PairOf(func(t spec.Target) bool { return c.Resolved.Crosses(s.Name, v.Service, t) }),
				nat:     target.Pair[bool]{Lambda: s.VPC && !inside, Kubernetes: true},
			})
		}
	}
	for n := range list {
		one := &list[n]
		to := c.app.Workloads[one.to].Traffic
		requests, known := to.Requests.Get()
		sent, sentKnown := to.Request.Get()
		received, receivedKnown := to.Response.Get()
		if !known || !sentKnown || !receivedKnown {
			continue // then its own cost is unknown too
		}
		one.requests = requests * c.partOf(list, *one)
		one.gb = one.requests * float64(sent+received) / gib
	}
	return list
}

// partOf is the part of a callee's requests that come from one of its callers.
func (c *comparison) partOf(list []call, one call) float64 {
	own, sum, callers := 0.0, 0.0, 0.0
	for _, other := range list {
		if other.to != one.to {
			continue
		}
		n, _ := c.app.Workloads[other.from].Traffic.Requests.Get()
		sum += n
		callers++
		if other.from == one.from {
			own = n
		}
	}
	if sum == 0 {
		return 1 / callers
	}
	return own / sum
}

// across lists the calls that cross targets in an assignment, and what of them passes the NAT
// gateways of each side, in GB a month; false if one of them may not cross.
func (s *placing) across(onLambda []bool) (list []Call, gb target.Pair[float64], ok bool) {
	for _, call := range s.calls {
		if onLambda[call.from] == onLambda[call.to] {
			continue
		}
		from := spec.Kubernetes
		if onLambda[call.from] {
			from = spec.Lambda
		}
		if !call.crosses.Of(from) {
			return nil, gb, false
		}
		list = append(list, Call{s.app.Workloads[call.from].Name, s.app.Workloads[call.to].Name, call.requests})
		if call.nat.Of(from) {
			*gb.At(from) += call.gb
		}
	}
	return list, gb, true
}

// units are the services that stay together, by the number of their first: one calls another,
// and could not do so from either target to the other.
func (c *comparison) units(calls []call) [][]int {
	unit := make([]int, len(c.app.Workloads)) // by service: the first that it stays with
	for i := range unit {
		unit[i] = i
	}
	for _, call := range calls {
		i, j := call.from, call.to
		if call.crosses.Lambda || call.crosses.Kubernetes || unit[i] == unit[j] {
			continue
		}
		from, to := max(unit[i], unit[j]), min(unit[i], unit[j])
		for n := range unit {
			if unit[n] == from {
				unit[n] = to
			}
		}
	}
	var list [][]int
	place := map[int]int{}
	for i, first := range unit {
		if first == i {
			place[first] = len(list)
			list = append(list, nil)
		}
		list[place[first]] = append(list[place[first]], i)
	}
	return list
}
