package compare_test

import (
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"ambi/compare"
	"ambi/compare/demand"
	"ambi/spec"
)

const nightly = `apiVersion: ambi/v1
name: nightly
image: 123456789012.dkr.ecr.us-east-1.amazonaws.com/nightly:1.0.0
services:
  report:
    schedule: {cron: "0 6 * * *"}
    timeout: 5m
usage: {duration: 2m, cpuTime: 90s, startTime: 1s, logSize: 100, requestSize: 100, responseSize: 100, outboundSize: 0, shape: bursty}
`

// A schedule decides how often a service runs, whatever usage says. Alone it has no break-even.
func TestSchedulesAlone(t *testing.T) {
	in := input(t, nightly)
	r := run(t, in)
	s := r.Services[0]
	if n, _ := s.Usage.Requests.Get(); math.Abs(n-730./24) > 1e-9 || s.Trigger != "schedule" || s.Usage.Shape != "steady" {
		t.Errorf("%s runs %v times a month, %s", s.Trigger, n, s.Usage.Shape)
	}
	if len(r.BreakEven.Points)+len(r.BreakEven.Crossings)+len(r.BreakEven.Missing) > 0 || r.BreakEven.None == "" {
		t.Errorf("break-even: %+v", r.BreakEven)
	}
	if r.Verdict.Answer != compare.Lambda || *r.Lambda.Bill.Total <= 0 || len(r.Alternatives) == 0 {
		t.Errorf("%+v with %d alternatives", r.Verdict, len(r.Alternatives))
	}
	for _, f := range r.Figures(nil) {
		if f.Name == "headroom" && !math.IsInf(f.Value, 1) {
			t.Errorf("headroom: %+v", f)
		}
	}
	for _, f := range r.Sensitivity {
		if f.Input == compare.RequestsInput {
			t.Errorf("runs are not changed by usage: %+v", f)
		}
	}
	named := func(r compare.Result) bool {
		return slices.ContainsFunc(r.NotPriced, func(n compare.NotPriced) bool { return n.Price == "scheduler.invocations" })
	}
	if left := r.Left(); left != "" || !named(r) {
		t.Errorf("a run a night costs less than a cent, whatever its price: without %q, named: %v", left, named(r))
	}
	// A run a minute costs 4 cents a month at a dollar a million.
	often := run(t, input(t, strings.Replace(nightly, "0 6 * * *", "* * * * *", 1)))
	if left := often.Left(); !strings.Contains(left, "--price scheduler.invocations=DOLLARS") {
		t.Errorf("without %s", left)
	}
	in.Usage["report"] = demand.Usage{Shape: "steady"}
	if r := run(t, in); r.Verdict.Answer != compare.Unknown || len(r.BreakEven.Missing) > 0 {
		t.Errorf("without figures: %+v", r.Verdict)
	}
}

// Beside other services a schedule adds what it costs, and does not grow with their requests.
func TestSchedulesBesideRequests(t *testing.T) {
	text := strings.Replace(nightly, "services:\n", "services:\n  api: {http: {routes: [GET /]}}\n", 1)
	r := run(t, at(input(t, text), 3e6))
	if n, _ := r.BreakEven.Requests.Get(); n != 3e6 {
		t.Errorf("%v requests", n)
	}
	if len(r.BreakEven.Points) == 0 || r.BreakEven.None != "" {
		t.Errorf("break-even: %+v", r.BreakEven)
	}
	for _, s := range r.Services {
		if s.Name == "report" && (len(s.Crossings) > 0 || s.Alone.Lambda == nil || s.Alone.Kubernetes == nil || s.Together == nil) {
			t.Errorf("%+v", s)
		}
	}
	for _, f := range r.Sensitivity {
		if f.Input == compare.RequestsInput && f.Of == "report" || strings.Contains(f.To, "for report") && f.Input == compare.RequestsInput {
			t.Errorf("runs are not changed by usage: %+v", f)
		}
	}
}

// What a run takes is held against the time to the next one, and against its timeout.
func TestRunsThatOverlap(t *testing.T) {
	text := strings.NewReplacer("0 6 * * *\"", "* * * * *\", overlap: forbid", "timeout: 5m", "timeout: 1m").Replace(nightly)
	r := run(t, input(t, text))
	warned, knobs := map[string]int{}, 0
	for _, l := range r.Fit.Warnings {
		warned[string(l.Target)+" "+l.Name]++
	}
	for _, l := range r.Fit.Knobs {
		if l.Name == "timeout" && strings.HasPrefix(l.Change(), "services.report.timeout: ") {
			knobs++
		}
	}
	if warned["lambda runs at once"] != 1 || warned["kubernetes skipped runs"] != 1 || knobs != 2 {
		t.Errorf("warnings %v, %d knobs: %+v", warned, knobs, r.Fit.Knobs)
	}
}

// Lambda does not keep runs apart: that is said however long a run takes, and while it is unknown.
func TestLambdaKeepsNoRunsApart(t *testing.T) {
	forbids := strings.Replace(nightly, "0 6 * * *\"", "0 6 * * *\", overlap: forbid", 1)
	for _, name := range []string{"short", "unknown"} {
		in := input(t, forbids)
		if name == "unknown" {
			u := in.Usage["report"]
			u.Duration = demand.Maybe[time.Duration]{}
			in.Usage["report"] = u
		}
		found := 0
		for _, l := range run(t, in).Fit.Warnings {
			if l.Name == "runs at once" && l.Path == "services.report.schedule.overlap" && l.Target == spec.Lambda && strings.Contains(l.Message, "may not be over by then: EventBridge Scheduler starts it all the same") {
				found++
			}
		}
		if found != 1 {
			t.Errorf("%s: said %d times", name, found)
		}
	}
	for _, l := range run(t, input(t, nightly)).Fit.Warnings {
		if l.Name == "runs at once" {
			t.Errorf("without overlap: forbid: %+v", l)
		}
	}
}
