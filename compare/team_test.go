package compare_test

import (
	"math"
	"strings"
	"testing"

	"ambi/compare"
)

// The break-even in hours is the difference of the bills over the rate; hours are on no bill.
func TestTeam(t *testing.T) {
	in := at(input(t, thumbs), 150e6)
	without := run(t, in)
	if without.Team != nil {
		t.Errorf("without a rate there are hours: %+v", without.Team)
	}
	in.Choices.Team.Rate = 80
	r := run(t, in)
	lambda, kubernetes := *r.Lambda.Bill.Total, *r.Kubernetes.Bill.Total
	if lambda != *without.Lambda.Bill.Total || kubernetes != *without.Kubernetes.Bill.Total {
		t.Error("hours are on a bill")
	}
	want := (lambda - kubernetes).Dollars() / 80
	if r.Team.Cheaper != compare.Kubernetes || math.Abs(r.Team.BreakEven-want) > 1e-9 || r.Team.Hours != nil || r.Team.Costs != nil {
		t.Fatalf("got %+v, want a break-even of %g hours", r.Team, want)
	}
	for _, c := range []struct {
		hours float64 // more on Kubernetes
		want  compare.Answer
	}{{0, compare.Kubernetes}, {want, compare.Either}, {3 * want, compare.Lambda}} {
		in.Choices.Team.Lambda, in.Choices.Team.Kubernetes = 2, 2+c.hours
		r := run(t, in)
		if r.Team.Answer != c.want {
			t.Errorf("with %g hours more: %+v, want %s", c.hours, r.Team, c.want)
		}
		if got, want := r.Team.Costs.Lambda.Dollars(), lambda.Dollars()+160; math.Abs(got-want) > 1e-6 {
			t.Errorf("Lambda with 2 hours costs %g, want %g", got, want)
		}
		if text := r.Team.Words(); !strings.Contains(text, "Kubernetes pays if it takes less than") || !strings.Contains(text, "with 2 hours on Lambda") {
			t.Errorf("it says %s", text)
		}
	}
}

// apart is an app of a service that is busy all day, and of a large one that hardly anybody calls.
const apart = `apiVersion: ambi/v1
name: apart
image: 123456789012.dkr.ecr.us-east-1.amazonaws.com/apart:1.0.0
services:
  busy: {cpu: 500m, memory: 512Mi, concurrency: 10, http: {routes: [GET /]}, usage: {requests: 300M/month, duration: 50ms, cpuTime: 10ms, shape: steady}}
  rare: {cpu: 2, memory: 6Gi, http: {routes: [GET /rare]}, usage: {requests: 1k/month, duration: 1s, cpuTime: 500ms, shape: steady}}
`

// A mix has the hours of both targets: 2 + 3 at 80 an hour are 400 beside its bill.
func TestTeamOfAMix(t *testing.T) {
	in := input(t, apart)
	in.Choices.Team.Rate, in.Choices.Team.Lambda, in.Choices.Team.Kubernetes = 80, 2, 3
	r := run(t, in)
	if !r.Placement.Mixed {
		t.Fatalf("no mix: %+v", r.Placement)
	}
	if got, want := r.Team.Mix.Dollars(), r.Placement.Cost.Dollars()+400; math.Abs(got-want) > 1e-6 {
		t.Errorf("the mix with its hours costs %g, want %g", got, want)
	}
	if text := r.Team.Words(); !strings.Contains(text, "the best mix takes the hours of both") {
		t.Errorf("it says %s", text)
	}
}
