package simulate_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"ambi/compare/demand"
	"ambi/compare/price/cost"
	"ambi/compare/simulate"
	"ambi/compare/simulate/replay"
	"ambi/spec"
	"ambi/target"
)

// drawnApp is an app of several services, and their traffic: over HTTP, and by messages.
func drawnApp(t *testing.T, r *rand.Rand, span time.Duration) (simulate.Input, []simulate.Part) {
	t.Helper()
	var text strings.Builder
	text.WriteString("apiVersion: ambi/v1\nname: drawn\nimage: 123456789012.dkr.ecr.us-east-1.amazonaws.com/drawn:1.0.0\n")
	services, queues := "services:\n", ""
	n := 2 + r.IntN(4)
	for i := range n {
		trigger := fmt.Sprintf("http: {routes: [GET /s%d]}", i)
		scale := fmt.Sprintf("{min: %d, max: %d, cpu: %d}", 1+r.IntN(2), 5+r.IntN(20), 40+r.IntN(50))
		if i > 0 && r.IntN(3) == 0 {
			queues += fmt.Sprintf("  q%d: {queue: {}}\n", i)
			trigger, scale = fmt.Sprintf("queue: {from: q%d}", i), "{min: 0, max: 20, backlog: 8}\n    kubernetes: {identity: pod-identity}"
		}
		services += fmt.Sprintf("  s%d:\n    cpu: %dm\n    memory: %dMi\n    concurrency: %d\n    %s\n    scale: %s\n",
			i, 100+50*r.IntN(20), 256*(1+r.IntN(6)), 1+r.IntN(20), trigger, scale)
	}
	if queues != "" {
		text.WriteString("data:\n" + queues)
	}
	text.WriteString(services)
	in := input(t, text.String())
	in.Usage, in.Until, in.Seed = demand.Usage{}, span, r.Uint64()>>32
	in.Concurrency = 1000
	var parts []simulate.Part
	for i := range n {
		name := fmt.Sprintf("s%d", i)
		cpu := time.Duration(1+r.IntN(40)) * time.Millisecond
		usage := demand.Usage{
			Requests: demand.Known(math.Pow(10, 2*r.Float64()) * demand.SecondsPerMonth), Shape: []spec.Shape{spec.Steady, spec.Bursty}[r.IntN(2)],
			Duration: demand.Known(cpu + time.Duration(r.IntN(200))*time.Millisecond), CPUTime: demand.Known(cpu), Start: demand.Known(300 * time.Millisecond),
		}
		rate, _ := usage.Requests.Get()
		shape, seed := usage.Shape, simulate.SeedOf(in.Seed, name)
		parts = append(parts, simulate.Part{Service: name, Usage: usage, Open: func(*replay.Plan) (replay.Source, func(), error) {
			return made(t, rate/demand.SecondsPerMonth, shape, span, seed), func() {}, nil
		}})
	}
	return in, parts
}

// together runs parts.
func together(t *testing.T, in simulate.Input, parts []simulate.Part) *simulate.Result {
	t.Helper()
	r, err := simulate.RunTogether(context.Background(), in, parts)
	if err != nil {
		t.Fatal(err)
	}
	if r.Lambda == nil || r.Kubernetes == nil {
		t.Fatalf("not both targets ran: %v", r.Refused)
	}
	return r
}

// TestTogetherConserves: in any app no request and no message is lost, both targets get the same
// ones, and the whole is the sum of the services.
func TestTogetherConserves(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 19))
	messages := 0
	for range 12 {
		in, parts := drawnApp(t, r, 10*time.Minute)
		in.Concurrency = 20 + r.IntN(50)
		in.Failures = .02
		result := together(t, in, parts)
		requests := int64(0)
		for i, one := range result.Each {
			for _, x := range ran(one) {
				if x.Requests != one.Trace.Requests {
					t.Errorf("%s on %s: %d requests of a trace of %d", parts[i].Service, x.Target, x.Requests, one.Trace.Requests)
				}
				if err := x.Check(); err != nil {
					t.Errorf("%s on %s: %v", parts[i].Service, x.Target, err)
				}
				if m := x.Messages; m != nil {
					messages++
					if m.Sent != m.Done+m.DeadLetters+m.Expired+m.Left {
						t.Errorf("%s on %s: %+v", parts[i].Service, x.Target, m)
					}
				}
			}
			requests += one.Trace.Requests
		}
		if result.Trace.Requests != requests {
			t.Errorf("%d requests all together, of %d", result.Trace.Requests, requests)
		}
		for _, x := range ran(result) {
			if x.Requests != requests || x.Span != int64(in.Until) {
				t.Errorf("%s: %d requests of %d in %d ns", x.Target, x.Requests, requests, x.Span)
			}
		}
		if most := result.Lambda.Gauges[replay.InUse].Max; most > int64(in.Concurrency) {
			t.Errorf("%d work at once on Lambda, of %d", most, in.Concurrency)
		}
		if result.Kubernetes.Gauges[replay.Nodes].Mean < 1 {
			t.Errorf("nodes: %+v", result.Kubernetes.Gauges[replay.Nodes])
		}
	}
	if messages == 0 {
		t.Error("no service takes messages")
	}
}

// TestTogetherIsEachAlone: services that no shared limit is reached by are what they are alone:
// on Lambda with enough concurrency, and on Kubernetes where no nodes are shared.
func TestTogetherIsEachAlone(t *testing.T) {
	r := rand.New(rand.NewPCG(8, 19))
	for round := range 8 {
		in, parts := drawnApp(t, r, 5*time.Minute)
		in.Concurrency = 100_000
		if in.Choices.Kubernetes.OnFargate(); round%2 == 0 {
			in.Choices = cost.Defaults()
			in.Choices.Kubernetes.Shared = .2
		}
		result := together(t, in, parts)
		for i, p := range parts {
			one := in
			one.Service, one.Usage, one.Seed = p.Service, p.Usage, simulate.SeedOf(in.Seed, p.Service)
			source, _, err := p.Open(nil)
			if err != nil {
				t.Fatal(err)
			}
			alone := run(t, one, source)
			for _, target := range spec.Targets() {
				got, errGot := json.Marshal(result.Each[i].Of(target))
				want, errWant := json.Marshal(alone.Of(target))
				if errGot != nil || errWant != nil || !bytes.Equal(got, want) {
					t.Errorf("%s on %s:\n%s\nalone:\n%s", p.Service, target, got[:min(900, len(got))], want[:min(900, len(want))])
				}
			}
			if result.Each[i].Trace.Requests != alone.Trace.Requests {
				t.Errorf("%s: %d requests, and %d alone", p.Service, result.Each[i].Trace.Requests, alone.Trace.Requests)
			}
		}
	}
}

// TestTogetherSameBytes: the order of goroutines does not show.
func TestTogetherSameBytes(t *testing.T) {
	bytesOf := func() []byte {
		in, parts := drawnApp(t, rand.New(rand.NewPCG(9, 19)), 5*time.Minute)
		in.Concurrency = 30
		result := together(t, in, parts)
		text, err := json.Marshal([]any{result, result.Each})
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	if !bytes.Equal(bytesOf(), bytesOf()) {
		t.Error("two runs differ")
	}
}

// TestTogetherSharesNodes: services take fewer nodes together than each with its own.
func TestTogetherSharesNodes(t *testing.T) {
	in, parts := drawnApp(t, rand.New(rand.NewPCG(10, 19)), 5*time.Minute)
	result := together(t, in, parts)
	nodes := 0.0
	for _, p := range parts {
		one := in
		one.Service, one.Usage, one.Seed = p.Service, p.Usage, simulate.SeedOf(in.Seed, p.Service)
		source, _, err := p.Open(nil)
		if err != nil {
			t.Fatal(err)
		}
		nodes += run(t, one, source).Kubernetes.Gauges[replay.Nodes].Mean
	}
	if got := result.Kubernetes.Gauges[replay.Nodes].Mean; got >= nodes || got < 2 {
		t.Errorf("%v nodes together, and %v where each service has its own", got, nodes)
	}
}

// TestCalls: a service that others call gets its calls when their requests come, as many as its
// usage says, the same each time.
func TestCalls(t *testing.T) {
	app, err := spec.Parse("app.yaml", []byte(`apiVersion: ambi/v1
name: shop
image: 123456789012.dkr.ecr.us-east-1.amazonaws.com/shop:1.0.0
services:
  web: {needs: [stock], http: {routes: [GET /]}}
  admin: {needs: [stock, mail], http: {routes: [GET /admin]}}
  stock: {http: {internal: true, routes: [GET /stock]}}
  mail: {http: {routes: [POST /mail]}}
`))
	if err != nil {
		t.Fatal(err)
	}
	resolved := target.Resolve(app)
	if got := fmt.Sprint(simulate.Callers(resolved, "stock"), simulate.Callers(resolved, "mail")); got != "[admin web] []" {
		t.Errorf("callers: %s", got)
	}
	usage := map[string]demand.Usage{
		"web": {Requests: demand.Known(1e6)}, "admin": {Requests: demand.Known(1e5)}, "stock": {Requests: demand.Known(2.75e6)},
	}
	mean, _ := simulate.CallsPerRequest(usage, "stock", []string{"admin", "web"}).Get()
	if mean != 2.5 {
		t.Errorf("%v calls a request", mean)
	}
	if simulate.CallsPerRequest(usage, "mail", []string{"admin"}).IsKnown() {
		t.Error("calls are known, and the requests are not")
	}
	web, admin := []int64{1, 5, 5, 9}, []int64{2, 9}
	var requests, got []int64
	for range 1000 {
		requests = append(requests, web...)
		requests = append(requests, admin...)
		source := simulate.Calls([]replay.Source{replay.Arrivals(web), replay.Arrivals(admin)}, mean, uint64(len(requests)))
		last := int64(0)
		for {
			at, ok := source.Next()
			if !ok {
				break
			}
			if at < last || at != 1 && at != 2 && at != 5 && at != 9 {
				t.Fatalf("a call at %d after one at %d", at, last)
			}
			last = at
			got = append(got, at)
		}
		if err := source.Err(); err != nil {
			t.Fatal(err)
		}
	}
	if each := float64(len(got)) / float64(len(requests)); math.Abs(each-mean) > .03 {
		t.Errorf("%v calls a request, want %v", each, mean)
	}
}
