package cost

import (
	"encoding/json"
	"math"
	"math/big"
	"math/rand/v2"
	"os"
	"testing"
	"time"

	"ambi/compare/nodes"
	"ambi/compare/prices"
	"ambi/compare/traffic"
	"ambi/spec"
)

// naive prices a single service again, the slow way: rational prices, a cycle
// walked step by step, pods placed one at a time. It shares no arithmetic with
// the models, only the price file and the shapes of instances.
type naive struct {
	t       *testing.T
	raw     map[string][]rawTier
	w       Workload
	choices Choices
	shared  int // alarms beside the service's own
}

// amounts are by a component's name, in dollars.
type amounts map[string]*big.Rat

// rawTier is a tier as the price file has it.
type rawTier struct {
	From  json.Number
	Price string
}

// rawPrices reads a region of the price file, with none of the packages that
// know what it means.
func rawPrices(t *testing.T, region string) map[string][]rawTier {
	t.Helper()
	text, err := os.ReadFile("../prices/book.json")
	if err != nil {
		t.Fatal(err)
	}
	var book struct {
		Regions map[string][]struct {
			Key   string
			Tiers []rawTier
		}
	}
	if err := json.Unmarshal(text, &book); err != nil {
		t.Fatal(err)
	}
	raw := map[string][]rawTier{}
	for _, rate := range book.Regions[region] {
		raw[rate.Key] = rate.Tiers
	}
	return raw
}

func (n naive) rational(text string) *big.Rat {
	r, ok := new(big.Rat).SetString(text)
	if !ok {
		n.t.Fatal(text)
	}
	return r
}

func (n naive) price(key string, quantity float64) *big.Rat {
	tiers := n.raw[key]
	if tiers == nil {
		n.t.Fatalf("no price %s", key)
	}
	total, left := new(big.Rat), new(big.Rat).SetFloat64(quantity)
	for i, tier := range tiers {
		part := new(big.Rat).Set(left)
		if i+1 < len(tiers) {
			width := new(big.Rat).Sub(n.rational(tiers[i+1].From.String()), n.rational(tier.From.String()))
			if part.Cmp(width) > 0 {
				part = width
			}
		}
		total.Add(total, new(big.Rat).Mul(n.rational(tier.Price), part))
		left.Sub(left, part)
	}
	return total
}

func (n naive) lambda() amounts {
	t, a := n.w.Traffic, n.w.Function.Architecture
	requests := t.Requests.Or(-1)
	waiting := t.Duration.Or(-1) - t.CPUTime.Or(-1)
	core := math.Min(1, float64(n.w.Function.MemoryMB)/1769)
	billedMS := math.Ceil(math.Round((float64(waiting)+float64(t.CPUTime.Or(-1))/core)/1e3) / 1e3)
	gbs := requests * billedMS / 1000 * float64(n.w.Function.MemoryMB) / 1024
	payload := float64(t.Request.Or(-1) + t.Response.Or(-1))
	units := math.Max(1, math.Ceil(payload/524288))
	logs := requests * (float64(t.Log.Or(-1)) + 326) / 1073741824
	door, through := "HTTP API requests", n.price("httpapi.requests", requests*units)
	if n.choices.Lambda.FunctionURL {
		door, through = "Function URL requests", n.price("lambda.url", requests)
	}
	return amounts{
		"Lambda requests":        n.price("lambda.requests", requests),
		"Lambda duration, " + a:  n.price("lambda.duration."+a, gbs),
		door:                     through,
		"Logs, ingestion":        n.price("logs.ingestion.lambda", logs),
		"Logs, storage":          n.price("logs.storage", logs*float64(n.w.LogDays)/(730./24)*.15),
		"Egress to the internet": n.price("egress.internet", requests*float64(t.Response.Or(-1))/1073741824),
		"Alarms":                 n.price("alarms.standard", float64(n.shared+n.w.Alarms)),
	}
}

// nodesNeeded places pods one at a time, the largest first, each on the first
// node with room.
func (n naive) nodesNeeded(replicas int, room nodes.Room) int {
	type pod struct{ cpu, memory int }
	pods := make([]pod, 0, replicas+2)
	for range replicas {
		pods = append(pods, pod{n.w.Pod.MilliCPU, n.w.Pod.MemoryMiB})
	}
	dns := []pod{{100, 70}, {100, 70}}
	share := func(p pod) float64 {
		return math.Max(math.Max(float64(p.cpu)/float64(room.MilliCPU), float64(p.memory)/float64(room.MemoryMiB)), 1/float64(room.Pods))
	}
	if len(pods) > 0 && share(dns[0]) > share(pods[0]) {
		pods = append(dns, pods...)
	} else {
		pods = append(pods, dns...)
	}
	var open []nodes.Room
placing:
	for _, p := range pods {
		for i := range open {
			if o := &open[i]; o.MilliCPU >= p.cpu && o.MemoryMiB >= p.memory && o.Pods >= 1 {
				o.MilliCPU, o.MemoryMiB, o.Pods = o.MilliCPU-p.cpu, o.MemoryMiB-p.memory, o.Pods-1
				continue placing
			}
		}
		open = append(open, nodes.Room{MilliCPU: room.MilliCPU - p.cpu, MemoryMiB: room.MemoryMiB - p.memory, Pods: room.Pods - 1})
	}
	return max(n.choices.Kubernetes.MinNodes, len(open))
}

func (n naive) kubernetes(instance nodes.Instance) amounts {
	t, k := n.w.Traffic, n.choices.Kubernetes
	requests, cpu, duration := t.Requests.Or(-1), t.CPUTime.Or(-1).Seconds(), t.Duration.Or(-1).Seconds()
	// Walk two cycles in steps, and keep the highest rate of the time before.
	segments := t.Profile.Segments()
	const step = time.Minute
	var rates []float64
	for range 2 {
		for _, s := range segments {
			for range int(s.Length / step) {
				rates = append(rates, s.Factor)
			}
		}
	}
	cycle := len(rates) / 2
	hold := int(k.ScaleIn.Std() / step)
	hours := 0.0
	count := map[float64]int{}
	for at := cycle; at < 2*cycle; at++ {
		highest := 0.0
		// A minute that ended within the hold counts for all of this one.
		for back := 0; back <= min(hold, cycle-1); back++ {
			highest = math.Max(highest, rates[at-back])
		}
		if count[highest] == 0 {
			rate := requests / 2628000 * highest
			replicas := math.Max(float64(n.w.Pod.Min), math.Max(
				math.Ceil(rate*cpu/(float64(n.w.Pod.MilliCPU)/1000*float64(n.w.Pod.TargetPercent)/100)-1e-9),
				math.Ceil(rate*duration/float64(n.w.Pod.Concurrency)-1e-9)))
			count[highest] = n.nodesNeeded(int(replicas), instance.Allocatable())
		}
		hours += float64(count[highest]) * 730 / float64(cycle)
	}
	addresses := 730 * float64(k.Zones+k.NATGateways)
	if k.PublicNodes {
		addresses += hours
	}
	used := requests * cpu / 3600 / float64(instance.CPUs)
	gb := func(bytes int64) float64 { return requests * float64(bytes) / 1073741824 }
	perSecond := requests / 2628000
	payload := gb(t.Request.Or(-1) + t.Response.Or(-1))
	lcu := perSecond / k.RequestsPerConnection / 25
	lcu = math.Max(lcu, perSecond/k.RequestsPerConnection*math.Max(duration, k.ConnectionTime.Std().Seconds())/3000)
	lcu = math.Max(lcu, payload/730)
	lcu = math.Max(lcu, perSecond*math.Max(0, float64(n.w.Routes-10))/1000)
	logs := gb(t.Log.Or(-1))
	list := amounts{
		"Nodes " + instance.Type + ", in use": n.price("ec2."+instance.Type, used),
		"Nodes " + instance.Type + ", idle":   n.price("ec2."+instance.Type, hours-used),
		"EKS control plane":                   n.price("eks.cluster", 730),
		"Application Load Balancer":           n.price("alb.hours", 730),
		"Load balancer capacity":              n.price("alb.lcu", lcu*730),
		"Public IPv4 addresses":               n.price("ipv4.hours", addresses),
		"Disks":                               n.price("ebs.gp3", hours/730*float64(k.DiskGB)),
		"Traffic between zones":               n.price("zone.transfer", payload*k.CrossZone*2),
		"Logs, ingestion":                     n.price("logs.ingestion", logs),
		"Logs, storage":                       n.price("logs.storage", logs*float64(n.w.LogDays)/(730./24)*.15),
		"Egress to the internet":              n.price("egress.internet", gb(t.Response.Or(-1))),
		"Alarms":                              n.price("alarms.standard", float64(n.shared+n.w.Alarms)),
	}
	if k.NATGateways > 0 {
		list["NAT gateways"] = n.price("nat.hours", 730*float64(k.NATGateways))
		list["NAT gateway data"] = n.price("nat.data", gb(t.Outbound.Or(-1))+logs)
	}
	if k.Extended {
		list["EKS extended support"] = n.price("eks.extended", 730)
	}
	if k.AutoMode {
		fee := n.price("eks.auto", 1)
		list["EKS Auto Mode"] = fee.Mul(fee, n.price("ec2."+instance.Type, hours))
	}
	return list
}

// randomWorkload is a service with every figure known.
func randomWorkload(t testing.TB, random *rand.Rand) Workload {
	cpu := time.Duration(random.IntN(200)) * 100 * time.Microsecond
	u := traffic.Usage{
		Requests: traffic.Known(math.Floor(math.Exp(random.Float64() * 20))), // to 485 M
		Duration: traffic.Known(cpu + time.Duration(1+random.IntN(500))*time.Millisecond), CPUTime: traffic.Known(cpu),
		Request: traffic.Known(int64(random.IntN(100_000))), Response: traffic.Known(int64(random.IntN(1_500_000))),
		Log: traffic.Known(int64(random.IntN(2000))), Outbound: traffic.Known(int64(random.IntN(10_000))),
		Start: traffic.Known(time.Duration(random.IntN(2000)) * time.Millisecond),
		Shape: []spec.Shape{spec.Steady, spec.Diurnal, spec.Bursty, spec.Sporadic}[random.IntN(4)],
	}
	switch u.Shape {
	case spec.Diurnal:
		u.PeakToMean = traffic.Known(1 + random.Float64()*5)
	case spec.Bursty:
		u.PeakToMean = traffic.Known(float64(2 + random.IntN(10))) // whole, for steps of a minute
		u.Burst = traffic.Known(10 * time.Minute)
	case spec.Sporadic:
		u.PeakToMean = traffic.Known(float64(2 + random.IntN(30)))
		u.Burst = traffic.Known(time.Duration(1+random.IntN(20)) * time.Minute)
	}
	resolved, err := u.Resolve()
	if err != nil {
		t.Fatal(err)
	}
	return Workload{
		Name: "api", Traffic: resolved, Routes: random.IntN(40), LogDays: 1 + random.IntN(400), Alarms: random.IntN(4),
		Function: Function{MemoryMB: 128 + random.IntN(10_000), Architecture: []string{"x86_64", "arm64"}[random.IntN(2)]},
		Pod: Pod{
			MilliCPU: 50 + random.IntN(1700), MemoryMiB: 32 + random.IntN(6800), Min: random.IntN(5),
			Concurrency: 1 + random.IntN(50), TargetPercent: 30 + random.IntN(71),
		},
	}
}

func TestAgainstNaiveArithmetic(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 1))
	sheet, catalog, raw := sheet(t), catalog(t), rawPrices(t, "us-east-1")
	for range 1000 {
		w := randomWorkload(t, random)
		choices := Defaults()
		k := &choices.Kubernetes
		k.ScaleIn = spec.Duration(time.Duration(random.IntN(40)) * time.Minute)
		k.RequestsPerConnection = 1 + float64(random.IntN(20))
		k.ConnectionTime = spec.Duration(time.Duration(random.IntN(100)) * time.Second)
		k.CrossZone = float64(random.IntN(2)) / 2
		choices.Lambda.FunctionURL = random.IntN(4) == 0
		k.NATGateways = random.IntN(3)
		k.PublicNodes = k.NATGateways == 0
		k.Extended, k.AutoMode = random.IntN(4) == 0, random.IntN(4) == 0
		n := naive{t, raw, w, choices, random.IntN(3)}
		app := App{Workloads: []Workload{w}, Alarms: n.shared}
		l, err := Lambda(sheet, app, choices)
		if err != nil {
			t.Fatal(err)
		}
		compareBill(t, w, l.Bill(1), n.lambda())
		m, err := Kubernetes(sheet, catalog, app, choices)
		if err != nil {
			t.Fatal(err)
		}
		name := map[string]string{"x86_64": "m7i.large", "arm64": "m7g.large"}[w.Function.Architecture]
		instance, err := catalog.Find(name)
		if err != nil {
			t.Fatal(err)
		}
		compareBill(t, w, m.Bill(1), n.kubernetes(instance))
		if t.Failed() {
			return
		}
	}
}

// compareBill checks each component that the naive arithmetic knows; the others
// must cost nothing, but for starts, which are an estimate.
func compareBill(t *testing.T, w Workload, bill Bill, want amounts) {
	t.Helper()
	for _, c := range bill.Components {
		if c.Cost == nil {
			t.Fatalf("%s: %s is unknown", bill.Target, c.Name)
		}
		exact, ok := want[c.Name]
		if !ok {
			if *c.Cost != 0 && c.Category != Startup {
				t.Errorf("%s: %s costs %s, and the other arithmetic does not know it", bill.Target, c.Name, c.Cost)
			}
			continue
		}
		delete(want, c.Name)
		off, _ := new(big.Rat).Sub(big.NewRat(int64(*c.Cost), int64(prices.Dollar)), exact).Float64()
		size, _ := exact.Float64()
		// A billionth for the rounding, and a few in the last digit of a quantity.
		if math.Abs(off) > 1e-8+size*1e-12 {
			t.Errorf("%s: %s costs %s, the other arithmetic has %s, for\n%+v", bill.Target, c.Name, c.Cost, exact.FloatString(9), w)
		}
	}
	for name := range want {
		t.Errorf("%s: no component %s", bill.Target, name)
	}
}
