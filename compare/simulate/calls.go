package simulate

import (
	"slices"

	"ambi/compare/demand"
	"ambi/compare/simulate/replay"
	"ambi/target"
)

// Callers are the services whose calls are all the requests that a service gets: those that
// need it, where no others may call it. There are none of one that has requests of its own.
// Needs make no cycle, which the spec refuses.
func Callers(app *target.Resolved, service string) []string {
	if s, _ := app.Kubernetes.Service(service); s.Internal {
		return s.Callers
	}
	return nil
}

// CallsPerRequest is how many calls a service gets for each request of its callers, by the
// usage of both; unknown where one of them is.
func CallsPerRequest(usage map[string]demand.Usage, service string, callers []string) demand.Maybe[float64] {
	calls, known := usage[service].Requests.Get()
	requests := 0.0
	for _, name := range callers {
		n, ok := usage[name].Requests.Get()
		requests += n
		known = known && ok
	}
	if !known || requests == 0 {
		return demand.Maybe[float64]{}
	}
	return demand.Known(calls / requests)
}

// Calls are the requests of a service that others call: for each of theirs a number of calls
// with a mean, at the moment when it comes. Which requests call once more than others is drawn.
func Calls(callers []replay.Source, mean float64, seed uint64) replay.Source {
	c := &calls{mean: mean, seed: seed ^ callStream, callers: callers, next: make([]int64, len(callers))}
	for i := range callers {
		c.advance(i)
	}
	return c
}

// callStream keeps its random numbers apart from the others of a seed.
const callStream = 0x63616c6c73

type calls struct {
	mean    float64
	seed    uint64
	callers []replay.Source
	next    []int64 // the next request of each; never at its end
	number  uint64  // of the requests, all together
	at      int64
	left    int64 // calls of the request at that time
}

const never = 1<<63 - 1

func (c *calls) advance(i int) {
	at, ok := c.callers[i].Next()
	if !ok {
		at = never
	}
	c.next[i] = at
}

// Next is the next call.
func (c *calls) Next() (int64, bool) {
	for c.left == 0 {
		first := slices.Index(c.next, slices.Min(c.next))
		if c.next[first] == never {
			return 0, false
		}
		c.at = c.next[first]
		c.advance(first)
		whole := int64(c.mean)
		c.left = whole
		if float64(replay.Mix(c.seed, c.number)>>11)/(1<<53) < c.mean-float64(whole) {
			c.left++
		}
		c.number++
	}
	c.left--
	return c.at, true
}

// Skip goes on to a time, and returns how many calls were to be expected until then. It reads no
// further than the callers' next requests; they are skipped where they can be.
func (c *calls) Skip(to int64) float64 {
	expected := 0.0
	if c.at < to {
		expected, c.left = float64(c.left), 0
	}
	for i, caller := range c.callers {
		skipper, ok := caller.(replay.Skipper)
		for c.next[i] < to {
			requests := 1.0
			if ok {
				requests += skipper.Skip(to)
			}
			expected += float64(requests * c.mean)
			c.advance(i)
		}
	}
	return expected
}

// Expects says that Skip tells what was to be expected.
func (c *calls) Expects() {}

// Err says why a caller's trace ended early.
func (c *calls) Err() error {
	for _, caller := range c.callers {
		if err := caller.Err(); err != nil {
			return err
		}
	}
	return nil
}
