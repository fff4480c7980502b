package spec_test

import (
	"slices"
	"testing"

	"ambi/spec"
)

func TestInternalCallers(t *testing.T) {
	const start = `apiVersion: ambi/v1
name: shop
services:
  mail: {image: "shop:1", needs: [billing], http: {routes: [GET /mail]}}
  web: {image: "shop:1", needs: [billing], http: {routes: [GET /]}}
  billing: {image: "shop:1", http: {routes: [POST /charges]`
	for name, c := range map[string]struct {
		rest     string // of billing
		internal bool
	}{
		"nobody else is said to call it": {"}}", true},
		"a domain leads to it":           {", domain: shop.example.com}}", false},
		"pages call it":                  {", cors: {origins: [https://shop.example.com]}}}", false},
		"it takes tokens":                {", auth: {jwt: {issuer: https://x.example.com, audience: [x]}}}}", false},
		"an Ingress leads to it":         {"}, kubernetes: {ingress: {class: nginx}}}", false},
		"a Gateway leads to it":          {"}, kubernetes: {gateway: {name: shared}}}", false},
	} {
		app, err := spec.Parse("app.yaml", []byte(start+c.rest+"\n"))
		if err != nil {
			t.Fatal(err)
		}
		callers := app.Callers()
		if !slices.Equal(callers["billing"], []string{"mail", "web"}) || callers["web"] != nil {
			t.Errorf("%s: the callers are %v", name, callers)
		}
		if got := app.Services["billing"].Internal(); got != c.internal {
			t.Errorf("%s: it is internal: %t, want %t", name, got, c.internal)
		}
	}
}
