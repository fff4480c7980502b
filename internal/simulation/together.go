package simulation

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"strings"
	"time"

	"ambi/compare"
	"ambi/compare/demand"
	"ambi/compare/demand/trace"
	"ambi/compare/format"
	"ambi/compare/simulate"
	"ambi/compare/simulate/replay"
	"ambi/internal/cron"
	"ambi/internal/problem"
	"ambi/internal/terminal"
	"ambi/internal/tracefile"
	"ambi/spec"
	"ambi/target"
	"ambi/target/kubernetes"
)

// Together is a run of all services of an app that is ready to begin: see
// [simulate.RunTogether].
type Together struct {
	in       compare.Input
	traces   map[string]string // files, by service
	settings simulate.Settings
	ends     Ends
	warnings problem.List
	began    time.Time // when the traces begin
	dated    bool      // a file says so
	plan     *replay.Plan
	overrun  string // why more is simulated than was asked for
}

// NewTogether prepares a simulation of an app's services, of which some have a trace in a file.
// The others get the requests that their usage says, or the calls of those that need them. No
// figure may be among [MissingTogether].
func NewTogether(in compare.Input, traces map[string]string, settings simulate.Settings, ends Ends) *Together {
	return &Together{in: in, traces: traces, settings: settings, ends: ends}
}

// MissingTogether lists the figures of usage that a simulation of several services needs and
// does not have, by service.
func MissingTogether(in compare.Input, traces map[string]string) map[string][]demand.Input {
	t := Together{in: in, traces: traces}
	all := map[string][]demand.Input{}
	for _, service := range in.Resolved.Services() {
		missing := Missing(in.Usage[service], traces[service])
		if t.schedule(service) != nil {
			missing = simulate.Missing(in.Usage[service])
		}
		if callers := t.callers(service); callers != nil {
			missing = simulate.Missing(in.Usage[service])
			if !simulate.CallsPerRequest(in.Usage, service, callers).IsKnown() {
				missing = append(missing, demand.Requests)
			}
		}
		if len(missing) > 0 {
			all[service] = missing
		}
	}
	return all
}

// callers are the services whose calls are the requests of one; none where it has its own.
func (t *Together) callers(service string) []string {
	if t.traces[service] != "" {
		return nil
	}
	return simulate.Callers(t.in.Resolved, service)
}

// schedule is the times at which a service runs by itself; nil for others.
func (t *Together) schedule(service string) *kubernetes.Schedule {
	s, _ := t.in.Resolved.Kubernetes.Service(service)
	return s.Schedule
}

// runs are when a schedule runs within the traces, which begin when the first file does, or on a
// Monday at midnight. Runs that a change of clocks repeats are left out: only a CronJob has them.
func (t *Together) runs(s *kubernetes.Schedule) (replay.Source, error) {
	times, err := cron.Parse(s.Cron)
	if err != nil {
		return nil, err // which the spec refuses
	}
	zone, ok := cron.Zone(s.TimeZone)
	if !ok {
		zone = time.UTC
	}
	var at []int64
	const most = 1000 // a look
	for after, end := t.began.In(zone).Add(-time.Second), t.began.Add(t.settings.Until); ; {
		runs := times.Runs(after, most)
		for _, run := range runs {
			if !run.At.Before(end) {
				return replay.Arrivals(at), nil
			}
			if !run.Again {
				at = append(at, int64(run.At.Sub(t.began)))
			}
		}
		if len(runs) < most {
			return replay.Arrivals(at), nil
		}
		after = runs[len(runs)-1].At
	}
}

// Run simulates, and returns the input of a comparison by what came out. When the context ends
// first, what was found until then is marked as partial.
func (t *Together) Run(ctx context.Context) (compare.Input, error) {
	if err := t.length(ctx); err != nil {
		return compare.Input{}, err
	}
	progress := terminal.NewProgress(t.ends.Stderr, "simulating")
	settings := t.settings
	settings.Progress = func(at time.Duration) {
		progress.At(at.Seconds()/t.settings.Until.Seconds(), spec.Duration(at.Round(time.Second)).String()+" of the traces")
	}
	result, err := t.simulate(ctx, t.in.Resolved, settings)
	progress.Done()
	if err != nil {
		return compare.Input{}, tracefile.Error(err)
	}
	if err := refused(&result.Pair, result.Refused); err != nil {
		return compare.Input{}, err
	}
	t.warn()
	result.Source, result.Period = "each service under its own trace", t.period()
	if t.overrun != "" {
		result.Assumptions = append(result.Assumptions, simulate.Assumption{Topic: "resolution", Text: t.overrun})
	}
	return t.input(t.in.Resolved, result), nil
}

// simulate runs an app that may differ from the project's in some numbers.
func (t *Together) simulate(ctx context.Context, app *target.Resolved, settings simulate.Settings) (*simulate.Result, error) {
	in := simulate.Input{Resolved: app, Choices: t.in.Choices, Catalog: t.in.Catalog, Settings: settings, Plan: t.plan}
	var parts []simulate.Part
	for _, service := range app.Services() {
		part := simulate.Part{Service: service, Usage: t.in.Usage[service], Description: t.describe(service)}
		part.Open = func(plan *replay.Plan) (replay.Source, func(), error) { return t.open(ctx, service, plan) }
		parts = append(parts, part)
	}
	return simulate.RunTogether(ctx, in, parts)
}

// input is that of a comparison by what came out.
func (t *Together) input(app *target.Resolved, result *simulate.Result) compare.Input {
	in := t.in
	in.Resolved, in.Behavior, in.Usage = app, result, maps.Clone(t.in.Usage)
	for _, one := range result.Each {
		in.Usage[one.Service] = withBatches(withTrace(in.Usage[one.Service], one.Trace), one)
	}
	return in
}

// warn says what was left out of the traces.
func (t *Together) warn() {
	for _, warning := range t.warnings {
		fmt.Fprintln(t.ends.Stderr, warning)
	}
}

// length finds for how long all services are simulated: as long as was asked for, but no longer
// than the shortest file; without files as long as the longest that is made.
func (t *Together) length(ctx context.Context) error {
	t.began = time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)
	longest, shortest := time.Duration(0), t.settings.Until
	for _, service := range t.in.Resolved.Services() {
		if file := t.traces[service]; file != "" {
			if err := t.read(ctx, file, &shortest); err != nil {
				return err
			}
			continue
		}
		if t.callers(service) != nil || t.schedule(service) != nil {
			continue
		}
		resolved, err := t.in.Usage[service].Resolve()
		if err != nil {
			return problem.As(problem.Misuse, problem.In("usage of "+service, err))
		}
		if most := resolved.Requests.Or(0) / demand.SecondsPerMonth * 60 * resolved.Profile.Peak(); most > demand.MaxMinute {
			return problem.Field(string(demand.Requests), "%s has %s requests in a minute, and must have at most 60M: 1M/s", service, format.Grouped(fmt.Sprintf("%.0f", most))).
				Hint("give a lower rate, or a shape with a lower peak")
		}
		made, err := tracefile.Make(resolved, 0, t.settings.Seed)
		if err != nil {
			return err
		}
		longest = max(longest, made.Length)
		made.Close()
	}
	t.settings.Until = cmp.Or(shortest, longest, 24*time.Hour) // a day where all run by themselves
	if err := tooShort("the shortest trace", t.settings.Until); err != nil {
		return err
	}
	return t.sample(ctx)
}

// sample counts the traces, and plans how to sample long ones. A queue holds what came long before,
// and the times of a schedule are its own: an app with either is simulated as a whole.
func (t *Together) sample(ctx context.Context) error {
	if t.settings.Exact {
		return nil
	}
	in := simulate.Input{Choices: t.in.Choices, Settings: t.settings}
	var counts []replay.Counts
	kind, why := "requests", alikeTooFew
	for _, service := range t.in.Resolved.Services() {
		source, closes, err := t.open(ctx, service, nil)
		if err != nil {
			return err
		}
		one, err := replay.Count(ctx, source, int64(t.settings.Until))
		closes()
		if err != nil {
			return tracefile.Error(err)
		}
		counts = append(counts, one)
		if s := t.in.Resolved.App.Services[service]; !s.IsHTTP() {
			kind, why = "requests and messages", "only apps that requests alone start are sampled, and of "+service+" "+s.StartedBy()
		}
	}
	if why == alikeTooFew {
		t.plan = in.PlanTogether(counts)
	}
	in.Plan = t.plan
	t.overrun = overrun(&in, replay.SumOf(counts).Total(), kind, why)
	return ctx.Err()
}

// read goes through a file for how long it is, and what it warns of.
func (t *Together) read(ctx context.Context, file string, shortest *time.Duration) error {
	source, err := tracefile.Open(ctx, t.ends.Stdin, "trace", file, trace.Options{Seed: t.settings.Seed})
	if err != nil {
		return err
	}
	defer source.Close()
	figures, err := source.Measure(ctx, nil)
	if err != nil {
		return tracefile.Error(err)
	}
	t.warnings = append(t.warnings, source.Warnings()...)
	if began := source.Reader.Began(); !began.IsZero() && !t.dated {
		t.began, t.dated = began, true
	}
	if *shortest == 0 || figures.Span < *shortest {
		*shortest = figures.Span
	}
	for _, n := range figures.Minutes {
		if float64(n) > demand.MaxMinute {
			return problem.Flag("trace", "%s has %s requests in a minute, and must have at most 60M: 1M/s", file, format.Grouped(fmt.Sprint(n)))
		}
	}
	return tooShort(source.Name, figures.Span)
}

// open begins with the trace of a service: of its file, made, or of the calls of others. Of a plan
// it is what is simulated: calls are those of the requests that are.
func (t *Together) open(ctx context.Context, service string, plan *replay.Plan) (replay.Source, func(), error) {
	seed := simulate.SeedOf(t.settings.Seed, service)
	if s := t.schedule(service); s != nil {
		source, err := t.runs(s)
		return source, func() {}, err
	}
	if callers := t.callers(service); callers != nil {
		var sources []replay.Source
		var closes []func()
		closeAll := func() {
			for _, closing := range closes {
				closing()
			}
		}
		for _, name := range callers {
			source, closing, err := t.open(ctx, name, plan)
			if err != nil {
				closeAll()
				return nil, nil, err
			}
			sources, closes = append(sources, source), append(closes, closing)
		}
		mean, _ := simulate.CallsPerRequest(t.in.Usage, service, callers).Get()
		return simulate.Calls(sources, mean, seed), closeAll, nil
	}
	var source *tracefile.Trace
	if file := t.traces[service]; file != "" {
		opened, err := tracefile.Open(ctx, t.ends.Stdin, "trace", file, trace.Options{Seed: t.settings.Seed})
		if err != nil {
			return nil, nil, err
		}
		opened.Cut(t.settings.Until)
		source = opened
	} else {
		resolved, err := t.in.Usage[service].Resolve()
		if err != nil {
			return nil, nil, problem.As(problem.Misuse, err)
		}
		if source, err = tracefile.Make(resolved, t.settings.Until, seed); err != nil {
			return nil, nil, err
		}
	}
	if plan != nil {
		return plan.Source(source.Arrivals()), source.Close, nil
	}
	return source.Arrivals(), source.Close, nil
}

// describe says in a few words where the requests of a service come from.
func (t *Together) describe(service string) string {
	if callers := t.callers(service); callers != nil {
		mean, _ := simulate.CallsPerRequest(t.in.Usage, service, callers).Get()
		return fmt.Sprintf("calls of %s, %.4g for each of their requests, when it comes", strings.Join(callers, ", "), mean)
	}
	what := "requests"
	if t.in.Resolved.App.Services[service].IsEvents() {
		what = "messages"
	}
	if file := t.traces[service]; file != "" {
		return what + " from " + file
	}
	if s := t.schedule(service); s != nil {
		return fmt.Sprintf("runs by its schedule, from %s on", t.began.Format("2006-01-02 15:04"))
	}
	shape := "steady"
	if u := t.in.Usage[service]; u.Shape != "" {
		shape = string(u.Shape)
	}
	return what + " made from the usage, " + shape
}

// period is in what time the longest shape of a made trace comes round, where the traces are
// shorter; 0 where they are not.
func (t *Together) period() time.Duration {
	longest := time.Duration(0)
	for _, service := range t.in.Resolved.Services() {
		if t.traces[service] != "" || t.callers(service) != nil || t.schedule(service) != nil {
			continue
		}
		resolved, err := t.in.Usage[service].Resolve()
		if err == nil && resolved.Profile.Peak() != 1 && t.settings.Until < resolved.Profile.Cycle() {
			longest = max(longest, resolved.Profile.Cycle())
		}
	}
	return longest
}
