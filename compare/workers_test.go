package compare_test

import (
	"slices"
	"strings"
	"testing"

	"ambi/compare"
	"ambi/spec"
	"ambi/target"
)

const feeds = `apiVersion: ambi/v1
name: feeds
targets: [lambda, kubernetes]
image: 123456789012.dkr.ecr.us-east-1.amazonaws.com/feeds:1.0.0
services:
  api: {http: {routes: [GET /]}, usage: {requests: 100k/month, duration: 200ms, cpuTime: 80ms, startTime: 300ms, logSize: 100, requestSize: 100, responseSize: 100, outboundSize: 0, shape: diurnal}}
  sync: {targets: [kubernetes], worker: {}, cpu: 250m, memory: 256Mi}
  search:
    targets: [kubernetes]
    http: {routes: [GET /search]}
    volumes: {index: {path: /var/lib/index, size: 20Gi}}
    scale: {min: 2, max: 2}
    usage: {requests: 100k/month, duration: 20ms, cpuTime: 8ms, startTime: 300ms, logSize: 100, requestSize: 100, responseSize: 100, outboundSize: 0, shape: diurnal}
`

// A worker and a service with disks need a cluster, whose cost is there whatever runs beside them: the
// placement keeps them on it, and only the API may leave.
func TestWorkersNeedACluster(t *testing.T) {
	app, err := spec.Parse("app.yaml", []byte(feeds))
	if err != nil {
		t.Fatal(err)
	}
	priced, left := compare.Priced(app)
	if left != nil {
		t.Errorf("left out: %v", left)
	}
	in := input(t, feeds)
	in.Resolved, in.Written = target.Resolve(priced), compare.Written(app, priced)
	in.Usage = compare.UsageOf(priced)
	r := run(t, in)
	if r.Verdict.Answer != compare.Kubernetes || r.Lambda.Bill != nil {
		t.Errorf("the answer is %s, and Lambda has a bill: %v", r.Verdict.Answer, r.Lambda.Bill != nil)
	}
	for _, b := range r.Fit.Blockers {
		if !strings.HasPrefix(b.Hint, "nothing: the spec has the service on kubernetes alone") {
			t.Errorf("what the spec says already, a hint asks for: %s: %s", b.Message, b.Hint)
		}
	}
	claims := 0.0
	for _, c := range r.Kubernetes.Bill.Components {
		if c.Name == "Disks of claims" {
			claims = c.Cost.Dollars()
		}
	}
	if claims != 3.2 { // 2 pods x 20 GB x .08
		t.Errorf("the claims cost %v", claims)
	}
	for _, s := range r.Placement.Services {
		if s.Service != "api" && (s.Target != spec.Kubernetes || !strings.Contains(s.Pinned, "services."+s.Service+".")) {
			t.Errorf("%s is on %s, because %q", s.Service, s.Target, s.Pinned)
		}
	}
	if slices.ContainsFunc(r.NotPriced, func(n compare.NotPriced) bool { return n.Kind == "volume" || n.Trigger == "worker" }) {
		t.Errorf("not priced: %s", r.Left())
	}
	if !slices.ContainsFunc(r.Assumptions, func(a compare.Assumption) bool { return a.Topic == "workers" }) {
		t.Error("no assumption about workers")
	}
}
