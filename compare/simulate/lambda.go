package simulate

import (
	"context"
	"fmt"
	"time"

	"ambi/compare/demand"
	functions "ambi/compare/simulate/lambda"
	"ambi/compare/simulate/replay"
	"ambi/spec"
	"ambi/target"
	"ambi/target/lambda"
)

// onLambda is the service as a function.
func (in *Input) onLambda(name string, assume assumer) (*side, string) {
	f, reason := in.asFunction(name, assume)
	if reason != "" {
		return nil, reason
	}
	return &side{spec.Lambda, func(ctx context.Context, source replay.Source, demand replay.Demand, options replay.Options) (replay.Result, error) {
		if f.Mapping != nil {
			return functions.RunMessages(ctx, f.Config, *f.Mapping, source, demand, options)
		}
		return functions.Run(ctx, f.Config, source, demand, options)
	}}, ""
}

// asFunction is how the service runs on Lambda, or why it does not.
func (in *Input) asFunction(name string, assume assumer) (functions.Function, string) {
	service, _ := in.Resolved.Lambda.Service(name)
	config, err := in.function(service)
	if err != nil {
		return functions.Function{}, err.Error()
	}
	f := functions.Function{Config: config}
	if service.Schedule != nil {
		in.assumeInvoked(&f.Config, assume)
		return f, ""
	}
	if service.Events == nil {
		in.assumeLambda(config, assume)
		return f, ""
	}
	q, reason := in.queueOf(*service.Events)
	if reason != "" {
		return f, reason
	}
	f.Mapping = new(functions.MappingOf(*service.Events, q))
	in.assumeMapping(config, *f.Mapping, assume)
	return f, ""
}

// function is how a service runs on Lambda.
func (in *Input) function(s lambda.Service) (functions.Config, error) {
	starts, err := functions.EmbeddedStarts()
	if err != nil {
		return functions.Config{}, err
	}
	parameters := functions.Parameters{Runtime: in.Runtime, Placement: demand.Known(in.Placement), Account: in.Concurrency}
	if in.Start == Cold {
		parameters.Warm = demand.Known(0)
	}
	if in.Retry {
		parameters.Retry = functions.UsualRetry()
	}
	return functions.For(s, demand.Traffic{Usage: in.Usage}, in.Choices.Lambda, starts, parameters)
}

func (in *Input) assumeLambda(c functions.Config, assume assumer) {
	assume("lambda", "docs.aws.amazon.com/lambda/latest/dg/lambda-concurrency.html",
		"%d MB of memory; one request per environment, starting with the one used last; at most %d at once, %d requests a second, and %d new environments in 10 s",
		c.MemoryMB, limitOf(c), c.RatePerConcurrency*limitOf(c), lambda.ScalingBurst)
	in.assumeEnvironments(c, assume)
	retries := "clients do not retry throttled requests"
	if in.Retry {
		retries = fmt.Sprintf("clients try up to %d times, with random waits that grow to %s", c.Retry.Attempts, spec.Duration(c.Retry.Max))
	}
	assume("retries", "", "%s", retries)
}

// assumeInvoked makes a function one that a schedule invokes: past the API, by Lambda's queue of
// events, which tries again what is throttled.
func (in *Input) assumeInvoked(c *functions.Config, assume assumer) {
	c.API, c.APITimeout = functions.Bucket{}, 0
	c.Retry = functions.Retry{Attempts: 20, Base: time.Second, Max: 5 * time.Minute}
	assume("lambda", "docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html",
		"%d MB of memory; a run that is throttled is tried again, after waits that grow to %s. Each run succeeds at the first attempt that is let in", c.MemoryMB, spec.Duration(c.Retry.Max))
	in.assumeEnvironments(*c, assume)
}

func (in *Input) assumeEnvironments(c functions.Config, assume assumer) {
	begins := "there are as many environments at the start as the first minute needs"
	if in.Start == Cold {
		begins = "there is no environment at first"
	}
	assume("environments", "", "%s", begins)
	assume("keep-alive", "measured by others: 5 to 7 minutes in 2021, 10 in 2019, 25 to 60 before",
		"an idle environment lives for %s; AWS documents no figure", in.Choices.Lambda.KeepAlive)
	start, _ := in.Usage.Start.Get()
	assume("starts on Lambda", "maxday/lambda-perf, January to August 2026, for the spread",
		"%s on average, as given, distributed like the starts of the %s runtime's hello-world functions; plus %s on average, exponential, to place an environment: ambi's round number, since none is published",
		spec.Duration(start), in.Runtime, spec.Duration(in.Placement))
}

func limitOf(c functions.Config) int {
	if c.Reserved > 0 {
		return c.Reserved
	}
	return c.Account
}

// assumer notes an assumption.
type assumer func(topic, source, format string, args ...any)

// sides are the targets that are to run and take the app.
func (in *Input) sides(name string, r *Result) ([]side, error) {
	assume := func(topic, source, format string, args ...any) {
		r.Assumptions = append(r.Assumptions, Assumption{topic, fmt.Sprintf(format, args...), source})
	}
	in.assumeDemand(name, assume)
	targets := in.Targets
	if len(targets) == 0 {
		targets = spec.Targets()
	}
	prepare := target.Pair[func(string, assumer) (*side, string)]{Lambda: in.onLambda, Kubernetes: in.onKubernetes}
	var list []side
	for _, t := range targets {
		reason := in.refusals(t)
		var s *side
		if reason == "" {
			s, reason = prepare.Of(t)(name, assume)
		}
		if s == nil {
			r.Refused[t] = reason
			continue
		}
		list = append(list, *s)
	}
	return list, nil
}

func (in *Input) assumeDemand(name string, assume assumer) {
	duration, _ := in.Usage.Duration.Get()
	cpu, _ := in.Usage.CPUTime.Get()
	spread, cores := "all alike", "all alike"
	if in.Variation > 0 {
		cores = fmt.Sprintf("lognormal with a standard deviation of %.4g times its mean", in.Variation)
		spread = "each " + cores
	}
	text := fmt.Sprintf("each waits for %s and uses %s of a core on average, %s", spec.Duration(duration-cpu), spec.Duration(cpu), spread)
	if q, ok := in.Usage.Quantiles.Get(); ok {
		text = fmt.Sprintf("each uses %s of a core on average, %s; waiting is lognormal, so that half of them take up to %s and 1 %% more than %s, with a mean of %s",
			spec.Duration(cpu), cores, q.P50, q.P99, spec.Duration(duration.Round(10*time.Microsecond)))
	}
	assume("measurement", "", "this is a simulation: nothing was measured on AWS or in a cluster")
	what := "requests"
	if service, _ := in.Resolved.Lambda.Service(name); service.Events != nil {
		what = "messages"
	} else if service.Schedule != nil {
		what = "runs"
	}
	assume(what, "", "%s; both targets serve the same %s", text, what)
	if service, _ := in.Resolved.Lambda.Service(name); service.Events != nil {
		if q, reason := in.queueOf(*service.Events); reason == "" {
			in.assumeQueue(q, assume)
		}
	}
	assume("seed", "", "%d: the same seed and trace give the same figures on any machine", in.Seed)
}
