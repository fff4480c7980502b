package demand_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"ambi/compare/demand"
	"ambi/spec"
)

// The mean of quantiles by hand: see TestLognormalThrough of package portable. Without the CPU
// time it is unknown, and equal quantiles are every request's time.
func TestQuantiles(t *testing.T) {
	ms := func(n int) spec.Duration { return spec.Duration(n) * spec.Duration(time.Millisecond) }
	of := func(p50, p99, cpu int) demand.Usage {
		return demand.FromSpec(spec.Usage{Duration: spec.RequestTime{Quantiles: spec.Quantiles{P50: ms(p50), P99: ms(p99)}}, CPUTime: ms(cpu)})
	}
	for _, c := range []struct {
		p50, p99, cpu int
		mean          time.Duration
	}{{30, 400, 10, 55_191_755}, {30, 30, 10, 30e6}, {30, 400, 0, -1}, {30, 400, 30, -1}} {
		u := of(c.p50, c.p99, c.cpu)
		if got := u.Duration.Or(-1); got != c.mean {
			t.Errorf("%+v: %d", c, got)
		}
		for _, input := range u.Missing() {
			if input == demand.Duration {
				t.Errorf("%+v: the duration is missing", c)
			}
		}
	}
	for _, c := range []struct {
		p50, p99, cpu int
		want          string
	}{
		{30, 20, 10, "duration: p99 must be at least p50, got 20ms of 30ms"},
		{30, 400, 30, "duration: p50 must be more than cpuTime, got 30ms of 30ms"},
		{30, 30_000, 10, "duration: p99 must be at most 1000 times p50, both without cpuTime, got 29.99s of 20ms"},
	} {
		if _, err := of(c.p50, c.p99, c.cpu).Resolve(); err == nil || !strings.HasPrefix(err.Error(), c.want) {
			t.Errorf("%v, want %s", err, c.want)
		}
	}
	text, err := json.Marshal(of(30, 400, 10))
	if err != nil || !strings.Contains(string(text), `"durationQuantiles":{"p50":"30ms","p99":"400ms"}`) {
		t.Errorf("%s, %v", text, err)
	}
	var back demand.Usage
	if err := json.Unmarshal(text, &back); err != nil || back.Quantiles != of(30, 400, 10).Quantiles {
		t.Errorf("%+v, %v", back, err)
	}
}
