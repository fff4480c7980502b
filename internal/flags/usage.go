package flags

import (
	"slices"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"ambi/compare"
	"ambi/compare/demand"
	"ambi/internal/problem"
	"ambi/internal/project"
	"ambi/internal/tracefile"
	"ambi/spec"
)

// Usage is the figures of usage, as typed.
type Usage struct {
	Requests                         []string
	duration, cpuTime, start, batch  string
	report                           string
	request, response, log, outbound string
	shape, peak, burst               string
	Traces                           []string
}

// RequestsHelp is the help text of --requests.
const RequestsHelp = "the mean request `RATE`, such as 3M/month or 100/s"

// Register defines the flags.
func (f *Usage) Register(flags *pflag.FlagSet) {
	flags.StringArrayVar(&f.Requests, "requests", nil, RequestsHelp+"; SERVICE=RATE with several services")
	for _, text := range f.Figures() {
		flags.StringVar(text.Value, text.Flag, "", text.Help)
	}
	flags.StringArrayVar(&f.Traces, "trace", nil, "a `FILE` that \"ambi trace\" reads, for requests and shape; SERVICE=FILE with several services")
}

// Figure is a flag that every service's usage takes alike.
type Figure struct {
	Flag  string
	Input demand.Input // that it gives
	Value *string
	Help  string
}

// Figures are the flags that every service's usage takes alike.
func (f *Usage) Figures() []Figure {
	return []Figure{
		{"duration", demand.Duration, &f.duration, "the mean `TIME` of one request, waiting included, such as 40ms; or two quantiles, p50=30ms,p99=400ms"},
		{"report-duration", demand.ReportDuration, &f.report, "instead of --duration: the `MEAN` of the functions' REPORT lines with their memory, such as 300ms@256Mi"},
		{"cpu-time", demand.CPUTime, &f.cpuTime, "the mean CPU `TIME` of one request on a full core, such as 12ms"},
		{"batch-size", demand.Batch, &f.batch, "the mean number of `MESSAGES` that one invocation gets, of queue or uploads with a batch"},
		{"shape", demand.Shape, &f.shape, "the `SHAPE` of requests over time: steady, diurnal, bursty or sporadic"},
		{"peak-to-mean", demand.PeakToMean, &f.peak, "the peak's rate as a `MULTIPLE` of the mean, such as 8"},
		{"burst", demand.Burst, &f.burst, "the `TIME` that one burst lasts, of bursty and sporadic traffic, such as 5m"},
		{"request-size", demand.Request, &f.request, "`BYTES` of a mean request, or of a queue's mean message, such as 2Ki"},
		{"response-size", demand.Response, &f.response, "`BYTES` of a mean response, such as 6Ki"},
		{"log-size", demand.Log, &f.log, "`BYTES` that the app logs for a request, such as 300"},
		{"outbound-size", demand.Outbound, &f.outbound, "`BYTES` that the app itself exchanges with the internet for a request"},
		{"start-time", demand.Start, &f.start, "the `TIME` that an instance takes to start, runtime and app, such as 120ms"},
	}
}

// Set sets a flag by its name, as if it had been typed; false is another's.
func (f *Usage) Set(flag, value string) bool {
	for _, text := range f.Figures() {
		if text.Flag == flag {
			*text.Value = value
			return true
		}
	}
	return false
}

// Over is what the spec says about usage, with the flags put over it. All
// problems of flags come back at once.
func (f *Usage) Over(app *spec.App) (map[string]demand.Usage, error) {
	every, errShape := f.Shaped() // what the flags say about each service alike
	shape := every.Shape
	var problems problem.List
	problems.Add(
		errShape,
		parseRequestTime("duration", f.duration, &every),
		parseReport("report-duration", f.report, &every.Report),
		parseTime("cpu-time", f.cpuTime, &every.CPUTime),
		parseTime("start-time", f.start, &every.Start),
		parseSize("request-size", f.request, &every.Request),
		parseSize("response-size", f.response, &every.Response),
		parseSize("log-size", f.log, &every.Log),
		parseSize("outbound-size", f.outbound, &every.Outbound),
	)
	if f.batch != "" {
		ratio, err := spec.ParseRatio(f.batch)
		problems.Add(problem.InFlag("batch-size", problem.As(problem.Misuse, err)))
		every.Batch = demand.Known(float64(ratio))
		problems.Add(batched(app, float64(ratio)))
	}
	if f.duration != "" && f.report != "" {
		problems.Add(problem.Flag("report-duration", "stands for --duration, and both are given"))
	}
	requests := map[string]demand.Maybe[float64]{}
	problems.Add(perService("requests", f.Requests, app, func(service, text string) error {
		if app.Services[service].Schedule != nil {
			return problem.New("%s runs by its schedule", service).Hint("services.%s.schedule.cron says how often", service)
		}
		if app.Services[service].Worker != nil {
			return errWorker(service)
		}
		rate, err := spec.ParseRate(text)
		requests[service] = demand.Known(rate.PerMonth())
		return err
	}))
	files := map[string]string{}
	problems.Add(perService("trace", f.Traces, app, func(service, file string) error {
		if app.Services[service].Schedule != nil {
			return problem.New("%s runs by its schedule", service).Hint("services.%s.schedule.cron says when", service)
		}
		if app.Services[service].Worker != nil {
			return errWorker(service)
		}
		files[service] = file
		return nil
	}))
	if err := problems.Err(); err != nil {
		return nil, err
	}
	usage := compare.UsageOf(app)
	for service, u := range usage {
		if file := files[service]; file != "" {
			minutes, err := tracefile.Minutes(file)
			if err != nil {
				return nil, err
			}
			// A trace says how many requests there are, and when.
			u.Requests, u.Shape = demand.Maybe[float64]{}, ""
			u.PeakToMean, u.Burst = demand.Maybe[float64]{}, demand.Maybe[time.Duration]{}
			u.Minutes = minutes
		}
		put(&u.Requests, requests[service])
		if every.Duration.IsKnown() || every.Quantiles.IsKnown() || every.Report.IsKnown() {
			u.Duration, u.Quantiles, u.Report = every.Duration, every.Quantiles, every.Report
		}
		put(&u.CPUTime, every.CPUTime)
		put(&u.Start, every.Start)
		if e, ok := app.Events(service); ok && e.Batch > 1 {
			put(&u.Batch, every.Batch)
		}
		put(&u.Request, every.Request)
		put(&u.Response, every.Response)
		put(&u.Log, every.Log)
		put(&u.Outbound, every.Outbound)
		if shape != "" && shape != u.Shape { // the spec's peak and burst are of its own shape
			u.Shape, u.PeakToMean, u.Burst = shape, demand.Maybe[float64]{}, demand.Maybe[time.Duration]{}
		}
		put(&u.PeakToMean, every.PeakToMean)
		put(&u.Burst, every.Burst)
		settled, err := u.Derived()
		if err != nil {
			return nil, problem.As(problem.Misuse, problem.In("usage of "+service, err))
		}
		usage[service] = settled
	}
	return usage, nil
}

// batched is the problem of a batch size that no service of an app can have.
func batched(app *spec.App, size float64) error {
	most := 1
	for _, name := range app.ServiceNames() {
		if e, ok := app.Events(name); ok && e.Batch > 1 && (most == 1 || e.Batch < most) {
			most = e.Batch
		}
	}
	switch {
	case most == 1:
		return problem.Flag("batch-size", "no service has a batch of messages").Hint("queue.batch or uploads.batch of a service is more than 1 then")
	case size > float64(most):
		return problem.Flag("batch-size", "must be at most the batch of every service that has one, %d, got %v", most, size)
	}
	return nil
}

// Shaped reads how requests spread over time.
func (f *Usage) Shaped() (demand.Usage, error) {
	u := demand.Usage{Shape: spec.Shape(f.shape)}
	var problems problem.List
	switch u.Shape {
	case "", spec.Steady, spec.Diurnal, spec.Bursty, spec.Sporadic:
	default:
		problems.Add(problem.Flag("shape", "must be steady, diurnal, bursty or sporadic, got %q", f.shape))
	}
	if f.peak != "" {
		ratio, err := spec.ParseRatio(f.peak)
		problems.Add(problem.InFlag("peak-to-mean", problem.As(problem.Misuse, err)))
		u.PeakToMean = demand.Known(float64(ratio))
	}
	problems.Add(parseTime("burst", f.burst, &u.Burst))
	return u, problems.Err()
}

// ShapeFlags say how requests spread over time.
func ShapeFlags() []string { return []string{"shape", "peak-to-mean", "burst"} }

// Others are problems with figures of services that are not the one that is
// simulated.
func (f *Usage) Others(app *spec.App, service string) error {
	var problems problem.List
	for _, given := range []struct {
		flag  string
		texts []string
	}{{"requests", f.Requests}, {"trace", f.Traces}} {
		for _, text := range given.texts {
			if of, _, named := ofService(given.flag, text, app); named && of != service && slices.Contains(app.ServiceNames(), of) {
				problems.Add(problem.Flag(given.flag, "%s is simulated, and %s is not", service, of))
			}
		}
	}
	return problems.Err()
}

// ofService cuts a flag's SERVICE=VALUE. The name of a trace's file may have a = of
// its own: where a file needs no SERVICE, what is no service is part of the name.
func ofService(flag, text string, app *spec.App) (service, value string, named bool) {
	service, value, named = strings.Cut(text, "=")
	if !named || flag == "trace" && usual(app) != "" && !slices.Contains(app.ServiceNames(), service) {
		return "", text, false
	}
	return service, value, true
}

// usual is the service that a flag without SERVICE= is for: the app's only one, or its only
// one over HTTP. It is empty in other apps.
func usual(app *spec.App) string {
	names := app.ServiceNames()
	if len(names) == 1 {
		return names[0]
	}
	names = slices.DeleteFunc(names, func(name string) bool { return app.TriggerOf(name) != "http" })
	if len(names) == 1 {
		return names[0]
	}
	return ""
}

// errWorker says that a service gets no requests.
func errWorker(service string) error {
	return problem.New("%s is a worker: it runs all the time, and nothing comes to it", service)
}

// refuse reports each flag for a service that is left out.
func (f *Usage) refuse(left []compare.NotPriced) error {
	var problems problem.List
	for _, n := range left {
		ofIt := func(text string) bool { return strings.HasPrefix(text, n.Service+"=") }
		why := "started by " + n.Trigger
		if n.Target != "" {
			why = "only on target " + string(n.Target)
		}
		if slices.ContainsFunc(f.Requests, ofIt) {
			problems.Add(problem.Flag("requests", "%s is %s, and left out here", n.Service, why))
		}
		if slices.ContainsFunc(f.Traces, ofIt) {
			problems.Add(problem.Flag("trace", "%s is %s, and left out here", n.Service, why))
		}
	}
	return problems.Err()
}

// perService reads a flag that is VALUE for the usual service, or SERVICE=VALUE for each
// of several.
func perService(flag string, texts []string, app *spec.App, set func(service, value string) error) error {
	services := app.ServiceNames()
	given := map[string]bool{}
	var problems problem.List
	for _, text := range texts {
		service, value, named := ofService(flag, text, app)
		if !named {
			service = usual(app)
		}
		switch {
		case !named && service == "":
			problems.Add(problem.Flag(flag, "the app has several services").Hint("give each its own, such as --%s %s=%s", flag, services[0], value))
		case !slices.Contains(services, service):
			problems.Add(problem.Flag(flag, "no service %q", service).Hint("the services are %s", strings.Join(services, ", ")))
		case given[service]:
			problems.Add(problem.Flag(flag, "given twice for %s", service))
		default:
			given[service] = true
			problems.Add(problem.InFlag(flag, problem.As(problem.Misuse, set(service, value))))
		}
	}
	return problems.Err()
}

// TraceOf is the trace of a service: --trace FILE, or SERVICE=FILE. It is empty
// when there is none.
func (f *Usage) TraceOf(p *project.Project, service string) (string, error) {
	app, found := p.App, ""
	if err := f.refuse(p.NotPriced); err != nil {
		return "", err
	}
	if len(f.Traces) == 1 {
		if _, file, named := ofService("trace", f.Traces[0], app); !named {
			return file, nil
		}
	}
	err := perService("trace", f.Traces, app, func(of, file string) error {
		if of == service {
			found = file
		}
		return nil
	})
	return found, err
}

// TracesOf are the files of --trace by service.
func (f *Usage) TracesOf(p *project.Project) (map[string]string, error) {
	files := map[string]string{}
	if err := f.refuse(p.NotPriced); err != nil {
		return nil, err
	}
	err := perService("trace", f.Traces, p.App, func(service, file string) error {
		if file == "-" {
			return problem.New("several services are simulated, and standard input can be read only once").Hint("ambi trace - --out FILE keeps it, and \"ambi simulate --service NAME\" simulates one service")
		}
		if p.App.Services[service].Schedule != nil {
			return problem.New("%s runs by its schedule", service).Hint("services.%s.schedule.cron says when", service)
		}
		files[service] = file
		return nil
	})
	return files, err
}

// RequestsOf are the rates of --requests by service.
func (f *Usage) RequestsOf(app *spec.App) map[string]string {
	typed := map[string]string{}
	for _, text := range f.Requests {
		service, rate, named := strings.Cut(text, "=")
		if !named {
			service, rate = usual(app), text
		}
		typed[service] = rate
	}
	return typed
}

// InFlags says of an error's problems which flag gave the value, where a flag did.
func InFlags(flags *pflag.FlagSet, err error) error {
	names := map[string]string{string(demand.Requests): "requests", "span": "span", "dispersion": "dispersion"}
	for _, figure := range (&Usage{}).Figures() {
		names[string(figure.Input)] = figure.Flag
	}
	for _, choice := range AllChoices() {
		names[choice.Name] = choice.Flag
	}
	return toFlags(err, names, func(name string) bool {
		f := flags.Lookup(name)
		return f != nil && f.Changed
	})
}

// toFlags puts problems at the flags that their fields have in names, those that
// were given.
func toFlags(err error, names map[string]string, given func(flag string) bool) error {
	return problem.Each(err, func(p *problem.Problem) {
		if name := names[p.Field]; p.File == "" && p.Flag == "" && name != "" && given(name) {
			p.Flag, p.Within, p.Field = name, "", ""
		}
	})
}

// put replaces a figure by one that is known.
func put[T any](figure *demand.Maybe[T], by demand.Maybe[T]) {
	if by.IsKnown() {
		*figure = by
	}
}

// parseTime reads a flag's duration; an empty one is not given.
func parseTime(flag, text string, into *demand.Maybe[time.Duration]) error {
	if text == "" {
		return nil
	}
	d, err := spec.ParseDuration(text)
	if err != nil {
		return problem.InFlag(flag, problem.As(problem.Misuse, err))
	}
	*into = demand.Known(d.Std())
	return nil
}

// parseRequestTime reads a flag's mean or quantiles; an empty one is not given.
func parseRequestTime(flag, text string, into *demand.Usage) error {
	if text == "" {
		return nil
	}
	t, err := spec.ParseRequestTime(text)
	switch {
	case err != nil:
		return problem.InFlag(flag, problem.As(problem.Misuse, err))
	case t.Quantiles.IsZero():
		into.Duration = demand.Known(t.Mean.Std())
	default:
		into.Quantiles = demand.Known(t.Quantiles)
	}
	return nil
}

// parseReport reads a flag's duration and memory; an empty one is not given.
func parseReport(flag, text string, into *demand.Maybe[spec.ReportDuration]) error {
	if text == "" {
		return nil
	}
	r, err := spec.ParseReportDuration(text)
	if err != nil {
		return problem.InFlag(flag, problem.As(problem.Misuse, err))
	}
	*into = demand.Known(r)
	return nil
}

// parseSize reads a flag's number of bytes; an empty one is not given.
func parseSize(flag, text string, into *demand.Maybe[int64]) error {
	if text == "" {
		return nil
	}
	q, err := spec.ParseQuantity(text)
	if err != nil {
		return problem.InFlag(flag, problem.As(problem.Misuse, err))
	}
	*into = demand.Known(q.Bytes())
	return nil
}
