package cost

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"ambi/compare/demand"
	"ambi/compare/price"
	"ambi/compare/price/nodes"
	"ambi/spec"
	"ambi/target"
)

// Floor is what a mix of an app costs at least, if it has services on both targets. The cost
// of a mix is not a sum over services; the floor is, so that the cheapest one is found by
// taking the lower side of each service.
type Floor struct {
	// Fixed is there whatever runs where: the control plane, and what the services share and keep.
	Fixed price.USD
	// Nodes are the fewest nodes that a cluster has.
	Nodes price.USD
	// Services are each service's own cost on each target, nodes left out.
	Services []target.Pair[price.USD]
	// Shares are what each service's part of nodes costs, by its CPU and by its memory.
	Shares [][2]price.USD
}

// Least is what every mix costs at least whose services are on the sides that side allows;
// nodes are at least the fewest, and at least what CPU or memory takes.
func (f Floor) Least(allowed func(service int, t spec.Target) bool) price.USD {
	least := func(nodes func(i int) price.USD) price.USD {
		sum := price.USD(0)
		for i, own := range f.Services {
			cheapest := price.Beyond
			if allowed(i, spec.Lambda) {
				cheapest = own.Lambda
			}
			if allowed(i, spec.Kubernetes) {
				cheapest = min(cheapest, own.Kubernetes.Plus(nodes(i)))
			}
			sum = sum.Plus(cheapest)
		}
		return sum
	}
	nodes := f.Nodes.Plus(least(func(int) price.USD { return 0 }))
	for dimension := range 2 {
		nodes = max(nodes, least(func(i int) price.USD { return f.Shares[i][dimension] }))
	}
	return max(0, f.Fixed+nodes) // Fixed is below zero where free allowances are more
}

// FloorOf computes an app's floor; false while a figure is missing.
func FloorOf(sheet *price.Sheet, catalog *nodes.Catalog, app App, choices Choices) (Floor, bool) {
	whole, err := Lambda(sheet, app.functions(), choices)
	if err != nil {
		return Floor{}, false
	}
	cluster, err := Kubernetes(sheet, catalog, app, choices)
	if err != nil {
		return Floor{}, false
	}
	f := Floor{}
	known := true
	add := func(usd price.USD, ok bool) {
		f.Fixed, known = f.Fixed.Plus(usd), known && ok
	}
	add(cheapest(whole, func(l line) bool { return l.category == Shared }))
	add(cheapest(cluster, func(l line) bool { return l.category == Control && l.fixed }))
	k := choices.Kubernetes
	part := k.part()
	if !slices.ContainsFunc(app.Workloads, func(w Workload) bool { return w.Events != nil }) {
		// Whatever runs on Kubernetes is behind a load balancer.
		f.Fixed = f.Fixed.Plus(price.USD(math.Floor(unitOf(sheet, "alb.hours") * price.HoursPerMonth * part)))
	}
	free := map[string]price.USD{} // what is free, at the price of the first tier
	for _, m := range []*Model{whole, cluster} {
		for name, n := range m.names {
			for _, l := range m.lines {
				if l.pool == n {
					free[name] = max(free[name], l.rate.Tiers.CostBeyond(0, float64(l.rate.Free)))
				}
			}
		}
	}
	for _, usd := range free {
		f.Fixed -= usd
	}
	types := nodeTypes(sheet, catalog, choices)
	if k.Compute == EC2 && k.Shared == 0 && len(types) > 0 {
		smallest := slices.MinFunc(types, func(a, b nodeType) int { return cmp.Compare(a.hour, b.hour) })
		f.Nodes = price.USD(math.Floor(smallest.hour * price.HoursPerMonth * float64(k.MinNodes)))
	}
	for _, w := range app.Workloads {
		one := App{Workloads: []Workload{w}}
		l, errLambda := Lambda(sheet, one.functions(), choices)
		pods, errKubernetes := Kubernetes(sheet, catalog, one, choices)
		if errLambda != nil || errKubernetes != nil {
			return Floor{}, false
		}
		var own target.Pair[price.USD]
		var ok [2]bool
		own.Lambda, ok[0] = cheapest(l, func(l line) bool { return l.apart() })
		if w.Worker {
			own.Lambda = price.Beyond
		}
		own.Kubernetes, ok[1] = cheapest(pods, func(l line) bool { return l.apart() })
		known = known && ok[0] && ok[1]
		f.Services = append(f.Services, own)
		f.Shares = append(f.Shares, shares(sheet, w.Reaching(choices), types, k))
	}
	return f, known
}

// cheapest is what some of a model's lines cost in their cheapest tier, whatever is free.
func cheapest(m *Model, which func(line) bool) (price.USD, bool) {
	m.Total(1)
	sum, known := price.USD(0), true
	for i, l := range m.lines {
		if l.rate.Tiers == nil || !which(l) {
			continue
		}
		if math.IsNaN(m.quantities[i]) {
			known = false
			continue
		}
		cost := price.Tiers{{Price: l.rate.Tiers.Cheapest()}}.CostBeyond(0, m.quantities[i])
		sum = sum.Plus(max(0, cost-1)) // rounding is less than a billionth
	}
	return sum, known
}

// apart reports whether a line's quantity is the sum of what each service has alone. Nodes,
// load balancers and addresses are not: services share them; nor is what is on both bills.
func (l line) apart() bool {
	key := l.rate.Key
	if l.category == Shared || l.category == Control || slices.Contains([]string{"nat.hours", "secrets.secret", "xray.traces"}, key) {
		return false
	}
	service, _, _ := strings.Cut(key, ".")
	return !slices.Contains([]string{"alb", "credits", "ebs", "ec2", "eks", "fargate", "ipv4"}, service)
}

// nodeType is a type that nodes may be of, and what an hour of one costs in billionths of a
// dollar, its disk and address included.
type nodeType struct {
	room nodes.Room
	hour float64
}

// unitOf is what a unit costs in its cheapest tier, in billionths of a dollar; 0 where it has
// no price.
func unitOf(sheet *price.Sheet, key string) float64 {
	rate, err := sheet.Shared(key)
	if err != nil {
		return 0
	}
	return float64(rate.Tiers.Cheapest()) / 1000
}

// nodeTypes lists the types that the nodes of any part of an app can be of.
func nodeTypes(sheet *price.Sheet, catalog *nodes.Catalog, choices Choices) []nodeType {
	k := choices.Kubernetes
	if k.Compute != EC2 {
		return nil
	}
	names := []string{k.Instance}
	if k.Instance == "" {
		names = usualTypes()
	}
	var types []nodeType
	for _, name := range names {
		instance, err := catalog.Find(name)
		if err != nil {
			continue
		}
		family := []nodes.Instance{instance}
		if k.Instance == "" {
			family = catalog.Family(instance)
		}
		for _, i := range family {
			hour := unitOf(sheet, "ec2."+i.Type)
			if hour == 0 { // without a price no nodes are of it
				continue
			}
			hour += unitOf(sheet, "ebs.gp3") * float64(k.DiskGB) / price.HoursPerMonth
			if k.PublicNodes {
				hour += unitOf(sheet, "ipv4.hours")
			}
			types = append(types, nodeType{room: i.Allocatable(), hour: hour})
		}
	}
	return types
}

// shares are what a service's part of nodes costs a month at least, by CPU and by memory: of
// as many replicas as its mean traffic takes, not rounded up. More come with its peaks. On
// Fargate it is what the replicas' sizes cost.
func shares(sheet *price.Sheet, w Workload, types []nodeType, k KubernetesChoices) (list [2]price.USD) {
	s, err := newService(w)
	if err != nil {
		return list
	}
	if k.Compute == EC2 && k.Shared == 0 {
		s.sizing.Cores = math.Inf(1) // a pod may take all of its node, which is not known yet
	}
	var hour [2]float64 // of a replica
	switch size, fits := nodes.Fargate(nodes.Pod{MilliCPU: w.Pod.MilliCPU, MemoryMiB: w.Pod.MemoryMiB}); {
	case k.Compute == EC2 && len(types) > 0:
		hour = [2]float64{math.Inf(1), math.Inf(1)}
		for _, t := range types {
			hour[0] = min(hour[0], float64(w.Pod.MilliCPU)/float64(t.room.MilliCPU)*t.hour)
			hour[1] = min(hour[1], float64(w.Pod.MemoryMiB)/float64(t.room.MemoryMiB)*t.hour)
		}
	case k.Compute == Fargate && fits:
		s.sizing.Cores = float64(size.MilliCPU) / 1000
		hour[0] = float64(size.MilliCPU)/1000*unitOf(sheet, "fargate.cpu.x86_64") + float64(size.MemoryMiB)/1024*unitOf(sheet, "fargate.memory.x86_64")
		hour[1] = hour[0]
	}
	mean := 0.0
	for _, level := range (&cluster{choices: k}).levels(w.Traffic.Profile) {
		mean += float64(level.Factor * level.Share)
	}
	for dimension, usd := range hour {
		list[dimension] = price.USD(min(float64(price.Most), math.Floor(s.fluid(mean)*usd*price.HoursPerMonth*(1-1e-9))))
	}
	return list
}

// fluid is how many replicas a service has on average at least, at a multiple of its mean
// rate, if parts of one counted. Pods that come and go with messages run, of the time in
// which one would be busy, at least 1-1/e: see running.
func (s *service) fluid(factor float64) float64 {
	rate := s.requests / demand.SecondsPerMonth * factor
	busy := max(float64(rate*s.duration)/s.sizing.Slots, float64(rate*s.cpu)/s.sizing.Cores)
	if s.sizing.WatchedCores > 0 {
		busy = max(busy, float64(rate*s.cpu)/s.sizing.WatchedCores)
	}
	if s.sizing.WatchedRate > 0 {
		busy = max(busy, rate/s.sizing.WatchedRate)
	}
	if s.sizing.WatchedMessages > 0 {
		busy = max(busy, float64(rate*s.duration)/s.sizing.WatchedMessages)
	}
	if s.Events != nil && s.Pod.Min == 0 {
		busy *= 1 - 1/math.E
	}
	return max(float64(s.Pod.Min), busy)
}
