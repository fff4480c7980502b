package cost

import (
	"math"
	"strings"
	"testing"
	"time"

	"ambi/compare/demand"
	"ambi/compare/price"
	"ambi/spec"
)

// steady is a service with an even load and nothing to start.
func steady(t testing.TB, requests float64) Workload {
	u := usage()
	u.Requests, u.Shape, u.Start = demand.Known(requests), spec.Steady, demand.Known(time.Duration(0))
	w := workload(t, u)
	w.Function.Secrets = 0
	return w
}

func TestChoicesByHand(t *testing.T) {
	for _, c := range []struct {
		name     string
		requests float64
		change   func(*Choices, *Workload)
		target   int // 0 is Lambda, 1 is Kubernetes
		want     map[string]string
	}{
		{"extended support", 0, func(c *Choices, _ *Workload) { c.Kubernetes.Extended = true }, 1, map[string]string{
			"EKS control plane": "73.00", "EKS extended support": "365.00", // .50 x 730
		}},
		{"Auto Mode", 0, func(c *Choices, _ *Workload) { c.Kubernetes.AutoMode = true }, 1, map[string]string{
			"EKS Auto Mode": "14.30", // 2 x 730 x .0816 x .12 = 14.2963
		}},
		{"x86", 0, func(_ *Choices, w *Workload) { w.Function.Architecture = "x86_64" }, 1, map[string]string{
			"Nodes m7i.large, idle": "147.17", // 2 x 730 x .1008
		}},
		{"a larger pod takes a larger node", 0, func(_ *Choices, w *Workload) { w.Pod.MilliCPU = 2000 }, 1, map[string]string{
			"Nodes m7g.xlarge, idle": "238.27", // 2 x 730 x .1632
		}},
		{"shared cluster", 2_628_000, func(c *Choices, w *Workload) {
			c.Kubernetes.Shared, c.Kubernetes.NATGateways = .1, 1
			w.Pod = Pod{MilliCPU: 361, MemoryMiB: 512, Min: 3, Concurrency: 10, TargetPercent: 70}
		}, 1, map[string]string{
			"EKS control plane": "7.30", "Application Load Balancer": "1.64", "NAT gateways": "3.29", // a tenth each; 1.6425, 3.285
			// Three pods take 361 / 1,805 = .2 of a node each: 438 hours, of which 2.628 M x 12 ms / 2 cores = 4.38 work.
			"Nodes m7g.large, in use": "0.36", "Nodes m7g.large, idle": "35.38", // 433.62 x .0816
			"Disks":                 "0.96", // .6 x 20 x .08
			"Public IPv4 addresses": "3.29", // (2 + 1) x 73 x .005 + 438 x .005 = 1.095 + 2.19
		}},
		{"Fargate", 2_628_000, func(c *Choices, w *Workload) {
			c.Kubernetes.OnFargate()
			w.Pod.Min = 3
		}, 1, map[string]string{
			// Three pods of .5 vCPU and 1 GB (512 + 256 MiB), two of DNS of .25 and .5: 2 vCPU and 4 GB.
			// 2.628 M x 12 ms = 8.76 vCPU-hours work of 1,460, and 2,920 GB-hours: of x86_64, although
			// the function is arm64, and behind a NAT gateway.
			"Fargate CPU, x86_64, in use": "0.35", "Fargate CPU, x86_64, idle": "58.75", // 8.76, 1,451.24 x .04048
			"Fargate memory, x86_64": "12.98", // 2,920 x .004445
			"Disks":                  "0.00",
			"Public IPv4 addresses":  "10.95", // (2 + 1) x 730 x .005
			"NAT gateways":           "32.85", // 730 x .045
		}},
		// 100/s x 12 ms = 1.2 cores: four pods at 70 % of 500m, three on a node of 1,805m. Two nodes of
		// 2 vCPUs may use 30 % of them, 1.2 cores, for ever; of t4g.medium 20 %, .8.
		{"burstable nodes at their baseline", 2_628_000 * 100, func(c *Choices, w *Workload) {
			c.Kubernetes.Instance, w.Pod.MemoryMiB = "t4g.large", 256
		}, 1, map[string]string{
			"Nodes t4g.large, in use": "29.43", "CPU of nodes above their baseline": "0.00", // 438 x .0672
		}},
		{"burstable nodes above it", 2_628_000 * 100, func(c *Choices, w *Workload) {
			c.Kubernetes.Instance, w.Pod.MemoryMiB = "t4g.medium", 256
		}, 1, map[string]string{
			"Nodes t4g.medium, in use": "14.72", "CPU of nodes above their baseline": "11.68", // 438 x .0336; .4 x 730 x .04
		}},
		{"between zones", 1e8, func(c *Choices, _ *Workload) { c.Kubernetes.CrossZone = .5 }, 1, map[string]string{
			"Traffic between zones": "7.63", // 8,192 B x 100 M / 2^30 = 762.9 GB x .5 x 2 x .01
		}},
		{"rules", 1e8, func(c *Choices, w *Workload) {
			w.Routes, c.Kubernetes.RequestsPerConnection = 60, 100
		}, 1, map[string]string{
			// 38.05/s x 50 rules / 1,000 = 1.9026 units, more than .015 of connections and 1.045 of GB
			"Load balancer capacity": "11.11", // 1.9026 x 730 x .008
		}},
		{"connections that stay", 1e8, func(c *Choices, _ *Workload) {
			c.Kubernetes.RequestsPerConnection, c.Kubernetes.ConnectionTime = 10, spec.Duration(25*time.Minute)
		}, 1, map[string]string{
			// 3.805/s x 1,500 s = 5,708 / 3,000 = 1.9026 units
			"Load balancer capacity": "11.11",
		}},
		// 10/s: one traced, and .45 of the other nine: 1.45 x 2.628 M s = 3.81 M x 5 / M
		{"traces", 2_628_000 * 10, func(_ *Choices, w *Workload) { w.Function.Tracing = true }, 0, map[string]string{"Traces, recorded": "19.05"}},
		{"what the app itself sends", 1e8, func(_ *Choices, w *Workload) { w.Traffic.Outbound = demand.Known[int64](6144) }, 0, map[string]string{
			"Egress to the internet": "103.00", // 2 x 6,144 B x 100 M / 2^30 = 1,144.4 GB x .09
		}},
		{"alarms", 0, func(_ *Choices, w *Workload) { w.Alarms = 3 }, 0, map[string]string{"Alarms": "0.30"}},
		{"function URL", 1e9, func(c *Choices, _ *Workload) { c.Lambda.FunctionURL = true }, 0, map[string]string{
			"HTTP API requests": "0.00", "Function URL requests": "0.00", "Lambda requests": "200.00",
		}},
		// A REST API meters by the request, of whatever size: 333 M x 3.5 + 167 M x 2.8.
		{"REST API", 5e8, func(c *Choices, w *Workload) {
			c.Lambda.Through(RESTAPI)
			w.Traffic.Response = demand.Known[int64](2 << 20)
		}, 0, map[string]string{
			"REST API requests": "1633.10", "HTTP API requests": "0.00", "Access log of the API, ingestion": "60.30",
		}},
		{"a load balancer before the functions", 1e9, func(c *Choices, _ *Workload) { c.Lambda.Through(ALB) }, 0, map[string]string{
			// 380.5/s: 95.1 connections / 25 = 3.8 units; x 8,192 B = 10.45 GB an hour, of which a unit
			// holds .4: 26.13 units x 730 x .008
			"Application Load Balancer": "16.43", "Load balancer capacity": "152.59", "Public IPv4 addresses, load balancer": "7.30",
			"HTTP API requests": "0.00", "Access log of the API, ingestion": "0.00",
		}},
		{"HTTP API tiers", 1e9, func(*Choices, *Workload) {}, 0, map[string]string{
			"HTTP API requests": "930.00", // 300 M x 1 + 700 M x .9
		}},
		{"VPC", 1e8, func(c *Choices, _ *Workload) { c.Lambda.NATGateways = demand.Known(2) }, 0, map[string]string{
			"NAT gateways": "65.70", "Public IPv4 addresses": "7.30", "NAT gateway data": "4.29", // 1,024 B x 100 M / 2^30 = 95.37 x .045
		}},
		{"free tier", 3e6, func(c *Choices, _ *Workload) { c.FreeTier = true }, 0, map[string]string{
			"Lambda requests": "0.40", "HTTP API requests": "3.00", "Access log of the API, ingestion": "0.00", "Alarms": "0.00", "Lambda duration, arm64": "0.00", "Logs, ingestion": "0.00", "Egress to the internet": "0.00",
		}},
		{"an account with other traffic", 3e6, func(c *Choices, _ *Workload) {
			c.Elsewhere = map[string]float64{"httpapi.requests": 299e6, "egress.internet": 200_000}
		}, 0, map[string]string{
			"HTTP API requests":      "2.80", // 1 M x 1 + 2 M x .9
			"Egress to the internet": "1.00", // 20.027 GB x .05
		}},
		{"provisioned concurrency", 2_628_000 * 100, func(_ *Choices, w *Workload) {
			w.Function = Function{MemoryMB: 1024, Architecture: "arm64", Provisioned: 4}
		}, 0, map[string]string{
			// 28 + 12 x 1,769 / 1,024 = 48.73: 49 ms. 100/s x .049 = 4.9 at once. Of these
			// 4.9^4/4! / (1 + 4.9 + 4.9^2/2 + 4.9^3/6 + 4.9^4/24) = 24.02 / 61.53 = .3904 find all 4 busy.
			// 4.9 x .6096 = 2.987 in use: x 2.628 M s x 3.3334e-6 = 26.17, and 1.013 idle;
			// 262.8 M x .6096 x .049 x 7.7778e-6 = 61.06 on it; 262.8 M x .3904 x .049 x 13.3334e-6 = 67.02 beside it.
			"Lambda provisioned concurrency in use, arm64": "26.17", "Lambda provisioned concurrency, idle, arm64": "8.87",
			"Lambda duration on provisioned concurrency, arm64": "61.06", "Lambda duration, arm64": "67.02",
		}},
		{"idle provisioned concurrency", 2_628_000, func(_ *Choices, w *Workload) {
			w.Function = Function{MemoryMB: 1024, Architecture: "arm64", Provisioned: 4}
		}, 0, map[string]string{
			// .049 of 4 in use
			"Lambda provisioned concurrency in use, arm64": "0.43", "Lambda provisioned concurrency, idle, arm64": "34.61",
			"Lambda duration, arm64": "0.00", "Lambda initialization, arm64": "0.00",
		}},
	} {
		choices, w := Defaults(), steady(t, c.requests)
		c.change(&choices, &w)
		got := lines(t, both(t, w, choices)[c.target].Bill(1))
		for name, want := range c.want {
			if got[name] != want {
				t.Errorf("%s: %s costs %q, want %s", c.name, name, got[name], want)
			}
		}
	}
}

func TestInitializationIsBilledAfterDuration(t *testing.T) {
	// A million bursts of one request each would all start anew; one a day does.
	u := usage()
	u.Requests, u.Shape = demand.Known(2_628_000/86_400.0), spec.Steady
	u.Start = demand.Known(1500 * time.Millisecond)
	w := workload(t, u)
	bill := both(t, w, Defaults())[0].Bill(1)
	for _, c := range bill.Components {
		if c.Name == "Lambda initialization, arm64" {
			// 30.4 starts x 1.5 s x 885/1,024 GB, but for the few requests that come within 6 minutes of another
			if want := 30.4167 * 1.5 * 885 / 1024; math.Abs(*c.Quantity/want-1) > .01 {
				t.Errorf("%v GB-seconds of initialization, want %v", *c.Quantity, want)
			}
		}
	}
	// Its units come after the duration's: 2 GB-seconds that cross the first tier's edge.
	choices := Defaults()
	choices.Elsewhere = map[string]float64{"lambda.duration.arm64": 7.5e9}
	for _, c := range both(t, w, choices)[0].Bill(1).Components {
		if c.Name == "Lambda initialization, arm64" {
			if got, want := c.Cost.Dollars() / *c.Quantity, 12.0001e-6; math.Abs(got/want-1) > 1e-3 {
				t.Errorf("initialization costs %v for a GB-second, want %v", got, want)
			}
		}
	}
}

func TestReplicas(t *testing.T) {
	w := steady(t, 2_628_000*100) // 100/s of 12 ms CPU and 40 ms in all: 1.2 cores, 4 in flight
	for _, c := range []struct {
		name string
		pod  Pod
		f    float64
		want int
		by   string
	}{
		{"cpu", Pod{500, 512, 1, 10, 70, 0, 0}, 1, 4, ByCPU}, // 1.2 / .35 = 3.4
		{"minimum", Pod{500, 512, 5, 10, 70, 0, 0}, 1, 5, ByMinimum},
		{"twice the rate", Pod{500, 512, 1, 10, 70, 0, 0}, 2, 7, ByCPU}, // 6.86
		{"just whole", Pod{500, 512, 1, 10, 60, 0, 0}, 1, 4, ByCPU},     // 1.2 / .3
		{"in flight", Pod{2000, 512, 1, 1, 70, 0, 0}, 1, 4, ByConcurrency},
		{"request rate", Pod{2000, 512, 1, 10, 0, 15, 0}, 1, 7, ByRequests}, // 100 / 15 = 6.7
		// By requests 1; 1.2 cores are less than a node of 1.805 gives a pod without a limit.
		{"what a node has left", Pod{100, 512, 1, 10, 0, 100, 0}, 1, 1, ByMinimum},
		{"a saturated node", Pod{100, 512, 1, 100, 0, 1000, 0}, 4, 3, BySaturation}, // 4.8 / 1.805
		{"nothing to do", Pod{500, 512, 1, 10, 70, 0, 0}, 0, 1, ByMinimum},
	} {
		w.Pod = c.pod
		if n, by, ok := replicas(t, w, c.f); n != c.want || by != c.by || !ok {
			t.Errorf("%s: got %d by %s, want %d by %s", c.name, n, by, c.want, c.by)
		}
	}
	u := usage()
	u.CPUTime = demand.Maybe[time.Duration]{}
	if _, _, ok := replicas(t, workload(t, u), 1); ok {
		t.Error("replicas are known without the CPU time")
	}
}

func replicas(t *testing.T, w Workload, factor float64) (n int, by string, known bool) {
	t.Helper()
	r, err := ReplicasOf(catalog(t), App{Workloads: []Workload{w}}, Defaults())
	if err != nil {
		t.Fatal(err)
	}
	return r.At(w.Name, factor)
}

func TestNodesOf(t *testing.T) {
	u := usage()
	u.Requests, u.Shape, u.PeakToMean, u.Burst = demand.Known(2_628_000*50.0), spec.Sporadic, demand.Known(10.0), demand.Known(15*time.Minute)
	w := workload(t, u) // 500/s in bursts: 6 cores, at .35 each 18 replicas, three on a node
	choices := Defaults()
	app := App{Workloads: []Workload{w}}
	n, ok := NodesOf(catalog(t), app, choices)
	// Six nodes hold 18 pods; DNS fits beside them. A burst of 15 minutes in 150, held 5 minutes more: 20 of 150.
	if !ok || n.Peak != 6 || math.Abs(n.Mean-(6*20+2*130)/150.) > 1e-9 || n.Instance != "m7g.large" {
		t.Errorf("got %+v, %v", n, ok)
	}
	choices.Kubernetes.ForPeak = true
	if n, _ := NodesOf(catalog(t), app, choices); n.Mean != 6 {
		t.Errorf("for the peak: %+v", n)
	}
	choices.Kubernetes.OnFargate()
	if _, ok := NodesOf(catalog(t), app, choices); ok {
		t.Error("Fargate has nodes")
	}
}

// A service added to an app changes what the others share, not what they use.
func TestServicesShareACluster(t *testing.T) {
	a, b := steady(t, 2_628_000*100), steady(t, 2_628_000*100)
	b.Name, b.Function.Architecture = "web", "arm64"
	alone, err := Kubernetes(sheet(t), catalog(t), App{Workloads: []Workload{a}}, Defaults())
	if err != nil {
		t.Fatal(err)
	}
	together := kubernetesOf(t, App{Workloads: []Workload{a, b}}, Defaults())
	one, two := alone.Bill(1), together.Bill(1)
	for i, c := range two.Components {
		switch c.Name {
		case "EKS control plane", "Application Load Balancer":
			if *c.Cost != *one.Components[i].Cost {
				t.Errorf("%s costs %s for two services, %s for one", c.Name, c.Cost, one.Components[i].Cost)
			}
		case "Load balancer capacity", "Egress to the internet", "Logs, ingestion":
			if diff := *c.Cost - 2**one.Components[i].Cost; diff < -2 || diff > 2 {
				t.Errorf("%s costs %s for two services, %s for one", c.Name, c.Cost, one.Components[i].Cost)
			}
		}
	}
	// 4 replicas each, of 500m: 3 on a node of 1,805m, so 8 of them on 3 nodes.
	n, _ := NodesOf(catalog(t), App{Workloads: []Workload{a, b}}, Defaults())
	if n.Peak != 3 {
		t.Errorf("%v nodes", n.Peak)
	}
	// Tiers count both: 525.6 M requests of the HTTP API, 300 M at 1 and 225.6 M at .9.
	l := lines(t, lambdaOf(t, App{Workloads: []Workload{a, b}}, Defaults()).Bill(1))
	if l["HTTP API requests"] != "503.04" {
		t.Errorf("HTTP API: %s", l["HTTP API requests"])
	}
}

func TestModelsRefuse(t *testing.T) {
	for want, change := range map[string]func(*Choices, *Workload){
		"compute: must be ec2 or fargate":            func(c *Choices, _ *Workload) { c.Kubernetes.Compute = "mainframe" },
		"natGateways: must be at least 1 with":       func(c *Choices, _ *Workload) { c.Kubernetes.Compute = Fargate },
		"autoMode: manages EC2":                      func(c *Choices, _ *Workload) { c.Kubernetes.Compute, c.Kubernetes.AutoMode = Fargate, true },
		"utilization: must be 1% to 100%, got 0.1%":  func(c *Choices, _ *Workload) { c.Kubernetes.Utilization = .001 },
		"utilization: is of nodes":                   func(c *Choices, _ *Workload) { c.Kubernetes.OnFargate(); c.Kubernetes.Utilization = .5 },
		"hourlyRate: must be 0 to 10000 dollars":     func(c *Choices, _ *Workload) { c.Team.Rate = -1 },
		"lambdaHours: needs what an hour":            func(c *Choices, _ *Workload) { c.Team.Lambda = 1 },
		"kubernetesHours: must be 0 to 10000":        func(c *Choices, _ *Workload) { c.Team.Rate, c.Team.Kubernetes = 1, 1e5 },
		"shared: must be 0 to 1":                     func(c *Choices, _ *Workload) { c.Kubernetes.Shared = 2 },
		"zones: must be 1 to 6":                      func(c *Choices, _ *Workload) { c.Kubernetes.Zones = 0 },
		"keepAlive: must be more than 0s":            func(c *Choices, _ *Workload) { c.Lambda.KeepAlive = 0 },
		"requestsPerConnection: must be 1 to":        func(c *Choices, _ *Workload) { c.Kubernetes.RequestsPerConnection = 0 },
		"connectionTime: must be 0s to 744h":         func(c *Choices, _ *Workload) { c.Kubernetes.ConnectionTime = math.MaxInt64 },
		"scaleIn: must be 0s to 744h":                func(c *Choices, _ *Workload) { c.Kubernetes.ScaleIn = math.MaxInt64 },
		"keepAlive: must be more than 0s and at":     func(c *Choices, _ *Workload) { c.Lambda.KeepAlive = math.MaxInt64 },
		"natGateways: must be 0 to 1000":             func(c *Choices, _ *Workload) { c.Kubernetes.NATGateways = 1001 },
		"elsewhere: nat.hours: must be 0 to":         func(c *Choices, _ *Workload) { c.Elsewhere = map[string]float64{"nat.hours": math.Inf(1)} },
		"elsewhere: nut.hours: no such price":        func(c *Choices, _ *Workload) { c.Elsewhere = map[string]float64{"nut.hours": 1} },
		`instance type "m9z.large" is not known`:     func(c *Choices, _ *Workload) { c.Kubernetes.Instance = "m9z.large" },
		"m7i.large is x86_64, and the app is built":  func(c *Choices, _ *Workload) { c.Kubernetes.Instance = "m7i.large" },
		"m7g.medium: a pod of 500m CPU and 5000 MiB": func(c *Choices, w *Workload) { c.Kubernetes.Instance, w.Pod.MemoryMiB = "m7g.medium", 5000 },
		"m7g.8xlarge: a pod":                         func(_ *Choices, w *Workload) { w.Pod.MilliCPU = 40_000 },
		"larger than Fargate's largest":              func(c *Choices, w *Workload) { c.Kubernetes.OnFargate(); w.Pod.MilliCPU = 20_000 },
		"a pod must request CPU":                     func(_ *Choices, w *Workload) { w.Pod.Concurrency = 0 },
	} {
		choices, w := Defaults(), steady(t, 1)
		change(&choices, &w)
		if _, err := Kubernetes(sheet(t), catalog(t), App{Workloads: []Workload{w}}, choices); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
	for want, change := range map[string]func(*Choices, *Workload){
		"memory must be 128 to 10240 MB": func(_ *Choices, w *Workload) { w.Function.MemoryMB = 64 },
		"architecture must be x86_64":    func(_ *Choices, w *Workload) { w.Function.Architecture = "vax" },
		"zones: must be 1 to 6":          func(c *Choices, _ *Workload) { c.Kubernetes.Zones = 7 },
	} {
		choices, w := Defaults(), steady(t, 1)
		change(&choices, &w)
		if _, err := Lambda(sheet(t), App{Workloads: []Workload{w}}, choices); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
	if _, err := Kubernetes(sheet(t), catalog(t), App{}, Defaults()); err == nil {
		t.Error("an app without services has a cost")
	}
}

func TestUserFiguresAreMarked(t *testing.T) {
	book, err := price.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	discount, err := price.ParseDiscount("ec2=30")
	if err != nil {
		t.Fatal(err)
	}
	own, err := book.In("us-east-1", price.Change{Key: "nat.hours", Price: 20_000_000_000}, discount)
	if err != nil {
		t.Fatal(err)
	}
	choices := Defaults()
	choices.Kubernetes.NATGateways = 1
	m, err := Kubernetes(own, catalog(t), App{Workloads: []Workload{steady(t, 0)}}, choices)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range m.Bill(1).Components {
		switch c.Name {
		case "NAT gateways":
			if c.Cost.String() != "14.60" || c.Status != price.Override {
				t.Errorf("%s: %+v", c.Cost, c)
			}
		case "Nodes m7g.large, idle":
			if c.Cost.String() != "83.40" || c.Discount != "30" { // 119.136 x .7
				t.Errorf("%s: %+v", c.Cost, c)
			}
		}
	}
}
