package target_test

import (
	"strings"
	"testing"

	"ambi/spec"
	"ambi/target"
	"ambi/target/finding"
)

// A service of one target is in that model alone, and the other target says one thing about it:
// that it is not there.
func TestServicesOfOneTarget(t *testing.T) {
	app, err := spec.Parse("app.yaml", []byte(`apiVersion: ambi/v1
name: shop
image: 123456789012.dkr.ecr.us-east-1.amazonaws.com/shop:1
targets: [kubernetes, lambda]
data: {jobs: {queue: {}}, mails: {queue: {}}}
services:
  web: {http: {routes: [GET /]}, targets: [lambda, kubernetes]}
  work: {queue: {from: jobs}, kubernetes: {identity: irsa}}
  mail: {queue: {from: mails}, targets: [lambda], scale: {min: 0, cpu: 50}, usage: {duration: 1s}}
  nightly: {schedule: {cron: "0 4 * * *"}, targets: [kubernetes], timeout: 1h, lambda: {memory: 128Mi}}
`))
	if err != nil {
		t.Fatal(err)
	}
	r := target.Resolve(app)
	if got := strings.Join(r.Services(), " "); got != "mail nightly web work" {
		t.Errorf("the services are %s", got)
	}
	if refused := r.All().Refused(); len(refused) > 0 {
		t.Errorf("refused: %v", refused)
	}
	for service, on := range map[string][]spec.Target{"web": spec.Targets(), "work": spec.Targets(), "mail": {spec.Lambda}, "nightly": {spec.Kubernetes}} {
		function, onLambda := r.Lambda.Service(service)
		pod, onKubernetes := r.Kubernetes.Service(service)
		has := target.Pair[bool]{Lambda: onLambda, Kubernetes: onKubernetes}
		for _, at := range spec.Targets() {
			var said finding.List
			for _, f := range r.Findings.Of(at) {
				if strings.HasPrefix(f.Path+".", "services."+service+".") {
					said = append(said, f)
				}
			}
			want := len(on) == 2 || on[0] == at
			if has.Of(at) != want {
				t.Errorf("%s is on %s: %t", service, at, has.Of(at))
			}
			if !want && (len(said) != 1 || said[0].Kind != finding.Dropped || said[0].Path != "services."+service || said[0].Line == 0) {
				t.Errorf("%s says of %s, which it does not have: %v", at, service, said)
			}
		}
		if alone := len(on) == 1; onLambda && function.Alone != alone || onKubernetes && pod.Alone != alone {
			t.Errorf("%s is alone: %t, %t", service, function.Alone, pod.Alone)
		}
		if switched := service == "work"; onLambda && function.Switched() != switched || onKubernetes && pod.Switched() != switched {
			t.Errorf("%s is switched: %t, %t", service, function.Switched(), pod.Switched())
		}
	}
	for _, q := range r.Data.Queues {
		if q.Switched != (q.Name == "jobs") || q.Consumer == "" {
			t.Errorf("queue %s, of %q, is switched: %t", q.Name, q.Consumer, q.Switched)
		}
	}
}
