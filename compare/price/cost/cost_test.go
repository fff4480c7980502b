package cost

import (
	"encoding/json"
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"ambi/compare/demand"
	"ambi/compare/price"
	"ambi/spec"
)

// usage is a small API with every figure known.
func usage() demand.Usage {
	return demand.Usage{
		Requests: demand.Known(3e6), Duration: demand.Known(40 * time.Millisecond), CPUTime: demand.Known(12 * time.Millisecond),
		Request: demand.Known[int64](2048), Response: demand.Known[int64](6144), Log: demand.Known[int64](500),
		Outbound: demand.Known[int64](1024), Start: demand.Known(300 * time.Millisecond), Shape: spec.Diurnal,
	}
}

func resolve(t testing.TB, u demand.Usage) demand.Traffic {
	t.Helper()
	r, err := u.Resolve()
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func workload(t testing.TB, u demand.Usage) Workload {
	return Workload{
		Name: "api", Traffic: resolve(t, u), Routes: 2, LogDays: 30,
		Function: Function{MemoryMB: 885, Architecture: "arm64", Secrets: 1},
		Pod:      Pod{MilliCPU: 500, MemoryMiB: 512, Min: 1, Concurrency: 10, TargetPercent: 70},
	}
}

func lambdaOf(t testing.TB, app App, choices Choices) *Model {
	t.Helper()
	m, err := Lambda(sheet(t), app, choices)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func kubernetesOf(t testing.TB, app App, choices Choices) *Model {
	t.Helper()
	m, err := Kubernetes(sheet(t), catalog(t), app, choices)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// both are the models of one service.
func both(t testing.TB, w Workload, choices Choices) []*Model {
	app := App{Workloads: []Workload{w}, Secrets: w.Function.Secrets}
	return []*Model{lambdaOf(t, app, choices), kubernetesOf(t, app, choices)}
}

// lines are a bill's costs by name.
func lines(t testing.TB, bill Bill) map[string]string {
	t.Helper()
	out := map[string]string{}
	for _, c := range bill.Components {
		if _, twice := out[c.Name]; twice {
			t.Fatalf("%s: two components %s", bill.Target, c.Name)
		}
		if c.Cost == nil {
			out[c.Name] = "unknown"
			continue
		}
		out[c.Name] = c.Cost.String()
	}
	return out
}

// TestPublishedExamples computes the worked examples of AWS's own pricing
// pages, as of copies read in 2026: aws.amazon.com/lambda/pricing,
// aws.amazon.com/elasticloadbalancing/pricing, aws.amazon.com/api-gateway/pricing,
// and for EKS, of whose page no copy had its examples, the post
// aws.amazon.com/blogs/containers/amazon-eks-extended-support-for-kubernetes-versions-pricing.
func TestPublishedExamples(t *testing.T) {
	lambda := func(requests float64, billed time.Duration, memory int) map[string]string {
		u := usage()
		u.Requests, u.Duration, u.CPUTime, u.Shape = demand.Known(requests), demand.Known(billed), demand.Known(time.Duration(0)), spec.Steady
		w := workload(t, u)
		w.Function = Function{MemoryMB: memory, Architecture: "x86_64"}
		choices := Defaults()
		choices.FreeTier = true
		return lines(t, both(t, w, choices)[0].Bill(1))
	}
	for _, c := range []struct {
		name           string
		requests       float64
		billed         time.Duration
		memory         int
		duration, call string
	}{
		// 3 M x 120 ms x 1.5 GB = 540,000 GB-s, 400,000 free: 140,000 x 0.0000166667 = 2.33; 2 M x 0.2 / M = 0.40
		{"mobile application backend", 3e6, 120 * time.Millisecond, 1536, "2.33", "0.40"},
		// 6 M x 280 ms x 4 GB = 6,720,000 GB-s, 400,000 free: 105.33; 5 M x 0.2 / M = 1.00
		{"customer support tickets", 6e6, 280 * time.Millisecond, 4096, "105.33", "1.00"},
	} {
		got := lambda(c.requests, c.billed, c.memory)
		if got["Lambda duration, x86_64"] != c.duration || got["Lambda requests"] != c.call {
			t.Errorf("%s: got %s and %s, want %s and %s", c.name, got["Lambda duration, x86_64"], got["Lambda requests"], c.duration, c.call)
		}
	}
	for _, c := range []struct {
		name, key string
		quantity  float64
		want      string
	}{
		// 7.44 M messages of 2 s at 1 GB
		{"telemetry, requests", "lambda.requests", 7.44e6, "1.49"},
		{"telemetry, duration", "lambda.duration.x86_64", 14.88e6, "248.00"},
		// 1,680,000 s x (2,048 - 512) MB
		{"tickets, ephemeral storage", "lambda.storage", 2_520_000, "0.08"},
		// 100 x 1.5 GB for 8 h
		{"launch, provisioned", "lambda.provisioned.x86_64", 4_320_000, "18.00"},
		{"launch, provisioned duration", "lambda.provisioned-duration.x86_64", 75_000, "0.73"},
		{"sale, provisioned", "lambda.provisioned.x86_64", 2_419_200, "10.08"},
		{"sale, provisioned duration", "lambda.provisioned-duration.x86_64", 2_240_000, "21.78"},
		// Extended support: .10 + .50 an hour, 730 hours
		{"EKS", "eks.cluster", 730, "73.00"},
		{"EKS, extended support", "eks.extended", 730, "365.00"},
	} {
		rate, err := sheet(t).Rate(c.key)
		if err != nil {
			t.Fatal(err)
		}
		if got := rate.Cost(c.quantity).String(); got != c.want {
			t.Errorf("%s: got %s, want %s", c.name, got, c.want)
		}
	}
	// API Gateway's page: 300 M HTTP API requests at $1.00 a million and 132 M at
	// $0.90; each is metered in increments of 512 KB.
	u := usage()
	u.Requests, u.Request, u.Response = demand.Known(432e6), demand.Known[int64](1000), demand.Known[int64](2000)
	if got := lines(t, both(t, workload(t, u), Defaults())[0].Bill(1))["HTTP API requests"]; got != "418.80" {
		t.Errorf("432 M HTTP API requests cost %s", got)
	}
	u.Requests, u.Response = demand.Known(216e6), demand.Known[int64](524_288)
	if got := lines(t, both(t, workload(t, u), Defaults())[0].Bill(1))["HTTP API requests"]; got != "418.80" {
		t.Errorf("216 M of two increments each cost %s", got)
	}
	// EKS: $0.10 an hour for a cluster, $0.60 in all in extended support.
	choices := Defaults()
	choices.Kubernetes.Extended = true
	control := price.USD(0)
	for _, c := range both(t, workload(t, usage()), choices)[1].Bill(1).Components {
		if c.Category == Control {
			control += *c.Cost
		}
	}
	if control.String() != "438.00" {
		t.Errorf("730 hours in extended support cost %s", control)
	}
	lcu, err := sheet(t).Rate("alb.lcu")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name string
		d    Dimensions
		want string // 30 days of 24 hours, at .008
	}{
		// 1 connection a second for 2 minutes, 300 KB a second, 60 rules at 5 requests a second:
		// .04, .04, 1.08, .25 units; 1.08 x .008 x 720 = 6.22
		{"one connection a second", Dimensions{1, 120, 1.08, 50 * 5}, "6.22"},
		// 100 connections a second for 3 minutes, 1,000 KB a second, 20 rules at 400 requests a second:
		// 4, 6, 3.6, 4 units; 6 x .008 x 720 = 34.56
		{"a hundred connections a second", Dimensions{100, 18000, 3.6, 10 * 400}, "34.56"},
	} {
		if got := lcu.Cost(c.d.LCUs() * 720).String(); got != c.want {
			t.Errorf("%s: got %s, want %s", c.name, got, c.want)
		}
	}
}

// TestBillByHand walks through one whole bill on each target.
func TestBillByHand(t *testing.T) {
	u := usage()
	u.Shape, u.Start = spec.Steady, demand.Known(time.Duration(0))
	choices := Defaults()
	choices.Kubernetes.NATGateways, choices.Kubernetes.PublicNodes = 1, false
	bills := []map[string]string{}
	models := both(t, workload(t, u), choices)
	for _, m := range models {
		bills = append(bills, lines(t, m.Bill(1)))
	}
	want := []map[string]string{
		{
			"Lambda requests": "0.60", // 3 M x .2 / M
			// 28 ms waiting + 12 ms / (885 / 1769) = 23.99 ms: 52 ms billed. 3 M x .052 s x 885/1024 GB = 134,824.2 GB-s x 13.3334e-6
			"Lambda duration, arm64": "1.80",
			"HTTP API requests":      "3.00", // 8 KiB are one unit
			// (500 + 423) B x 3 M / 2^30 = 2.5788 GB x .50, and 259 B x 3 M / 2^30 = .7236 GB
			"Logs, ingestion":                  "1.29",
			"Access log of the API, ingestion": "0.36",
			"Logs, storage":                    "0.01", // 3.3024 x 30 / 30.4167 x .15 x .03
			"Egress to the internet":           "1.80", // (6,144 + 1,024) B x 3 M / 2^30 = 20.027 GB x .09
			"Secrets":                          "0.40",
			// 1.1416/s, each busy .052 s: an offered load of .0594. The third environment is asked for
			// 1.1416 x .0594^2 / 2 = .0020 times a second and lives 360 s: .0020 x exp(-.72) x 2.628 M s = 2,550 starts x .05 / 10,000
			"Secrets, calls": "0.01",
		},
		{
			// 3 M x 12 ms = 10 core-hours = 5 node-hours x .0816
			"Nodes m7g.large, in use":   "0.41",
			"Nodes m7g.large, idle":     "118.73", // 2 x 730 - 5 = 1,455 x .0816
			"EKS control plane":         "73.00",
			"Application Load Balancer": "16.43", // 16.425
			// 1.1416/s: .0114 units of new connections; 1.1416 x .04 s / 4 / 3,000; 8,192 B x 1.1416 x 3,600 / 2^30 = .0314 GB
			"Load balancer capacity": "0.18", // .0314 x 730 x .008
			"Public IPv4 addresses":  "10.95",
			"NAT gateways":           "32.85",
			"NAT gateway data":       "0.19", // (1,024 + 500) B x 3 M / 2^30 = 4.258 GB x .045
			"Disks":                  "3.20",
			"Logs, ingestion":        "0.70", // 500 B x 3 M / 2^30 = 1.397 GB x .50
			"Logs, storage":          "0.01",
			"Egress to the internet": "1.80",
		},
	}
	for i := range want {
		for name, cost := range bills[i] {
			expected, ok := want[i][name]
			if !ok {
				expected = "0.00"
			}
			if cost != expected {
				t.Errorf("%s costs %s, want %s", name, cost, expected)
			}
		}
		for name := range want[i] {
			if _, ok := bills[i][name]; !ok {
				t.Errorf("no component %s", name)
			}
		}
	}
}

// 300 M requests of 12 ms are 1,000 core-hours, and 13 % of two CPUs .26: 3,846.2 node-hours, of which
// 500 are in use. x .0816 are 313.85 in all.
func TestUtilizationByHand(t *testing.T) {
	u := usage()
	u.Shape, u.Requests = spec.Steady, demand.Known(300e6)
	choices := Defaults()
	choices.Kubernetes.Utilization = .13
	app := App{Workloads: []Workload{workload(t, u)}}
	bill := lines(t, kubernetesOf(t, app, choices).Bill(1))
	for name, want := range map[string]string{"Nodes m7g.large, in use": "40.80", "Nodes m7g.large, idle": "273.05", "Disks": "8.43"} { // 3,846.2 / 730 x 20 GB x .08
		if bill[name] != want {
			t.Errorf("%s costs %s, want %s", name, bill[name], want)
		}
	}
	choices.Kubernetes.Utilization = .9 // the replicas need more nodes than that
	packed := choices
	packed.Kubernetes.Utilization = 0
	if got, want := kubernetesOf(t, app, choices).Bill(1), kubernetesOf(t, app, packed).Bill(1); *got.Total != *want.Total {
		t.Errorf("at 90 %% it costs %s, and packed %s", got.Total, want.Total)
	}
}

func TestBillsAddUp(t *testing.T) {
	random := rand.New(rand.NewPCG(2, 2))
	for range 200 {
		for _, m := range both(t, randomWorkload(t, random), Defaults()) {
			scale := math.Exp(random.NormFloat64())
			bill := m.Bill(scale)
			sum, idle := price.USD(0), price.USD(0)
			for _, c := range bill.Components {
				sum += *c.Cost
				if c.Category == Idle {
					idle += *c.Cost
				}
				if c.Formula == "" || (c.Key != "" && (c.Source == "" || c.Unit == "")) || *c.Quantity < 0 {
					t.Errorf("%s: component %+v", bill.Target, c)
				}
			}
			total, ok := m.Total(scale)
			if !ok || total != sum || *bill.Total != sum || bill.Known != sum || bill.Idle != idle {
				t.Fatalf("%s: total %s, sum %s, bill %s", bill.Target, total, sum, bill.Total)
			}
			costs := m.Costs(scale, nil)
			for i, c := range bill.Components {
				if costs[i] != *c.Cost {
					t.Fatalf("%s: %s costs %s and %s", bill.Target, c.Name, costs[i], *c.Cost)
				}
			}
		}
	}
}

// Both bills cover the same ground: what one target does not pay for is there
// with zero.
func TestBothTargetsHaveOnePerimeter(t *testing.T) {
	for name, change := range variants() {
		choices := Defaults()
		change(&choices)
		var seen []map[Category]bool
		for _, m := range both(t, workload(t, usage()), choices) {
			categories := map[Category]bool{}
			for _, c := range m.Bill(1).Components {
				categories[c.Category] = true
			}
			seen = append(seen, categories)
		}
		all := []Category{Work, Startup, Idle, Control, Entry, Network, Disk, Logs, Egress, Secrets, Alarms}
		for i, categories := range seen {
			if len(categories) != len(all) {
				t.Errorf("%s: target %d has %v", name, i, categories)
			}
			for _, c := range all {
				if !categories[c] {
					t.Errorf("%s: target %d has no %s", name, i, c)
				}
			}
		}
	}
}

// A quantity has the unit that its price is for: an hour is never priced as a
// month, and whoever adds such a line hears of it.
func TestUnitsAgree(t *testing.T) {
	for name, change := range variants() {
		choices := Defaults()
		change(&choices)
		for _, m := range both(t, workload(t, usage()), choices) {
			for _, c := range m.Bill(1).Components {
				want, known := price.UnitOf(c.Key)
				if c.Key == "eks.auto" { // a fraction of the price of an hour
					want = price.Hour
				}
				if c.Key != "" && (!known || c.Unit != want) {
					t.Errorf("%s: %s is counted in %s, and %s is for one %s", name, c.Name, c.Unit, c.Key, want)
				}
			}
		}
	}
	for key, wrong := range map[string]string{"nat.hours": price.GBMonth, "ebs.gp3": price.Hour, "logs.ingestion": price.GBMonth, "eks.cluster": price.SecretMonth} {
		b := newBuilder(spec.Lambda, sheet(t), App{}, Defaults())
		b.add(key, wrong, line{name: "wrong"})
		right, _ := price.UnitOf(key)
		if _, err := b.finish(nil, nil); err == nil || !strings.Contains(err.Error(), "price "+key+" is for one "+right+", not one "+wrong) {
			t.Errorf("%s as one %s: %v", key, wrong, err)
		}
	}
}

// variants are choices one by one.
func variants() map[string]func(*Choices) {
	return map[string]func(*Choices){
		"defaults":     func(*Choices) {},
		"free tier":    func(c *Choices) { c.FreeTier = true },
		"no logs":      func(c *Choices) { c.Logs = false },
		"no egress":    func(c *Choices) { c.Egress = false },
		"function URL": func(c *Choices) { c.Lambda.FunctionURL = true },
		"VPC":          func(c *Choices) { c.Lambda.NATGateways = demand.Known(2) },
		"Fargate":      func(c *Choices) { c.Kubernetes.OnFargate() },
		"for the peak": func(c *Choices) { c.Kubernetes.ForPeak = true },
		"extended":     func(c *Choices) { c.Kubernetes.Extended = true },
		"Auto Mode":    func(c *Choices) { c.Kubernetes.AutoMode = true },
		"shared":       func(c *Choices) { c.Kubernetes.Shared = .1 },
		"NAT":          func(c *Choices) { c.Kubernetes.NATGateways = 2; c.Kubernetes.PublicNodes = false },
		"CDN":          func(c *Choices) { c.CDN = .6 },
		"cross-zone":   func(c *Choices) { c.Kubernetes.CrossZone = .5 },
		"instance":     func(c *Choices) { c.Kubernetes.Instance = "c7g.2xlarge" },
	}
}

func TestZeroUsageCostsTheFloor(t *testing.T) {
	u := usage()
	u.Requests = demand.Known(0.0)
	models := both(t, workload(t, u), Defaults())
	// One secret on Lambda; on Kubernetes the hand-checked floor of 219.061 and
	// two nodes' addresses, 7.30.
	for i, want := range []string{"0.40", "226.36"} {
		total, ok := models[i].Total(1)
		if !ok || total.String() != want {
			t.Errorf("%s costs %s, want %s", models[i].Target, total, want)
		}
		for _, c := range models[i].Bill(1).Components {
			if *c.Cost != 0 && !c.Fixed && c.Category != Idle && c.Category != Disk {
				t.Errorf("%s: %s costs %s without a request", models[i].Target, c.Name, c.Cost)
			}
		}
	}
}

// Everything but Lambda's starts costs no less for more requests: a start is
// for an environment that had nothing to do, and more requests keep it busy.
func TestCostNeverFallsWithRequests(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 3))
	for range 60 {
		w := randomWorkload(t, random)
		choices := Defaults()
		names := slices.Sorted(maps.Keys(variants()))
		variants()[names[random.IntN(len(names))]](&choices)
		choices.Kubernetes.Instance = ""
		for _, m := range both(t, w, choices) {
			var last Bill
			for i := range 200 {
				bill := m.Bill(math.Exp(float64(i)/10) / 1e6)
				for j, c := range bill.Components {
					if c.Category == Startup || c.Category == Secrets || c.Category == Idle || c.Name == "Access log of the API, ingestion" {
						continue // the last shares the tiers of the app's own logs
					}
					if i > 0 && *c.Cost < *last.Components[j].Cost {
						t.Fatalf("%s: %s falls from %s to %s", m.Target, c.Name, last.Components[j].Cost, c.Cost)
					}
				}
				if i > 0 && m.Target == spec.Kubernetes && *bill.Total < *last.Total {
					t.Fatalf("kubernetes falls from %s to %s", last.Total, bill.Total)
				}
				last = bill
			}
		}
	}
}

func TestCostNeverFallsWithOtherInputs(t *testing.T) {
	random := rand.New(rand.NewPCG(4, 4))
	grow := map[string]func(*demand.Usage){
		"duration": func(u *demand.Usage) {
			u.Duration = demand.Known(u.Duration.Or(0) * 3 / 2)
			if q, ok := u.Quantiles.Get(); ok {
				u.Quantiles = demand.Known(spec.Quantiles{P50: q.P50 * 3 / 2, P99: q.P99 * 3 / 2})
			}
		},
		"cpuTime": func(u *demand.Usage) { // the same waiting beside it
			more := u.CPUTime.Or(0) / 2
			u.CPUTime, u.Duration = demand.Known(u.CPUTime.Or(0)+more), demand.Known(u.Duration.Or(0)+more)
			if q, ok := u.Quantiles.Get(); ok {
				u.Quantiles = demand.Known(spec.Quantiles{P50: q.P50 + spec.Duration(more), P99: q.P99 + spec.Duration(more)})
			}
		},
		"request":  func(u *demand.Usage) { u.Request = demand.Known(u.Request.Or(0) * 3) },
		"response": func(u *demand.Usage) { u.Response = demand.Known(u.Response.Or(0) * 3) },
		"log":      func(u *demand.Usage) { u.Log = demand.Known(u.Log.Or(0) * 3) },
		"outbound": func(u *demand.Usage) { u.Outbound = demand.Known(u.Outbound.Or(0) * 3) },
		"start":    func(u *demand.Usage) { u.Start = demand.Known(u.Start.Or(0) * 3) },
	}
	for range 200 {
		w := randomWorkload(t, random)
		w.Pod = Pod{MilliCPU: 500, MemoryMiB: 512, Min: 1, Concurrency: 10, TargetPercent: 70}
		choices := Defaults()
		choices.Kubernetes.NATGateways = 1
		before := both(t, w, choices)
		for name, change := range grow {
			u := w.Traffic.Usage
			change(&u)
			larger := w
			larger.Traffic = resolve(t, u)
			for i, m := range both(t, larger, choices) {
				was, _ := before[i].Total(1)
				if is, _ := m.Total(1); is < was-2 { // billionths: each line is rounded
					t.Fatalf("%s: more %s costs %s instead of %s", m.Target, name, is, was)
				}
			}
		}
	}
}

// On Lambda the shape changes what starts, and nothing else; with provisioned
// concurrency, what that serves too.
func TestShapeOnLambda(t *testing.T) {
	for _, provisioned := range []int{0, 3} {
		var first Bill
		for i, shape := range []spec.Shape{spec.Steady, spec.Diurnal, spec.Bursty, spec.Sporadic} {
			u := usage()
			u.Shape = shape
			w := workload(t, u)
			w.Function.Provisioned = provisioned
			bill := both(t, w, Defaults())[0].Bill(1)
			if i == 0 {
				first = bill
				continue
			}
			for j, c := range bill.Components {
				changes := c.Category == Startup || c.Name == "Secrets, calls" || provisioned > 0 && (c.Category == Idle || strings.HasPrefix(c.Name, "Lambda duration"))
				if !changes && math.Abs(*c.Quantity-*first.Components[j].Quantity) > 1e-5*(*c.Quantity) {
					t.Errorf("%s: %s goes from %v to %v", shape, c.Name, *first.Components[j].Quantity, *c.Quantity)
				}
			}
		}
	}
}

func TestUnknownFiguresAreNeverZero(t *testing.T) {
	forget := map[demand.Input]func(*demand.Usage){
		demand.Requests: func(u *demand.Usage) { u.Requests = demand.Maybe[float64]{} },
		demand.Duration: func(u *demand.Usage) { u.Duration = demand.Maybe[time.Duration]{} },
		demand.CPUTime:  func(u *demand.Usage) { u.CPUTime = demand.Maybe[time.Duration]{} },
		demand.Request:  func(u *demand.Usage) { u.Request = demand.Maybe[int64]{} },
		demand.Response: func(u *demand.Usage) { u.Response = demand.Maybe[int64]{} },
		demand.Log:      func(u *demand.Usage) { u.Log = demand.Maybe[int64]{} },
		demand.Outbound: func(u *demand.Usage) { u.Outbound = demand.Maybe[int64]{} },
		demand.Start:    func(u *demand.Usage) { u.Start = demand.Maybe[time.Duration]{} },
		demand.Shape:    func(u *demand.Usage) { u.Shape = "" },
	}
	unaffected := map[spec.Target][]demand.Input{
		spec.Lambda:     {demand.Outbound},               // without a VPC
		spec.Kubernetes: {demand.Outbound, demand.Start}, // without NAT
	}
	for input, remove := range forget {
		for name, change := range variants() {
			choices := Defaults()
			change(&choices)
			complete := both(t, workload(t, usage()), choices)
			u := usage()
			remove(&u)
			for i, m := range both(t, workload(t, u), choices) {
				bill, full := m.Bill(1), complete[i].Bill(1)
				unknown := 0
				for j, c := range bill.Components {
					if c.Cost != nil {
						// What is known does not hang on the figure, but that egress says which it lacks.
						lacks := input == demand.Outbound && c.Name == "Egress to the internet" && strings.Contains(c.Formula, "without what the app itself sends")
						if !lacks && *c.Cost != *full.Components[j].Cost {
							t.Errorf("%s without %s, %s: %s costs %s instead of %s", m.Target, input, name, c.Name, c.Cost, full.Components[j].Cost)
						}
						continue
					}
					unknown++
					if c.Quantity != nil || !slices.Equal(c.Missing, []Missing{{"api", input}}) || c.Formula == "" {
						t.Errorf("%s without %s, %s: %+v", m.Target, input, name, c)
					}
				}
				total, ok := m.Total(1)
				if ok != (unknown == 0) || (bill.Total == nil) == ok || total != bill.Known {
					t.Errorf("%s without %s, %s: %d unknown, total %v", m.Target, input, name, unknown, ok)
				}
				if name == "defaults" && (unknown == 0) != slices.Contains(unaffected[m.Target], input) {
					t.Errorf("%s without %s: %d components unknown", m.Target, input, unknown)
				}
				if unknown > 0 && !slices.Equal(bill.Missing, []Missing{{"api", input}}) {
					t.Errorf("%s without %s, %s: missing %v", m.Target, input, name, bill.Missing)
				}
			}
		}
	}
}

func TestBillAsJSON(t *testing.T) {
	u := usage()
	u.Log = demand.Maybe[int64]{}
	text, err := json.Marshal(both(t, workload(t, u), Defaults())[0].Bill(1))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		`"total":null`, `"name":"Logs, ingestion","category":"logs","unit":"GB"`, `"quantity":null`, `"missing":[{"service":"api","input":"logSize"}]`,
		`"name":"Lambda requests","category":"compute","unit":"request","tiers":[{"from":0,"price":"0.0000002"}],"quantity":3000000,"cost":0.6`,
	} {
		if !strings.Contains(string(text), want) {
			t.Errorf("%s\nlacks %s", text, want)
		}
	}
}

// Each load balancer that the stack's Ingresses make is paid for, and only a public one
// has public addresses.
func TestBalancers(t *testing.T) {
	app := func(balancers ...Balancer) App {
		var a App
		for _, b := range balancers {
			w := workload(t, usage())
			w.Balancer = b
			a.Workloads = append(a.Workloads, w)
		}
		return a
	}
	alone, other := Balancer{Name: "service api"}, Balancer{Name: "service web", Internal: true}
	for name, c := range map[string]struct {
		app                App
		balancers, address float64
	}{
		"one of all":                {app(Balancer{}, Balancer{}), 1, 2},
		"one each":                  {app(alone, other), 2, 2},
		"a group":                   {app(alone, alone), 1, 2},
		"one that nobody else sees": {app(other), 1, 0},
	} {
		choices := Defaults()
		choices.Kubernetes.PublicNodes, choices.Kubernetes.NATGateways = false, 1
		for _, line := range kubernetesOf(t, c.app, choices).Bill(1).Components {
			want := map[string]float64{"Application Load Balancer": c.balancers * 730, "Public IPv4 addresses": (c.address + 1) * 730}
			if hours, asked := want[line.Name]; asked && float64(*line.Quantity) != hours {
				t.Errorf("%s: %s: %v hours, want %v", name, line.Name, *line.Quantity, hours)
			}
		}
	}
}

// A CDN that answers 80 % of 100 M requests leaves 20 M to either target: its bill is that of 20 M
// requests, without what they send to clients. CloudFront is 100 for requests; of 6 KiB each
// 572.2 GB at .085 to clients, and 20 M x 2 KiB at .02 to the target, on both bills.
func TestCDNByHand(t *testing.T) {
	behind, alone := Defaults(), Defaults()
	behind.CDN = .8
	u := usage()
	u.Requests, u.Outbound = demand.Known(100e6), demand.Known[int64](0)
	few := u
	few.Requests = demand.Known(20e6)
	ours := 100 + 100e6*6144/(1<<30)*.085 + 20e6*2048/(1<<30)*.02
	for i, m := range both(t, workload(t, u), behind) {
		without := both(t, workload(t, few), alone)[i].Bill(1)
		want := without.Total.Dollars() + ours
		for _, c := range without.Components {
			if c.Category == Egress {
				want -= c.Cost.Dollars()
			}
		}
		if got := m.Bill(1).Total.Dollars(); math.Abs(got-want) > 1e-6 {
			t.Errorf("%s behind a CDN costs %g, want %g", m.Target, got, want)
		}
	}
}
