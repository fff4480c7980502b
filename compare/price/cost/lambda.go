package cost

import (
	"fmt"
	"math"
	"slices"
	"time"

	"ambi/compare/demand"
	"ambi/compare/price"
	"ambi/spec"
	"ambi/target/lambda"
)

// Lambda prepares an app's cost on Lambda. Its components:
//
//   - requests, and duration in GB-seconds by architecture, at a billed
//     duration that is rounded up to 1 ms (see BilledDuration);
//   - initialization, billed like duration since 2025-08-01
//     (aws.amazon.com/blogs/compute/aws-lambda-standardizes-billing-for-init-phase);
//   - provisioned concurrency: what is used of it, what idles, and duration at
//     its own price, for the part of the requests that it serves (see overflow);
//   - the front door: an HTTP API, metered by 512 KB of request and response together;
//     a REST API, metered by the request; a function URL, which has no price of its own;
//     or a load balancer;
//   - NAT gateways of a VPC, logs, egress, secrets, alarms.
func Lambda(sheet *price.Sheet, app App, choices Choices) (*Model, error) {
	m, _, err := prepareLambda(sheet, app, choices)
	if err != nil {
		return nil, err
	}
	if app.Corrections != nil {
		apply(app.Corrections.lambda, m)
	}
	return m, nil
}

// prepareLambda is Lambda by averages alone, with the numbers of the lines.
func prepareLambda(sheet *price.Sheet, app App, choices Choices) (*Model, lambdaLines, error) {
	b := newBuilder(spec.Lambda, sheet, app, choices)
	var architectures, provisioned [2]bool
	services := make([]function, len(app.Workloads))
	alarms, tracing, accessDays, routes := app.Alarms, false, 0, 0
	for i, w := range app.Workloads {
		if w.Worker {
			b.fail(fmt.Errorf("%s: a function runs only while it is invoked, and a worker runs all the time", w.Name))
		}
		f, err := newFunction(w, choices)
		b.fail(err)
		services[i] = f
		architectures[f.architecture] = true
		provisioned[f.architecture] = provisioned[f.architecture] || w.Function.Provisioned > 0
		alarms += w.Alarms
		tracing = tracing || w.Function.Tracing
		accessDays = max(accessDays, w.LogDays)
		routes += w.Routes
	}
	for i := range services {
		services[i].accessMonths = float64(accessDays) / daysPerMonth
	}
	gateways := gatewaysOf(app, choices)
	sends := app.Sends()
	l := b.lambdaLines(architectures, provisioned, gateways > 0, tracing, sends, routes)
	var parts []part
	for _, kind := range queueKinds(app) {
		lines, part := b.messagesOnLambda(kind, services)
		l.queues = append(l.queues, lines)
		parts = append(parts, part)
	}
	parts = append(parts, b.scheduleParts(app)...)
	parts = append(parts, b.cdn(app)...)
	parts = append(parts, b.data(app)...)
	parts = append(parts, b.across(app, gateways > 0)...)
	natHours := float64(gateways) * price.HoursPerMonth
	m, err := b.finish(func(scale float64, q []float64) {
		clear(q)
		var use Dimensions
		for i := range services {
			services[i].add(l, scale, q, gateways > 0, sends, &use)
		}
		if app.OverHTTP() {
			l.door.addFixed(choices, use, q)
		}
		q[l.secrets] = float64(app.Secrets)
		q[l.alarms] = float64(alarms)
		q[l.natHours], q[l.natAddresses] = natHours, natHours
	}, parts)
	return m, l, err
}

// gatewaysOf is how many NAT gateways the functions go out through.
func gatewaysOf(app App, choices Choices) int {
	usual := 0
	if app.VPC {
		usual = 1
	}
	return choices.Lambda.NATGateways.Or(usual)
}

// lambdaLines are the numbers of the lines; arrays are by architecture.
type lambdaLines struct {
	requests                                         int
	duration, start, ready, readyIdle, readyDuration [2]int
	door                                             doorLines
	queues                                           []queueLines // by kind
	natHours, natData, natAddresses                  int
	logs, access, stored, traces                     int
	egress, secrets, secretCalls, alarms             int
}

// architectureNames are by the number that function.architecture is.
func architectureNames() [2]string { return [2]string{string(spec.X8664), string(spec.ARM64)} }

// architectureOf is the number of an architecture.
func architectureOf(f Function) int {
	if f.Architecture == string(spec.ARM64) {
		return 1
	}
	return 0
}

func (b *builder) lambdaLines(architectures, provisioned [2]bool, nat, tracing, sends bool, routes int) lambdaLines {
	var l lambdaLines
	invocations := "requests"
	if b.messages {
		invocations = "requests, and messages / their batch size"
	}
	l.requests = b.add("lambda.requests", price.Request, line{
		name: "Lambda requests", category: Work, formula: invocations, inputs: []demand.Input{demand.Requests},
	})
	served := []demand.Input{demand.Requests, demand.Duration, demand.CPUTime}
	started := append(served[:3:3], demand.Shape, demand.Start)
	for a, name := range architectureNames() {
		inputs := served
		if provisioned[a] {
			inputs = append(served[:3:3], demand.Shape)
		}
		l.duration[a] = b.optional(architectures[a], "lambda.duration."+name, price.GBSecond, line{
			name: "Lambda duration, " + name, category: Work, inputs: inputs,
			formula: "requests x billed duration x memory in GB",
		})
		l.readyDuration[a] = b.optional(provisioned[a], "lambda.provisioned-duration."+name, price.GBSecond, line{
			name: "Lambda duration on provisioned concurrency, " + name, category: Work, inputs: append(served[:3:3], demand.Shape),
			formula: "requests that it serves x billed duration x memory in GB",
		})
	}
	for a, name := range architectureNames() {
		l.ready[a] = b.optional(provisioned[a], "lambda.provisioned."+name, price.GBSecond, line{
			name: "Lambda provisioned concurrency in use, " + name, category: Startup, inputs: append(served[:3:3], demand.Shape), fixed: true,
			formula: "concurrency in use x memory in GB x seconds of a month",
		})
		l.readyIdle[a] = b.optional(provisioned[a], "lambda.provisioned."+name, price.GBSecond, line{
			name: "Lambda provisioned concurrency, idle, " + name, category: Idle, inputs: append(served[:3:3], demand.Shape), fixed: true,
			formula: "concurrency not in use x memory in GB x seconds of a month",
		})
		l.start[a] = b.optional(architectures[a], "lambda.duration."+name, price.GBSecond, line{
			name: "Lambda initialization, " + name, category: Startup, inputs: started,
			formula: "environments started x start time x memory in GB",
		})
		b.model.lines[l.start[a]].after = l.duration[a]
	}
	b.add("", "", line{name: "Control plane", category: Control, formula: "none to pay for", fixed: true})
	l.door = b.doorLines(routes)
	l.natHours = b.optional(nat, "nat.hours", price.Hour, line{name: "NAT gateways", category: Network, formula: "gateways x 730 h", fixed: true})
	l.natAddresses = b.optional(nat, "ipv4.hours", price.Hour, line{name: "Public IPv4 addresses", category: Network, formula: "NAT gateways x 730 h", fixed: true})
	l.natData = b.optional(nat, "nat.data", price.GB, line{
		name: "NAT gateway data", category: Network, inputs: []demand.Input{demand.Requests, demand.Outbound}, formula: "requests x outbound bytes",
	})
	b.add("", "", line{name: "Disks", category: Disk, formula: "none to pay for", fixed: true})
	l.logs = b.logLine("logs.ingestion.lambda", fmt.Sprintf("requests x (log bytes + %d of Lambda's own)", PlatformLogBytes))
	l.access = b.optional(b.choices.Logs && b.choices.Lambda.Door().logs(), "logs.ingestion.lambda", price.GB, line{
		name: "Access log of the API, ingestion", category: Logs, inputs: []demand.Input{demand.Requests},
		formula: fmt.Sprintf("requests x %d bytes", AccessLogBytes),
	})
	b.model.lines[l.access].after = l.logs
	l.stored = b.storedLine()
	l.traces = b.optional(tracing, "xray.traces", price.Trace, line{
		name: "Traces, recorded", category: Logs, inputs: []demand.Input{demand.Requests, demand.Shape},
		formula: "of each service a request a second, and 5 % of the others",
	})
	l.egress = b.egressLine(sends)
	l.secrets = b.add("secrets.secret", price.SecretMonth, line{name: "Secrets", category: Secrets, formula: "secrets in Secrets Manager", fixed: true})
	l.secretCalls = b.add("secrets.calls", price.Call, line{
		name: "Secrets, calls", category: Secrets, inputs: append(served[:3:3], demand.Shape), formula: "environments started x secrets that they read",
	})
	l.alarms = b.alarmLine()
	return l
}

// logLine is the ingestion of what is logged, at some price, on both targets.
func (b *builder) logLine(key, formula string) int {
	return b.optional(b.choices.Logs, key, price.GB, line{name: "Logs, ingestion", category: Logs, inputs: []demand.Input{demand.Requests, demand.Log}, formula: formula})
}

// storedLine is its storage.
func (b *builder) storedLine() int {
	return b.optional(b.choices.Logs, "logs.storage", price.GBMonth, line{
		name: "Logs, storage", category: Logs, inputs: []demand.Input{demand.Requests, demand.Log}, formula: "GB ingested x months kept x 15 % after compression",
	})
}

// Sends reports whether what each service exchanges with the internet is known.
func (a App) Sends() bool {
	return !slices.ContainsFunc(a.Workloads, func(w Workload) bool { return !w.Traffic.Outbound.IsKnown() })
}

// egressLine prices responses and the traffic that services send themselves. If the amount of
// the latter is not given, neither target's bill includes it.
func (b *builder) egressLine(sends bool) int {
	l := line{name: "Egress to the internet", category: Egress, inputs: []demand.Input{demand.Requests, demand.Response}, formula: "requests x response bytes; without what the app itself sends, because outboundSize is not given"}
	if sends {
		l.inputs, l.formula = append(l.inputs, demand.Outbound), "requests x (response + outbound bytes)"
	}
	return b.optional(b.choices.Egress, "egress.internet", price.GB, l)
}

func (b *builder) alarmLine() int {
	return b.add("alarms.standard", price.AlarmMonth, line{name: "Alarms", category: Alarms, formula: "alarms in CloudWatch", fixed: true})
}

const (
	// eventBytes is what CloudWatch counts for each event beside its text:
	// docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutLogEvents.html.
	eventBytes = 26
	// PlatformLogBytes is what Lambda itself logs for a request as JSON, which the
	// stack asks for: platform.start and platform.report, 136 and 235 characters with
	// the fields that the documentation lists
	// (docs.aws.amazon.com/lambda/latest/dg/telemetry-schema-reference.html).
	PlatformLogBytes = 136 + 235 + 2*eventBytes
	// AccessLogBytes is a line of the API's access log, as the stack formats it, for a
	// request with a path of 11 characters.
	AccessLogBytes = 233 + eventBytes
	// storedPart is what is left of logs once CloudWatch has compressed them: the
	// AWS Pricing Calculator's assumption.
	storedPart = .15
	// daysPerMonth is a month of 730 hours in days.
	daysPerMonth = 730.0 / 24
)

// function is one workload, ready for quantities.
type function struct {
	Workload
	architecture int // 0 is x86_64, 1 is arm64
	requests     float64
	batch        float64       // requests, or messages, of one invocation
	busy         time.Duration // billed duration
	busyKnown    bool
	gb           float64 // of memory
	seconds      float64 // billed, of one invocation
	startSeconds float64 // billed, of one start
	units        float64 // of the HTTP API
	payloadGB    float64 // of one request and its response
	logGB        float64 // of one request, what Lambda itself logs for its part of an invocation included
	responseGB   float64
	outboundGB   float64
	accessMonths float64 // that the API's access log is kept
	levels       []demand.Level
	choices      Choices
}

func newFunction(w Workload, choices Choices) (function, error) {
	w = w.Reaching(choices)
	t := w.Traffic
	f := function{
		Workload: w, choices: choices,
		requests:     number(t.Requests),
		batch:        w.Batch(),
		gb:           float64(w.Function.MemoryMB) / 1024,
		seconds:      math.NaN(),
		startSeconds: math.NaN(),
		units:        math.NaN(),
		payloadGB:    (number(t.Request) + number(t.Response)) / gib,
		logGB:        (number(t.Log) + PlatformLogBytes/w.Batch()) / gib,
		responseGB:   number(t.Response) / gib,
		outboundGB:   number(t.Outbound) / gib,
		levels:       t.Profile.Levels(),
	}
	switch {
	case w.Function.MemoryMB < lambda.MinMemoryMB || w.Function.MemoryMB > lambda.MaxMemoryMB:
		return f, fmt.Errorf("%s: memory must be %d to %d MB on Lambda, got %d", w.Name, lambda.MinMemoryMB, lambda.MaxMemoryMB, w.Function.MemoryMB)
	case w.Function.Architecture != string(spec.ARM64) && w.Function.Architecture != string(spec.X8664):
		return f, fmt.Errorf("%s: architecture must be x86_64 or arm64, got %q", w.Name, w.Function.Architecture)
	}
	f.architecture = architectureOf(w.Function)
	if f.busy, f.busyKnown = BilledDuration(w); f.busyKnown {
		f.seconds = f.busy.Seconds()
	}
	if start, ok := t.Start.Get(); ok {
		f.startSeconds = wholeMilliseconds(start).Seconds()
	}
	sent, sentKnown := t.Request.Get()
	received, receivedKnown := t.Response.Get()
	if sentKnown && receivedKnown {
		f.units = float64(max(1, (sent+received+apiUnitBytes-1)/apiUnitBytes))
	}
	return f, nil
}

// BilledDuration is what Lambda bills for one invocation: its waiting time, and its
// CPU time divided by the part of a core that the memory buys (1,769 MB buys one;
// docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html), rounded up to a
// millisecond. Every request is taken to last the mean, and the messages of a batch to
// be worked on one after the other.
func BilledDuration(w Workload) (time.Duration, bool) {
	duration, known := w.Traffic.Duration.Get()
	cpu, cpuKnown := w.Traffic.CPUTime.Get()
	batch, memoryMB := w.Batch(), w.Function.MemoryMB
	if !known || !cpuKnown || math.IsNaN(batch) {
		return 0, false
	}
	if batch != 1 {
		duration, cpu = time.Duration(math.Round(float64(duration)*batch)), time.Duration(math.Round(float64(cpu)*batch))
	}
	stretched := cpu
	if memoryMB < lambda.MemoryMBForOneVCPU {
		memory := time.Duration(memoryMB)
		stretched = (cpu*lambda.MemoryMBForOneVCPU + memory - 1) / memory
	}
	return wholeMilliseconds(duration - cpu + stretched), true
}

// wholeMilliseconds rounds up to a millisecond, but for what is below a
// microsecond, which only arithmetic can have left there.
func wholeMilliseconds(d time.Duration) time.Duration {
	return (d.Round(time.Microsecond) + time.Millisecond - 1).Truncate(time.Millisecond)
}

// add adds the service's quantities at scale times its requests.
func (f *function) add(l lambdaLines, scale float64, q []float64, nat, sends bool, use *Dimensions) {
	requests := f.requests * f.growth(scale)
	invocations := requests / f.batch
	perSecond := invocations / demand.SecondsPerMonth
	q[l.requests] += invocations
	onDemand := 1.0 // part of the invocations
	if f.Function.Provisioned > 0 {
		onDemand = f.addProvisioned(l, invocations, perSecond, q)
	}
	q[l.duration[f.architecture]] += float64(onDemand*invocations) * f.seconds * f.gb
	starts := f.starts(perSecond)
	q[l.start[f.architecture]] += float64(starts * f.startSeconds * f.gb)
	if f.Function.Secrets > 0 {
		q[l.secretCalls] += starts * float64(f.Function.Secrets)
	}
	if f.OverHTTP() {
		l.door.add(f, requests, q, use)
	}
	if nat {
		q[l.natData] += float64(requests * f.outboundGB)
	}
	if f.choices.Logs {
		logs := requests * f.logGB
		q[l.logs] += logs
		q[l.stored] += float64(logs * storedPart * float64(f.LogDays) / daysPerMonth)
		if f.OverHTTP() && f.choices.Lambda.Door().logs() {
			access := requests * (float64(AccessLogBytes) / gib)
			q[l.access] += access
			q[l.stored] += float64(access * storedPart * f.accessMonths)
		}
	}
	if f.Function.Tracing {
		q[l.traces] += f.traces(perSecond) * demand.SecondsPerMonth
	}
	if f.choices.Egress {
		if f.OverHTTP() && f.choices.CDN == 0 { // who delivers a message gets the answer, and AWS sends to its CDN for free
			q[l.egress] += float64(requests * f.responseGB)
		}
		if sends {
			q[l.egress] += float64(requests * f.outboundGB)
		}
	}
}

// traces is how many requests a second are traced: the first of each second, and
// 5 % of the others (docs.aws.amazon.com/lambda/latest/dg/services-xray.html).
func (f *function) traces(perSecond float64) float64 {
	if !f.Traffic.Profile.Known() {
		return math.NaN()
	}
	traced := 0.0
	for _, level := range f.levels {
		rate := perSecond * level.Factor
		first := min(rate, 1)
		traced += float64((first + float64(.05*(rate-first))) * level.Share)
	}
	return traced
}

// addProvisioned adds provisioned concurrency and returns the part of the
// requests that it does not serve: at each level of traffic, those that find
// all of it busy (see overflow).
func (f *function) addProvisioned(l lambdaLines, requests, perSecond float64, q []float64) float64 {
	provisioned := float64(f.Function.Provisioned)
	inUse, spilled := math.NaN(), math.NaN()
	if f.Traffic.Profile.Known() && f.busyKnown {
		inUse, spilled = 0, 0
		arrivals := 0.0
		for _, level := range f.levels {
			load := perSecond * level.Factor * f.seconds
			busy := overflow(f.Function.Provisioned, load)
			inUse += float64(load * (1 - busy) * level.Share)
			arrivals += float64(level.Factor * level.Share)
			spilled += float64(level.Factor * busy * level.Share)
		}
		inUse, spilled = min(inUse, provisioned), spilled/arrivals
	}
	a := f.architecture
	q[l.ready[a]] += float64(inUse * f.gb * demand.SecondsPerMonth)
	q[l.readyIdle[a]] += float64((provisioned - inUse) * f.gb * demand.SecondsPerMonth)
	q[l.readyDuration[a]] += float64((1-spilled)*requests) * f.seconds * f.gb
	return spilled
}

// starts estimates how many environments start in a month, beside those that
// are provisioned.
func (f *function) starts(perSecond float64) float64 {
	if !f.busyKnown || !f.Traffic.Profile.Known() || math.IsNaN(perSecond) {
		return math.NaN()
	}
	if f.Schedule != nil {
		return f.Schedule.after(f.choices.Lambda.KeepAlive.Std() + f.busy)
	}
	return coldStarts(f.Traffic.Profile, perSecond, f.busy, f.choices.Lambda.KeepAlive.Std(), f.Function.Provisioned)
}

// ColdStarts estimates how many environments of a service start in a month, if
// idle ones live for keepAlive; see coldStarts. It is not a number when a
// figure is missing. What is provisioned starts for no request.
func ColdStarts(w Workload, keepAlive time.Duration) float64 {
	choices := Defaults()
	choices.Lambda.KeepAlive = spec.Duration(keepAlive)
	f, err := newFunction(w, choices)
	if err != nil {
		return math.NaN()
	}
	return f.starts(f.requests / f.batch / demand.SecondsPerMonth)
}
