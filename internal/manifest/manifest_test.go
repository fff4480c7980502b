package manifest

import (
	"strings"
	"testing"

	"ambi/internal/offline"
)

func resource(kind, name string, more map[string]any) offline.Resource {
	fields := map[string]any{"apiVersion": "v1", "kind": kind, "metadata": map[string]any{"name": name}}
	for key, value := range more {
		fields[key] = value
	}
	return offline.Resource{Type: "kubernetes:core/v1:" + kind, Name: name, Inputs: fields}
}

func TestWrite(t *testing.T) {
	got, err := Write([]offline.Resource{
		resource("Deployment", "b", map[string]any{"spec": map[string]any{"count": 50.0, "big": 12345678.0, "text": "yes", "list": []any{1.5, true}}}),
		{Type: "aws:iam/role:Role", Name: "role", Inputs: map[string]any{"secret": offline.Secret{Value: "x"}}},
		resource("ServiceAccount", "z", nil),
		resource("Widget", "a", nil),
	})
	if err != nil {
		t.Fatal(err)
	}
	want := `apiVersion: v1
kind: ServiceAccount
metadata:
  name: z
---
apiVersion: v1
kind: Deployment
metadata:
  name: b
spec:
  big: 12345678
  count: 50
  list:
    - 1.5
    - true
  text: "yes"
---
apiVersion: v1
kind: Widget
metadata:
  name: a
`
	if string(got) != want {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
}

func TestWithheld(t *testing.T) {
	_, err := Write([]offline.Resource{
		resource("Secret", "token", map[string]any{"stringData": map[string]any{"token": "hunter2"}}),
		resource("ConfigMap", "nameless", map[string]any{"metadata": map[string]any{"labels": map[string]any{}}}),
		resource("ConfigMap", "c", map[string]any{"data": map[string]any{"a": offline.Secret{Value: "hunter2"}, "b": []any{offline.Unknown{}}}}),
	})
	if err == nil {
		t.Fatal("written")
	}
	for _, part := range []string{
		"Secret token: a Secret is never written",
		"ConfigMap nameless: it has no metadata.name",
		"ConfigMap c.data.a: the value is a secret",
		"ConfigMap c.data.b[0]: the value is known only once",
	} {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("the error does not say %q: %v", part, err)
		}
	}
	if strings.Contains(err.Error(), "hunter2") {
		t.Errorf("the error gives the secret away: %v", err)
	}
}
