package compare

import (
	"math"
	"strings"

	"ambi/compare/simulate"
	"ambi/compare/simulate/replay"
	"ambi/spec"
	"ambi/target/lambda"
)

// search is one for a service on a target, from a run in which it misses its objectives.
type search struct {
	*adviser
	Sought
	target spec.Target
	from   *try
	now    map[string]int // the numbers that it may change, by their paths below the service
	found  []*try         // runs in which the service keeps its objectives, with what they changed
}

// The numbers of a service that a search may change, by their paths below it.
const (
	minimum     = "scale.min"
	maximum     = "scale.max"
	cpuTarget   = "scale.cpu"
	backlog     = "scale.backlog"
	provisioned = "lambda.provisioned"
)

// The spec's own bounds.
const (
	mostInstances   = 1000
	mostProvisioned = 1000
	leastCPUTarget  = 10 // below it, replicas are a way to spell money
	leastBacklog    = 1
)

// run searches. If it finds nothing, it notes why.
func (s *search) run() error {
	s.now = map[string]int{}
	for _, number := range []string{minimum, maximum, cpuTarget, backlog, provisioned} {
		var err error
		if s.now[number], err = s.from.in.Resolved.App.Number(s.path(number)); err != nil {
			return err
		}
	}
	if s.target == spec.Lambda {
		return s.lambda()
	}
	return s.kubernetes()
}

// path is that of a number in the spec.
func (s *search) path(number string) string { return "services." + s.Service + "." + number }

// simulate runs the target with some numbers of the service changed, by their paths below it.
func (s *search) simulate(sets ...set) (*try, error) {
	all := append([]set{}, s.from.sets...)
	for _, x := range sets {
		all = append(all, set{s.path(x.path), x.to})
	}
	return s.adviser.simulate(s.target, all...)
}

// result is what a run says of the service; nil where the target refuses the app.
func (s *search) result(x *try) *replay.Result { return x.of(s.Service, s.target) }

func (s *search) holds(x *try) bool {
	return s.result(x) != nil && simulate.AllHold(s.Objectives, s.result(x))
}

// fail notes why nothing was found.
func (s *search) fail(format string, args ...any) {
	where := string(s.target)
	if s.several {
		where += ", " + s.Service
	}
	s.note(where+": "+format, args...)
}

// keep takes what was found, if the service keeps its objectives with it.
func (s *search) keep(x *try) bool {
	holds := s.holds(x)
	if holds {
		s.found = append(s.found, x)
	}
	return holds
}

// least is the least number from low to high with which the service keeps its objectives, by
// bisection, and its run. Where none does, it is the highest that the target accepts.
func (s *search) least(low, high int, run func(n int) (*try, error)) (int, *try, error) {
	best, err := run(high)
	if err != nil {
		return 0, nil, err
	}
	if s.result(best) == nil { // such as more than the account has
		refused := high
		for high = low - 1; high+1 < refused; {
			middle := high + (refused-high)/2
			x, err := run(middle)
			if err != nil {
				return 0, nil, err
			}
			if s.result(x) == nil {
				refused = middle
			} else {
				high, best = middle, x
			}
		}
	}
	for s.holds(best) && low < high {
		middle := low + (high-low)/2
		x, err := run(middle)
		if err != nil {
			return 0, nil, err
		}
		if s.holds(x) {
			best, high = x, middle
		} else {
			low = middle + 1
		}
	}
	return high, best, nil
}

// lambda searches provisioned concurrency, and the most instances first where the function's own
// bound turns requests away.
func (s *search) lambda() error {
	now := s.from
	function, _ := now.in.Resolved.Lambda.Service(s.Service)
	deployment, _ := now.in.Resolved.Kubernetes.Service(s.Service) // knows how many requests an instance takes
	perInstance := max(1, deployment.Concurrency)
	if function.Events != nil {
		return s.invocations(perInstance)
	}
	var bound []set
	if function.Reserved > 0 && s.result(now).Outcomes[replay.ThrottledReserved] > 0 {
		high, x, err := s.least(s.now[maximum]+1, mostInstances, func(n int) (*try, error) { return s.simulate(set{maximum, n}) })
		if err != nil || s.keep(x) {
			return err
		}
		if s.result(x) == nil {
			s.fail("no scale.max that the account allows meets it: %s", x.in.Behavior.Refused[s.target])
			return nil
		}
		need := int(math.Ceil(float64(s.result(x).Gauges[replay.InUse].Max) / float64(perInstance)))
		bound = append(bound, set{maximum, min(high, max(s.now[maximum], need))})
		now = x
	}
	peak := int(s.result(now).Gauges[replay.InUse].Max)
	high, x, err := s.least(s.now[provisioned]+1, min(mostProvisioned, max(peak, s.now[provisioned]+1)), func(n int) (*try, error) {
		return s.simulate(append(bound, set{provisioned, n})...)
	})
	if err != nil || s.keep(x) {
		return err
	}
	text := x.in.Behavior.Refused[s.target]
	if result := s.result(x); result != nil {
		var values []string
		for _, o := range s.Objectives {
			values = append(values, o.Text(o.Value(result)))
		}
		text = strings.Join(values, ", ")
	}
	most := "were ever in use"
	if high < peak {
		most = "the account allows"
	}
	s.fail("no provisioned concurrency meets it: with %d, the most that %s, it is %s; more memory would make the work itself faster", high, most, text)
	return nil
}

// invocations searches the most invocations at once of a function that messages start, of which
// an instance counts for several.
func (s *search) invocations(perInstance int) error {
	high := lambda.MaxMaximumConcurrency / perInstance
	if high > s.now[maximum] {
		_, x, err := s.least(s.now[maximum]+1, high, func(n int) (*try, error) { return s.simulate(set{maximum, n}) })
		if err != nil || s.keep(x) {
			return err
		}
	}
	s.fail("no scale.max up to %d, the most that an event source mapping takes, meets it: it begins with %d invocations at once and adds %d a minute", max(high, s.now[maximum]), lambda.Pollers, lambda.MappingPerMinute)
	return nil
}

// kubernetes searches the most instances, and if more of them are not enough the fewest, and the
// CPU target or backlog. These are searched with the most out of the way, which is then as many
// as there were.
func (s *search) kubernetes() error {
	settle := func(x *try, sets ...set) error {
		if !s.holds(x) {
			return nil
		}
		most := int(s.result(x).Gauges[replay.Instances].Max)
		if need := max(most, s.now[maximum], s.now[minimum]); need <= mostInstances {
			y, err := s.simulate(append(sets, set{maximum, need})...)
			if err != nil {
				return err
			}
			if s.holds(y) {
				x = y
			}
		}
		s.keep(x)
		return nil
	}
	out := set{maximum, mostInstances}
	free, err := s.simulate(out)
	if err != nil {
		return err
	}
	if s.holds(free) {
		return settle(free) // and no pods are needed that are not asked for
	}
	n, fewest, err := s.least(s.now[minimum]+1, mostInstances, func(n int) (*try, error) {
		return s.simulate(set{minimum, n}, out)
	})
	if err != nil {
		return err
	}
	if err := settle(fewest, set{minimum, n}); err != nil {
		return err
	}
	watched, floor := cpuTarget, leastCPUTarget
	if s.now[backlog] > 0 {
		watched, floor = backlog, leastBacklog
	}
	if s.now[watched] > floor {
		// The least decrease of the target is the least change.
		n, lower, err := s.least(1, s.now[watched]-floor, func(n int) (*try, error) {
			return s.simulate(set{watched, s.now[watched] - n}, out)
		})
		if err != nil {
			return err
		}
		if err := settle(lower, set{watched, s.now[watched] - n}); err != nil {
			return err
		}
	}
	switch {
	case len(s.found) > 0:
	case s.now[backlog] > 0:
		s.fail("neither a minimum of up to %d replicas nor a backlog of down to %d meets it: the work itself takes too long, or waits for the CPU of its own pod", mostInstances, leastBacklog)
	default:
		s.fail("neither a minimum of up to %d replicas nor a CPU target down to %d %% meets it: the work itself takes too long, or waits for the CPU of its own pod", mostInstances, leastCPUTarget)
	}
	return nil
}
