package lambda

import (
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"ambi/compare/demand"
	"ambi/compare/price/cost"
	"ambi/spec"
	"ambi/target/lambda"
)

func starts(t *testing.T) *Starts {
	t.Helper()
	s, err := EmbeddedStarts()
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// TestRuntimes holds the names that stand in code to those of the starts.
func TestRuntimes(t *testing.T) {
	if have := starts(t).Runtimes(); !slices.Equal(have, Runtimes()) {
		t.Errorf("%q, and the starts have %q", Runtimes(), have)
	}
}

// TestStartsHaveTheMeanThatWasMeasured: the quantiles say nothing of the mean,
// so what lies between them is right when it comes out.
func TestStartsHaveTheMeanThatWasMeasured(t *testing.T) {
	sum, worst, rows := 0.0, 0.0, starts(t).rows
	if len(rows) != 12*16 {
		t.Errorf("%d rows, want 192", len(rows))
	}
	for _, row := range rows {
		d, err := row.distribution()
		if err != nil {
			t.Fatal(err)
		}
		off := d.Mean()/1e6/row.Mean - 1
		sum += math.Abs(off)
		worst = max(worst, math.Abs(off))
		if math.Abs(off) > .11 {
			t.Errorf("%+v: mean %v", row, d.Mean()/1e6)
		}
	}
	t.Logf("means are off by %.1f %% on average and %.1f %% at most", 100*sum/float64(len(rows)), 100*worst)
	if sum/float64(len(rows)) > .03 {
		t.Errorf("means are off by %v on average", sum/float64(len(rows)))
	}
}

func TestStartsOfWhatIsNotKnown(t *testing.T) {
	s := starts(t)
	_, err := s.Of("cobol", "zip", "arm64", 128)
	if err == nil || !strings.Contains(err.Error(), "hint: known are dotnet10, dotnet8, dotnet8-aot, go, java21") {
		t.Errorf("%v", err)
	}
	a, _ := s.Of("go", "zip", "arm64", 1024)
	b, err := s.Of("go", "zip", "arm64", 10240)
	if err != nil || a.Mean() != b.Mean() {
		t.Errorf("10,240 MB start as 1,024 do: %v %v %v", a.Mean(), b.Mean(), err)
	}
}

func TestFor(t *testing.T) {
	service := lambda.Service{Name: "api", Image: "x", Architecture: "arm64", MemoryMB: 512, TimeoutSeconds: 10, Options: lambda.Options{Provisioned: 2, Reserved: 50}}
	usage := demand.Traffic{}
	choices := cost.LambdaChoices{KeepAlive: spec.Duration(10 * time.Minute)}
	c, err := For(service, usage, choices, starts(t), Parameters{})
	if err != nil {
		t.Fatal(err)
	}
	if c.Timeout != 10*time.Second || c.Provisioned != 2 || c.Reserved != 50 || c.KeepAlive != 10*time.Minute || c.MemoryMB != 512 || c.API.Burst != lambda.HTTPAPIBurst || c.Account != lambda.AccountConcurrency {
		t.Errorf("%+v", c)
	}
	if got := c.Init.Mean(); math.Abs(got-40.8e6) > 2e6 {
		t.Errorf("Go starts in %v ns, want 40.8 ms", got)
	}
	for _, whole := range []time.Duration{300 * time.Millisecond, 20 * time.Millisecond} {
		usage.Start = demand.Known(whole)
		if c, err = For(service, usage, choices, starts(t), Parameters{Placement: demand.Known(time.Duration(0))}); err != nil {
			t.Fatal(err)
		}
		if got := c.Init.Mean() + c.Placement.Mean(); math.Abs(got-float64(whole)) > 1e5 || c.Start != 0 {
			t.Errorf("a start of %s becomes %v ns and %s", whole, got, c.Start)
		}
	}
	choices.FunctionURL = true
	if c, err = For(service, usage, choices, starts(t), Parameters{Start: demand.Known(time.Second), Account: 3000, Runtime: "java25"}); err != nil {
		t.Fatal(err)
	}
	if c.API != (Bucket{}) || c.APITimeout != 0 || c.Start != time.Second || c.Account != 3000 || c.Init.Mean() < 100e6 {
		t.Errorf("%+v", c)
	}
	service.Provisioned = 60
	if _, err = For(service, usage, choices, starts(t), Parameters{}); err == nil || !strings.HasPrefix(err.Error(), "api: provisioned concurrency must be 0 to 50") {
		t.Errorf("%v", err)
	}
}
