// Package cost prices an app on both targets: the cost components of a month,
// with their units, prices, quantities and sources, over one perimeter.
//
//	model, err := cost.Lambda(sheet, app, cost.Defaults())
//	bill := model.Bill(1)       // at the app's traffic
//	usd, ok := model.Total(2.5) // at two and a half times as many requests
//
// A Model is prepared once and then asked for many traffic levels, so that
// break-evens are found quickly; Bill and Total are the same arithmetic.
//
// The same work is priced on both sides. A request takes its waiting time and
// its CPU time: on Lambda the CPU time stretches where memory buys less than a
// core, in a pod it is what the replicas' CPU requests must cover.
//
// Quantities are floating-point numbers, and products that are added stand in
// explicit conversions: some machines would fuse them, and give other digits.
// Money is exact; see prices.Tiers.
//
// What is unknown stays so. A quantity that depends on an unknown figure is
// not a number, its component says which figure is missing and by what formula
// it would be priced, and there is no total.
package cost

import (
	"fmt"
	"math"

	"ambi/compare/demand"
	"ambi/compare/price"
	"ambi/spec"
)

// App is the input of pricing: services and what they share.
type App struct {
	Workloads []Workload
	Data      Data // what they share and keep; both targets have it
	Secrets   int  // secrets in Secrets Manager, on Lambda
	Alarms    int  // CloudWatch alarms beside the services' own, on both targets
	VPC       bool // a function runs in a VPC
	// AcrossGB is what calls to services on the other target, requests and responses, send
	// through NAT gateways, where there are any, in GB a month.
	AcrossGB float64
	// Corrections are of an app that was simulated; see Corrected.
	Corrections *Corrections
}

// Workload is one service on both targets, under one traffic.
type Workload struct {
	Name     string
	Traffic  demand.Traffic
	Function Function
	Pod      Pod
	Events   *Events   // how messages reach it; nil for others
	Schedule *Schedule // when it runs by itself; nil for others
	Worker   bool      // it runs all the time by itself
	ClaimGB  float64   // of the disks that each replica on Kubernetes keeps
	Routes   int       // rules of the load balancer
	Balancer Balancer
	LogDays  int // how long logs are kept, on both targets
	Alarms   int // CloudWatch alarms, on both targets
}

// Reaching is the workload without the requests that a CDN answers.
func (w Workload) Reaching(choices Choices) Workload {
	if n, known := w.Traffic.Requests.Get(); known && choices.CDN > 0 && w.OverHTTP() {
		w.Traffic.Requests = demand.Known(n * (1 - choices.CDN))
	}
	return w
}

// Balancer is the load balancer that serves a workload on Kubernetes. The same name means the
// same load balancer; all workloads with an empty name share one.
type Balancer struct {
	Name     string
	Internal bool // it has no public addresses
}

// Function is a service on Lambda.
type Function struct {
	MemoryMB     int
	Architecture string // x86_64 or arm64
	Provisioned  int    // concurrency kept ready
	Secrets      int    // read when an environment starts
	Tracing      bool   // sends traces to X-Ray
}

// Pod is a service on Kubernetes.
type Pod struct {
	MilliCPU      int // request, of all containers
	MemoryMiB     int // request, of all containers
	Min           int // replicas
	Concurrency   int // requests, or messages, that one replica takes at once
	TargetPercent int // of the CPU request at which replicas are kept; 0 where the autoscaler does not watch the CPU
	// TargetRate is the requests a second at which a replica is kept; 0 where
	// the autoscaler does not watch them.
	TargetRate float64
	// Backlog is the messages, waiting or worked on, at which a replica is kept;
	// 0 where they are not counted.
	Backlog int
}

// Category groups components that have the same purpose on both targets.
type Category string

// The categories, in the order of a bill.
const (
	Work    Category = "compute"       // running the app's code
	Startup Category = "startup"       // starting instances of it
	Idle    Category = "idle"          // capacity that is paid for and unused
	Control Category = "control plane" // managing the cluster
	Entry   Category = "entry"         // what requests come in through
	Network Category = "network"       // addresses, gateways, zones
	Disk    Category = "disk"
	Logs    Category = "logs"
	Egress  Category = "egress"
	Secrets Category = "secrets"
	Alarms  Category = "alarms"
	Shared  Category = "data" // what outlives the services, and the DNS of a switch, the same on both targets
)

// Categories lists them, with idle capacity last.
func Categories() []Category {
	return []Category{Work, Startup, Control, Entry, Network, Disk, Logs, Egress, Secrets, Alarms, Shared, Idle}
}

// Component is one line of a bill: a month's quantity of one thing.
type Component struct {
	Key       string       `json:"key,omitempty"` // of the price; empty where there is nothing to pay
	Name      string       `json:"name"`
	Category  Category     `json:"category"`
	Unit      string       `json:"unit,omitempty"`
	Tiers     price.Tiers  `json:"tiers,omitempty"` // dollars for one unit
	Quantity  *float64     `json:"quantity"`        // a month; null while unknown
	Free      float64      `json:"free,omitempty"`  // of the quantity, under the free tier
	Cost      *price.USD   `json:"cost"`            // a month; null while unknown
	Formula   string       `json:"formula"`         // how the quantity comes about
	Missing   []Missing    `json:"missing,omitempty"`
	Fixed     bool         `json:"fixed,omitempty"` // there without a single request
	Source    string       `json:"source,omitempty"`
	Effective string       `json:"effective,omitempty"`
	Status    price.Status `json:"status,omitempty"`
	Discount  string       `json:"discount,omitempty"` // percent, given by the user
	Note      string       `json:"note,omitempty"`
	Shared    bool         `json:"shared,omitempty"`    // of the data that both targets use: it is on both bills
	Simulated bool         `json:"simulated,omitempty"` // the quantity is from a simulation; Formula is what averages say
}

// Missing is an unknown figure that is needed.
type Missing struct {
	Service string       `json:"service"`
	Input   demand.Input `json:"input"`
}

// Excess says that a month costs more than price.Most, and which component
// costs the most.
type Excess struct {
	Target    spec.Target
	Component string
	Formula   string         // how the component's quantity comes about
	Inputs    []demand.Input // that its quantity depends on; none where it is fixed
}

// Error is the whole message, on one line.
func (e *Excess) Error() string {
	return fmt.Sprintf("%s: a month costs more than a billion dollars, ambi's maximum; most of it is %s: %s", e.Target, e.Component, e.Formula)
}

// IdleKnown reports whether Idle is complete: it is not if the nodes depend on a missing
// figure.
func (b Bill) IdleKnown() bool {
	for _, c := range b.Components {
		if c.Category == Idle && c.Cost == nil {
			return false
		}
	}
	return true
}

// Bill is a month on one target.
type Bill struct {
	Target     spec.Target `json:"target"`
	Components []Component `json:"components"`        // every one, those of zero too
	Total      *price.USD  `json:"total"`             // null while a component is unknown, or above a billion dollars
	Known      price.USD   `json:"known"`             // the sum of what is known
	Idle       price.USD   `json:"idle"`              // the part of Known that buys unused capacity
	Missing    []Missing   `json:"missing,omitempty"` // each once, in the services' order
}

// Shared are the components of the data that both targets use.
func (b Bill) Shared() []Component {
	var list []Component
	for _, c := range b.Components {
		if c.Shared {
			list = append(list, c)
		}
	}
	return list
}

// Model prices an app on one target at any multiple of its traffic. It works
// in memory of its own and serves one caller at a time.
type Model struct {
	Target spec.Target

	lines    []line
	pools    []float64      // free allowances, shared by the lines that name them
	names    map[string]int // of the pools
	missing  []Missing
	quantify func(scale float64, quantities []float64)
	// beyond is how many hours of nodes a month takes beyond some that are always there; nil
	// without nodes.
	beyond func(scale, always float64) float64

	quantities, billed, left []float64
}

// Total is the cost of a month at scale times the app's requests; false if a figure is missing,
// or if the total is price.Beyond.
func (m *Model) Total(scale float64) (price.USD, bool) {
	total, known := price.USD(0), true
	m.price(scale, func(_ int, cost price.USD, ok bool) {
		total = total.Plus(cost)
		known = known && ok
	})
	return total, known && total <= price.Most
}

// Excess returns an *Excess if the known cost of a month at the app's own requests is more than
// price.Most.
func (m *Model) Excess() error {
	total, highest, dearest := price.USD(0), price.USD(0), 0
	m.price(1, func(i int, cost price.USD, _ bool) {
		total = total.Plus(cost)
		if cost > highest {
			highest, dearest = cost, i
		}
	})
	if total <= price.Most {
		return nil
	}
	l := m.lines[dearest]
	return &Excess{Target: m.Target, Component: l.name, Formula: l.formula, Inputs: l.inputs}
}

// Costs puts the cost of each line into costs, in the order of a bill's
// components, and returns it; an unknown one is -1.
func (m *Model) Costs(scale float64, costs []price.USD) []price.USD {
	costs = costs[:0]
	m.price(scale, func(_ int, cost price.USD, ok bool) {
		if !ok {
			cost = -1
		}
		costs = append(costs, cost)
	})
	return costs
}

// Name is the name and category of a line, by its number among the components.
func (m *Model) Name(i int) (string, Category) { return m.lines[i].name, m.lines[i].category }

// price prices every line at a scale, in order.
func (m *Model) price(scale float64, each func(i int, cost price.USD, known bool)) {
	m.quantify(scale, m.quantities)
	m.left = append(m.left[:0], m.pools...)
	for i := range m.lines {
		l, quantity := &m.lines[i], m.quantities[i]
		if math.IsNaN(quantity) {
			m.billed[i] = quantity
			each(i, 0, false)
			continue
		}
		if l.pool >= 0 {
			free := min(quantity, m.left[l.pool])
			m.left[l.pool] -= free
			quantity -= free
		}
		m.billed[i] = quantity
		if l.rate.Tiers == nil {
			each(i, 0, true)
			continue
		}
		already := l.elsewhere
		if l.after >= 0 {
			if before := m.billed[l.after]; !math.IsNaN(before) {
				already += before
			}
		}
		each(i, l.rate.Tiers.CostBeyond(already, quantity), true)
	}
}

// Bill is the month at scale times the app's requests, line by line.
func (m *Model) Bill(scale float64) Bill {
	bill := Bill{Target: m.Target}
	complete := true
	m.price(scale, func(i int, cost price.USD, known bool) {
		l := m.lines[i]
		c := Component{
			Key: l.rate.Key, Name: l.name, Category: l.category, Unit: l.unit, Tiers: l.rate.Tiers, Formula: l.formula,
			Fixed: l.fixed, Source: l.rate.Source, Effective: l.rate.Effective, Status: l.rate.Status, Discount: l.rate.Discount, Note: l.note,
			Simulated: l.simulated, Shared: l.category == Shared,
		}
		if known {
			quantity := m.quantities[i]
			c.Quantity, c.Cost = &quantity, &cost
			c.Free = quantity - m.billed[i]
			bill.Known = bill.Known.Plus(cost)
			if l.category == Idle {
				bill.Idle = bill.Idle.Plus(cost)
			}
		} else {
			complete = false
			c.Missing = m.lacking(l.inputs)
		}
		bill.Components = append(bill.Components, c)
	})
	if complete && bill.Known <= price.Most {
		total := bill.Known
		bill.Total = &total
	} else {
		for _, missing := range m.missing {
			for _, c := range bill.Components {
				if contains(c.Missing, missing) {
					bill.Missing = append(bill.Missing, missing)
					break
				}
			}
		}
	}
	return bill
}

func contains(list []Missing, m Missing) bool {
	for _, x := range list {
		if x == m {
			return true
		}
	}
	return false
}

// lacking lists the missing figures among some inputs.
func (m *Model) lacking(inputs []demand.Input) []Missing {
	var list []Missing
	for _, missing := range m.missing {
		for _, input := range inputs {
			if missing.Input == input {
				list = append(list, missing)
			}
		}
	}
	return list
}
