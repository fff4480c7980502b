package spec_test

import (
	"strings"
	"testing"

	"ambi/spec"
)

func TestAddressVariable(t *testing.T) {
	for service, want := range map[string]string{"api": "API_URL", "web-api-2": "WEB_API_2_URL"} {
		if got := spec.AddressVariable(service); got != want {
			t.Errorf("the address of %s is in %s, want %s", service, got, want)
		}
	}
}

func TestAllowedMethods(t *testing.T) {
	for _, c := range []struct{ routes, cors, want string }{
		{`"POST /a", "GET /b", "GET /c"`, `{origins: ["*"]}`, "GET POST"},
		{`"ANY /a"`, `{origins: ["*"]}`, "GET HEAD POST PUT PATCH DELETE OPTIONS"},
		{`"ANY /a"`, `{origins: ["*"], methods: []}`, "GET HEAD POST PUT PATCH DELETE OPTIONS"},
		{`"ANY /a"`, `{origins: ["*"], methods: [PUT, GET]}`, "PUT GET"},
	} {
		app, err := spec.Parse("a", []byte(`{apiVersion: ambi/v1, name: x, services: {a: {image: "x:1", http: {routes: [`+c.routes+`], cors: `+c.cors+`}}}}`))
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(app.Services["a"].HTTP.AllowedMethods(), " "); got != c.want {
			t.Errorf("%s with CORS %s allow %s, want %s", c.routes, c.cors, got, c.want)
		}
	}
}

func TestMethodsOfCORS(t *testing.T) {
	for _, method := range spec.Methods() {
		_, err := spec.Parse("a", []byte(`{apiVersion: ambi/v1, name: x, services: {a: {image: "x:1", http: {routes: [GET /], cors: {origins: ["*"], methods: [`+method+`]}}}}}`))
		if (err == nil) != (method != spec.Any) {
			t.Errorf("%s: %v", method, err)
		}
	}
}

// TestOptionalMappings tells what is not there from what is there and empty.
func TestOptionalMappings(t *testing.T) {
	without, err := spec.Parse("a", []byte(minimal))
	if err != nil {
		t.Fatal(err)
	}
	s := without.Services["api"]
	if k := s.Kubernetes; s.HTTP.CORS != nil || s.HTTP.Auth != nil || k.Ingress != nil || k.Gateway != nil || k.ScaleToZero != nil || k.ServiceMonitor != nil {
		t.Errorf("mappings that nobody wrote: %+v", s)
	}
	with, err := spec.Parse("a", []byte(minimal+"    kubernetes:\n      serviceMonitor: {}\n"))
	if err != nil {
		t.Fatal(err)
	}
	const path = "services.api.kubernetes.serviceMonitor"
	if m := with.Services["api"].Kubernetes.ServiceMonitor; m == nil || m.Path != "/metrics" {
		t.Errorf("an empty serviceMonitor is %+v", m)
	}
	here := spec.Position{Line: 8, Column: 7}
	if with.Position(path) != here || with.Position(path+".path") != here || !with.Given(path) || with.Given(path+".path") {
		t.Errorf("serviceMonitor is at %v, its default at %v", with.Position(path), with.Position(path+".path"))
	}
	if without.Given(path) {
		t.Error("given where it is not")
	}
}
