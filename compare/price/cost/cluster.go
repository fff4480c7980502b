package cost

import (
	"fmt"
	"math"
	"slices"

	"ambi/compare/demand"
	"ambi/compare/price"
	"ambi/compare/price/nodes"
	"ambi/internal/problem"
	"ambi/spec"
)

// cluster is what an app runs in.
type cluster struct {
	choices      KubernetesChoices
	logs, egress bool
	cdn          bool
	sends        bool // to the internet, as far as is known
	services     []service
	instance     nodes.Instance
	room         nodes.Room
	packer       *nodes.Packer
	architecture string
	shares       []float64   // of the time, by level
	factors      [][]float64 // by level and service
	known        bool        // whether every service's shape is
	alarms       int
	balancers    []Balancer     // that the services have, each once
	replicas     []int          // of each service, and DNS
	intermittent []intermittent // services without pods part of the time, at a level
	// measured is by how much more nodes, or replicas where those are what is
	// paid for, a simulation found than averages say; 1 without one.
	measured float64
}

// service is one workload, ready for quantities.
type service struct {
	Workload
	requests              float64
	duration, cpu         float64 // seconds of one request
	payloadGB, responseGB float64 // of one request
	logGB, outboundGB     float64
	fargate               nodes.FargateSize
	share                 float64 // of a node, for one replica
	sizing                Sizing
	rules, months         float64 // rules beyond the free ones; months that logs are kept
}

func newCluster(catalog *nodes.Catalog, app App, choices Choices) (*cluster, error) {
	c, err := place(catalog, app, choices)
	if err != nil {
		return nil, err
	}
	var levels [][]demand.Level
	for _, w := range app.Workloads {
		c.alarms += w.Alarms
		levels = append(levels, c.levels(w.Traffic.Profile))
		c.known = c.known && w.Traffic.Profile.Known()
	}
	c.replicas = make([]int, len(c.services)+1)
	if c.known {
		c.join(levels)
	}
	return c, nil
}

// place chooses what an app's pods run on.
func place(catalog *nodes.Catalog, app App, choices Choices) (*cluster, error) {
	c := &cluster{choices: choices.Kubernetes, logs: choices.Logs, egress: choices.Egress, cdn: choices.CDN > 0, sends: app.Sends(), known: true, measured: 1, alarms: app.Alarms}
	if len(app.Workloads) == 0 {
		return nil, fmt.Errorf("an app without services costs nothing")
	}
	c.architecture = string(spec.ARM64)
	routes := map[Balancer]int{}
	for _, w := range app.Workloads {
		s, err := newService(w.Reaching(choices))
		if err != nil {
			return nil, err
		}
		// Fargate on EKS has no Graviton: github.com/aws/containers-roadmap/issues/1629.
		if w.Function.Architecture != string(spec.ARM64) || c.choices.Compute == Fargate {
			c.architecture = string(spec.X8664)
		}
		if w.OverHTTP() && !slices.Contains(c.balancers, w.Balancer) {
			c.balancers = append(c.balancers, w.Balancer)
		}
		c.services = append(c.services, s)
		routes[w.Balancer] += w.Routes
	}
	for i := range c.services {
		c.services[i].rules = float64(max(0, routes[c.services[i].Balancer]-lcuFreeRules))
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
		months: float64(w.LogDays) / daysPerMonth,
	}
	if p.MilliCPU < 1 || p.MemoryMiB < 1 || p.Concurrency < 1 || p.TargetPercent < 0 || p.Min < 0 {
		return s, fmt.Errorf("%s: a pod must request CPU and memory and take requests, got %+v", w.Name, p)
	}
	if d, ok := t.Duration.Get(); ok {
		s.duration = d.Seconds()
	}
	if d, ok := t.CPUTime.Get(); ok {
		s.cpu = d.Seconds()
	}
	s.sizing = p.sizing()
	return s, nil
}

// levels is a profile as replicas follow it.
func (c *cluster) levels(p demand.Profile) []demand.Level {
	switch {
	case !p.Known():
		return nil
	case c.choices.ForPeak:
		return []demand.Level{{Factor: p.Peak(), Share: 1}}
	default:
		return p.Held(c.choices.ScaleIn.Std())
	}
}

// join puts the services' levels on one time axis.
func (c *cluster) join(levels [][]demand.Level) {
	if len(levels) > 1 {
		c.shares, c.factors = demand.Join(levels)
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
			return problem.In(s.Name, problem.New("a pod of %dm CPU and %d MiB is larger than Fargate's largest, 16 vCPU and 120 GB", s.Pod.MilliCPU, s.Pod.MemoryMiB).Of(problem.Misuse))
		}
		s.fargate = size
		s.sizing.Cores = float64(size.MilliCPU) / 1000
	}
	return nil
}

// choose finds the instance type, and prepares packing.
func (c *cluster) choose(catalog *nodes.Catalog) error {
	pods := []nodes.Pod{}
	for _, s := range c.services {
		pods = append(pods, nodes.Pod{MilliCPU: s.Pod.MilliCPU, MemoryMiB: s.Pod.MemoryMiB})
	}
	instance, packer, err := Instance(catalog, c.choices.Instance, c.architecture, pods)
	if err != nil {
		return err
	}
	c.instance, c.room, c.packer = instance, instance.Allocatable(), packer
	for i := range c.services {
		c.services[i].share = c.room.Share(pods[i])
		if c.choices.Shared == 0 {
			c.services[i].sizing.Cores = float64(c.room.MilliCPU) / 1000
		}
	}
	return nil
}

// usualTypes are what nodes are of unless a type is named or a pod needs a larger one, of the
// same family: for x86_64, and for arm64.
func usualTypes() []string { return []string{"m7i.large", "m7g.large"} }

// Instance finds the instance type that pods run on, and packs them and DNS on
// it. A type that is named must hold every pod, and be of the architecture; else
// it is large of m7g or m7i, or the smallest of that family that holds the
// largest pod.
func Instance(catalog *nodes.Catalog, named, architecture string, pods []nodes.Pod) (nodes.Instance, *nodes.Packer, error) {
	name := named
	if name == "" {
		name = usualTypes()[0]
		if architecture == string(spec.ARM64) {
			name = usualTypes()[1]
		}
	}
	instance, err := catalog.Find(name)
	if err != nil {
		return nodes.Instance{}, nil, err
	}
	if named != "" && instance.Architecture != architecture {
		return nodes.Instance{}, nil, problem.Field("instance", "instance type %s is %s, and the app is built for %s", instance.Type, instance.Architecture, architecture)
	}
	candidates := []nodes.Instance{instance}
	if named == "" {
		family := catalog.Family(instance)
		candidates = family[slices.IndexFunc(family, func(i nodes.Instance) bool { return i.Type == name }):]
	}
	for _, instance = range candidates {
		var packer *nodes.Packer
		if packer, err = nodes.NewPacker(instance.Allocatable(), append(slices.Clone(pods), nodes.DNS())...); err == nil {
			return instance, packer, nil
		}
	}
	small := problem.New("instance type %s: %w", instance.Type, err).Hint("name a larger one").Of(problem.Misuse)
	if named != "" {
		small.Field = "instance"
	}
	return nodes.Instance{}, nil, small
}

// ClusterPods names the cluster's own pods that no bill includes.
func ClusterPods() []string {
	return []string{"metrics-server", "the load balancer controller", "the node autoscaler", "the log agent", "KEDA", "Prometheus"}
}

// fixed is the formula of a fixed quantity, with the part that the app bears.
func (c *cluster) fixed(formula string) string {
	if c.choices.Shared > 0 {
		return fmt.Sprintf("%s x %v, the app's share of a shared cluster", formula, c.choices.Shared)
	}
	return formula
}

// part is the app's part of the cluster's fixed cost.
func (k KubernetesChoices) part() float64 {
	if k.Shared > 0 {
		return k.Shared
	}
	return 1
}

func (c *cluster) publicNodes() bool {
	return c.choices.PublicNodes && c.choices.Compute == EC2
}

// capacity adds what pods run on and returns the nodes' hours.
func (c *cluster) capacity(l kubernetesLines, scale float64, q []float64) (hours float64) {
	used := c.coreHours(scale)
	if c.choices.Compute == Fargate {
		cpu, memory := c.fargateHours(scale)
		q[l.work], q[l.idle], q[l.memory] = used, max(0, cpu-used), memory
		return 0
	}
	hours = c.nodeHours(scale)
	busy := used / float64(c.instance.CPUs)
	q[l.work], q[l.idle] = busy, max(0, hours-busy)
	if l.credits > 0 {
		q[l.credits] = max(0, used-float64(hours*float64(c.instance.CPUs))*c.instance.Baseline())
	}
	q[l.disks] = hours / price.HoursPerMonth * float64(c.choices.DiskGB)
	if c.choices.AutoMode {
		q[l.auto] = hours
	}
	return hours
}

// coreHours is the CPU time that requests take in a month.
func (c *cluster) coreHours(scale float64) float64 {
	used := 0.0
	for i := range c.services {
		s := &c.services[i]
		used += float64(s.requests * s.growth(scale) * s.cpu / 3600)
	}
	return used
}

// nodeHours is how many hours of nodes a month takes.
func (c *cluster) nodeHours(scale float64) float64 {
	if !c.known {
		return math.NaN()
	}
	hours := 0.0
	for level, share := range c.shares {
		n, _ := c.nodesAt(scale, level)
		hours += float64(n*share) * price.HoursPerMonth
	}
	hours *= c.measured
	if u := c.choices.Utilization; u > 0 { // of all CPUs of a node, which is what clusters are measured by
		hours = max(hours, c.coreHours(scale)/u/float64(c.instance.CPUs))
	}
	if c.choices.Shared == 0 {
		hours = max(hours, float64(c.choices.MinNodes)*price.HoursPerMonth)
	}
	return hours
}

// nodesAt is how many nodes a level of traffic takes, on average and at most: whole
// numbers, but for the part of a shared cluster's nodes that the pods take, and for pods
// that run only part of the time.
func (c *cluster) nodesAt(scale float64, level int) (mean, most float64) {
	n, cores := 0.0, 0.0
	c.intermittent = c.intermittent[:0]
	for i := range c.services {
		s := &c.services[i]
		replicas := s.replicas(scale, c.factors[level][i])
		cores += s.rate(scale, c.factors[level][i]) * s.cpu
		if math.IsNaN(replicas) || replicas > maxReplicas {
			return replicas, replicas
		}
		c.replicas[i] = int(replicas)
		part := s.running(scale, c.factors[level][i])
		if part < 1 {
			c.intermittent = append(c.intermittent, intermittent{i, part})
		}
		n += float64(replicas * part * s.share)
		most += float64(replicas * s.share)
	}
	if c.choices.Shared > 0 {
		return n, most
	}
	c.replicas[len(c.services)] = nodes.DNSReplicas
	// Pods that request less CPU than they use still use it.
	busy := wholeUp(cores * 1000 / float64(c.room.MilliCPU))
	count := func() float64 {
		return max(float64(c.choices.MinNodes), float64(c.packer.Count(c.replicas...)), busy)
	}
	most = count()
	return c.averaged(most, count), most
}

// fargateHours is the vCPU hours and GB hours of a month on Fargate, CoreDNS
// included unless the cluster is shared.
func (c *cluster) fargateHours(scale float64) (cpu, memory float64) {
	if !c.known {
		return math.NaN(), math.NaN()
	}
	if c.choices.Shared == 0 {
		size, _ := nodes.Fargate(nodes.DNS())
		cpu = nodes.DNSReplicas * float64(size.MilliCPU) / 1000 * price.HoursPerMonth
		memory = nodes.DNSReplicas * float64(size.MemoryMiB) / 1024 * price.HoursPerMonth
	}
	for level, share := range c.shares {
		for i := range c.services {
			s := &c.services[i]
			hours := s.replicas(scale, c.factors[level][i]) * s.running(scale, c.factors[level][i]) * share * price.HoursPerMonth * c.measured
			cpu += float64(hours*float64(s.fargate.MilliCPU)) / 1000
			memory += float64(hours*float64(s.fargate.MemoryMiB)) / 1024
		}
	}
	return cpu, memory
}

// Nodes is what the cluster's nodes are at the app's traffic.
type Nodes struct {
	Instance string     `json:"instance"`
	Mean     float64    `json:"mean"` // over the month
	Peak     float64    `json:"peak"`
	Room     nodes.Room `json:"room"` // of one node, for pods
}

// NodesOf returns how many nodes an app needs, on average and at its peak; false if a figure is
// missing, or if there are no nodes.
func NodesOf(catalog *nodes.Catalog, app App, choices Choices) (Nodes, bool) {
	c, err := newCluster(catalog, app, choices)
	if err != nil || !c.known || choices.Kubernetes.Compute == Fargate {
		return Nodes{}, false
	}
	mean := c.nodeHours(1) / price.HoursPerMonth
	if math.IsNaN(mean) || mean > maxReplicas {
		return Nodes{}, false
	}
	_, peak := c.nodesAt(1, len(c.shares)-1)
	return Nodes{Instance: c.instance.Type, Mean: mean, Peak: peak, Room: c.room}, true
}
