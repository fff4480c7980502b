package cost

import (
	"fmt"
	"math"
	"slices"

	"ambi/compare/demand"
	"ambi/compare/price"
	"ambi/compare/price/nodes"
	"ambi/spec"
)

// Kubernetes prepares an app's cost on Kubernetes, on EKS. Its components:
//
//   - the control plane, the surcharge of extended support and Auto Mode's fee;
//   - nodes: at each level of traffic the smallest number that holds all
//     replicas and the cluster's own pods (see nodes.Packer), split into what
//     requests use of their CPU and what idles; of burstable ones what their CPU
//     does above its baseline; or Fargate sizes;
//   - the load balancer and its capacity units (see LCUs), addresses, NAT
//     gateways, traffic between zones, disks, logs, egress, alarms.
//
// Replicas follow from the same work as on Lambda; see Sizing. A service's
// maximum is not applied: what it costs to serve the traffic is priced, and
// whether scale.max allows it is a question of fit.
func Kubernetes(sheet *price.Sheet, catalog *nodes.Catalog, app App, choices Choices) (*Model, error) {
	m, _, err := prepareKubernetes(sheet, catalog, app, choices)
	if err != nil {
		return nil, err
	}
	if app.Corrections != nil {
		apply(app.Corrections.kubernetes, m)
	}
	return m, nil
}

// prepareKubernetes is Kubernetes with measured nodes and replicas, but by averages otherwise,
// with the lines of each kind of queue.
func prepareKubernetes(sheet *price.Sheet, catalog *nodes.Catalog, app App, choices Choices) (*Model, []queueLines, error) {
	b := newBuilder(spec.Kubernetes, sheet, app, choices)
	c, err := newCluster(catalog, app, choices)
	b.fail(err)
	if b.err != nil {
		return nil, nil, b.err
	}
	l := b.kubernetesLines(c)
	measured, simulated := app.Corrections.ofCluster(choices.Kubernetes)
	if c.measured = measured; simulated {
		for _, n := range []int{l.work, l.idle, l.memory, l.auto, l.disks, l.addresses} {
			b.model.lines[n].simulated = true
		}
	}
	if choices.Kubernetes.Compute == EC2 {
		b.model.beyond = c.hoursBeyond
	}
	var parts []part
	var queues []queueLines
	for _, kind := range queueKinds(app) {
		lines, part := b.messagesOnKubernetes(kind, c)
		queues, parts = append(queues, lines), append(parts, part)
	}
	parts = append(parts, b.scheduleParts(app)...)
	parts = append(parts, b.claims(app)...)
	parts = append(parts, b.cdn(app)...)
	parts = append(parts, b.data(app)...)
	parts = append(parts, b.across(app, choices.Kubernetes.NATGateways > 0)...)
	m, err := b.finish(func(scale float64, q []float64) {
		clear(q)
		c.add(l, scale, q)
	}, parts)
	return m, queues, err
}

// kubernetesLines are the numbers of the lines.
type kubernetesLines struct {
	work, start, idle, memory, control, extended, auto int
	credits                                            int // 0 where nodes are not burstable
	balancer, lcus, addresses                          int
	natHours, natData, zones, disks                    int
	logs, stored, egress, alarms                       int
}

func (b *builder) kubernetesLines(c *cluster) kubernetesLines {
	var l kubernetesLines
	k := b.choices.Kubernetes
	load := []demand.Input{demand.Requests, demand.Duration, demand.CPUTime, demand.Shape}
	if slices.ContainsFunc(c.services, func(s service) bool { return s.Schedule != nil }) {
		load = append(load, demand.Start) // each run starts a pod
	}
	fargate := k.Compute == Fargate
	if fargate {
		key, name := "fargate.cpu."+c.architecture, "Fargate CPU, "+c.architecture
		l.work = b.add(key, price.CPUHour, line{name: name + ", in use", category: Work, inputs: load, formula: "requests x CPU time"})
		l.idle = b.add(key, price.CPUHour, line{name: name + ", idle", category: Idle, inputs: load, formula: "vCPU of the pods' Fargate sizes x hours, minus those in use"})
		l.memory = b.add("fargate.memory."+c.architecture, price.GBHour, line{name: "Fargate memory, " + c.architecture, category: Work, inputs: load, formula: "memory of the pods' Fargate sizes x hours"})
	} else {
		key, name := "ec2."+c.instance.Type, "Nodes "+c.instance.Type
		l.work = b.add(key, price.Hour, line{name: name + ", in use", category: Work, inputs: load, formula: "requests x CPU time / vCPUs of a node"})
		l.idle = b.add(key, price.Hour, line{name: name + ", idle", category: Idle, inputs: load, formula: "nodes that run the replicas x hours, minus those in use"})
		if credits := c.instance.Credits(); credits != "" {
			l.credits = b.add(credits, price.CPUHour, line{
				name: "CPU of nodes above their baseline", category: Work, inputs: load,
				formula: fmt.Sprintf("requests x CPU time, minus %v of the nodes' vCPUs x hours", c.instance.Baseline()),
			})
		}
		l.memory = b.add("", "", line{name: "Fargate memory", category: Work, formula: "none: pods run on nodes"})
	}
	l.start = b.add("", "", line{name: "Starting replicas", category: Startup, formula: "no charge: they start on nodes that are already paid for"})
	l.control = b.add("eks.cluster", price.Hour, line{name: "EKS control plane", category: Control, formula: c.fixed("730 h"), fixed: true})
	l.extended = b.optional(k.Extended, "eks.extended", price.Hour, line{name: "EKS extended support", category: Control, formula: c.fixed("730 h"), fixed: true})
	l.auto = b.autoMode(k.AutoMode, c, load)
	balancerHours := c.fixed("730 h")
	switch n := len(c.balancers); {
	case n == 0:
		balancerHours = "none: no service answers requests"
	case n > 1:
		balancerHours = c.fixed(fmt.Sprintf("%d load balancers x 730 h", n))
	}
	l.balancer = b.add("alb.hours", price.Hour, line{name: "Application Load Balancer", category: Entry, formula: balancerHours, fixed: true})
	l.lcus = b.add("alb.lcu", price.LCUHour, line{
		name: "Load balancer capacity", category: Entry,
		inputs:  []demand.Input{demand.Requests, demand.Duration, demand.Request, demand.Response},
		formula: "the largest of new connections / 25 a second, active ones / 3,000, GB an hour, rules evaluated / 1,000 a second, x 730 h",
	})
	addresses := line{name: "Public IPv4 addresses", category: Network, formula: c.fixed(fmt.Sprintf("%d of the load balancer and %d of NAT gateways x 730 h", c.entryAddresses(), k.NATGateways)), fixed: true}
	if c.publicNodes() {
		addresses.formula = "nodes' hours + " + addresses.formula
		addresses.inputs = load
	}
	l.addresses = b.add("ipv4.hours", price.Hour, addresses)
	nat := k.NATGateways > 0
	l.natHours = b.optional(nat, "nat.hours", price.Hour, line{name: "NAT gateways", category: Network, formula: c.fixed("gateways x 730 h"), fixed: true})
	natInputs, natFormula := []demand.Input{demand.Requests, demand.Outbound}, "requests x outbound bytes"
	if b.choices.Logs {
		natInputs, natFormula = append(natInputs, demand.Log), "requests x (outbound + log bytes)"
	}
	l.natData = b.optional(nat, "nat.data", price.GB, line{name: "NAT gateway data", category: Network, inputs: natInputs, formula: natFormula})
	l.zones = b.optional(k.CrossZone > 0, "zone.transfer", price.GB, line{
		name: "Traffic between zones", category: Network, inputs: []demand.Input{demand.Requests, demand.Request, demand.Response},
		formula: "requests x payload x fraction that crosses zones x 2 directions",
	})
	l.disks = b.optional(!fargate, "ebs.gp3", price.GBMonth, line{name: "Disks", category: Disk, inputs: load, formula: "nodes x GB"})
	l.logs = b.logLine("logs.ingestion", "requests x log bytes")
	b.add("", "", line{name: "Access log of the load balancer", category: Logs, formula: "none: the stack turns none on"})
	l.stored = b.storedLine()
	b.add("", "", line{name: "Traces, recorded", category: Logs, formula: "none: the stack records none"})
	l.egress = b.egressLine(c.sends)
	b.add("", "", line{name: "Secrets", category: Secrets, formula: "no charge: Kubernetes stores them", fixed: true})
	b.add("", "", line{name: "Secrets, calls", category: Secrets, formula: "none to pay for"})
	l.alarms = b.alarmLine()
	return l
}

// autoMode adds Auto Mode's fee, a fraction of the instance's list price.
func (b *builder) autoMode(chosen bool, c *cluster, load []demand.Input) int {
	l := line{name: "EKS Auto Mode", category: Control, inputs: load, formula: "nodes' hours x the fee's fraction of their list price"}
	if !chosen {
		return b.optional(false, "", "", l)
	}
	n := b.add("ec2."+c.instance.Type, price.Hour, l)
	fraction, err := b.sheet.Rate("eks.auto")
	b.fail(err)
	if err == nil {
		rate := *b.model.lines[n].rate
		rate.Key, rate.Source, rate.Note = "eks.auto", fraction.Source, fraction.Note
		fee := math.Round(float64(rate.First()) * fraction.First().Dollars())
		if fee > float64(price.MaxPerUnit) {
			b.fail(fmt.Errorf("price eks.auto: times the price of %s it must be at most 1000000, got %g", c.instance.Type, fee/1e12))
			fee = 0
		}
		rate.Tiers = price.Tiers{{Price: price.PerUnit(fee)}}
		b.model.lines[n].rate = &rate
	}
	return n
}

// add adds the quantities at scale times the app's requests.
func (c *cluster) add(l kubernetesLines, scale float64, q []float64) {
	k := c.choices
	hours := price.HoursPerMonth * c.choices.part()
	q[l.control], q[l.balancer], q[l.natHours] = hours, float64(len(c.balancers))*hours, float64(k.NATGateways)*hours
	if k.Extended {
		q[l.extended] = hours
	}
	q[l.alarms] = float64(c.alarms)
	nodeHours := c.capacity(l, scale, q)
	q[l.addresses] = float64(c.entryAddresses()+k.NATGateways) * hours
	if c.publicNodes() {
		q[l.addresses] += nodeHours
	}
	for i := range c.services {
		s := &c.services[i]
		requests := s.requests * s.growth(scale)
		if k.NATGateways > 0 {
			q[l.natData] += float64(requests * s.outboundGB)
		}
		if k.CrossZone > 0 && s.OverHTTP() {
			q[l.zones] += float64(requests * s.payloadGB * k.CrossZone * 2)
		}
		if c.logs {
			logs := requests * s.logGB
			q[l.logs] += logs
			q[l.stored] += float64(logs * storedPart * s.months)
			if k.NATGateways > 0 {
				q[l.natData] += logs
			}
		}
		if c.egress {
			if s.OverHTTP() && !c.cdn { // who delivers a message gets the answer, and AWS sends to its CDN for free
				q[l.egress] += float64(requests * s.responseGB)
			}
			if c.sends {
				q[l.egress] += float64(requests * s.outboundGB)
			}
		}
	}
	for _, b := range c.balancers {
		var use Dimensions
		for i := range c.services {
			if s := &c.services[i]; s.OverHTTP() && s.Balancer == b {
				use.add(s.dimensions(s.requests*scale/demand.SecondsPerMonth, k))
			}
		}
		q[l.lcus] += use.LCUs() * price.HoursPerMonth
	}
}

// entryAddresses are the public addresses of the load balancers: one in each zone.
func (c *cluster) entryAddresses() int {
	n := 0
	for _, b := range c.balancers {
		if !b.Internal {
			n += c.choices.Zones
		}
	}
	return n
}
