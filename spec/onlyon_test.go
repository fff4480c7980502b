package spec_test

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"ambi/spec"
)

// Each field that one target alone has says in its tag what the others do.
func TestOtherTargetTags(t *testing.T) {
	var check func(of reflect.Type, path string)
	check = func(of reflect.Type, path string) {
		for i := range of.NumField() {
			field := of.Field(i)
			name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
			if field.Type.Kind() == reflect.Pointer && field.Type != reflect.TypeFor[*spec.Quantity]() {
				check(field.Type.Elem(), path+"."+name)
			} else if field.Tag.Get("otherTarget") == "" {
				t.Errorf("%s.%s has no tag otherTarget", path, name)
			}
		}
	}
	for _, target := range spec.Targets() {
		section, ok := reflect.TypeFor[spec.Service]().FieldByNameFunc(func(name string) bool { return strings.EqualFold(name, string(target)) })
		if !ok {
			t.Fatalf("a service has no section %s", target)
		}
		check(section.Type, string(target))
	}
}

func TestOnlyOn(t *testing.T) {
	const always = "lambda.architecture lambda.handler lambda.logRetentionDays; kubernetes.namespace"
	for lines, want := range map[string]string{
		"": always,
		"lambda: {provisioned: 3, tracing: true}": "lambda.architecture lambda.handler lambda.provisioned lambda.tracing lambda.logRetentionDays; kubernetes.namespace",
		"lambda: {vpc: false}":                    "lambda.architecture lambda.handler lambda.vpc lambda.logRetentionDays; kubernetes.namespace",
		"kubernetes: {ingress: {class: nginx}}":   "lambda.architecture lambda.handler lambda.logRetentionDays; kubernetes.namespace kubernetes.ingress.class",
		"kubernetes: {serviceMonitor: {}}":        "lambda.architecture lambda.handler lambda.logRetentionDays; kubernetes.namespace kubernetes.serviceMonitor",
		"kubernetes: {serviceMonitor: {path: /m}, scaleToZero: {keda: {prometheus: http://p, query: up}}}\n    scale: {min: 0}": "lambda.architecture lambda.handler lambda.logRetentionDays; " +
			"kubernetes.namespace kubernetes.scaleToZero.keda.prometheus kubernetes.scaleToZero.keda.query kubernetes.serviceMonitor kubernetes.serviceMonitor.path",
	} {
		app := parse(t, lines)
		var got []string
		for _, target := range spec.Targets() {
			var paths []string
			for _, f := range app.OnlyOn(target, "api") {
				paths = append(paths, strings.TrimPrefix(f.Path, "services.api."))
			}
			got = append(got, strings.Join(paths, " "))
		}
		if strings.Join(got, "; ") != want {
			t.Errorf("%s: only one target has %v, want %s", lines, got, want)
		}
	}
	// A number that a flag gave has no place in the text, and counts all the same.
	changed, err := parse(t, "").With("services.api.lambda.provisioned", 2)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.ContainsFunc(changed.OnlyOn(spec.Lambda, "api"), func(f spec.Foreign) bool { return f.Path == "services.api.lambda.provisioned" }) {
		t.Error("a number that the spec does not give is not listed")
	}
}

func TestVariants(t *testing.T) {
	app := parse(t, "needs: [web]\n  web:\n    image: x:1\n    http: {routes: [GET /web]}")
	changed, err := app.With("services.api.scale.max", 77)
	if err != nil {
		t.Fatal(err)
	}
	now, err := changed.Number("services.api.scale.max")
	if before := app.Services["api"].Scale.Max; err != nil || now != 77 || before != 10 {
		t.Errorf("scale.max is %d (%v) in the copy and %d in the app, want 77 and 10", now, err, before)
	}
	for _, path := range []string{"services.api.scale.nothing", "services.none.scale.max", "services.api.image", "services.api.scale", "services", ""} {
		if _, err := app.With(path, 1); err == nil || !strings.HasPrefix(err.Error(), path) {
			t.Errorf("%q: %v, want an error about it", path, err)
		}
	}
	alone := app.Alone("api")
	if len(alone.Services) != 1 || alone.Services["api"].Needs != nil || app.Services["api"].Needs == nil {
		t.Errorf("alone there are %d services and needs %v; before %v", len(alone.Services), alone.Services["api"].Needs, app.Services["api"].Needs)
	}
}

// parse reads an app of one service, api, with some more lines.
func parse(t *testing.T, lines string) *spec.App {
	t.Helper()
	text := fmt.Sprintf("apiVersion: ambi/v1\nname: shop\nservices:\n  api:\n    image: x:1\n    http: {routes: [GET /api]}\n    %s\n", lines)
	app, err := spec.Parse("app.yaml", []byte(text))
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	return app
}
