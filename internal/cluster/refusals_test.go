//go:build cluster

package cluster_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"ambi/internal/cluster"
	"ambi/target/kubernetes"
)

// refusals breaks the objects of a project, one fault at a time, and wants the
// cluster to say so: a cluster that takes everything would prove nothing.
func (p *proof) refusals(good *project) func(*testing.T) {
	// In a namespace of their own, so that no fault meets a good object.
	const namespace = "refused"
	bent := func(t *testing.T, kind string, bend func(o, container cluster.Object)) cluster.Object {
		t.Helper()
		for _, o := range good.objects {
			if o.Kind() == kind {
				o := clone(t, o)
				o.Field("metadata").(map[string]any)["namespace"] = namespace
				var container cluster.Object
				if containers := o.List("spec", "template", "spec", "containers"); containers != nil {
					container = containers[0]
				}
				bend(o, container)
				return o
			}
		}
		t.Fatalf("%s has no %s", good.name, kind)
		return nil
	}
	fields := func(o cluster.Object, path ...string) map[string]any { return o.Field(path...).(map[string]any) }

	return func(t *testing.T) {
		good.begin(t, p.ctx)
		p.prepare(t, []cluster.Object{bent(t, "Deployment", func(cluster.Object, cluster.Object) {})})
		refused := []struct {
			fault, kind, want string
			code              int
			bend              func(o, container cluster.Object)
		}{
			{
				"a field that does not exist", "Deployment", "field not declared in schema", http.StatusInternalServerError,
				func(_, container cluster.Object) { container["livenesProbe"] = container["livenessProbe"] },
			},
			{
				"a quantity that is none", "Deployment", "quantities must match", http.StatusInternalServerError,
				func(_, container cluster.Object) { fields(container, "resources", "requests")["memory"] = "512 MB" },
			},
			{
				"a selector that misses the pods", "Deployment", "`selector` does not match template `labels`", http.StatusUnprocessableEntity,
				func(o, _ cluster.Object) {
					fields(o, "spec", "selector", "matchLabels")["app.kubernetes.io/name"] = "another"
				},
			},
			{
				"an autoscaler that says not which API its target has", "HorizontalPodAutoscaler", "apiVersion must specify API group", http.StatusUnprocessableEntity,
				func(o, _ cluster.Object) { delete(fields(o, "spec", "scaleTargetRef"), "apiVersion") },
			},
			{
				"an autoscaler with less than its least", "HorizontalPodAutoscaler", "must be greater than or equal to `minReplicas`", http.StatusUnprocessableEntity,
				func(o, _ cluster.Object) { fields(o, "spec")["minReplicas"] = 99 },
			},
		}
		for _, r := range refused {
			t.Run(r.fault, func(t *testing.T) {
				_, err := p.Apply(p.ctx, manager, bent(t, r.kind, r.bend))
				var refusal *cluster.StatusError
				if !errors.As(err, &refusal) || refusal.Code != r.code || !strings.Contains(refusal.Message, r.want) {
					t.Errorf("got %v, want %d and %q", err, r.code, r.want)
				}
			})
		}
		t.Run("a route with a field that does not exist", func(t *testing.T) {
			_, err := p.Apply(p.ctx, manager, cluster.Object{
				"apiVersion": "gateway.networking.k8s.io/v1", "kind": "HTTPRoute",
				"metadata": map[string]any{"name": "typo", "namespace": namespace},
				"spec":     map[string]any{"hostname": "example.com"},
			})
			var refusal *cluster.StatusError
			if !errors.As(err, &refusal) || !strings.Contains(refusal.Message, ".spec.hostname") {
				t.Errorf("got %v, want a refusal of .spec.hostname", err)
			}
		})
		// What ambi refuses of a token check, Envoy Gateway's own schema refuses too, and takes
		// what is within it.
		policy := func(issuer int, audiences int) cluster.Object {
			var names []any
			for i := range audiences {
				names = append(names, fmt.Sprint("audience-", i))
			}
			const head = "https://login.example.com/"
			return cluster.Object{
				"apiVersion": "gateway.envoyproxy.io/v1alpha1", "kind": "SecurityPolicy",
				"metadata": map[string]any{"name": "tokens", "namespace": namespace},
				"spec": map[string]any{
					"targetRefs": []any{map[string]any{"group": "gateway.networking.k8s.io", "kind": "HTTPRoute", "name": "tokens"}},
					"jwt": map[string]any{"providers": []any{map[string]any{
						"name": "issuer", "issuer": head + strings.Repeat("x", issuer-len(head)), "audiences": names,
						"remoteJWKS": map[string]any{"uri": "https://login.example.com/keys"},
					}}},
				},
			}
		}
		t.Run("a token check beyond its limits", func(t *testing.T) {
			p.apply(t, policy(kubernetes.MaxIssuer, kubernetes.MaxAudiences))
			for want, o := range map[string]cluster.Object{
				"issuer: Too long":    policy(kubernetes.MaxIssuer+1, kubernetes.MaxAudiences),
				"audiences: Too many": policy(kubernetes.MaxIssuer, kubernetes.MaxAudiences+1),
			} {
				_, err := p.Apply(p.ctx, manager, o)
				var refusal *cluster.StatusError
				if !errors.As(err, &refusal) || refusal.Code != http.StatusUnprocessableEntity || !strings.Contains(refusal.Message, want) {
					t.Errorf("got %v, want %q", err, want)
				}
			}
		})
		t.Run("a pod that may gain privileges", func(t *testing.T) {
			o := bent(t, "Deployment", func(_, container cluster.Object) {
				fields(container, "securityContext")["allowPrivilegeEscalation"] = true
			})
			_, err := p.Apply(p.ctx, manager, o)
			var warning cluster.WarningError
			if !errors.As(err, &warning) || !strings.Contains(warning.Error(), "would violate PodSecurity") {
				t.Errorf("got %v, want a warning of Pod Security", err)
			}
			account := bent(t, "ServiceAccount", func(cluster.Object, cluster.Object) {})
			p.apply(t, account)
			p.wait(t, "the pod to be refused", func(ctx context.Context) error {
				have, err := p.Get(ctx, o)
				if err == nil && (!have.Condition("ReplicaFailure") || have.Number("status", "replicas") > 0) {
					err = fmt.Errorf("it has %d pods and no failure", have.Number("status", "replicas"))
				}
				return err
			})
		})
		t.Run("a count beside an autoscaler", func(t *testing.T) {
			o := bent(t, "Deployment", func(o, _ cluster.Object) {
				fields(o, "metadata")["name"] = "counted"
				fields(o, "spec")["replicas"] = 1
			})
			p.apply(t, o)
			if _, err := p.Merge(p.ctx, "kube-controller-manager", o, "scale", cluster.Object{"spec": map[string]any{"replicas": 3}}); err != nil {
				t.Fatal(err)
			}
			_, err := p.Apply(p.ctx, manager, o)
			var refusal *cluster.StatusError
			if !errors.As(err, &refusal) || refusal.Code != http.StatusConflict || !strings.Contains(refusal.Message, ".spec.replicas") {
				t.Errorf("got %v, want a conflict over .spec.replicas", err)
			}
		})
	}
}

func clone(t *testing.T, o cluster.Object) cluster.Object {
	t.Helper()
	text, err := json.Marshal(o)
	if err != nil {
		t.Fatal(err)
	}
	var copied cluster.Object
	if err := json.Unmarshal(text, &copied); err != nil {
		t.Fatal(err)
	}
	return copied
}
