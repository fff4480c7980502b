package cost

import (
	"encoding/json"
	"maps"
	"math"
	"math/big"
	"math/rand/v2"
	"os"
	"slices"
	"testing"
	"time"

	"ambi/compare/demand"
	"ambi/compare/price"
	"ambi/compare/price/nodes"
	"ambi/spec"
)

// naive prices a single service again, the slow way: rational prices, a cycle
// walked step by step, pods placed one at a time. It shares no arithmetic with
// the models, only the price file and the shapes of instances. It leaves out
// how many environments start, which is an estimate, and what that costs.
type naive struct {
	t       *testing.T
	raw     map[string]rawRate
	w       Workload
	choices Choices
	shared  int  // alarms beside the service's own
	secrets int  // of the app
	vpc     bool // functions run in one
}

// amounts are by a component's name, in dollars.
type amounts map[string]*big.Rat

// rawRate is a price as the price file has it.
type rawRate struct {
	Key   string
	Free  float64
	Tiers []rawTier
}

type rawTier struct {
	From  json.Number
	Price string
}

// rawPrices reads a region of the price file, with none of the packages that
// know what it means.
func rawPrices(t *testing.T, region string) map[string]rawRate {
	t.Helper()
	text, err := os.ReadFile("../book.json")
	if err != nil {
		t.Fatal(err)
	}
	var book struct {
		Regions map[string][]rawRate
	}
	if err := json.Unmarshal(text, &book); err != nil {
		t.Fatal(err)
	}
	raw := map[string]rawRate{}
	for _, rate := range book.Regions[region] {
		raw[rate.Key] = rate
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

// price is what a month's quantity costs: what is free of it is left out, and
// what the rest of the account uses comes before it.
func (n naive) price(key string, quantity float64) *big.Rat {
	rate, ok := n.raw[key]
	if !ok {
		n.t.Fatalf("no price %s", key)
	}
	if n.choices.FreeTier && key != "httpapi.requests" {
		quantity = math.Max(0, quantity-rate.Free)
	}
	before := new(big.Rat).SetFloat64(n.choices.Elsewhere[key])
	// The whole account's month less what it would be without the app.
	with := n.upTo(rate, new(big.Rat).Add(before, new(big.Rat).SetFloat64(quantity)))
	return with.Sub(with, n.upTo(rate, before))
}

// more is what a quantity costs beside another of the same.
func (n naive) more(key string, other, quantity float64) *big.Rat {
	both := n.price(key, other+quantity)
	return both.Sub(both, n.price(key, other))
}

// upTo is what a quantity costs that begins at the first tier.
func (n naive) upTo(rate rawRate, quantity *big.Rat) *big.Rat {
	total := new(big.Rat)
	for i, tier := range rate.Tiers {
		from, to := n.rational(tier.From.String()), quantity
		if i+1 < len(rate.Tiers) {
			if next := n.rational(rate.Tiers[i+1].From.String()); next.Cmp(to) < 0 {
				to = next
			}
		}
		if width := new(big.Rat).Sub(to, from); width.Sign() > 0 {
			total.Add(total, width.Mul(width, n.rational(tier.Price)))
		}
	}
	return total
}

// cdn is what CloudFront in front of a target costs.
func (n naive) cdn(list amounts) {
	if n.choices.CDN == 0 {
		return
	}
	t := n.w.Traffic
	requests := t.Requests.Or(-1)
	list["CDN, requests"] = n.price("cdn.requests", requests)
	list["CDN, to clients"] = n.price("cdn.egress", requests*float64(t.Response.Or(-1))/1073741824)
	list["CDN, to the target"] = n.price("cdn.origin", (requests-requests*n.choices.CDN)*float64(t.Request.Or(-1))/1073741824)
}

// sent is how many bytes of a request's go to the internet from the target itself.
func (n naive) sent() int64 {
	if n.choices.CDN > 0 {
		return n.w.Traffic.Outbound.Or(-1)
	}
	return n.w.Traffic.Outbound.Or(-1) + n.w.Traffic.Response.Or(-1)
}

// duration is the mean: of quantiles, p50 exp(sigma^2/2) for what is waiting.
func (n naive) duration() time.Duration {
	q, ok := n.w.Traffic.Quantiles.Get()
	if !ok {
		return n.w.Traffic.Duration.Or(-1)
	}
	cpu := float64(n.w.Traffic.CPUTime.Or(-1))
	p50, p99 := float64(q.P50)-cpu, float64(q.P99)-cpu
	sigma := math.Log(p99/p50) / 2.3263478740408408
	return time.Duration(cpu + math.Round(p50*math.Exp(sigma*sigma/2)))
}

func (n naive) lambda() amounts {
	t, a := n.w.Traffic, n.w.Function.Architecture
	requests := t.Requests.Or(-1) * (1 - n.choices.CDN)
	waiting := n.duration() - t.CPUTime.Or(-1)
	core := math.Min(1, float64(n.w.Function.MemoryMB)/1769)
	billedMS := math.Ceil(math.Round((float64(waiting)+float64(t.CPUTime.Or(-1))/core)/1e3) / 1e3)
	gbs := requests * billedMS / 1000 * float64(n.w.Function.MemoryMB) / 1024
	payload := float64(t.Request.Or(-1) + t.Response.Or(-1))
	units := math.Max(1, math.Ceil(payload/524288))
	logs := requests * (float64(t.Log.Or(-1)) + 423) / 1073741824
	access := requests * 259 / 1073741824
	egress := requests * float64(n.sent()) / 1073741824
	list := amounts{}
	n.cdn(list)
	switch through := n.choices.Lambda.FrontDoor; {
	case n.choices.Lambda.FunctionURL:
		access = 0
		list["Function URL requests"] = n.price("lambda.url", requests)
	case through == "rest-api":
		list["REST API requests"] = n.price("restapi.requests", requests)
	case through == "alb":
		access = 0
		k, perSecond := n.choices.Kubernetes, requests/2628000
		lcu := perSecond / k.RequestsPerConnection / 25
		lcu = math.Max(lcu, perSecond/k.RequestsPerConnection*math.Max(billedMS/1000, k.ConnectionTime.Std().Seconds())/3000)
		lcu = math.Max(lcu, requests*payload/1073741824/730/.4)
		lcu = math.Max(lcu, perSecond*math.Max(0, float64(n.w.Routes-10))/1000)
		list["Application Load Balancer"] = n.price("alb.hours", 730)
		list["Load balancer capacity"] = n.price("alb.lcu", lcu*730)
		list["Public IPv4 addresses, load balancer"] = n.price("ipv4.hours", 730*float64(k.Zones))
	default:
		list["HTTP API requests"] = n.price("httpapi.requests", requests*units)
	}
	if !n.choices.Logs {
		logs, access = 0, 0
	}
	if !n.choices.Egress {
		egress = 0
	}
	maps.Copy(list, amounts{
		"Lambda requests":        n.price("lambda.requests", requests),
		"Logs, ingestion":        n.price("logs.ingestion.lambda", logs),
		"Logs, storage":          n.price("logs.storage", (logs+access)*float64(n.w.LogDays)/(730./24)*.15),
		"Egress to the internet": n.price("egress.internet", egress),

		"Access log of the API, ingestion": n.more("logs.ingestion.lambda", logs, access),

		"Secrets": n.price("secrets.secret", float64(n.secrets)),
		"Alarms":  n.price("alarms.standard", float64(n.shared+n.w.Alarms)),
	})
	if n.w.Function.Tracing {
		traced, long := 0.0, 0.0
		for _, s := range t.Profile.Segments() {
			rate := requests / 2628000 * s.Factor
			if rate > 1 {
				rate = 1 + (rate-1)/20
			}
			traced += rate * s.Length.Seconds()
			long += s.Length.Seconds()
		}
		list["Traces, recorded"] = n.price("xray.traces", traced/long*2628000)
	}
	spilled := 1.0
	if ready := n.w.Function.Provisioned; ready > 0 {
		var inUse float64
		inUse, spilled = n.provisioned(requests/2628000, billedMS/1000)
		month := 2628000 * float64(n.w.Function.MemoryMB) / 1024
		list["Lambda provisioned concurrency in use, "+a] = n.price("lambda.provisioned."+a, inUse*month)
		list["Lambda provisioned concurrency, idle, "+a] = n.price("lambda.provisioned."+a, (float64(ready)-inUse)*month)
		list["Lambda duration on provisioned concurrency, "+a] = n.price("lambda.provisioned-duration."+a, (1-spilled)*gbs)
	}
	list["Lambda duration, "+a] = n.price("lambda.duration."+a, spilled*gbs)
	gateways := 0
	if n.vpc {
		gateways = 1
	}
	if gateways = n.choices.Lambda.NATGateways.Or(gateways); gateways > 0 {
		list["NAT gateways"] = n.price("nat.hours", 730*float64(gateways))
		list["Public IPv4 addresses"] = n.price("ipv4.hours", 730*float64(gateways))
		list["NAT gateway data"] = n.price("nat.data", requests*float64(t.Outbound.Or(-1))/1073741824)
	}
	return list
}

// provisioned is how much of the provisioned concurrency is in use on average,
// and the part of the requests that find all of it busy, at a mean rate of
// requests that are busy for some seconds. In a stretch of even traffic the
// number in use is a birth and death process: it has k with a probability that
// is as load^k / k!, and the balance of births and deaths gives it.
func (n naive) provisioned(rate, busy float64) (inUse, spilled float64) {
	whole, all := 0.0, 0.0
	for _, s := range n.w.Traffic.Profile.Segments() {
		all += float64(s.Length)
		whole += float64(s.Length) * s.Factor
	}
	for _, s := range n.w.Traffic.Profile.Segments() {
		load := big.NewFloat(rate * s.Factor * busy).SetPrec(200)
		weight := func(x int64) *big.Float { return new(big.Float).SetPrec(200).SetInt64(x) }
		term, sum, mean := weight(1), weight(1), weight(0)
		for k := 1; k <= n.w.Function.Provisioned; k++ {
			term = new(big.Float).Quo(new(big.Float).Mul(term, load), weight(int64(k)))
			sum = new(big.Float).Add(sum, term)
			mean = new(big.Float).Add(mean, new(big.Float).Mul(term, weight(int64(k))))
		}
		full, _ := new(big.Float).Quo(term, sum).Float64()
		average, _ := new(big.Float).Quo(mean, sum).Float64()
		inUse += average * float64(s.Length) / all
		spilled += full * s.Factor * float64(s.Length) / whole
	}
	return inUse, spilled
}

// fargateSizes are vCPU in thousandths and memory in MiB, the smallest first:
// the table of docs.aws.amazon.com/eks/latest/userguide/fargate-pod-configuration.html.
func fargateSizes() (sizes [][2]int) {
	add := func(milliCPU int, gigabytes ...int) {
		for _, g := range gigabytes {
			sizes = append(sizes, [2]int{milliCPU, g * 1024})
		}
	}
	steps := func(from, to, by int) (list []int) {
		for g := from; g <= to; g += by {
			list = append(list, g)
		}
		return list
	}
	sizes = append(sizes, [2]int{250, 512})
	add(250, 1, 2)
	add(500, 1, 2, 3, 4)
	add(1000, steps(2, 8, 1)...)
	add(2000, steps(4, 16, 1)...)
	add(4000, steps(8, 30, 1)...)
	add(8000, steps(16, 60, 4)...)
	add(16000, steps(32, 120, 8)...)
	return sizes
}

// fargate is what a pod is billed as, in vCPU and GB.
func (n naive) fargate(milliCPU, memoryMiB int) (cpu, gb float64) {
	for _, size := range fargateSizes() {
		if size[0] >= milliCPU && size[1] >= memoryMiB+256 {
			return float64(size[0]) / 1000, float64(size[1]) / 1024
		}
	}
	n.t.Fatalf("no Fargate size for %d and %d", milliCPU, memoryMiB)
	return 0, 0
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
	requests, cpu, duration := t.Requests.Or(-1)*(1-n.choices.CDN), t.CPUTime.Or(-1).Seconds(), n.duration().Seconds()
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
	// The smallest part of a replica is one; what rounding adds to some is none.
	up := func(x float64) float64 { return math.Ceil(x * (1 - 1e-9)) }
	cycle := len(rates) / 2
	hold := int(k.ScaleIn.Std() / step)
	hours, replicaHours := 0.0, 0.0
	count := map[float64][2]float64{} // nodes and replicas by rate
	for at := cycle; at < 2*cycle; at++ {
		highest := 0.0
		// A minute that ended within the hold counts for all of this one.
		for back := 0; back <= min(hold, cycle-1); back++ {
			highest = math.Max(highest, rates[at-back])
		}
		if k.ForPeak {
			highest = slices.Max(rates)
		}
		if _, known := count[highest]; !known {
			rate := requests / 2628000 * highest
			room := instance.Allocatable()
			replicas := math.Max(float64(n.w.Pod.Min), up(rate*duration/float64(n.w.Pod.Concurrency)))
			if n.w.Pod.TargetPercent > 0 {
				replicas = math.Max(replicas, up(rate*cpu/(float64(n.w.Pod.MilliCPU)/1000*float64(n.w.Pod.TargetPercent)/100)))
			}
			if n.w.Pod.TargetRate > 0 {
				replicas = math.Max(replicas, up(rate/n.w.Pod.TargetRate))
			}
			most := float64(n.w.Pod.MilliCPU) / 1000 // that a pod gets
			switch {
			case k.Compute == Fargate:
				most, _ = n.fargate(n.w.Pod.MilliCPU, n.w.Pod.MemoryMiB)
			case k.Shared == 0:
				most = float64(room.MilliCPU) / 1000
			}
			replicas = math.Max(replicas, up(rate*cpu/most))
			switch {
			case k.Compute == Fargate:
				count[highest] = [2]float64{0, replicas}
			case k.Shared > 0:
				each := math.Max(float64(n.w.Pod.MilliCPU)/float64(room.MilliCPU), float64(n.w.Pod.MemoryMiB)/float64(room.MemoryMiB))
				count[highest] = [2]float64{replicas * math.Max(each, 1/float64(room.Pods)), replicas}
			default:
				count[highest] = [2]float64{math.Max(float64(n.nodesNeeded(int(replicas), room)), up(rate*cpu/most)), replicas}
			}
		}
		hours += count[highest][0] * 730 / float64(cycle)
		replicaHours += count[highest][1] * 730 / float64(cycle)
	}
	if k.Utilization > 0 && k.Compute == EC2 {
		hours = math.Max(hours, requests*cpu/3600/(float64(instance.CPUs)*k.Utilization))
	}
	part := 1.0 // of what is fixed
	if k.Shared > 0 {
		part = k.Shared
	}
	addresses := 730 * part * float64(k.NATGateways)
	if !n.w.Balancer.Internal {
		addresses += 730 * part * float64(k.Zones)
	}
	if k.PublicNodes {
		addresses += hours
	}
	used := requests * cpu / 3600
	gb := func(bytes int64) float64 { return requests * float64(bytes) / 1073741824 }
	perSecond := requests / 2628000
	payload := gb(t.Request.Or(-1) + t.Response.Or(-1))
	lcu := perSecond / k.RequestsPerConnection / 25
	lcu = math.Max(lcu, perSecond/k.RequestsPerConnection*math.Max(duration, k.ConnectionTime.Std().Seconds())/3000)
	lcu = math.Max(lcu, payload/730)
	lcu = math.Max(lcu, perSecond*math.Max(0, float64(n.w.Routes-10))/1000)
	logs, egress := gb(t.Log.Or(-1)), gb(n.sent())
	if !n.choices.Logs {
		logs = 0
	}
	if !n.choices.Egress {
		egress = 0
	}
	list := amounts{
		"EKS control plane":         n.price("eks.cluster", 730*part),
		"Application Load Balancer": n.price("alb.hours", 730*part),
		"Load balancer capacity":    n.price("alb.lcu", lcu*730),
		"Public IPv4 addresses":     n.price("ipv4.hours", addresses),
		"Disks":                     n.price("ebs.gp3", hours/730*float64(k.DiskGB)),
		"Traffic between zones":     n.price("zone.transfer", payload*k.CrossZone*2),
		"Logs, ingestion":           n.price("logs.ingestion", logs),
		"Logs, storage":             n.price("logs.storage", logs*float64(n.w.LogDays)/(730./24)*.15),
		"Egress to the internet":    n.price("egress.internet", egress),
		"Alarms":                    n.price("alarms.standard", float64(n.shared+n.w.Alarms)),
	}
	n.cdn(list)
	if a := "x86_64"; k.Compute == Fargate {
		cpu, memory := n.fargate(n.w.Pod.MilliCPU, n.w.Pod.MemoryMiB)
		cpu, memory = cpu*replicaHours, memory*replicaHours
		if k.Shared == 0 {
			dnsCPU, dnsMemory := n.fargate(100, 70)
			cpu, memory = cpu+2*730*dnsCPU, memory+2*730*dnsMemory
		}
		list["Fargate CPU, "+a+", in use"] = n.price("fargate.cpu."+a, used)
		list["Fargate CPU, "+a+", idle"] = n.price("fargate.cpu."+a, math.Max(0, cpu-used))
		list["Fargate memory, "+a] = n.price("fargate.memory."+a, memory)
	} else {
		used /= float64(instance.CPUs)
		list["Nodes "+instance.Type+", in use"] = n.price("ec2."+instance.Type, used)
		list["Nodes "+instance.Type+", idle"] = n.price("ec2."+instance.Type, math.Max(0, hours-used))
	}
	if k.NATGateways > 0 {
		list["NAT gateways"] = n.price("nat.hours", 730*part*float64(k.NATGateways))
		list["NAT gateway data"] = n.price("nat.data", gb(t.Outbound.Or(-1))+logs)
	}
	if n.w.ClaimGB > 0 {
		list["Disks of claims"] = n.price("ebs.gp3", float64(n.w.Pod.Min)*n.w.ClaimGB)
	}
	if k.Extended {
		list["EKS extended support"] = n.price("eks.extended", 730*part)
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
	u := demand.Usage{
		Requests: demand.Known(math.Floor(math.Exp(random.Float64() * 20))), // to 485 M
		Duration: demand.Known(cpu + time.Duration(1+random.IntN(500))*time.Millisecond), CPUTime: demand.Known(cpu),
		Request: demand.Known(int64(random.IntN(100_000))), Response: demand.Known(int64(random.IntN(1_500_000))),
		Log: demand.Known(int64(random.IntN(2000))), Outbound: demand.Known(int64(random.IntN(10_000))),
		Start: demand.Known(time.Duration(random.IntN(2000)) * time.Millisecond),
		Shape: []spec.Shape{spec.Steady, spec.Diurnal, spec.Bursty, spec.Sporadic}[random.IntN(4)],
	}
	if random.IntN(4) == 0 {
		p50 := spec.Duration(u.Duration.Or(0))
		u.Quantiles = demand.Known(spec.Quantiles{P50: p50, P99: p50 * spec.Duration(1+random.IntN(30))})
	}
	switch u.Shape {
	case spec.Steady:
	case spec.Diurnal:
		u.PeakToMean = demand.Known(1 + random.Float64()*5)
	case spec.Bursty:
		u.PeakToMean = demand.Known(float64(2 + random.IntN(10))) // whole, for steps of a minute
		u.Burst = demand.Known(10 * time.Minute)
	case spec.Sporadic:
		u.PeakToMean = demand.Known(float64(2 + random.IntN(30)))
		u.Burst = demand.Known(time.Duration(1+random.IntN(20)) * time.Minute)
	}
	resolved, err := u.Resolve()
	if err != nil {
		t.Fatal(err)
	}
	targetPercent, targetRate, provisioned := 30+random.IntN(71), 0.0, 0
	switch random.IntN(6) {
	case 0:
		targetPercent, targetRate = 0, 1+100*random.Float64()
	case 1:
		targetPercent = 0 // it watches memory
	}
	if random.IntN(3) == 0 {
		provisioned = 1 + random.IntN(1+random.IntN(60))
	}
	return Workload{
		Name: "api", Traffic: resolved, Routes: random.IntN(40), LogDays: 1 + random.IntN(400), Alarms: random.IntN(4),
		Function: Function{MemoryMB: 128 + random.IntN(10_000), Architecture: []string{"x86_64", "arm64"}[random.IntN(2)], Provisioned: provisioned, Tracing: random.IntN(3) == 0},
		Pod: Pod{
			MilliCPU: 50 + random.IntN(1700), MemoryMiB: 32 + random.IntN(6800), Min: random.IntN(5),
			Concurrency: 1 + random.IntN(50), TargetPercent: targetPercent, TargetRate: targetRate,
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
		if random.IntN(2) == 0 {
			choices.Lambda.Through(FrontDoors()[random.IntN(4)])
		}
		k.NATGateways = random.IntN(3)
		k.PublicNodes = k.NATGateways == 0
		k.Extended, k.AutoMode, k.ForPeak = random.IntN(4) == 0, random.IntN(4) == 0, random.IntN(8) == 0
		choices.FreeTier, choices.Logs, choices.Egress = random.IntN(2) == 0, random.IntN(4) > 0, random.IntN(4) > 0
		if random.IntN(4) == 0 {
			choices.Elsewhere = map[string]float64{"egress.internet": 1e6 * random.Float64(), "httpapi.requests": float64(random.IntN(6e8)), "logs.ingestion.lambda": 2e4 * random.Float64()}
		}
		if random.IntN(3) == 0 {
			k.Shared = 1 - random.Float64()
		}
		if random.IntN(3) == 0 {
			k.OnFargate()
			k.AutoMode = false
			w.Pod.MilliCPU *= 1 + random.IntN(8)
			w.Pod.MemoryMiB = 128*(1+random.IntN(400)) + random.IntN(2) // at the edges of sizes
			k.PublicNodes = false
		}
		if k.Compute == EC2 && random.IntN(3) == 0 {
			k.Utilization = .05 + .5*random.Float64()
		}
		if random.IntN(3) == 0 {
			choices.Lambda.NATGateways = demand.Known(random.IntN(3))
		}
		w.Balancer.Internal = random.IntN(4) == 0
		if choices.Egress && random.IntN(3) == 0 {
			choices.CDN = .01 + .98*random.Float64()
		}
		n := naive{t, raw, w, choices, random.IntN(3), random.IntN(3), random.IntN(4) == 0}
		app := App{Workloads: []Workload{w}, Alarms: n.shared, Secrets: n.secrets, VPC: n.vpc}
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
		off, _ := new(big.Rat).Sub(big.NewRat(int64(*c.Cost), int64(price.Dollar)), exact).Float64()
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
