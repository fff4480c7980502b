// Package spectest makes random specs that are valid, for the tests of
// whatever reads one: any grammar and any hostile string may occur in them, and
// the same seed gives the same text.
package spectest

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
)

// Generate makes a spec that spec.Parse accepts. One target or both may refuse
// it.
func Generate(r *rand.Rand) []byte {
	return generate(r, bounds{
		minCPU: 1, maxCPU: 256_000, minMemory: 4, maxMemory: 1 << 20, maxTimeout: 3600,
		maxEnv: 40_000, anything: true,
	})
}

// Deployable makes a spec that both targets accept as well. Its services share one
// way in and one CORS policy, as they share one API on Lambda.
func Deployable(r *rand.Rand) []byte {
	return generate(r, bounds{
		minCPU: 10, maxCPU: 4_000, minMemory: 128, maxMemory: 10_240, maxTimeout: 30,
		maxEnv: 2_000,
	})
}

// bounds is what the targets, or the grammar, allow.
type bounds struct {
	minCPU, maxCPU       int  // millicores
	minMemory, maxMemory int  // MiB
	maxTimeout           int  // seconds
	maxEnv               int  // bytes of values in one service
	anything             bool // that the grammar allows, whatever the targets say
}

type generator struct {
	*rand.Rand
	bounds
	out     strings.Builder
	names   []string
	rank    []int               // of each service: it may need those of lower rank
	shapes  map[string]bool     // methods and shapes of the routes so far
	domains map[string][]string // services by their domain
	guarded bool                // some service asks for tokens
	door    string              // the key that opens the cluster, unless anything goes
	cors    string              // of all services, unless anything goes
	image   bool                // the app has one, which a service may leave to it
	each    bool                // each service has its own requests, rather than the app all

	data     []*datum
	triggers []string // of each service: http, or what is written of the events that start it
	fifo     []bool   // of each service: its queue keeps the order of groups
	calls    [][]bool // which service needs which
	internal []bool   // which services only those that need them may call
	signs    []bool   // which services call one on Lambda that they are not on, and so need a role
	only     []string // of each service: the one target that it is written for, or none
}

// service is what the keys of one service must agree on.
type service struct {
	name        string
	zip         string
	concurrency int
	max         int
	permissions bool
	reaches     bool // a database, and so runs in a VPC
	events      bool // which start it, and no requests
	scheduled   bool // it runs at set times
	worker      bool // it runs all the time
	internal    bool // only services that need it may call it
	signs       bool // its calls of services on Lambda
	cors        bool // has the policy that all services have
	domain      bool
	tokens      string // who checks them on Kubernetes: app, envoy or nothing
	requests    bool   // scales by requests
	zero        string // what scale.min 0 becomes: floor, keda or nothing
}

func generate(r *rand.Rand, b bounds) []byte {
	g := &generator{Rand: r, bounds: b, shapes: map[string]bool{}, domains: map[string][]string{}}
	g.names = g.serviceNames()
	g.rank = g.Perm(len(g.names))
	g.each = g.sometimes()
	g.draw()
	g.door = g.one("", "ingress: {class: alb", "ingress: {class: nginx", "gateway: {name: public")
	if hasCORS := strings.Contains(g.door, "nginx") || strings.Contains(g.door, "gateway"); hasCORS && g.sometimes() {
		g.cors = g.corsPolicy(len(g.names) == 1)
	}
	g.connect()
	g.place()
	g.line(0, "apiVersion: ambi/v1")
	g.line(0, "name: %s", g.one("thumbs", "x", "type", "main", "my-app-2", "load-test"))
	if g.sometimes() {
		g.line(0, "targets: [%s]", g.one("lambda, kubernetes", "kubernetes, lambda"))
	}
	if g.image = g.sometimes(); g.image {
		g.line(0, "image: %s", g.one("example.com/shared:1", "ghcr.io/example/shared@sha256:"+strings.Repeat("1b", 32)))
	}
	g.keep()
	g.line(0, "services:")
	for i := range g.names {
		g.service(i)
	}
	g.switching()
	if g.sometimes() {
		g.usage(0, !g.each && slices.Contains(g.triggers, "http"), true, true)
	}
	return []byte(g.out.String())
}

func (g *generator) line(depth int, format string, args ...any) {
	g.out.WriteString(strings.Repeat("  ", depth))
	fmt.Fprintf(&g.out, format, args...)
	g.out.WriteByte('\n')
}

func (g *generator) sometimes() bool { return g.IntN(2) == 0 }

func (g *generator) one(of ...string) string { return of[g.IntN(len(of))] }

// some picks one or more, each once.
func (g *generator) some(of ...string) []string {
	g.Shuffle(len(of), func(i, j int) { of[i], of[j] = of[j], of[i] })
	return slices.Clip(of[:1+g.IntN(len(of))])
}

func (g *generator) allQuoted(all []string) []string {
	quoted := make([]string, len(all))
	for i, s := range all {
		quoted[i] = g.quoted(s)
	}
	return quoted
}

// between is from low to high, both included, small numbers as likely as large.
func (g *generator) between(low, high int) int {
	if g.sometimes() {
		high = min(high, low+10)
	}
	return low + g.IntN(high-low+1)
}

// text draws from an alphabet, with a letter first.
func (g *generator) text(alphabet string, shortest, longest int) string {
	b := []byte{byte('a' + g.IntN(26))}
	for n := g.between(shortest, longest); len(b) < n; {
		b = append(b, alphabet[g.IntN(len(alphabet))])
	}
	return string(b)
}

func (g *generator) serviceNames() []string {
	all := names()
	g.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	all = all[:1+g.IntN(5)]
	if g.sometimes() {
		// A digit at the end keeps random names from colliding with the list's.
		all = append(all, g.text("abcdefghijklmnopqrstuvwxyz0123456789", 5, 30)+"-q9")
	}
	return all
}

func (g *generator) service(i int) {
	s := &service{name: g.names[i], concurrency: 10, max: 10, cors: g.cors != "" && !g.anything && g.requests(i), internal: g.internal[i], signs: g.signs[i]}
	g.line(1, "%s:", g.key(s.name))
	if g.only[i] != "" {
		g.line(2, "targets: [%s]", g.only[i])
	} else if g.IntN(8) == 0 {
		g.line(2, "targets: [%s]", g.one("lambda, kubernetes", "kubernetes, lambda"))
	}
	if g.sometimes() {
		s.zip = g.one("build/app.zip", "a b.zip", "dist/it's.zip", "x/`y`.zip", "ü/${z}.zip", "{{.}}.zip", "%s.zip", `q"q.zip`)
	}
	if own := g.sometimes(); own || !g.image && (!g.anything || s.zip == "") {
		g.line(2, "image: %s", g.one(
			"thumbs:1", "ghcr.io/example/thumbs:1.4.2", "localhost:5000/a/b_c/d-e:v1-rc.1_x",
			"ghcr.io/example/thumbs:1.4.2@sha256:"+strings.Repeat("0a", 32), "example.com/x@sha256:"+strings.Repeat("f", 64)))
	}
	if g.sometimes() {
		most := 1000
		if g.events(i) && !g.anything {
			most = 50
		}
		s.concurrency = g.between(1, most)
		port := g.between(1, 65535)
		if port == 4195 { // where the delivery container answers
			port++
		}
		g.line(2, "port: %d", port)
		g.line(2, "cpu: %s", g.one(fmt.Sprintf("%dm", g.between(g.minCPU, g.maxCPU)), "1", "0.5", `"1.5"`))
		g.line(2, "memory: %s", g.one(fmt.Sprintf("%dMi", g.between(g.minMemory, g.maxMemory)), "1Gi", "1.5Gi", "1G", "536870912"))
		g.line(2, "timeout: %ds", g.between(1, g.maxTimeout))
		g.line(2, "concurrency: %d", s.concurrency)
	}
	g.command(s)
	g.environment()
	g.needs(i)
	if g.IntN(4) == 0 {
		g.line(2, "connections: %d", g.between(1, 100_000))
	}
	g.permissions(s)
	g.uses(s, i)
	if g.sometimes() {
		g.line(2, "health: {path: %s%s}", g.one("/", "/healthz", "/live/z", "/.well-known/a_b~c-d"), g.one("", ", startup: 90s", ", startup: 5s"))
	}
	if g.works(i) {
		s.events, s.worker = true, true
		g.line(2, "worker: {}")
		if g.keeps() {
			g.volumes()
		} else if g.sometimes() {
			g.eventsScale(s)
		}
	} else if g.scheduled(i) {
		s.events, s.scheduled = true, true
		g.schedule()
	} else if g.events(i) {
		s.events = true
		g.trigger(i)
		if g.sometimes() {
			g.eventsScale(s)
		}
	} else {
		g.http(s)
		if g.keeps() {
			g.volumes()
		} else if g.sometimes() {
			g.scale(s)
		}
	}
	g.mapping("lambda", g.lambda(s))
	g.mapping("kubernetes", g.kubernetes(s))
	if g.IntN(3) == 0 {
		g.usage(2, g.each && !g.scheduled(i), g.events(i), !g.scheduled(i))
	}
}

// mapping writes a mapping of a service in one line or in several.
func (g *generator) mapping(key string, entries []string) {
	switch {
	case len(entries) == 0 && g.sometimes():
	case len(entries) == 0 || g.sometimes():
		g.line(2, "%s: {%s}", key, strings.Join(entries, ", "))
	default:
		g.line(2, "%s:", key)
		for _, entry := range entries {
			g.line(3, "%s", entry)
		}
	}
}

// key writes a key with or without quotes.
func (g *generator) key(name string) string {
	if g.sometimes() {
		return strconv.Quote(name)
	}
	return name
}

// quoted writes a string so that YAML reads exactly it, in one of several ways.
func (g *generator) quoted(s string) string {
	plain := !strings.ContainsFunc(s, func(c rune) bool { return c < ' ' || c == 0x2028 || c == 0x2029 || c == 0xFEFF })
	switch {
	case plain && g.sometimes():
		return "'" + strings.ReplaceAll(s, "'", "''") + "'"
	case g.sometimes():
		return strconv.QuoteToASCII(s)
	}
	return strconv.Quote(s)
}

// usage writes figures of traffic. A service may have some of its own; requests
// are the app's or the services', since both must add up; batches are of services with events,
// and one message is in the batch of any. A schedule has its own requests and shape.
func (g *generator) usage(depth int, requests, batches, shape bool) {
	lines := []string{
		"duration: " + g.one("12ms", "40ms", "1.5s", "1h", "{p50: 13ms, p99: 800ms}", "{p99: 1h, p50: 20m}"),
		"cpuTime: " + g.one("1ns", "1us", "12ms"),
		"requestSize: " + g.one("0", "2Ki", "1.5k", "6Mi", `"900"`, "1Ti"),
		"responseSize: " + g.one("0", "6Ki", "100M"),
		"logSize: " + g.one("0", "300"),
		"outboundSize: " + g.one("0", "2k"),
		"startTime: " + g.one("1ns", "120ms", "11s", "1h"),
	}
	if g.IntN(4) == 0 {
		lines = append(lines[2:], "reportDuration: "+g.one("300ms@256Mi", "1h@10Gi", "2s@1769Mi")) // in place of duration
	}
	if batches {
		lines = append(lines, "batchSize: "+g.one("1", "1.0"))
	}
	if requests {
		lines = append(lines, "requests: "+g.one("1/month", "3M/month", "100/s", "5k/day", "1.5k/minute", "1M/s"))
	}
	lines = slices.DeleteFunc(lines, func(string) bool { return g.IntN(3) == 0 })
	if shape {
		lines = append(lines, g.shape()...)
	}
	if len(lines) == 0 {
		g.line(depth, "usage: {}")
		return
	}
	g.Shuffle(len(lines), func(i, j int) { lines[i], lines[j] = lines[j], lines[i] })
	g.line(depth, "usage:")
	for _, l := range lines {
		g.line(depth+1, "%s", l)
	}
}

// shape writes a shape, or none, with figures that go with it.
func (g *generator) shape() []string {
	shape := g.one("", "steady", "diurnal", "bursty", "sporadic")
	peaks := map[string][]string{
		"steady": {"1"}, "diurnal": {"1", "2.5", `"12"`}, "bursty": {"1", "8", "99.5"}, "sporadic": {"50", "3600"},
	}[shape]
	if peaks == nil {
		return nil
	}
	lines := []string{"shape: " + shape}
	if g.sometimes() {
		lines = append(lines, "peakToMean: "+g.one(peaks...))
	}
	if (shape == "bursty" || shape == "sporadic") && g.sometimes() {
		lines = append(lines, "burst: "+g.one("1s", "90s", "24h"))
	}
	return lines
}
