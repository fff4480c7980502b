package flags

import (
	"slices"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"ambi/compare/demand"
	"ambi/compare/simulate"
	"ambi/internal/problem"
	"ambi/internal/simulation"
	"ambi/spec"
)

// Settings are the settings of a simulation, as typed: simulate's, and those of compare
// --trace.
type Settings struct {
	span, placement, runtime string
	nodes, resolution, start string
	variation, failures      float64
	retry                    bool
	concurrency              int
	seed                     uint64
}

const (
	SeedHelp = "the `NUMBER` that seeds all randomness: the same seed gives the same figures on any machine"
	SpanHelp = "how much `TIME` of a trace to use, from its start, or the length of a generated one (default 24h, or a week of sporadic traffic)"
)

// Register defines the flags.
func (f *Settings) Register(flags *pflag.FlagSet) {
	usual := simulate.DefaultSettings()
	flags.Uint64Var(&f.seed, "seed", usual.Seed, SeedHelp)
	flags.StringVar(&f.span, "span", "", SpanHelp)
	flags.StringVar(&f.resolution, "resolution", "auto", "auto samples a trace of more than 250M requests; exact never does; a `NUMBER` of requests sets another limit")
	flags.Float64Var(&f.variation, "variation", usual.Variation, "standard deviation of waiting and of CPU time, as a `MULTIPLE` of the mean; of CPU time alone if duration has quantiles")
	flags.Float64Var(&f.failures, "failures", usual.Failures, "messages: the `PART` of the attempts that fail, such as 0.01")
	flags.StringVar(&f.runtime, "runtime", usual.Runtime, "Lambda: the `RUNTIME` of the code, which says how starts vary: "+strings.Join(simulate.Runtimes(), ", "))
	flags.StringVar(&f.placement, "placement", spec.Duration(usual.Placement).String(), "Lambda: the mean `TIME` that placing a new environment takes")
	flags.IntVar(&f.concurrency, "concurrency", usual.Concurrency, "Lambda: the `NUMBER` of requests that the account may serve at once")
	flags.BoolVar(&f.retry, "retry", usual.Retry, "Lambda: clients retry throttled requests")
	flags.StringVar(&f.start, "start", string(usual.Start), "what there is when the trace begins: `WHAT` is settled, as the first minute's rate leaves it, or cold")
	flags.StringVar(&f.nodes, "nodes", string(usual.Nodes), "Kubernetes: the `AUTOSCALER` of nodes: karpenter or cluster-autoscaler")
}

// settingNames are the names of the flags.
func settingNames() []string {
	set := pflag.NewFlagSet("", pflag.ContinueOnError)
	(&Settings{}).Register(set)
	var names []string
	set.VisitAll(func(f *pflag.Flag) { names = append(names, f.Name) })
	return names
}

// Read reads the flags. All problems come back at once.
func (f *Settings) Read() (simulate.Settings, error) {
	s := simulate.DefaultSettings()
	s.Seed, s.Variation, s.Runtime, s.Retry, s.Concurrency, s.Nodes = f.seed, f.variation, f.runtime, f.retry, f.concurrency, simulate.NodePreset(f.nodes)
	s.Start, s.Failures = simulate.Start(f.start), f.failures
	var placement demand.Maybe[time.Duration]
	var problems problem.List
	problems.Add(parseTime("placement", f.placement, &placement))
	s.Placement = placement.Or(0)
	var err error
	if s.Until, err = ParseSpan(f.span); err != nil {
		problems.Add(err)
	} else if s.Until > 0 && s.Until < simulation.MinSpan {
		problems.Add(problem.Flag("span", "must be at least %s, to tell a rate, got %s", spec.Duration(simulation.MinSpan), f.span))
	}
	switch f.resolution {
	case "auto":
	case "exact":
		s.Exact = true
	default:
		n, err := parseRequests(f.resolution)
		if err != nil || n < 1 {
			problems.Add(problem.Flag("resolution", "must be auto, exact or a number of requests such as 10M, got %q", f.resolution))
		}
		s.Budget = n
	}
	problems.Add(problem.Each(s.Check(), func(p *problem.Problem) { p.Flag, p.Field = p.Field, "" })) // they have the flags' names
	return s, problems.Err()
}

// ParseSpan reads --span; 0 is not given.
func ParseSpan(text string) (time.Duration, error) {
	var span demand.Maybe[time.Duration]
	if err := parseTime("span", text, &span); err != nil {
		return 0, err
	}
	if text != "" && span.Or(0) <= 0 {
		return 0, problem.Flag("span", "must be more than 0s, got %q", text)
	}
	return span.Or(0), nil
}

// parseRequests reads a number such as 10M.
func parseRequests(text string) (float64, error) {
	q, err := spec.ParseQuantity(text)
	if err != nil {
		return 0, err
	}
	return float64(q.Bytes()), nil
}

// ParseTarget reads a flag that names one target; empty is not given.
func ParseTarget(flag, text string) (spec.Target, error) {
	t := spec.Target(text)
	if text != "" && !slices.Contains(spec.Targets(), t) {
		return "", problem.Flag(flag, "must be lambda or kubernetes, got %q", text)
	}
	return t, nil
}
