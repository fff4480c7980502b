package target_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"ambi/spec"
	"ambi/target"
	"ambi/target/kubernetes"
	"ambi/target/lambda"
)

// across is a caller on one target and what it calls on the other, which alone has it.
func across(t *testing.T, caller, callee, more string) *target.Resolved {
	t.Helper()
	app, err := spec.Parse("app.yaml", fmt.Appendf(nil, `apiVersion: ambi/v1
name: shop
image: 123456789012.dkr.ecr.us-east-1.amazonaws.com/shop:1
services:
  caller: {%s, http: {routes: [GET /]}, needs: [callee]}
  callee: {%s}
%s`, caller, callee, more))
	if err != nil {
		t.Fatal(err)
	}
	return target.Resolve(app)
}

// What can be guarded crosses to the other target's own host, and the rest is refused, where it
// is needed.
func TestNeedsAcrossTargets(t *testing.T) {
	const (
		token     = `auth: {jwt: {issuer: "https://login.example.com", audience: [shop]}}`
		pods      = "targets: [kubernetes]"
		functions = "targets: [lambda]"
		inside    = "kubernetes: {ingress: {class: alb, scheme: internal}}"
		hosted    = "http: {routes: [GET /callee], domain: callee.example.com}"
	)
	for _, test := range []struct{ caller, callee, more, refused string }{
		{pods + ", kubernetes: {identity: irsa}", functions + ", http: {routes: [GET /callee], internal: true}", "", ""},
		{pods, functions + ", http: {routes: [GET /callee], " + token + "}", "", ""},
		{pods, functions + ", http: {routes: [GET /callee], internal: true}", "", "these pods have no role to sign requests with"},
		{pods, functions + ", http: {routes: [GET /callee], domain: callee.example.com}", "", "nothing keeps strangers from calling it on target lambda"},

		{functions + ", lambda: {vpc: true}", pods + ", " + hosted + ", " + inside, "", ""},
		{functions, pods + ", http: {routes: [GET /callee], domain: callee.example.com, " + token + "}, kubernetes: {auth: app, ingress: {class: nginx}}", "", ""},
		{functions, pods + ", http: {routes: [GET /callee], domain: callee.example.com, " + token + "}, kubernetes: {auth: app, gateway: {name: public}}", "", ""},
		{functions, pods + ", " + hosted + ", " + inside, "", "this function is in no VPC"},
		{functions, pods + ", http: {routes: [GET /callee], domain: callee.example.com, " + token + "}, kubernetes: {auth: app, ingress: {class: alb}}", "", "this function is in no VPC"},
		{functions + ", lambda: {vpc: true}", pods + ", " + hosted + ", kubernetes: {ingress: {class: alb}}", "", "nothing keeps strangers from calling it there"},
		{functions + ", lambda: {vpc: true}", pods + ", " + hosted + ", kubernetes: {ingress: {class: alb, scheme: internet-facing}}", "", "nothing keeps strangers from calling it there"},
		{functions + ", lambda: {vpc: true}", pods + ", " + hosted + ", kubernetes: {ingress: {class: nginx}}", "", "nothing keeps strangers from calling it there"},
		{functions, pods + ", " + hosted, "", "it has no host outside the cluster"},
		{functions, pods + ", http: {routes: [GET /callee]}, kubernetes: {ingress: {class: nginx}}", "", "it has no host outside the cluster"},
		{functions, pods + ", http: {routes: [GET /callee], internal: true}", "  near: {" + pods + ", needs: [callee], http: {routes: [GET /near]}}\n", "its NetworkPolicy only allows connections from pods"},
		{functions + ", lambda: {vpc: true}", pods + ", " + hosted + ", " + inside, "  twin: {http: {routes: [GET /twin], domain: callee.example.com}, " + inside + "}\n", "its domain is also that of twin"},
	} {
		r := across(t, test.caller, test.callee, test.more)
		refused := r.Problems("app.yaml", spec.Targets()...)
		if test.refused == "" {
			if len(refused) > 0 {
				t.Errorf("%s calls %s: refused: %v", test.caller, test.callee, refused)
			}
			continue
		}
		if len(refused) != 1 || refused[0].Field != "services.caller.needs[0]" || refused[0].Line != 5 || len(refused[0].Hints) != 1 ||
			!strings.Contains(refused[0].Message, test.refused) {
			t.Errorf("%s calls %s: %v, want that %s", test.caller, test.callee, refused, test.refused)
		}
	}
}

// Each direction has its address, and the pods their right to exactly the routes.
func TestAddressesAcrossTargets(t *testing.T) {
	r := across(t, "targets: [kubernetes], kubernetes: {identity: pod-identity}", `targets: [lambda], http: {internal: true, routes: [GET /, "GET /a/{id}/b", "ANY /c/{path+}"]}`, "")
	caller, _ := r.Kubernetes.Service("caller")
	if len(caller.Needs) > 0 || len(caller.NeedsAcross) != 1 || caller.NeedsAcross[0].Need != (kubernetes.Need{Service: "callee", Variable: "CALLEE_URL"}) ||
		!slices.Equal(caller.NeedsAcross[0].Invokes, []string{"GET/", "GET/a/*/b", "*/c/*"}) || caller.Identity == nil {
		t.Errorf("the pods: %+v", caller)
	}
	if callee, _ := r.Lambda.Service("callee"); !callee.Internal || !slices.Equal(callee.CallersAcross, []string{"caller"}) {
		t.Errorf("what they call: %+v", callee)
	}

	r = across(t, "lambda: {vpc: true}", "targets: [kubernetes], http: {routes: [GET /callee], domain: callee.example.com}, kubernetes: {ingress: {class: alb, scheme: internal}}", "")
	function, _ := r.Lambda.Service("caller")
	if !slices.ContainsFunc(function.Environment, func(v lambda.Variable) bool {
		return v.Name == "CALLEE_URL" && v.Value == "https://callee.example.com" && v.Service == ""
	}) {
		t.Errorf("the function has %+v", function.Environment)
	}
	if caller, _ := r.Kubernetes.Service("caller"); len(caller.Needs) != 1 || len(caller.NeedsAcross) > 0 {
		t.Errorf("the pods beside it: %+v", caller)
	}
}
