package target_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"ambi/spec"
	"ambi/target"
	"ambi/target/finding"
)

func TestResolve(t *testing.T) {
	app, err := spec.Parse("app.yaml", []byte(`apiVersion: ambi/v1
name: shop
services:
  web:
    image: shop:1
    cpu: 250m
    concurrency: 7
    scale: {min: 0, requests: 100/minute}
    kubernetes: {metric: rps, scaleToZero: {keda: {prometheus: http://p, query: up}}}
    http: {routes: ["GET /a/{id}", "POST /a/{id}"], domain: a.example.com, auth: {jwt: {issuer: https://i.example.com, audience: [x]}}}
  api:
    image: shop:1
    http: {routes: [GET /api]}
    scale: {memory: 60}
    lambda: {handler: native}
`))
	if err != nil {
		t.Fatal(err)
	}
	r := target.Resolve(app)
	if want := []string{"api", "web"}; !slices.Equal(r.Services(), want) {
		t.Errorf("services are %v, want %v", r.Services(), want)
	}
	for _, target := range spec.Targets() {
		for _, f := range r.Findings.Of(target) {
			if f.Target != target {
				t.Errorf("among %s's findings is %s's %s", target, f.Target, f.Path)
			}
			if refused := f.Kind == finding.Refused; refused != (f.Page != "") || refused != (f.Limit != "") {
				t.Errorf("%s on %s is %s, by %q as documented at %q", f.Path, target, f.Kind, f.Limit, f.Page)
			}
		}
	}
	if n := len(r.Problems("app.yaml", spec.Lambda)); n != 2 { // both images
		t.Errorf("lambda has %d errors, want 2: %v", n, r.Problems("app.yaml", spec.Lambda))
	}
	if n := len(r.Problems("app.yaml", spec.Targets()...)); n != 3 { // and auth
		t.Errorf("both have %d errors, want 3", n)
	}
	// What compare would otherwise read from the spec once more.
	web := r.Kubernetes.Services[1]
	got := fmt.Sprint(web.MilliCPU, web.Concurrency, web.TargetMilli, web.Routes)
	if want := "250 7 1667 [GET /a/{id} POST /a/{id}]"; got != want {
		t.Errorf("web on Kubernetes has %s, want %s", got, want)
	}
	if on := r.Lambda.Services; !on[1].Adapter || on[0].Adapter || on[1].Domain != "a.example.com" {
		t.Errorf("on Lambda the adapters are %t and %t, want false and true; the domain is %q", on[0].Adapter, on[1].Adapter, on[1].Domain)
	}
}

func TestPair(t *testing.T) {
	p := target.PairOf(func(t spec.Target) string { return strings.ToUpper(string(t)) })
	*p.At(spec.Kubernetes) += "!"
	text, err := json.Marshal(struct {
		target.Pair[string]
		After int `json:"after"`
	}{p, 1})
	if err != nil {
		t.Fatal(err)
	}
	if want := `{"lambda":"LAMBDA","kubernetes":"KUBERNETES!","after":1}`; string(text) != want {
		t.Errorf("a pair within a struct is %s, want %s", text, want)
	}
	for _, target := range spec.Targets() {
		if got := strings.ToLower(strings.TrimSuffix(p.Of(target), "!")); got != string(target) {
			t.Errorf("of %s there is %s", target, got)
		}
	}
}
