package fit

import (
	"cmp"
	"fmt"
	"math"
	"time"

	"ambi/compare/demand"
	"ambi/compare/price/cost"
	"ambi/spec"
	"ambi/target/finding"
	"ambi/target/lambda"
)

// noticeableCold is the part of the requests that meet a start from which on that
// is worth a warning.
const noticeableCold = .01

// lambda checks one service and returns its highest concurrency, 0 where it is
// not known.
func (c *checker) lambda(w cost.Workload, f lambda.Service) float64 {
	at := "services." + w.Name
	add := c.adder(spec.Lambda, w.Name)
	if w.OverHTTP() {
		c.frontDoor(w, f, add)
	}
	if callers := f.InternalCallers; len(callers) > 0 {
		add(Warning, at+".http.routes", Limit{
			Name: "callers", Value: "anyone on the internet", Actual: finding.And(callers), Page: lambda.HTTPAPIAccessPage,
			Message: fmt.Sprintf("anyone on the internet may call %s, not only %s: Lambda publishes what a NetworkPolicy protects on Kubernetes", finding.And(f.Routes), finding.And(callers)),
			Hint:    "set http.internal, protect the routes with http.auth, or have the app verify its callers",
		})
	}
	if f.MemoryMB > lambda.NewAccountMemoryMB {
		add(Warning, at+"."+f.MemoryDecidedBy, Limit{
			Name: "memory in a new account", Value: "3,008 MB", Actual: fmt.Sprintf("%s MB", count(float64(f.MemoryMB))), Page: lambda.QuotasPage,
			Message: fmt.Sprintf("the function has %s MB, but a new account's limit is 3,008 MB until AWS raises it", count(float64(f.MemoryMB))),
			Hint:    "ask AWS Support before going live, or lower cpu and memory",
		})
	}
	c.functionConnections(f, add)
	t := w.Traffic
	billed, known := cost.BilledDuration(w)
	if w.Events != nil {
		c.messages(w, f, add)
	}
	if known {
		c.durations(w, f, billed, add)
	}
	for _, body := range []struct {
		name string
		size demand.Maybe[int64]
	}{{"request", t.Request}, {"response", t.Response}} {
		name := body.name
		bytes, ok := body.size.Get()
		ok = ok && w.OverHTTP()
		limit := Limit{Name: name + " payload", Value: "6 MB", Actual: megabytes(bytes), Page: lambda.QuotasPage}
		switch {
		case ok && bytes > lambda.MaxPayloadBytes:
			limit.Message = fmt.Sprintf("a %s of %s is too large for an invocation, which carries at most 6 MB", name, megabytes(bytes))
			limit.Hint = "let clients exchange large bodies with S3, by presigned URLs"
			add(Blocker, at+".http", limit)
		case ok && bytes > lambda.MaxBinaryPayloadBytes:
			limit.Message = fmt.Sprintf("a %s of %s only fits as text: binary bodies are encoded as base64, and 6 MB of that are 4.5 MB", name, megabytes(bytes))
			limit.Hint = "let clients exchange large bodies with S3, by presigned URLs"
			add(Warning, at+".http", limit)
		}
	}
	if start, ok := t.Start.Get(); ok && start > lambda.MaxStart {
		add(Warning, at, Limit{
			Name: "initialization", Value: "10 s", Actual: spec.Duration(start).String(), Page: lambda.StartPage,
			Message: "an environment that is not ready after 10 s is started a second time, within the first request's timeout",
			Hint:    "start lazily, or keep environments ready with lambda.provisioned",
		})
	}
	if w.Schedule != nil {
		return c.runsOnLambda(w, billed, known, add)
	}
	if !known || !t.Requests.IsKnown() || !t.Profile.Known() {
		return 0
	}
	if w.Events != nil {
		return c.backlogOnLambda(w, f, billed, add)
	}
	c.coldStarts(w, billed, add)
	return c.concurrency(w, f, billed, add)
}

type addLimit func(severity Severity, path string, l Limit)

// durations checks what bounds a request's time.
func (c *checker) durations(w cost.Workload, f lambda.Service, billed time.Duration, add addLimit) {
	at := "services." + w.Name
	timeout, mean := time.Duration(f.TimeoutSeconds)*time.Second, spec.Duration(billed)
	d, what := c.door(), "average request"
	if !w.OverHTTP() {
		d, what = door{seconds: lambda.MaxTimeoutSeconds}, "average invocation"
	}
	var tail Limit
	isCutOff := false
	if w.OverHTTP() {
		stretched := billed - (w.Traffic.Duration.Or(0) - w.Traffic.CPUTime.Or(0))
		tail, isCutOff = cutOff(w.Traffic.Usage, min(timeout, time.Duration(d.seconds)*time.Second), stretched, lambda.QuotasPage)
	}
	l := Limit{Name: "timeout", Value: spec.Duration(timeout).String(), Actual: mean.String() + " on average", Page: lambda.QuotasPage}
	switch {
	case billed > time.Duration(d.seconds)*time.Second && d.seconds < lambda.MaxTimeoutSeconds:
		l.Value, l.Page = fmt.Sprintf("%d s", d.seconds), d.page
		l.Message = fmt.Sprintf("the average request takes %s with %d MB, and %s waits %d s", mean, w.Function.MemoryMB, d.name, d.seconds)
		l.Hint = "answer at once and let the client ask for the result later"
		if d.quota == "" || billed > lambda.MaxTimeoutSeconds*time.Second {
			add(Blocker, at+".timeout", l)
		} else if timeout <= time.Duration(d.seconds)*time.Second { // else the timeout has asked for it
			l.Hint, l.Quota = ask("apigateway", d.quota, float64(2*billed.Milliseconds())), "an integration's timeout of "+spec.Duration(2*billed.Round(time.Second)).String()
			add(Knob, at+".timeout", l)
		}
	case billed > timeout:
		l.Message = fmt.Sprintf("the %s takes %s with %d MB, longer than the timeout", what, mean, w.Function.MemoryMB)
		l.Hint = "raise timeout, or memory, which also adds CPU"
		longest := d.seconds
		if seconds := int(math.Ceil(billed.Seconds())); seconds > longest {
			add(Blocker, at+".timeout", l)
		} else {
			l.Write = []spec.Edit{writeTimeout(at, seconds, longest)}
			add(Knob, at+".timeout", l)
		}
	case isCutOff:
		if f.TimeoutSeconds >= d.seconds {
			tail.Hint = "answer at once and let the client ask for the result later"
		}
		add(Warning, at+".timeout", tail)
	case billed > timeout/2:
		l.Message = fmt.Sprintf("the %s takes %s with %d MB, more than half of the timeout: slow ones will be cut off", what, mean, w.Function.MemoryMB)
		l.Hint = "raise timeout, or memory, which also adds CPU"
		if f.TimeoutSeconds >= d.seconds {
			l.Hint = "raise memory, which also adds CPU; or answer at once and let the client ask for the result later"
		}
		add(Warning, at+".timeout", l)
	}
}

// coldStarts warns of starts that many requests meet.
func (c *checker) coldStarts(w cost.Workload, billed time.Duration, add addLimit) {
	requests := w.Traffic.Requests.Or(0)
	starts := cost.ColdStarts(w, c.Choices.Lambda.KeepAlive.Std())
	if requests == 0 || starts/requests < noticeableCold {
		return
	}
	hint := "lambda.provisioned keeps environments ready, at a cost"
	if w.Function.Provisioned > 0 {
		hint = "raise lambda.provisioned: the environments that it keeps ready are busy when these arrive"
	}
	add(Warning, "services."+w.Name+".scale.min", Limit{
		Name: "cold starts", Value: "none is promised", Page: lambda.StartPage,
		Actual:  fmt.Sprintf("%.1f %% of requests", 100*starts/requests),
		Message: fmt.Sprintf("about %.1f %% of requests find no idle environment and wait for one to start, if idle ones live for %s", 100*starts/requests, c.Choices.Lambda.KeepAlive),
		Hint:    hint,
	})
}

// writeTimeout is the timeout to write for requests of these seconds: twice as much, as
// far as the limit goes, since slower requests come too.
func writeTimeout(at string, seconds, longest int) spec.Edit {
	return spec.Edit{Path: at + ".timeout", Value: spec.Duration(time.Duration(min(2*seconds, longest)) * time.Second).String()}
}

// concurrency checks the service's own bounds and returns its highest
// concurrency.
func (c *checker) concurrency(w cost.Workload, f lambda.Service, billed time.Duration, add addLimit) float64 {
	at := "services." + w.Name
	rate := w.Traffic.PerSecond()
	profile := w.Traffic.Profile
	peak := rate * profile.Peak() * billed.Seconds()
	if f.Reserved > 0 {
		if reserved := float64(f.Reserved); peak > reserved {
			severity, what := c.tooMany(spec.Lambda, "the rest get status 429")
			l := c.atLeast(Limit{
				Severity: severity, Name: "reserved concurrency", Value: count(reserved), Actual: count(peak) + " at the peak", Page: lambda.ScalingPage,
				Message: fmt.Sprintf("the peak needs %s environments at once, and scale.max x concurrency reserves %s: %s", count(peak), count(reserved), what),
				Hint:    "raise scale.max, or remove lambda.reserved",
			}, at+".scale.max", int(math.Ceil(peak/float64(f.PerInstance))), spec.MaxInstances)
			add(l.Severity, l.Path, l)
		}
	}
	c.throttle(w, f, rate*profile.Peak(), add)
	lowest := profile.Peak()
	for _, level := range profile.Levels() {
		lowest = min(lowest, level.Factor)
	}
	if rise := rate * (profile.Peak() - lowest) * billed.Seconds(); bursts(w.Traffic) && rise > lambda.ScalingBurst {
		add(Warning, at, Limit{
			Name: "scaling rate", Value: "1,000 environments in 10 s", Actual: count(rise) + " more at once", Page: lambda.ScalingPage,
			Message: fmt.Sprintf("a burst needs %s more environments at once, and a function may add 1,000 in 10 s: requests beyond that get status 429", count(rise)),
			Hint:    "lambda.provisioned keeps environments ready; clients should retry",
		})
	}
	return peak
}

// throttle warns of a peak that the emitted stack cuts off, route by route.
func (c *checker) throttle(w cost.Workload, f lambda.Service, peak float64, add addLimit) {
	routes := len(f.Routes)
	if peak <= lambda.RoutePerSecond || routes == 0 || c.Choices.Lambda.Door() != cost.HTTPAPI {
		return
	}
	what := fmt.Sprintf("its %d routes take %s each", routes, count(lambda.RoutePerSecond))
	switch {
	case routes == 1:
		what = "its route takes " + count(lambda.RoutePerSecond)
	case peak <= float64(routes)*lambda.RoutePerSecond:
		what = fmt.Sprintf("each of its %d routes allows %s: it depends on how they share the traffic", routes, count(lambda.RoutePerSecond))
	}
	add(Warning, "services."+w.Name+".http.routes", Limit{
		Name: "throttle of a route", Value: fmt.Sprintf("%s/s, bursts of %s", count(lambda.RoutePerSecond), count(lambda.RouteBurst)),
		Actual: count(peak) + "/s at the peak", Page: lambda.HTTPAPIQuotasPage,
		Message: fmt.Sprintf("the peak has %s requests a second, and in the emitted stack %s; the rest get status 429", count(peak), what),
		Hint: fmt.Sprintf("raise throttleRate and throttleBurst in the stack's settings: `pulumi config set throttleRate %.0f`; "+
			"costs and simulations assume that they are raised", math.Ceil(peak)),
	})
}

// bursts reports whether traffic rises at once and falls again.
func bursts(t demand.Traffic) bool {
	return (t.Shape == spec.Bursty || t.Shape == spec.Sporadic) && len(t.Profile.Segments()) == 2
}

// account checks what all services share: the account's defaults.
func (c *checker) account(peak float64) {
	rate := 0.0
	for _, w := range c.Workloads {
		if n, ok := w.Traffic.Requests.Get(); ok && w.Traffic.Profile.Known() && w.OverHTTP() {
			rate += float64(n / demand.SecondsPerMonth * w.Traffic.Profile.Peak())
		}
	}
	path := "services"
	add := func(l Limit) {
		l.Target, l.Severity, l.Path = spec.Lambda, cmp.Or(l.Severity, Knob), path
		c.add(l)
	}
	c.region(add)
	if peak > lambda.AccountConcurrency {
		add(Limit{
			Name: "concurrency of the account", Value: "1,000 by default", Actual: count(peak) + " at the peak", Page: lambda.QuotasPage,
			Message: fmt.Sprintf("the peak needs %s environments at once; an account starts with 1,000 for everything in it, a new one often with 10", count(peak)),
			Hint:    ask("lambda", lambda.ConcurrencyQuota, math.Ceil(peak)),
			Quota:   count(math.Ceil(peak)) + " concurrent executions",
		})
	}
	if slots := max(peak, lambda.AccountConcurrency); rate > lambda.RequestsPerConcurrency*slots {
		add(Limit{
			Name: "requests a second", Value: "10 for each concurrent execution", Actual: count(rate) + "/s at the peak", Page: lambda.ScalingPage,
			Message: fmt.Sprintf("the peak has %s requests a second, and an account allows ten times its concurrency: %s", count(rate), count(lambda.RequestsPerConcurrency*slots)),
			Hint:    ask("lambda", lambda.ConcurrencyQuota, math.Ceil(rate/lambda.RequestsPerConcurrency)),
			Quota:   count(math.Ceil(rate/lambda.RequestsPerConcurrency)) + " concurrent executions",
		})
	}
	if rate > lambda.HTTPAPIPerSecond && c.door().rated {
		add(Limit{
			Name: "requests a second of HTTP APIs", Value: "10,000/s, bursts of 5,000", Actual: count(rate) + "/s at the peak", Page: lambda.HTTPAPIQuotasPage,
			Message: fmt.Sprintf("the peak has %s requests a second, and all HTTP APIs of an account in a region together allow 10,000 by default", count(rate)),
			Hint:    ask("apigateway", lambda.APIRateQuota, math.Ceil(rate)),
			Quota:   count(math.Ceil(rate)) + " requests a second",
		})
	}
}

// region warns of prices of another region than the functions' images are in.
func (c *checker) region(add func(Limit)) {
	for _, s := range c.Resolved.Lambda.Services {
		if s.Region == "" || s.Region == c.Region || c.Region == "" {
			continue
		}
		add(Limit{
			Severity: Warning, Name: "region of the prices", Value: c.Region, Actual: s.Region, Page: lambda.ImagesPage, Service: s.Name,
			Message: fmt.Sprintf("prices are those of %s, and the image of %s is in %s, where its function has to run", c.Region, s.Name, s.Region),
			Hint:    fmt.Sprintf("--region %s; `ambi prices refresh --region %s` gets missing prices", s.Region, s.Region),
		})
		return
	}
}

func megabytes(bytes int64) string { return fmt.Sprintf("%.1f MB", float64(bytes)/1e6) }
