package generator_test

import (
	"maps"
	"slices"
	"testing"

	"ambi/generator"
	"ambi/spec"
)

func TestPlaceholders(t *testing.T) {
	in, _ := resolve(t, "app.yaml", []byte(`apiVersion: ambi/v1
name: shop
services:
  api:
    image: x:1
    http: {routes: [GET /], domain: shop.example.com}
    permissions: [{actions: ["s3:GetObject"], resources: ["arn:aws:s3:::shop/*"]}]
    lambda: {zip: app/build/api.zip, vpc: true}
    kubernetes: {identity: pod-identity, ingress: {class: nginx}}
  web:
    image: x:1
    http: {routes: [GET /web]}
    permissions: [{actions: ["s3:GetObject"], resources: ["arn:aws:s3:::shop/*"]}]
    lambda: {image: "123456789012.dkr.ecr.us-east-1.amazonaws.com/web:1"}
    kubernetes: {identity: irsa}
`), "example.com/shop")
	want := map[spec.Target][]string{
		spec.Lambda:     {"api.zip", "certificateArn", "securityGroupIds", "subnetIds"},
		spec.Kubernetes: {"clusterName", "oidcProviderArn"},
	}
	for target, keys := range want {
		one := in
		if target == spec.Lambda {
			one.Kubernetes = nil
		} else {
			one.Lambda = nil
		}
		if got := slices.Sorted(maps.Keys(generator.Placeholders(one))); !slices.Equal(got, keys) {
			t.Errorf("%s: %q, want %q", target, got, keys)
		}
	}
}
