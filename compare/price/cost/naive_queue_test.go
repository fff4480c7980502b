package cost

import (
	"maps"
	"math"
	"math/big"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"ambi/compare/demand"
	"ambi/compare/price/nodes"
	"ambi/spec"
)

// naiveQueue prices a service that messages start again, the slow way: month after month of
// minutes, and polls one by one.
type naiveQueue struct {
	naive
	data Data
}

// batch is how many messages come together.
func (n naiveQueue) batch() float64 {
	if n.w.Events.Batch == 1 {
		return 1
	}
	return n.w.Traffic.Batch.Or(-1)
}

// units is what SQS meters for a request with some messages.
func (n naiveQueue) units(messages float64) float64 {
	if n.w.Events.Uploads {
		return 1
	}
	units := 1.0
	for bytes := messages * float64(n.w.Traffic.Request.Or(-1)); bytes > 65536; bytes -= 65536 {
		units++
	}
	return units
}

// inVain is how many polls of 20 s end without a message for each that ends with one, where
// messages come at a rate a second to one poller: q + q^2 + ... for the probability q that none
// comes within one, which is the product of (1 + q^(2^k)) less 1.
func inVain(rate float64) float64 {
	if rate == 0 {
		return 0 // none ends with one
	}
	product := 1.0
	for x := 20 * rate; x < 42; x *= 2 { // q^(2^k) is exp(-x), which keeps a rate that q would round off
		product *= 1 + math.Exp(-x)
	}
	return product - 1
}

// requests is what requests to the queue cost, and the name of a line of them.
func (n naiveQueue) requests(quantity float64) *big.Rat {
	if n.w.Events.FIFO {
		return n.price("sqs.fifo", quantity)
	}
	return n.price("sqs.requests", quantity)
}

func (n naiveQueue) line(what string) string {
	if n.w.Events.FIFO {
		return "FIFO queue requests, " + what
	}
	return "Queue requests, " + what
}

// shared is what both bills have of the data.
func (n naiveQueue) shared() amounts {
	var stored, writes, reads float64
	for _, b := range n.data.Buckets {
		stored += float64(b.Stored.Or(0)) / 1073741824
		writes += b.Writes.Or(0)
		reads += b.Reads.Or(0)
	}
	list := amounts{
		n.line("sends"):    n.requests(n.w.Traffic.Requests.Or(-1) * n.units(1)),
		"Alarms of queues": n.price("alarms.standard", 2*float64(n.data.Queues)),
	}
	if len(n.data.Tables) > 0 {
		maps.Copy(list, n.tables())
	}
	if len(n.data.Databases) > 0 {
		maps.Copy(list, n.databases())
	}
	if len(n.data.Caches) > 0 {
		maps.Copy(list, n.caches())
	}
	if len(n.data.Buckets) > 0 {
		list["Bucket storage"] = n.price("s3.storage", stored)
		list["Bucket requests, writes"] = n.price("s3.writes", writes)
		list["Bucket requests, reads"] = n.price("s3.reads", reads)
	}
	return list
}

func (n naiveQueue) lambda() amounts {
	t, a := n.w.Traffic, n.w.Function.Architecture
	messages := t.Requests.Or(-1)
	invocations := messages / n.batch()
	waiting := (float64(t.Duration.Or(-1)) - float64(t.CPUTime.Or(-1))) * n.batch()
	core := math.Min(1, float64(n.w.Function.MemoryMB)/1769)
	billedMS := math.Ceil(math.Round((waiting+float64(t.CPUTime.Or(-1))*n.batch()/core)/1e3) / 1e3)
	logs := (messages*float64(t.Log.Or(-1)) + invocations*423) / 1073741824
	egress := messages * float64(t.Outbound.Or(-1)) / 1073741824
	if !n.choices.Logs {
		logs = 0
	}
	if !n.choices.Egress {
		egress = 0
	}
	receives := 0.0 // of ten messages at most
	for left := n.batch(); left > 0; left -= math.Min(left, 10) {
		receives += math.Min(left, 10) / math.Min(n.batch(), 10)
	}
	receives *= invocations
	list := n.shared()
	maps.Copy(list, amounts{
		"Lambda requests":        n.price("lambda.requests", invocations),
		"Lambda duration, " + a:  n.price("lambda.duration."+a, invocations*billedMS/1000*float64(n.w.Function.MemoryMB)/1024),
		"Logs, ingestion":        n.price("logs.ingestion.lambda", logs),
		"Logs, storage":          n.price("logs.storage", logs*float64(n.w.LogDays)/(730./24)*.15),
		"Egress to the internet": n.price("egress.internet", egress),
		"Alarms":                 n.price("alarms.standard", float64(n.naive.shared+n.w.Alarms)),
		n.line("receives"):       n.requests(receives * n.units(math.Min(n.batch(), 10))),
		n.line("deletes"):        n.requests(receives),
	})
	empty, all := 0.0, 0.0
	for _, s := range t.Profile.Segments() {
		rate := receives / 2628000 * s.Factor
		if rate == 0 {
			empty += float64(n.w.Events.Pollers) / 20 * s.Length.Seconds()
		}
		empty += rate * inVain(rate/float64(n.w.Events.Pollers)) * s.Length.Seconds()
		all += s.Length.Seconds()
	}
	list[n.line("empty receives")] = n.requests(empty / all * 2628000)
	return list
}

func (n naiveQueue) kubernetes(instance nodes.Instance) amounts {
	t, k, e := n.w.Traffic, n.choices.Kubernetes, n.w.Events
	messages, cpu, duration := t.Requests.Or(-1), t.CPUTime.Or(-1).Seconds(), t.Duration.Or(-1).Seconds()
	var minutes []float64
	for range 2 {
		for _, s := range t.Profile.Segments() {
			minutes = append(minutes, slices.Repeat([]float64{s.Factor}, int(s.Length/time.Minute))...)
		}
	}
	cycle := len(minutes) / 2
	var highest []float64 // of the time before, for each minute of a cycle
	sum := 0.0
	for at := cycle; at < 2*cycle; at++ {
		most := slices.Max(minutes[max(at-min(int(k.ScaleIn.Std()/time.Minute), cycle-1), 0) : at+1])
		highest = append(highest, most)
		sum += most
	}
	room := instance.Allocatable()
	up := func(x float64) float64 { return math.Ceil(x * (1 - 1e-9)) }
	together := math.Min(n.batch(), float64(e.Receive))
	var hours, empty, deletes, running float64
	nodesOf := map[int]float64{} // by how many pods there are
	placed := func(pods float64) float64 {
		n0, known := nodesOf[int(pods)]
		if !known {
			n0 = float64(n.nodesNeeded(int(pods), room))
			nodesOf[int(pods)] = n0
		}
		return n0
	}
	for _, factor := range highest {
		rate := messages / 2628000 * factor
		pods := math.Max(float64(n.w.Pod.Min), up(rate*duration/float64(n.w.Pod.Concurrency)))
		pods = math.Max(pods, up(rate*cpu/(float64(room.MilliCPU)/1000)))
		if n.w.Pod.Backlog > 0 {
			pods = math.Max(pods, up(rate*duration/float64(n.w.Pod.Backlog)))
		}
		if n.w.Pod.TargetPercent > 0 {
			pods = math.Max(pods, up(rate*cpu/(float64(n.w.Pod.MilliCPU)*float64(n.w.Pod.TargetPercent)/1e5)))
		}
		part := 1.0
		if pods == 1 && n.w.Pod.Min == 0 {
			part = 1 - math.Exp(-rate*(300+duration))
		}
		busy := up(rate * cpu * 1000 / float64(room.MilliCPU))
		with := math.Max(busy, placed(pods))
		without := math.Max(busy, placed(0))
		minute := 1 / float64(cycle) // of the month
		hours += (with*part + without*(1-part)) * 730 * minute
		if pods == 0 || part == 0 {
			continue
		}
		each := messages / together / 2628000 * factor * float64(cycle) / sum / part / pods
		seconds := 2628000 * minute * part * pods
		empty += each * inVain(each) * seconds
		if each == 0 {
			empty += seconds / 20
		}
		done := each * together
		deletes += math.Max(1-math.Exp(-done), done/float64(e.Receive)) * seconds
		running += part * minute
	}
	used := messages * cpu / 3600 / float64(instance.CPUs)
	logs, egress := messages*float64(t.Log.Or(-1))/1073741824, messages*float64(t.Outbound.Or(-1))/1073741824
	if !n.choices.Logs {
		logs = 0
	}
	if !n.choices.Egress {
		egress = 0
	}
	list := n.shared()
	maps.Copy(list, amounts{
		"EKS control plane":                   n.price("eks.cluster", 730),
		"Public IPv4 addresses":               n.price("ipv4.hours", hours),
		"Disks":                               n.price("ebs.gp3", hours/730*float64(k.DiskGB)),
		"Nodes " + instance.Type + ", in use": n.price("ec2."+instance.Type, used),
		"Nodes " + instance.Type + ", idle":   n.price("ec2."+instance.Type, math.Max(0, hours-used)),
		"Logs, ingestion":                     n.price("logs.ingestion", logs),
		"Logs, storage":                       n.price("logs.storage", logs*float64(n.w.LogDays)/(730./24)*.15),
		"Egress to the internet":              n.price("egress.internet", egress),
		"Alarms":                              n.price("alarms.standard", float64(n.naive.shared+n.w.Alarms)),
		n.line("receives"):                    n.requests(messages / together * n.units(together)),
		n.line("deletes"):                     n.requests(deletes),
		n.line("empty receives"):              n.requests(empty),
	})
	if n.w.Pod.Backlog > 0 {
		list[n.line("counts")] = n.requests(2628000./30 + running*2628000/15)
	}
	return list
}

func randomQueue(t *testing.T, random *rand.Rand) Workload {
	w := randomWorkload(t, random)
	w.Routes, w.Function.Provisioned, w.Function.Tracing = 0, 0, false
	w.Events = &Events{Uploads: random.IntN(2) == 0, FIFO: random.IntN(3) == 0, Batch: 1, Pollers: 2 + random.IntN(4), Receive: 1 + random.IntN(10)}
	if random.IntN(2) == 0 {
		w.Events.Batch = 2 + random.IntN(30)
		w.Traffic.Batch = demand.Known(1 + float64(random.IntN(2*w.Events.Batch-1))/2)
	}
	w.Pod.TargetRate = 0
	if random.IntN(3) > 0 {
		w.Pod.Backlog, w.Pod.TargetPercent, w.Pod.Min = 1+random.IntN(40), 0, random.IntN(2)
	} else {
		w.Pod.Min = 1 + random.IntN(2)
	}
	return w
}

func TestMessagesAgainstNaiveArithmetic(t *testing.T) {
	random := rand.New(rand.NewPCG(2, 2))
	sheet, catalog, raw := with(t, CacheStoragePrice+"=0.084", CacheUnitsPrice+"=0.0000000023"), catalog(t), rawPrices(t, "us-east-1")
	for key, dollars := range map[string]string{CacheStoragePrice: "0.084", CacheUnitsPrice: "0.0000000023"} {
		raw[key] = rawRate{Key: key, Tiers: []rawTier{{From: "0", Price: dollars}}}
	}
	gone := 0
	for range 200 {
		w := randomQueue(t, random)
		choices := Defaults()
		choices.Kubernetes.ScaleIn = spec.Duration(time.Duration(random.IntN(40)) * time.Minute)
		choices.Logs, choices.Egress = random.IntN(4) > 0, random.IntN(4) > 0
		n := naiveQueue{naive{t, raw, w, choices, random.IntN(3), 0, false}, Data{Queues: 1 + random.IntN(3)}}
		for range random.IntN(3) {
			n.data.Buckets = append(n.data.Buckets, Bucket{"b", demand.Bucket{
				Stored: demand.Known(random.Int64N(1 << 44)), Writes: demand.Known(1e7 * random.Float64()), Reads: demand.Known(1e8 * random.Float64()),
			}})
		}
		n.data.Tables, n.data.Databases, n.data.Caches = randomTables(random), randomDatabases(random), randomCaches(random)
		app := App{Workloads: []Workload{w}, Alarms: n.naive.shared, Data: n.data}
		l, err := Lambda(sheet, app, choices)
		if err != nil {
			t.Fatal(err)
		}
		compareMessages(t, w, l.Bill(1), n.lambda())
		m, err := Kubernetes(sheet, catalog, app, choices)
		if err != nil {
			t.Fatal(err)
		}
		instance, err := catalog.Find(map[string]string{"x86_64": "m7i.large", "arm64": "m7g.large"}[w.Function.Architecture])
		if err != nil {
			t.Fatal(err)
		}
		compareMessages(t, w, m.Bill(1), n.kubernetes(instance))
		if w.Pod.Min == 0 && w.Traffic.Requests.Or(0) < 10_000 {
			gone++
		}
		if t.Failed() {
			return
		}
	}
	if gone < 10 {
		t.Errorf("only %d services are at times without pods", gone)
	}
}

// compareMessages is compareBill with room for what the models round: a billionth of the time
// at which pods run, and a thousandth of a request.
func compareMessages(t *testing.T, w Workload, bill Bill, want amounts) {
	t.Helper()
	for _, c := range bill.Components {
		exact, ok := want[c.Name]
		if !ok {
			exact = new(big.Rat)
		}
		delete(want, c.Name)
		size, _ := exact.Float64()
		if c.Cost == nil || c.Category == Startup {
			if c.Cost == nil {
				t.Errorf("%s: %s is unknown", bill.Target, c.Name)
			}
			continue
		}
		if off := math.Abs(c.Cost.Dollars() - size); off > 1e-6+size*1e-8 {
			t.Errorf("%s: %s costs %s, the other arithmetic has %.9f, for\n%+v %+v", bill.Target, c.Name, c.Cost, size, w, *w.Events)
		}
	}
	for name := range want {
		t.Errorf("%s: no component %s", bill.Target, name)
	}
}
