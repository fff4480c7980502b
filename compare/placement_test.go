package compare_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"ambi/compare"
	"ambi/compare/demand"
	"ambi/compare/price"
	"ambi/spec"
	"ambi/target"
	"ambi/target/kubernetes"
	"ambi/target/lambda"
)

// placed draws an app of n services whose traffic makes either target the cheaper one; some
// call others, which something guards against strangers or nothing does, and some are refused
// by Lambda.
func (d draw) placed(t *testing.T, n int) compare.Input {
	var text strings.Builder
	text.WriteString("apiVersion: ambi/v1\nname: drawn\ntargets: [lambda, kubernetes]\nservices:\n")
	needs, called := map[int]int{}, map[int]bool{}
	for i := range n {
		if i > 0 && d.IntN(5) == 0 {
			needs[i] = d.IntN(i)
			called[needs[i]] = true
		}
	}
	for i := range n {
		more, http, pods := "", "", "kubernetes: {"
		if j, calls := needs[i]; calls {
			more = fmt.Sprintf(", needs: [s%d]", j)
			if d.chance() {
				pods += "identity: irsa, "
			}
			if d.chance() {
				more += ", lambda: {vpc: true}"
			}
		}
		const token = `auth: {jwt: {issuer: "https://login.example.com", audience: [drawn]}}`
		guard := 0
		if called[i] {
			guard = d.IntN(5)
		}
		switch guard {
		case 1:
			http = ", internal: true"
		case 2: // the app checks it on Kubernetes, behind a Gateway
			http, pods = fmt.Sprintf(", domain: s%d.example.com, %s", i, token), pods+"auth: app, gateway: {name: public}, "
		case 3:
			http, pods = fmt.Sprintf(", domain: s%d.example.com", i), pods+"ingress: {class: alb, scheme: internal}, "
		case 4: // both, and it takes a VPC too
			http, pods = fmt.Sprintf(", domain: s%d.example.com, %s", i, token), pods+"auth: app, ingress: {class: alb, scheme: internal}, "
		}
		switch d.IntN(8) {
		case 1:
			more += ", timeout: 60s" // an HTTP API waits 30 s
		case 2:
			more += fmt.Sprintf(", secrets: {KEY: {name: shared-%d, key: value}}", d.IntN(2))
		}
		fmt.Fprintf(&text, "  s%d: {image: \"123456789012.dkr.ecr.us-east-1.amazonaws.com/s:1\", cpu: %dm, memory: %dMi, concurrency: %d, http: {routes: [\"GET /%d\"]%s}, scale: {max: 1000}, %s}%s}\n",
			i, 50+d.IntN(1000), 128+d.IntN(3000), 1+d.IntN(40), i, http, strings.TrimSuffix(pods, ", "), more)
	}
	in := input(t, text.String())
	for name := range in.Usage {
		cpu := time.Duration(1+d.IntN(100)) * time.Millisecond
		u := complete(demand.Usage{})
		u.Requests, u.CPUTime = demand.Known(float64(int(d.between(1, 3e7)))), demand.Known(cpu)
		u.Duration = demand.Known(cpu + time.Duration(d.IntN(400))*time.Millisecond)
		u.Shape = []spec.Shape{spec.Steady, spec.Diurnal, spec.Bursty, spec.Sporadic}[d.IntN(4)]
		in.Usage[name] = u
	}
	in.Choices.Kubernetes.MinNodes = d.IntN(3)
	if d.IntN(4) == 0 {
		in.Choices.Kubernetes.Shared = .1 + .5*d.Float64()
	}
	if d.IntN(4) == 0 {
		in.Choices.CDN = .1 + .8*d.Float64()
	}
	return in
}

// bill is what a part of an app costs on one target, as an app of its own.
func bill(t *testing.T, in compare.Input, on spec.Target, part func(string) bool) price.USD {
	t.Helper()
	in.Resolved = target.Resolve(in.Resolved.App.Only(part))
	if len(in.Resolved.Services()) == 0 {
		return 0
	}
	r, err := compare.Bills(in)
	if err != nil {
		t.Fatal(err)
	}
	return *r.Of(on).Bill.Total
}

// The placement costs what the cheapest of all assignments does, where each side of one is
// priced as an app of its own.
func TestPlacementAgainstEveryAssignment(t *testing.T) {
	mixes, pinned, together, across, paid := 0, 0, 0, 0, 0
	for i := range 500 {
		d := draw{rand.New(rand.NewPCG(21, uint64(i)))}
		in := d.placed(t, 2+min(d.IntN(3), d.IntN(5))+5*(d.IntN(200)/199))
		in.Choices.Kubernetes.NATGateways = d.IntN(2)
		r := run(t, in)
		names := in.Resolved.Services()
		best := price.Beyond
		for mask := range 1 << len(names) {
			onLambda := func(name string) bool { return mask>>slices.Index(names, name)&1 == 1 }
			if !allowed(in.Resolved.App, r, onLambda) {
				continue
			}
			usd := bill(t, in, spec.Lambda, onLambda).Plus(bill(t, in, spec.Kubernetes, func(name string) bool { return !onLambda(name) }))
			best = min(best, usd.Plus(crossing(t, in, onLambda)))
		}
		p := r.Placement
		if p == nil {
			if best < price.Beyond {
				t.Fatalf("seed %d: no placement, and one costs %s", i, best)
			}
			continue
		}
		if p.Cost != best || p.MayMiss != 0 || *p.Sides.Lambda+*p.Sides.Kubernetes != p.Cost {
			t.Fatalf("seed %d: the placement %+v costs %s, and the cheapest one %s", i, p, p.Cost, best)
		}
		if p.Mixed {
			mixes++
		}
		onLambda := func(name string) bool { return slices.Contains(p.On(spec.Lambda), name) }
		if crossed := crossed(in.Resolved.App, onLambda); crossed != len(p.Across) {
			t.Fatalf("seed %d: %d calls cross, and the placement names %+v", i, crossed, p.Across)
		}
		across += len(p.Across)
		if crossing(t, in, onLambda) > 0 {
			paid++
		}
		for _, s := range p.Services {
			if s.Pinned != "" {
				pinned++
			}
			if s.With != nil {
				together++
			}
			if s.Elsewhere != nil && *s.Elsewhere < 0 {
				t.Errorf("seed %d: %s costs %s less elsewhere", i, s.Service, -*s.Elsewhere)
			}
		}
	}
	t.Logf("%d mixes, %d services pinned, %d that stay together, %d calls across targets, paid for in %d apps", mixes, pinned, together, across, paid)
	if mixes < 50 || pinned < 50 || together < 50 || across < 20 || paid < 5 {
		t.Error("too few of one kind")
	}
}

// crossed counts the calls that go from one target to the other.
func crossed(app *spec.App, onLambda func(string) bool) int {
	n := 0
	for name, s := range app.Services {
		for _, other := range s.Needs {
			if onLambda(name) != onLambda(other) {
				n++
			}
		}
	}
	return n
}

// crossing is what NAT gateways take for the calls that go from one target to the other.
func crossing(t *testing.T, in compare.Input, onLambda func(string) bool) price.USD {
	t.Helper()
	rate, err := in.Sheet.Rate("nat.data")
	if err != nil {
		t.Fatal(err)
	}
	app := in.Resolved.App
	gb := map[bool]float64{}
	for _, name := range app.ServiceNames() {
		for _, other := range app.Services[name].Needs {
			ingress := app.Services[other].Kubernetes.Ingress
			if onLambda(name) == onLambda(other) || onLambda(name) && (!app.Services[name].Lambda.VPC || ingress != nil) || !onLambda(name) && in.Choices.Kubernetes.NATGateways == 0 {
				continue
			}
			all := 0.0
			for _, caller := range app.ServiceNames() {
				if slices.Contains(app.Services[caller].Needs, other) {
					n, _ := in.Usage[caller].Requests.Get()
					all += n
				}
			}
			own, _ := in.Usage[name].Requests.Get()
			u := in.Usage[other]
			requests, _ := u.Requests.Get()
			sent, _ := u.Request.Get()
			received, _ := u.Response.Get()
			gb[onLambda(name)] += requests * (own / all) * float64(sent+received) / (1 << 30)
		}
	}
	return rate.Tiers.CostBeyond(0, gb[true]).Plus(rate.Tiers.CostBeyond(0, gb[false]))
}

// guarded reports whether one service may call another on the other target.
func guarded(caller, callee *spec.Service, fromLambda bool) bool {
	token, internal := callee.HTTP.Auth != nil, callee.HTTP.Internal
	if !fromLambda {
		return token || internal && caller.Kubernetes.Identity != ""
	}
	if callee.Kubernetes.Ingress != nil {
		return caller.Lambda.VPC
	}
	return token
}

// allowed reports whether each service fits its target and something guards each call across targets.
func allowed(app *spec.App, r compare.Result, onLambda func(string) bool) bool {
	for _, name := range app.ServiceNames() {
		for _, other := range app.Services[name].Needs {
			if onLambda(name) != onLambda(other) && !guarded(app.Services[name], app.Services[other], onLambda(name)) {
				return false
			}
		}
		on := spec.Kubernetes
		if onLambda(name) {
			on = spec.Lambda
		}
		for _, l := range r.Fit.Blocked(on) {
			if l.Service == name || l.Service == "" {
				return false
			}
		}
	}
	return true
}

// No mix costs less than an app's floor.
func TestFloor(t *testing.T) {
	sum, n := 0.0, 0
	for i := range 300 {
		d := draw{rand.New(rand.NewPCG(22, uint64(i)))}
		in := d.placed(t, 2+d.IntN(4))
		in.Choices.FreeTier = d.chance()
		if d.IntN(4) == 0 {
			in.Choices.Kubernetes.OnFargate()
		}
		floor, best, ok := compare.FloorAndBest(in)
		if !ok {
			continue
		}
		if floor > best {
			t.Fatalf("seed %d: the floor is %s, and a mix costs %s", i, floor, best)
		}
		// It leaves out the NAT gateways of a VPC, and load balancers of single services.
		if !slices.ContainsFunc(in.Resolved.Lambda.Services, func(s lambda.Service) bool { return s.VPC }) &&
			!slices.ContainsFunc(in.Resolved.Kubernetes.Services, func(s kubernetes.Service) bool { return s.Ingress != nil && s.Ingress.ALB != nil }) {
			sum, n = sum+float64(floor)/float64(best), n+1
		}
	}
	t.Logf("the floor is %.2g of the cheapest mix, on average over %d apps", sum/float64(n), n)
	if n < 100 || sum/float64(n) < .5 {
		t.Errorf("the floor is too low, or known too rarely: %g over %d apps", sum/float64(n), n)
	}
}

// Twenty services take less than two seconds; the figure is in docs/performance.md.
func BenchmarkPlacement(b *testing.B) {
	for _, n := range []int{12, 20, 40} {
		b.Run(fmt.Sprintf("services=%d", n), func(b *testing.B) {
			d := draw{rand.New(rand.NewPCG(23, uint64(n)))}
			in := d.placed(new(testing.T), n)
			for b.Loop() {
				run(b, in)
			}
		})
	}
}

// A service that misses an objective on the target where it would be cheapest is placed on the other
// one, and says why; one that was not simulated, or that the target refuses anyway, stays free.
func TestPlacementKeepsAnObjective(t *testing.T) {
	in := input(t, apart)
	before := run(t, in)
	on := func(r compare.Result, service string) compare.Placed {
		return r.Placement.Services[slices.IndexFunc(r.Placement.Services, func(s compare.Placed) bool { return s.Service == service })]
	}
	if on(before, "rare").Target != spec.Lambda || on(before, "busy").Target != spec.Kubernetes {
		t.Fatalf("placed as %+v", before.Placement)
	}
	kept, missed := compare.Kept{Holds: true, Values: []string{"p99 80ms"}}, compare.Kept{Values: []string{"p99 2.1s"}}
	in.Objective = &compare.Objective{Services: []compare.Promise{
		{Service: "busy", Unknown: "without startTime"},
		{Service: "rare", Objective: "p99 < 1s", Pair: target.Pair[compare.Kept]{Lambda: missed, Kubernetes: kept}},
	}}
	r := run(t, in)
	rare := on(r, "rare")
	if rare.Target != spec.Kubernetes || !strings.Contains(rare.Pinned, "services.rare: it does not keep p99 < 1s in a simulation: p99 2.1s") || on(r, "busy").Pinned != "" {
		t.Errorf("placed as %+v", r.Placement)
	}
	if r.Placement.Cost != *before.Kubernetes.Bill.Total || r.Placement.Cost <= before.Placement.Cost {
		t.Errorf("it costs %s, and all on Kubernetes %s", r.Placement.Cost, before.Kubernetes.Bill.Total)
	}
	if r.Verdict.Answer != compare.Kubernetes || len(r.Fit.Blocked(spec.Lambda)) != 1 {
		t.Errorf("%+v", r.Verdict)
	}
	if text := r.Objective.Words(); text != "not kept by rare on Lambda: p99 2.1s instead of p99 < 1s; not simulated: busy (without startTime)" {
		t.Errorf("it says %s", text)
	}
	in.Objective.Services[1].Lambda = kept
	if r := run(t, in); r.Placement.Cost != before.Placement.Cost || len(r.Fit.Blockers) > 0 {
		t.Errorf("kept on both targets: %+v", r.Placement)
	}
}
