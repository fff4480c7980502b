package target_test

import (
	"slices"
	"testing"

	"ambi/spec"
	"ambi/target"
)

func TestInternalCallers(t *testing.T) {
	const start = `apiVersion: ambi/v1
name: shop
services:
  mail: {image: "shop:1", needs: [billing], http: {routes: [GET /mail]}}
  web: {image: "shop:1", needs: [billing], http: {routes: [GET /]}}
  billing: {image: "shop:1", http: {routes: [POST /charges]`
	for name, c := range map[string]struct {
		rest string // of billing
		want []string
	}{
		"nobody else is said to call it": {"}}", []string{"mail", "web"}},
		"a domain leads to it":           {", domain: shop.example.com}}", nil},
		"pages call it":                  {", cors: {origins: [https://shop.example.com]}}}", nil},
		"it takes tokens":                {", auth: {jwt: {issuer: https://x.example.com, audience: [x]}}}}", nil},
		"an Ingress leads to it":         {"}, kubernetes: {ingress: {class: nginx}}}", nil},
		"a Gateway leads to it":          {"}, kubernetes: {gateway: {name: shared}}}", nil},
	} {
		app, err := spec.Parse("app.yaml", []byte(start+c.rest+"\n"))
		if err != nil {
			t.Fatal(err)
		}
		if got := target.InternalCallers(app, "billing"); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v call it, want %v", name, got, c.want)
		}
		if got := target.InternalCallers(app, "web"); got != nil {
			t.Errorf("%s: %v call web, which nobody needs", name, got)
		}
	}
}

func TestAnd(t *testing.T) {
	all := []string{"a", "b", "c", "d", "e", "f"}
	for n, want := range []string{"", "a", "a and b", "a, b and c", "a, b, c and d", "a, b, c and 2 more", "a, b, c and 3 more"} {
		if got := target.And(all[:n]); got != want {
			t.Errorf("of %d: %q, want %q", n, got, want)
		}
	}
	if all[3] != "d" {
		t.Errorf("the list was changed: %v", all)
	}
}
