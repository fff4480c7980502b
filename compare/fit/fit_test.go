package fit_test

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"ambi/compare/demand"
	"ambi/compare/fit"
	"ambi/compare/price/cost"
	"ambi/compare/price/nodes"
	"ambi/spec"
	"ambi/target"
	"ambi/target/finding"
)

// source is a spec with room for more keys of the service; line 6 is image.
const source = `apiVersion: ambi/v1
name: thumbs
targets: [lambda, kubernetes]
services:
  api:
    image: 123456789012.dkr.ecr.us-east-1.amazonaws.com/thumbs:1.4.2
    %s
    http: {routes: [%q]%s}
    timeout: %s
    concurrency: %d
    scale: {min: %d, max: %d}
    lambda: {architecture: arm64, reserved: %v}
    kubernetes: {architecture: arm64, %s}
%s`

// caller is a service that needs the one that is checked.
const caller = `  web:
    image: 123456789012.dkr.ecr.us-east-1.amazonaws.com/web:1
    http: {routes: ["GET /web"]}
    needs: [api]
`

// worker is a service that messages start.
const worker = `  mail:
    image: 123456789012.dkr.ecr.us-east-1.amazonaws.com/mail:1
    queue: {from: jobs}
    concurrency: 4
    scale: {max: 5}
    connections: 19
    kubernetes: {identity: irsa}
data: {jobs: {queue: {}}}
`

const ingress = "ingress: {class: nginx}"

// service is what a test bends.
type service struct {
	more             string // another key
	route            string
	http             string // what it has beside its route
	timeout          string
	concurrency      int
	min, max         int
	reserved         bool
	outside          string // what leads to it from outside on Kubernetes
	memoryMB         int
	usage            demand.Usage
	choices          cost.Choices
	nodes            *cost.Nodes
	cpu, provisioned int
	others           string // services beside it
	target           int    // of the CPU request, in percent
	rate             float64
}

func usual() service {
	return service{
		route: "GET /", timeout: "10s", concurrency: 10, min: 2, max: 50, memoryMB: 1024, outside: ingress, choices: cost.Defaults(), cpu: 500, target: 70,
		usage: demand.Usage{
			Requests: demand.Known(2_628_000.0 * 10), Duration: demand.Known(50 * time.Millisecond), CPUTime: demand.Known(10 * time.Millisecond),
			Request: demand.Known[int64](1000), Response: demand.Known[int64](10_000), Log: demand.Known[int64](100),
			Outbound: demand.Known[int64](0), Start: demand.Known(time.Second), Shape: spec.Steady,
		},
	}
}

func check(t *testing.T, s service) fit.Report {
	t.Helper()
	app, err := spec.Parse("app.yaml", fmt.Appendf(nil, source, cmp.Or(s.more, "cpu: 250m"), s.route, s.http, s.timeout, s.concurrency, s.min, s.max, s.reserved, s.outside, s.others))
	if err != nil {
		t.Fatal(err)
	}
	resolved, err := s.usage.Resolve()
	if err != nil {
		t.Fatal(err)
	}
	workloads := []cost.Workload{{
		Name: "api", Traffic: resolved, LogDays: 30, Routes: 1,
		Function: cost.Function{MemoryMB: s.memoryMB, Architecture: "arm64", Provisioned: s.provisioned},
		Pod:      cost.Pod{MilliCPU: s.cpu, MemoryMiB: 512, Min: s.min, Concurrency: s.concurrency, TargetPercent: s.target, TargetRate: s.rate},
	}}
	catalog, err := nodes.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	replicas, err := cost.ReplicasOf(catalog, cost.App{Workloads: workloads}, s.choices)
	if err != nil {
		t.Fatal(err)
	}
	models := target.Resolve(app)
	for i, f := range models.Lambda.Services {
		if f.Events != nil { // of unknown traffic
			workloads = append(workloads, cost.WorkloadOf(f, models.Kubernetes.Services[i], demand.Traffic{}))
		}
	}
	return fit.Check(fit.Input{Resolved: models, Choices: s.choices, Nodes: s.nodes, Replicas: replicas, Workloads: workloads})
}

func TestAnOrdinaryServiceFits(t *testing.T) {
	report := check(t, usual())
	if len(report.Blockers)+len(report.Warnings)+len(report.Unchecked) != 0 {
		t.Errorf("got %+v", report)
	}
	if len(report.Findings) == 0 {
		t.Error("what resolving said is lost")
	}
}

func TestLimits(t *testing.T) {
	second := func(n float64) demand.Maybe[time.Duration] {
		return demand.Known(time.Duration(n * float64(time.Second)))
	}
	quantiles := func(p50, p99 float64) demand.Maybe[spec.Quantiles] {
		return demand.Known(spec.Quantiles{P50: spec.Duration(p50 * 1e9), P99: spec.Duration(p99 * 1e9)})
	}
	perSecond := func(n float64) demand.Maybe[float64] { return demand.Known(n * demand.SecondsPerMonth) }
	for _, c := range []struct {
		name     string
		bend     func(*service)
		severity fit.Severity
		target   spec.Target
		limit    string // its name
		message  string
		line     int
	}{
		{"slower than the timeout", func(s *service) { s.usage.Duration = second(11) }, fit.Knob, spec.Lambda, "timeout", "takes 11.008s with 1024 MB, longer than the timeout", 9},
		{"close to the timeout", func(s *service) { s.usage.Duration = second(6) }, fit.Warning, spec.Lambda, "timeout", "more than half of the timeout", 9},
		// Without 10 ms of CPU time, p50 and p99 are 90 ms and 9.99 s: sigma = ln(111) / 2.32635 =
		// 2.02441, and 9.99 s are 2.32635 of them, 1 %; 29.98 s are ln(333.1) / 2.02441 = 2.86950, .21 %.
		{"a tail beyond the timeout", func(s *service) { s.usage.Quantiles = quantiles(.1, 10) }, fit.Warning, spec.Lambda, "timeout", "1 % of the requests take longer than 10s", 9},
		{"a tail beyond the timeout of pods", func(s *service) { s.usage.Quantiles = quantiles(.1, 10) }, fit.Warning, spec.Kubernetes, "timeout", "1 % of the requests take longer than 10s", 9},
		{"a tail beyond an HTTP API", func(s *service) { s.usage.Quantiles, s.timeout = quantiles(.1, 10), "5m" }, fit.Warning, spec.Lambda, "timeout", "0.21 % of the requests take longer than 30s", 9},
		{"slower than an HTTP API", func(s *service) { s.usage.Duration, s.timeout = second(31), "30s" }, fit.Blocker, spec.Lambda, "timeout", "an HTTP API waits 30 s", 9},
		{"CPU stretches on little memory", func(s *service) { s.usage.Duration, s.usage.CPUTime, s.memoryMB = second(2), second(1.9), 128 }, fit.Knob, spec.Lambda, "timeout", "takes 26.359s with 128 MB", 9},
		{"a large response", func(s *service) { s.usage.Response = demand.Known[int64](7_000_000) }, fit.Blocker, spec.Lambda, "response payload", "a response of 7.0 MB is too large for an invocation", 8},
		{"a large request", func(s *service) { s.usage.Request = demand.Known[int64](5_000_000) }, fit.Warning, spec.Lambda, "request payload", "only fits as text", 8},
		{"a slow start", func(s *service) { s.usage.Start = second(11) }, fit.Warning, spec.Lambda, "initialization", "started a second time", 5},
		// 1 every 876 s: exp(-360 / 876) = 66.3 %
		{"rare requests", func(s *service) { s.usage.Requests = demand.Known(3000.0) }, fit.Warning, spec.Lambda, "cold starts", "about 66.3 % of requests", 11},
		// 20,000/s x 58 ms = 1,160 at once; nothing else of the account is known
		{"much at once", func(s *service) { s.usage.Requests, s.max = perSecond(20_000), 1000 }, fit.Knob, spec.Lambda, "concurrency of the account", "the peak needs 1,160 environments", 4},
		{"many short requests", func(s *service) {
			s.usage.Requests, s.usage.Duration, s.usage.CPUTime, s.max = perSecond(10_500), second(.001), second(.0001), 1000
		}, fit.Knob, spec.Lambda, "requests a second", "the peak has 10,500 requests a second, and an account allows ten times its concurrency: 10,000", 4},
		{"more than HTTP APIs take", func(s *service) { s.usage.Requests, s.max = perSecond(10_001), 1000 }, fit.Knob, spec.Lambda, "requests a second of HTTP APIs", "together allow 10,000 by default", 4},
		{"more than its route takes", func(s *service) { s.usage.Requests, s.max = perSecond(1001), 1000 }, fit.Warning, spec.Lambda, "throttle of a route", "the peak has 1,001 requests a second, and in the emitted stack its route takes 1,000", 8},
		// bursts of 8 x 5,000/s x 58 ms = 2,320, from .533 of the mean: 2,165 more
		{"a steep burst", func(s *service) {
			s.usage.Requests, s.usage.Shape, s.max = perSecond(5000), spec.Bursty, 1000
		}, fit.Warning, spec.Lambda, "scaling rate", "a burst needs 2,165 more environments", 5},
		// 10/s x 58 ms x 8 = 4.6 at once, and 1 x 2 reserved
		{"reserved too little", func(s *service) {
			s.reserved, s.min, s.max, s.concurrency, s.usage.Shape = true, 1, 1, 2, spec.Bursty
		}, fit.Knob, spec.Lambda, "reserved concurrency", "the peak needs 4.6 environments at once, and scale.max x concurrency reserves 2", 11},

		// 1,000/s x 10 ms = 10 cores / .35 = 28.6
		{"too few replicas", func(s *service) { s.usage.Requests, s.max = perSecond(1000), 20 }, fit.Knob, spec.Kubernetes, "replicas", "the peak needs 29 replicas because of cpu, and scale.max allows 20", 11},
		// 100/s x 5 s = 500 in flight / 10
		{"waiting requests", func(s *service) { s.usage.Requests, s.usage.Duration, s.timeout = perSecond(100), second(4), "15s" }, fit.Warning, spec.Kubernetes, "requests at once", "concurrency determines the 40 replicas", 10},
		// 200/s x 10 ms = 2 cores, and a node gives 1.805.
		{"CPU that the autoscaler does not watch", func(s *service) {
			s.usage.Requests, s.usage.Duration, s.target, s.rate, s.min = perSecond(200), second(.01), 0, 500, 1
		}, fit.Warning, spec.Kubernetes, "CPU", "CPU determines the 2 replicas, but the autoscaler does not watch it", 11},
		{"slower than the load balancer", func(s *service) {
			s.usage.Duration, s.timeout, s.usage.Requests, s.outside = second(120), "180s", perSecond(.1), "ingress: {class: traefik}"
		}, fit.Warning, spec.Kubernetes, "idle timeout of the load balancer", "the average request takes 2m, and an Application Load Balancer, which is assumed to serve the routes, closes a connection that is idle for 60 s", 9},
		{"a start that the probe ends", func(s *service) { s.usage.Start = second(61) }, fit.Blocker, spec.Kubernetes, "start", "an instance takes 1m1s to start, but the stack's startup probe allows 1m", 5},
		{"more connections than a database takes", func(s *service) { s.more = "connections: 499" }, fit.Warning, spec.Kubernetes, "database connections", "up to 500 connections to the database, from scale.max x concurrency, but the spec allows 499", 7},
		{"more connections than a database takes, on Lambda", func(s *service) { s.more = "connections: 999" }, fit.Warning, spec.Lambda, "database connections", "up to 1000 connections to the database, from the account's concurrency, but the spec allows 999", 7},
		{"more connections than are reserved", func(s *service) { s.more, s.reserved = "connections: 499", true }, fit.Warning, spec.Lambda, "database connections", "up to 500 connections to the database, from scale.max x concurrency", 7},
		{"more connections than messages may hold, on Lambda", func(s *service) { s.others = worker }, fit.Warning, spec.Lambda, "database connections", "up to 20 connections to the database, from scale.max x concurrency, but the spec allows 19", 19},
		{"more connections than messages may hold, in pods", func(s *service) { s.others = worker }, fit.Warning, spec.Kubernetes, "database connections", "up to 20 connections to the database, from scale.max x concurrency, but the spec allows 19", 19},
		{"more memory than a new account has", func(s *service) { s.more = "memory: 4Gi" }, fit.Warning, spec.Lambda, "memory in a new account", "the function has 4,096 MB", 7},
		{"slower than nginx", func(s *service) { s.usage.Duration, s.usage.Requests = second(11), perSecond(.1) }, fit.Knob, spec.Kubernetes, "timeout", "takes 11s, and nginx gives up after 10s", 9},
		{"slower than a Gateway", func(s *service) {
			s.usage.Duration, s.usage.Requests, s.outside = second(11), perSecond(.1), "gateway: {name: public}"
		}, fit.Knob, spec.Kubernetes, "timeout", "takes 11s, and the HTTPRoute gives up after 10s", 9},
		{"slower than an ALB", func(s *service) {
			s.usage.Duration, s.usage.Requests, s.outside = second(11), perSecond(.1), "ingress: {class: alb, scheme: internet-facing}"
		}, fit.Knob, spec.Kubernetes, "timeout", "idle for 10s", 9},
		{"an internal ALB", func(s *service) { s.outside = "ingress: {class: alb}" }, fit.Warning, spec.Kubernetes, "scheme of the load balancer", "unreachable from outside the network", 13},
		{"larger than nginx takes", func(s *service) { s.usage.Request = demand.Known[int64](20 << 20) }, fit.Knob, spec.Kubernetes, "request body", "a request of 21.0 MB gets status 413: nginx accepts bodies of up to 10.5 MB", 8},
		{"bursts that are over too soon", func(s *service) {
			s.usage.Requests, s.usage.Shape, s.usage.Burst = perSecond(50), spec.Bursty, second(60)
			s.usage.Start = demand.Known(1300 * time.Millisecond)
		}, fit.Warning, spec.Kubernetes, "time to scale", "a burst of 1m needs 12 replicas instead of 2, and new replicas are ready after about 46s", 11},
		{"nothing leads to it from outside", func(s *service) { s.outside = "" }, fit.Warning, spec.Kubernetes, "routing from outside", "its 1 route", 8},
		{"called by the app alone, on Lambda", func(s *service) { s.outside, s.others = "", caller }, fit.Warning, spec.Lambda, "callers", "anyone on the internet may call GET /, not only web", 8},
		{"called by the app alone, on Kubernetes", func(s *service) { s.outside, s.others = "", caller }, fit.Warning, spec.Kubernetes, "callers", "only web may call GET /", 8},
		{"bursts that need nodes", func(s *service) {
			s.usage.Requests, s.usage.Shape, s.nodes = perSecond(50), spec.Bursty, &cost.Nodes{Peak: 4}
		}, fit.Warning, spec.Kubernetes, "time to scale", "new nodes are ready after about 4m46s", 11},
	} {
		s := usual()
		c.bend(&s)
		report := check(t, s)
		list := report.Warned(c.target)
		switch c.severity {
		case fit.Blocker:
			list = report.Blocked(c.target)
		case fit.Knob:
			list = report.Turned(c.target)
		case fit.Warning:
		}
		i := slices.IndexFunc(list, func(l fit.Limit) bool { return l.Name == c.limit && strings.Contains(l.Message, c.message) })
		if i < 0 {
			t.Errorf("%s: got %+v", c.name, list)
			continue
		}
		l := list[i]
		if l.Line != c.line || l.Hint == "" || !strings.HasPrefix(l.Page, "https://") || l.Value == "" || l.Actual == "" || l.Severity != c.severity {
			t.Errorf("%s: %+v", c.name, l)
		}
		if knob := len(l.Write) > 0 || l.Quota != ""; knob != (c.severity == fit.Knob) {
			t.Errorf("%s: a %s with %v and %q to change", c.name, l.Severity, l.Write, l.Quota)
		}
	}
}

func TestLimitsThatDoNotApply(t *testing.T) {
	for name, bend := range map[string]func(*service){
		"fewer than one in a thousand take longer": func(s *service) {
			s.usage.Quantiles = demand.Known(spec.Quantiles{P50: spec.Duration(100 * time.Millisecond), P99: spec.Duration(2 * time.Second)})
		},
		"a gateway leads to it": func(s *service) { s.outside = "gateway: {name: shared}" },
		"others call it too":    func(s *service) { s.others = caller },
		"a function URL waits longer": func(s *service) {
			s.choices.Lambda.FunctionURL = true
			s.usage.Duration, s.timeout = demand.Known(40*time.Second), "100s"
			s.usage.Requests, s.provisioned = demand.Known(262_800.0), 20
		},
		"provisioned concurrency meets no start": func(s *service) {
			s.usage.Requests, s.provisioned = demand.Known(3000.0), 1
		},
		"capacity for the peak is there": func(s *service) {
			s.usage.Shape, s.choices.Kubernetes.ForPeak = spec.Bursty, true
		},
	} {
		s := usual()
		bend(&s)
		report := check(t, s)
		for _, l := range slices.Concat(report.Blockers, report.Warnings) {
			if l.Name != "front door" {
				t.Errorf("%s: %+v", name, l)
			}
		}
	}
}

// Fargate on EKS runs no image for arm64 alone.
func TestFargateHasNoGraviton(t *testing.T) {
	s := usual()
	s.choices.Kubernetes.OnFargate()
	found := slices.ContainsFunc(check(t, s).Warnings, func(l fit.Limit) bool { return l.Name == "architecture on Fargate" })
	if !found {
		t.Error("an app for arm64 has no warning on Fargate")
	}
}

// Each front door has its own limits, and lifts those of the HTTP API.
func TestFrontDoors(t *testing.T) {
	long := func(s *service) {
		s.timeout, s.usage.Duration, s.usage.Requests = "2m", demand.Known(40*time.Second), demand.Known(262_800.0)
		s.provisioned = 20
	}
	large := func(s *service) { s.usage.Response = demand.Known[int64](1_500_000) }
	for _, c := range []struct {
		door cost.FrontDoor
		bend func(*service)
		want []string // severity, path and name of each limit on Lambda
	}{
		{cost.HTTPAPI, long, []string{"blocker timeout: must be at most 30s", "blocker timeout: the average request takes"}},
		{cost.RESTAPI, long, []string{"knob timeout of a REST API: a REST API waits 29 s, and the timeout is 120 s", "warning front door: the stack that ambi writes has an HTTP API: this prices a REST API"}},
		{cost.FunctionURL, long, []string{"warning front door: the stack"}},
		{cost.ALB, long, []string{"warning front door: the stack", "warning idle timeout of the load balancer: "}},
		{cost.HTTPAPI, large, nil},
		{cost.RESTAPI, large, []string{"warning front door: the stack"}},
		{cost.FunctionURL, large, []string{"warning front door: the stack"}},
		{cost.ALB, large, []string{"blocker response payload of a load balancer: a response of 1.5 MB is too large", "warning front door: the stack"}},
	} {
		s := usual()
		s.choices.Lambda.Through(c.door)
		c.bend(&s)
		report := check(t, s)
		var got []string
		for _, l := range slices.Concat(report.Blockers, report.Knobs, report.Warnings) {
			if l.Target == spec.Lambda {
				got = append(got, fmt.Sprintf("%s %s: %s", l.Severity, l.Name, l.Message))
			}
		}
		slices.Sort(got)
		if !slices.EqualFunc(got, c.want, func(got, want string) bool { return strings.HasPrefix(got, want) }) {
			t.Errorf("%s: got %q, want %q", c.door, got, c.want)
		}
	}
}

func TestRefusalsBlock(t *testing.T) {
	s := usual()
	s.min, s.timeout = 0, "2m"
	report := check(t, s)
	if len(report.Blocked(spec.Lambda)) != 1 || len(report.Blocked(spec.Kubernetes)) != 1 {
		t.Fatalf("got %+v", report.Blockers)
	}
	l, k := report.Blockers[0], report.Blockers[1]
	if l.Target != spec.Lambda || l.Path != "services.api.timeout" || l.Line != 9 || l.Service != "api" || l.Page == "" || l.Hint == "" {
		t.Errorf("got %+v", l)
	}
	if k.Path != "services.api.scale.min" || k.Name != "scaling to zero" || k.Page == "" {
		t.Errorf("got %+v", k)
	}
	var refused finding.List
	for _, f := range report.Findings {
		if f.Kind == finding.Refused {
			refused = append(refused, f)
		}
	}
	if len(refused) != 2 {
		t.Errorf("got %v", refused)
	}
}

func TestUnknownFiguresAreNotChecked(t *testing.T) {
	s := usual()
	s.usage = demand.Usage{}
	report := check(t, s)
	if len(report.Blockers)+len(report.Warnings) != 0 {
		t.Errorf("got %+v", report)
	}
	var inputs []string
	for _, m := range report.Unchecked {
		inputs = append(inputs, string(m.Input))
	}
	if got := strings.Join(inputs, " "); got != "requests duration cpuTime requestSize responseSize startTime shape" {
		t.Errorf("unchecked: %s", got)
	}
}

func TestAFunctionURLHasNeitherAuthorizerNorDomain(t *testing.T) {
	app, err := spec.Parse("app.yaml", []byte(strings.Replace(fmt.Sprintf(source, "cpu: 250m", "GET /", "", "10s", 10, 2, 50, false, ingress, ""),
		`{routes: ["GET /"]}`, `{routes: ["GET /"], domain: api.example.com, auth: {jwt: {issuer: "https://id.example.com", audience: [api]}}}`, 1)))
	if err != nil {
		t.Fatal(err)
	}
	for _, url := range []bool{false, true} {
		choices := cost.Defaults()
		choices.Lambda.FunctionURL = url
		report := fit.Check(fit.Input{Resolved: target.Resolve(app), Choices: choices, Workloads: []cost.Workload{{
			Name: "api", Function: cost.Function{MemoryMB: 1024, Architecture: "arm64"}, Pod: cost.Pod{MilliCPU: 100, MemoryMiB: 100, Min: 1, Concurrency: 1, TargetPercent: 70},
		}}})
		var paths []string
		for _, l := range slices.Concat(report.Blocked(spec.Lambda), report.Warned(spec.Lambda)) {
			paths = append(paths, string(l.Severity)+" "+l.Path)
		}
		slices.Sort(paths)
		want := ""
		if url {
			want = "blocker services.api.http.auth, blocker services.api.http.domain, warning services.api.http"
		}
		if got := strings.Join(paths, ", "); got != want {
			t.Errorf("function URL %v: %s, want %s", url, got, want)
		}
	}
}

// What keeps an app from a target and what a report advises do not contradict each other.
func TestNoContraryAdvice(t *testing.T) {
	minutes := func(s *service) {
		s.usage.Duration, s.usage.Requests = demand.Known(2*time.Minute), demand.Known(1000.0)
	}
	for name, bend := range map[string]func(*service){
		"longer than an ALB waits by default": func(s *service) { minutes(s); s.timeout, s.outside = "3m", "ingress: {class: alb, scheme: internal}" },
		"as long as an HTTP API waits":        func(s *service) { s.timeout, s.usage.Duration = "30s", demand.Known(20*time.Second) },
	} {
		s := usual()
		bend(&s)
		for _, l := range check(t, s).Warnings {
			if l.Path == "services.api.timeout" && strings.HasPrefix(l.Hint, "raise timeout") || strings.Contains(l.Hint, "idle timeout") {
				t.Errorf("%s: %s: %s: %s", name, l.Target, l.Message, l.Hint)
			}
		}
		for _, l := range check(t, s).Blocked(spec.Kubernetes) {
			t.Errorf("%s: %s", name, l.Message)
		}
	}
}

// A host name that two load balancers serve leads to one of them.
func TestOneDomain(t *testing.T) {
	s := usual()
	s.outside = "ingress: {class: alb, scheme: internet-facing}"
	s.others = `  web:
    image: 123456789012.dkr.ecr.us-east-1.amazonaws.com/web:1
    http: {routes: ["GET /web"], domain: thumbs.example.com}
    kubernetes: {ingress: {class: alb, scheme: internet-facing}}
`
	for domain, want := range map[string]int{"": 0, ", domain: thumbs.example.com": 1, ", domain: other.example.com": 0} {
		s.http = domain
		n := 0
		for _, l := range check(t, s).Warned(spec.Kubernetes) {
			if l.Name == "one domain" && strings.Contains(l.Message, "web has thumbs.example.com too") {
				n++
			}
		}
		if n != want {
			t.Errorf("%q: %d warnings, want %d", domain, n, want)
		}
	}
}

// A path that takes what another service answers on Lambda is a warning that names both.
func TestRequestsOfAnotherService(t *testing.T) {
	s := usual()
	s.http = ", domain: thumbs.example.com"
	s.others = `  web:
    image: 123456789012.dkr.ecr.us-east-1.amazonaws.com/web:1
    http: {routes: ["ANY /{path+}"], domain: thumbs.example.com}
    kubernetes: {ingress: {class: nginx}}
`
	for route, want := range map[string]int{"GET /": 0, "GET /items/{id}/reviews": 1} {
		s.route = route
		n := 0
		for _, l := range check(t, s).Warned(spec.Kubernetes) {
			if l.Name == "requests of another service" && l.Path == "services.api.http.routes[0]" && l.Line == 8 &&
				strings.Contains(l.Message, "prefix /items of the Ingress also receives GET /items, so api answers it, while on Lambda web does") {
				n++
			}
		}
		if n != want {
			t.Errorf("%s: %d warnings, want %d", route, n, want)
		}
	}
}

// An image that the function runs for arm64 needs nodes that can, which the spec may say.
func TestImageForOtherNodes(t *testing.T) {
	for architecture, want := range map[string]int{"": 1, ", kubernetes: {architecture: arm64}": 0} {
		app, err := spec.Parse("app.yaml", fmt.Appendf(nil, "apiVersion: ambi/v1\nname: thumbs\nservices:\n  api: {image: \"x:1\", http: {routes: [GET /]}, lambda: {architecture: arm64}%s}\n", architecture))
		if err != nil {
			t.Fatal(err)
		}
		resolved, err := usual().usage.Resolve()
		if err != nil {
			t.Fatal(err)
		}
		models, n := target.Resolve(app), 0
		workload := cost.WorkloadOf(models.Lambda.Services[0], models.Kubernetes.Services[0], resolved)
		for _, l := range fit.Check(fit.Input{Resolved: models, Choices: cost.Defaults(), Workloads: []cost.Workload{workload}}).Warned(spec.Kubernetes) {
			if l.Name == "architecture" && l.Line == 4 && strings.Contains(l.Message, "nodes of another architecture") {
				n++
			}
		}
		if n != want {
			t.Errorf("%q: %d warnings, want %d", architecture, n, want)
		}
	}
}
