package cost

import (
	"fmt"
	"math"
	"slices"

	"ambi/compare/nodes"
	"ambi/compare/prices"
	"ambi/compare/traffic"
	"ambi/spec"
)

// Kubernetes prepares an app's cost on Kubernetes, on EKS. Its components:
//
//   - the control plane, the surcharge of extended support and Auto Mode's fee;
//   - nodes: at each level of traffic the smallest number that holds all
//     replicas and the cluster's own pods (see nodes.Packer), split into what
//     requests use of their CPU and what idles; or Fargate sizes;
//   - the load balancer and its capacity units (see LCUs), addresses, NAT
//     gateways, traffic between zones, disks, logs, egress, alarms.
//
// Replicas follow from the same work as on Lambda; see Replicas. A service's
// maximum is not applied: what it costs to serve the traffic is priced, and
// whether scale.max allows it is a question of fit.
func Kubernetes(sheet *prices.Sheet, catalog *nodes.Catalog, app App, choices Choices) (*Model, error) {
	b := newBuilder(spec.Kubernetes, sheet, app, choices)
	c, err := newCluster(catalog, app, choices)
	b.fail(err)
	if b.err != nil {
		return nil, b.err
	}
	l := b.kubernetesLines(c)
	return b.finish(func(scale float64, q []float64) {
		clear(q)
		c.add(l, scale, q)
	})
}

// kubernetesLines are the numbers of the lines.
type kubernetesLines struct {
	work, start, idle, memory, control, extended, auto int
	balancer, lcus, addresses                          int
	natHours, natData, zones, disks                    int
	logs, stored, egress, alarms                       int
}

func (b *builder) kubernetesLines(c *cluster) kubernetesLines {
	var l kubernetesLines
	k := b.choices.Kubernetes
	load := []traffic.Input{traffic.Requests, traffic.Duration, traffic.CPUTime, traffic.Shape}
	fargate := k.Compute == Fargate
	if fargate {
		key, name := "fargate.cpu."+c.architecture, "Fargate CPU, "+c.architecture
		l.work = b.add(key, prices.CPUHour, line{name: name + ", in use", category: Work, inputs: load, formula: "requests x CPU time"})
		l.idle = b.add(key, prices.CPUHour, line{name: name + ", idle", category: Idle, inputs: load, formula: "vCPU of the pods' Fargate sizes x hours, less what is in use"})
		l.memory = b.add("fargate.memory."+c.architecture, prices.GBHour, line{name: "Fargate memory, " + c.architecture, category: Work, inputs: load, formula: "memory of the pods' Fargate sizes x hours"})
	} else {
		key, name := "ec2."+c.instance.Type, "Nodes "+c.instance.Type
		l.work = b.add(key, prices.Hour, line{name: name + ", in use", category: Work, inputs: load, formula: "requests x CPU time / vCPUs of a node"})
		l.idle = b.add(key, prices.Hour, line{name: name + ", idle", category: Idle, inputs: load, formula: "nodes that hold the replicas x hours, less what is in use"})
		l.memory = b.add("", "", line{name: "Fargate memory", category: Work, formula: "none: pods run on nodes"})
	}
	l.start = b.add("", "", line{name: "Starting replicas", category: Startup, formula: "none to pay for: they start on nodes that are paid for"})
	l.control = b.add("eks.cluster", prices.Hour, line{name: "EKS control plane", category: Control, formula: c.fixed("730 h"), fixed: true})
	l.extended = b.optional(k.Extended, "eks.extended", prices.Hour, line{name: "EKS extended support", category: Control, formula: c.fixed("730 h"), fixed: true})
	l.auto = b.autoMode(k.AutoMode, c, load)
	l.balancer = b.add("alb.hours", prices.Hour, line{name: "Application Load Balancer", category: Entry, formula: c.fixed("730 h"), fixed: true})
	l.lcus = b.add("alb.lcu", prices.LCUHour, line{
		name: "Load balancer capacity", category: Entry,
		inputs:  []traffic.Input{traffic.Requests, traffic.Duration, traffic.Request, traffic.Response},
		formula: "the largest of new connections / 25 a second, active ones / 3,000, GB an hour, rules evaluated / 1,000 a second, x 730 h",
	})
	addresses := line{name: "Public IPv4 addresses", category: Network, formula: c.fixed(fmt.Sprintf("%d of the load balancer and %d of NAT gateways x 730 h", k.Zones, k.NATGateways)), fixed: true}
	if c.publicNodes() {
		addresses.formula = "nodes' hours + " + addresses.formula
		addresses.inputs = load
	}
	l.addresses = b.add("ipv4.hours", prices.Hour, addresses)
	nat := k.NATGateways > 0
	l.natHours = b.optional(nat, "nat.hours", prices.Hour, line{name: "NAT gateways", category: Network, formula: c.fixed("gateways x 730 h"), fixed: true})
	natInputs, natFormula := []traffic.Input{traffic.Requests, traffic.Outbound}, "requests x outbound bytes"
	if b.choices.Logs {
		natInputs, natFormula = append(natInputs, traffic.Log), "requests x (outbound + log bytes)"
	}
	l.natData = b.optional(nat, "nat.data", prices.GB, line{name: "NAT gateway data", category: Network, inputs: natInputs, formula: natFormula})
	l.zones = b.optional(k.CrossZone > 0, "zone.transfer", prices.GB, line{
		name: "Traffic between zones", category: Network, inputs: []traffic.Input{traffic.Requests, traffic.Request, traffic.Response},
		formula: "requests x payload x part that crosses zones x 2 directions",
	})
	l.disks = b.optional(!fargate, "ebs.gp3", prices.GBMonth, line{name: "Disks", category: Disk, inputs: load, formula: "nodes x GB"})
	l.logs, l.stored = b.logLines("logs.ingestion", "requests x log bytes")
	l.egress = b.egressLine()
	b.add("", "", line{name: "Secrets", category: Secrets, formula: "none to pay for: Kubernetes keeps them", fixed: true})
	b.add("", "", line{name: "Secrets, calls", category: Secrets, formula: "none to pay for"})
	l.alarms = b.alarmLine()
	return l
}

// autoMode adds Auto Mode's fee, a fraction of the instance's list price.
func (b *builder) autoMode(chosen bool, c *cluster, load []traffic.Input) int {
	l := line{name: "EKS Auto Mode", category: Control, inputs: load, formula: "nodes' hours x the fee's fraction of their list price"}
	if !chosen {
		return b.optional(false, "", "", l)
	}
	n := b.add("ec2."+c.instance.Type, prices.Hour, l)
	fraction, err := b.sheet.Rate("eks.auto")
	b.fail(err)
	if err == nil {
		rate := &b.model.lines[n].rate
		rate.Key, rate.Source, rate.Note = "eks.auto", fraction.Source, fraction.Note
		fee := math.Round(float64(rate.First()) * fraction.First().Dollars())
		rate.Tiers = prices.Tiers{{Price: prices.PerUnit(fee)}}
	}
	return n
}

// cluster is what an app runs in.
type cluster struct {
	choices      KubernetesChoices
	logs, egress bool
	services     []service
	instance     nodes.Instance
	room         nodes.Room
	packer       *nodes.Packer
	architecture string
	shares       []float64   // of the time, by level
	factors      [][]float64 // by level and service
	known        bool        // whether every service's shape is
	alarms       int
	replicas     []int // of each service, and DNS
}

// service is one workload, ready for quantities.
type service struct {
	Workload
	requests                       float64
	duration, cpu                  float64 // seconds of one request
	payloadGB, responseGB          float64 // of one request
	logGB, outboundGB              float64
	fargate                        nodes.FargateSize
	share                          float64 // of a node, for one replica
	perCPU, perSlot, rules, months float64
}

func newCluster(catalog *nodes.Catalog, app App, choices Choices) (*cluster, error) {
	c := &cluster{choices: choices.Kubernetes, logs: choices.Logs, egress: choices.Egress, known: true}
	if len(app.Workloads) == 0 {
		return nil, fmt.Errorf("an app without services costs nothing")
	}
	c.architecture = string(spec.ARM64)
	var levels [][]traffic.Level
	for _, w := range app.Workloads {
		s, err := newService(w)
		if err != nil {
			return nil, err
		}
		if w.Function.Architecture != string(spec.ARM64) {
			c.architecture = string(spec.X8664)
		}
		c.services = append(c.services, s)
		c.alarms += w.Alarms
		levels = append(levels, c.levels(w.Traffic.Profile))
		c.known = c.known && w.Traffic.Profile.Known()
	}
	c.replicas = make([]int, len(c.services)+1)
	if c.known {
		c.join(levels)
	}
	if c.choices.Compute == Fargate {
		return c, c.fargate()
	}
	return c, c.choose(catalog)
}

func newService(w Workload) (service, error) {
	t, p := w.Traffic, w.Pod
	s := service{
		Workload: w, requests: number(t.Requests),
		duration: math.NaN(), cpu: math.NaN(),
		payloadGB: (number(t.Request) + number(t.Response)) / gib, responseGB: number(t.Response) / gib,
		logGB: number(t.Log) / gib, outboundGB: number(t.Outbound) / gib,
		rules:  float64(max(0, w.Routes-lcuFreeRules)),
		months: float64(w.LogDays) / daysPerMonth,
	}
	if p.MilliCPU < 1 || p.MemoryMiB < 1 || p.Concurrency < 1 || p.TargetPercent < 1 || p.Min < 0 {
		return s, fmt.Errorf("%s: a pod must request CPU and memory, take requests and have a target, got %+v", w.Name, p)
	}
	if d, ok := t.Duration.Get(); ok {
		s.duration = d.Seconds()
	}
	if d, ok := t.CPUTime.Get(); ok {
		s.cpu = d.Seconds()
	}
	s.perCPU = float64(p.MilliCPU) / 1000 * float64(p.TargetPercent) / 100
	s.perSlot = float64(p.Concurrency)
	return s, nil
}

// levels is a profile as replicas follow it.
func (c *cluster) levels(p traffic.Profile) []traffic.Level {
	switch {
	case !p.Known():
		return nil
	case c.choices.ForPeak:
		return []traffic.Level{{Factor: p.Peak(), Share: 1}}
	default:
		return p.Held(c.choices.ScaleIn)
	}
}

// join puts the services' levels on one time axis.
func (c *cluster) join(levels [][]traffic.Level) {
	if len(levels) > 1 {
		c.shares, c.factors = traffic.Join(levels)
		return
	}
	for _, l := range levels[0] {
		c.shares = append(c.shares, l.Share)
		c.factors = append(c.factors, []float64{l.Factor})
	}
}

// fargate finds each service's Fargate size.
func (c *cluster) fargate() error {
	for i := range c.services {
		s := &c.services[i]
		size, ok := nodes.Fargate(nodes.Pod{MilliCPU: s.Pod.MilliCPU, MemoryMiB: s.Pod.MemoryMiB})
		if !ok {
			return fmt.Errorf("%s: a pod of %dm CPU and %d MiB is larger than Fargate's largest, 16 vCPU and 120 GB", s.Name, s.Pod.MilliCPU, s.Pod.MemoryMiB)
		}
		s.fargate = size
	}
	return nil
}

// choose finds the instance type, and prepares packing. A type that the user
// named must hold every pod; else it is large of m7g or m7i, or the smallest of
// that family that holds the largest pod.
func (c *cluster) choose(catalog *nodes.Catalog) error {
	pods := []nodes.Pod{}
	for _, s := range c.services {
		pods = append(pods, nodes.Pod{MilliCPU: s.Pod.MilliCPU, MemoryMiB: s.Pod.MemoryMiB})
	}
	name := c.choices.Instance
	if name == "" {
		name = "m7i.large"
		if c.architecture == string(spec.ARM64) {
			name = "m7g.large"
		}
	}
	instance, err := catalog.Find(name)
	if err != nil {
		return err
	}
	if c.choices.Instance != "" && instance.Architecture != c.architecture {
		return fmt.Errorf("instance type %s is %s, and the app is built for %s", instance.Type, instance.Architecture, c.architecture)
	}
	candidates := []nodes.Instance{instance}
	if c.choices.Instance == "" {
		family := catalog.Family(instance)
		candidates = family[slices.IndexFunc(family, func(i nodes.Instance) bool { return i.Type == name }):]
	}
	for _, candidate := range candidates {
		c.instance, c.room = candidate, candidate.Allocatable()
		if c.packer, err = nodes.NewPacker(c.room, append(pods, nodes.DNS())...); err == nil {
			break
		}
	}
	if err != nil {
		return fmt.Errorf("instance type %s: %w\nhint: name a larger one", c.instance.Type, err)
	}
	for i := range c.services {
		c.services[i].share = c.room.Share(pods[i])
	}
	return nil
}

// fixed is the formula of a fixed quantity, with the part that the app bears.
func (c *cluster) fixed(formula string) string {
	if c.choices.Shared > 0 {
		return fmt.Sprintf("%s x %v, the app's part of a shared cluster", formula, c.choices.Shared)
	}
	return formula
}

// part is the app's part of the cluster's fixed cost.
func (c *cluster) part() float64 {
	if c.choices.Shared > 0 {
		return c.choices.Shared
	}
	return 1
}

func (c *cluster) publicNodes() bool {
	return c.choices.PublicNodes && c.choices.Compute == EC2 && (c.choices.reference == nil || !c.choices.reference.addressFree)
}

// add adds the quantities at scale times the app's requests.
func (c *cluster) add(l kubernetesLines, scale float64, q []float64) {
	k := c.choices
	hours := prices.HoursPerMonth * c.part()
	q[l.control], q[l.balancer], q[l.natHours] = hours, hours, float64(k.NATGateways)*hours
	if k.Extended {
		q[l.extended] = hours
	}
	q[l.alarms] = float64(c.alarms)
	nodeHours := c.capacity(l, scale, q)
	gateways := float64(k.NATGateways)
	if k.reference != nil && k.reference.addressFree {
		gateways = 0
	}
	q[l.addresses] = (float64(k.Zones) + gateways) * hours
	if c.publicNodes() {
		q[l.addresses] += nodeHours
	}
	var lcu Dimensions
	for i := range c.services {
		s := &c.services[i]
		requests := s.requests * scale
		lcu.add(s.dimensions(requests/traffic.SecondsPerMonth, k))
		if k.NATGateways > 0 {
			q[l.natData] += requests * s.outboundGB
		}
		if k.CrossZone > 0 {
			q[l.zones] += requests * s.payloadGB * k.CrossZone * 2
		}
		if c.logs {
			logs := requests * s.logGB
			q[l.logs] += logs
			q[l.stored] += logs * storedPart * s.months
			if k.NATGateways > 0 {
				q[l.natData] += logs
			}
		}
		if c.egress {
			q[l.egress] += requests * s.responseGB
		}
	}
	q[l.lcus] = lcu.LCUs() * prices.HoursPerMonth
}

// capacity adds what pods run on and returns the nodes' hours.
func (c *cluster) capacity(l kubernetesLines, scale float64, q []float64) (hours float64) {
	used := 0.0 // core hours
	for i := range c.services {
		s := &c.services[i]
		used += float64(s.requests * scale * s.cpu / 3600)
	}
	if c.choices.Compute == Fargate {
		cpu, memory := c.fargateHours(scale)
		q[l.work], q[l.idle], q[l.memory] = used, max(0, cpu-used), memory
		return 0
	}
	hours = c.nodeHours(scale)
	busy := used / float64(c.instance.CPUs)
	q[l.work], q[l.idle] = busy, max(0, hours-busy)
	q[l.disks] = hours / prices.HoursPerMonth * float64(c.choices.DiskGB)
	if c.choices.AutoMode {
		q[l.auto] = hours
	}
	return hours
}

// nodeHours is how many hours of nodes a month takes.
func (c *cluster) nodeHours(scale float64) float64 {
	if !c.known {
		return math.NaN()
	}
	hours := 0.0
	for level, share := range c.shares {
		n := c.nodesAt(scale, level)
		hours += float64(n*share) * prices.HoursPerMonth
	}
	return hours
}

// nodesAt is how many nodes a level of traffic takes: a whole number, but for
// the part of a shared cluster's nodes that the pods take.
func (c *cluster) nodesAt(scale float64, level int) float64 {
	if c.choices.reference != nil {
		cores := 0.0
		for i, s := range c.services {
			cores += float64(s.requests*scale) / traffic.SecondsPerMonth * c.factors[level][i] * s.cpu
		}
		return c.choices.reference.nodes(cores)
	}
	n := 0.0
	for i := range c.services {
		s := &c.services[i]
		replicas := s.replicas(scale, c.factors[level][i])
		if math.IsNaN(replicas) {
			return replicas
		}
		c.replicas[i] = int(replicas)
		n += replicas * s.share
	}
	if c.choices.Shared > 0 {
		return n
	}
	c.replicas[len(c.services)] = nodes.DNSReplicas
	return float64(max(c.choices.MinNodes, c.packer.Count(c.replicas...)))
}

// fargateHours is the vCPU hours and GB hours of a month on Fargate, CoreDNS
// included unless the cluster is shared.
func (c *cluster) fargateHours(scale float64) (cpu, memory float64) {
	if !c.known {
		return math.NaN(), math.NaN()
	}
	if c.choices.Shared == 0 {
		size, _ := nodes.Fargate(nodes.DNS())
		cpu = nodes.DNSReplicas * float64(size.MilliCPU) / 1000 * prices.HoursPerMonth
		memory = nodes.DNSReplicas * float64(size.MemoryMiB) / 1024 * prices.HoursPerMonth
	}
	for level, share := range c.shares {
		for i := range c.services {
			s := &c.services[i]
			hours := s.replicas(scale, c.factors[level][i]) * share * prices.HoursPerMonth
			cpu += float64(hours*float64(s.fargate.MilliCPU)) / 1000
			memory += float64(hours*float64(s.fargate.MemoryMiB)) / 1024
		}
	}
	return cpu, memory
}

// replicas is how many replicas serve scale times the service's requests at a
// level of traffic.
func (s *service) replicas(scale, factor float64) float64 {
	rate := s.requests * scale / traffic.SecondsPerMonth * factor
	return max(float64(s.Pod.Min), wholeUp(rate*s.cpu/s.perCPU), wholeUp(rate*s.duration/s.perSlot))
}

// Replicas is how many replicas a service takes at a multiple of its mean rate,
// and what decides: "min", "cpu" or "concurrency". It is the most of its
// minimum, of the CPU that its requests take against the target utilization of
// the CPU request, and of the requests in flight against what one replica
// takes at once. It is false when a figure is missing.
func Replicas(w Workload, factor float64) (n int, decidedBy string, known bool) {
	s, err := newService(w)
	if err != nil {
		return 0, "", false
	}
	rate := s.requests / traffic.SecondsPerMonth * factor
	cpu, slots := wholeUp(rate*s.cpu/s.perCPU), wholeUp(rate*s.duration/s.perSlot)
	switch replicas := s.replicas(1, factor); {
	case math.IsNaN(replicas) || replicas > math.MaxInt32:
		return 0, "", false
	case int(replicas) == w.Pod.Min:
		return w.Pod.Min, "min", true
	case replicas == cpu:
		return int(replicas), "cpu", true
	case replicas == slots:
		return int(replicas), "concurrency", true
	}
	return 0, "", false
}

// wholeUp rounds up, but for what a product of floating-point numbers may be
// above a whole number by accident: a thousandth of a thousandth of a replica
// is not a replica more.
func wholeUp(x float64) float64 { return math.Ceil(x - 1e-6*min(1, x)) }

// Nodes is what the cluster's nodes are at the app's traffic.
type Nodes struct {
	Instance string  `json:"instance"`
	Mean     float64 `json:"mean"`
	Peak     float64 `json:"peak"`
	Room     nodes.Room
}

// NodesOf tells how many nodes an app takes, on average and at its peak. It is
// false when a figure is missing, or when there are no nodes.
func NodesOf(catalog *nodes.Catalog, app App, choices Choices) (Nodes, bool) {
	c, err := newCluster(catalog, app, choices)
	if err != nil || !c.known || choices.Kubernetes.Compute == Fargate {
		return Nodes{}, false
	}
	mean := c.nodeHours(1) / prices.HoursPerMonth
	if math.IsNaN(mean) {
		return Nodes{}, false
	}
	return Nodes{Instance: c.instance.Type, Mean: mean, Peak: c.nodesAt(1, len(c.shares)-1), Room: c.room}, true
}
