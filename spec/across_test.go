package spec_test

import (
	"slices"
	"strings"
	"testing"

	"ambi/spec"
)

// A part of an app for one target knows what its services need of the other one, and who calls
// them from there; a part with some of the services needs nothing of the rest.
func TestAcrossTargets(t *testing.T) {
	app, err := spec.Parse("app.yaml", []byte(`apiVersion: ambi/v1
name: shop
image: x:1
services:
  web: {needs: [bill, find], http: {routes: [GET /]}}
  bill: {targets: [lambda], needs: [find], http: {routes: [GET /bill], domain: bill.example.com}}
  find: {targets: [kubernetes], http: {routes: [GET /find], domain: find.example.com}}
  also: {targets: [lambda], http: {routes: [GET /also], domain: find.example.com}}
`))
	if err != nil {
		t.Fatal(err)
	}
	functions, pods := app.On(spec.Lambda), app.On(spec.Kubernetes)
	for service, callers := range map[string]string{"bill": "web", "web": "", "also": ""} {
		if got := strings.Join(functions.CallersAcross(service), " "); got != callers {
			t.Errorf("pods that call %s: %q, want %q", service, got, callers)
		}
	}
	for service, callers := range map[string]string{"find": "bill web", "web": ""} {
		if got := strings.Join(pods.CallersAcross(service), " "); got != callers {
			t.Errorf("functions that call %s: %q, want %q", service, got, callers)
		}
	}
	if functions.Needed("find") != app.Services["find"] || pods.Needed("bill") != app.Services["bill"] || app.Needed("else") != nil || pods.Needed("else") != nil {
		t.Error("what the other target has is not found, or more than that")
	}
	if got := functions.SharesDomain("find"); got != "also" {
		t.Errorf("%q shares the domain of find", got)
	}
	if got := pods.SharesDomain("bill") + app.SharesDomain("bill") + app.SharesDomain("web"); got != "" {
		t.Errorf("%q shares a domain with none", got)
	}
	some := app.Only(func(name string) bool { return name != "bill" })
	if got := some.Services["web"].Needs; !slices.Equal(got, []string{"find"}) {
		t.Errorf("without bill, web needs %q", got)
	}
	if got := app.Services["web"].Needs; len(got) != 2 {
		t.Errorf("the app itself then needs %q", got)
	}
}
