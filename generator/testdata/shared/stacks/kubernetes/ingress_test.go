package kubernetes

import (
	"fmt"
	"testing"

	"example.com/golden/stacks/stacktest"
)

const ingressType = "kubernetes:networking.k8s.io/v1:Ingress"

// ingressExpected is what serves a service from outside; paths are a type and a path each.
type ingressExpected struct {
	class, host, tlsSecret string
	annotations            map[string]string
	paths                  [][2]string
}

func servedByIngress(i ingressExpected) check {
	return func(t stacktest.T, g *stacktest.Graph, w wanted, s expectations) {
		front := g.One(t, serviceType, w.name())
		object := one(t, g, w, ingressType, "networking.k8s.io/v1", "Ingress")
		checkTimeouts(t, object)
		backend := map[string]any{"service": map[string]any{"name": front.Output("metadata.name"), "port": map[string]any{"name": "http"}}}
		var paths []any
		for _, p := range i.paths {
			paths = append(paths, map[string]any{"pathType": p[0], "path": p[1], "backend": backend})
		}
		rule := map[string]any{"http": map[string]any{"paths": paths}}
		rules, tls := []any{rule}, []any{}
		if i.host != "" {
			rule["host"] = i.host
			certified := map[string]any{"hosts": []string{i.host}}
			if i.tlsSecret != "" {
				certified["secretName"] = i.tlsSecret
			}
			tls = append(tls, certified)
		}
		if len(tls) > 0 {
			object.Want(t, "spec.tls", tls, "no one else may read requests and answers")
		}
		object.Want(t, "spec.ingressClassName", i.class, "other controllers leave it alone")
		object.Want(t, "spec.rules", rules, "these requests reach the app, and no others", front)
		var skip any
		if s.config["skipIngressWait"] == "true" {
			skip = "true"
		}
		object.Want(t, `metadata.annotations["pulumi.com/skipAwait"]`, skip, "an update waits for the address unless the stack says that none comes")
		for name, value := range i.annotations {
			object.Want(t, fmt.Sprintf("metadata.annotations[%q]", name), value, "the controller serves the app as app.yaml says")
		}
	}
}

// A stack need not wait for the status of an Ingress whose controller publishes none.
func TestSkipIngressWait(t *testing.T) {
	skip := map[string]string{"skipIngressWait": "true"}
	checkAll(t, deploy(t, skip), expectations{expected.services, configuration(skip)})
}
