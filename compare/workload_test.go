package compare_test

import (
	"slices"
	"strings"
	"testing"

	"ambi/compare"
	"ambi/compare/demand"
	"ambi/compare/price"
	"ambi/compare/price/cost"
)

func TestServicesOfAnApp(t *testing.T) {
	in := input(t, shop)
	for name, u := range in.Usage {
		if u.Requests.IsKnown() || !u.Duration.IsKnown() {
			t.Errorf("%s: the app's requests are not divided, its duration holds for all: %+v", name, u)
		}
	}
	r := run(t, in)
	if r.Verdict.Answer != compare.Unknown || !strings.Contains(r.Verdict.Because, "api.requests, jobs.requests, web.requests") {
		t.Errorf("got %s", r.Verdict.Because)
	}

	r = run(t, at(in, 60e6))
	lambda, kubernetes := price.USD(0), price.USD(0)
	for _, s := range r.Services {
		lambda += *s.Alone.Lambda
		kubernetes += *s.Alone.Kubernetes
		// Alone a service pays for a cluster of its own; beside the others it adds what it uses.
		if s.Together == nil || *s.Together.Kubernetes >= *s.Alone.Kubernetes-100*price.Dollar || *s.Together.Kubernetes <= 0 {
			t.Errorf("%s: %v together, %v alone", s.Name, s.Together, s.Alone.Kubernetes)
		}
		if s.Verdict.Answer == "" || len(s.Crossings) == 0 {
			t.Errorf("%s: %+v", s.Name, s.Verdict)
		}
	}
	if *r.Verdict.Kubernetes >= kubernetes {
		t.Error("one cluster costs no less than three")
	}
	// Lambda has nothing to share but the API's alarm, and tiers, which 180 M requests do not reach.
	if diff := lambda - 2*price.Dollar/10 - *r.Verdict.Lambda; diff > 10 || diff < -10 {
		t.Errorf("three functions cost %s, one by one %s", r.Verdict.Lambda, lambda)
	}
	names := []string{}
	for _, s := range r.Services {
		names = append(names, s.Name)
	}
	if !slices.Equal(names, []string{"api", "jobs", "web"}) {
		t.Errorf("services %v", names)
	}
}

func TestRequestsPerInstanceScale(t *testing.T) {
	// scale.requests of 10/s for each instance: 100/s take ten replicas.
	text := strings.Replace(thumbs, "cpu: 70}", "requests: 10/s}\n    kubernetes: {metric: http_requests}", 1)
	r := run(t, at(input(t, strings.Replace(text, "shape: diurnal", "shape: steady", 1)), 100*demand.SecondsPerMonth))
	if n, _ := r.Services[0].Kubernetes.Peak.Get(); n != 10 || r.Services[0].Kubernetes.DecidedBy != cost.ByRequests {
		t.Errorf("got %+v", r.Services[0].Kubernetes)
	}
}
