package kubernetes

import (
	"maps"

	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	networkingv1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/networking/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// ingress is how a controller in the cluster serves a service from outside. It knows no
// methods and no parameters, so a path may let in more than the routes beside it.
type ingress struct {
	class       string           // the controller's
	host        string           // empty for any
	tlsSecret   string           // the certificate of host; empty where the controller finds it
	annotations pulumi.StringMap // what the controller reads
	paths       []ingressPath
}

// ingressPath is a path of type Exact, or of type Prefix with all that lies below it.
type ingressPath struct{ pathType, path string }

// newIngress serves paths from outside the cluster: over TLS, where there is a host name.
func newIngress(ctx *pulumi.Context, s *stack, f facts, service *corev1.Service) error {
	backend := &networkingv1.IngressBackendArgs{Service: &networkingv1.IngressServiceBackendArgs{
		Name: service.Metadata.Name().Elem(), Port: &networkingv1.ServiceBackendPortArgs{Name: pulumi.String("http")},
	}}
	var paths networkingv1.HTTPIngressPathArray
	for _, p := range f.ingress.paths {
		paths = append(paths, networkingv1.HTTPIngressPathArgs{
			PathType: pulumi.String(p.pathType), Path: pulumi.String(p.path), Backend: backend,
		})
	}
	rule := networkingv1.IngressRuleArgs{Http: &networkingv1.HTTPIngressRuleValueArgs{Paths: paths}}
	spec := &networkingv1.IngressSpecArgs{IngressClassName: pulumi.String(f.ingress.class)}
	if f.ingress.host != "" {
		tls := networkingv1.IngressTLSArgs{Hosts: pulumi.StringArray{pulumi.String(f.ingress.host)}}
		if f.ingress.tlsSecret != "" {
			tls.SecretName = pulumi.String(f.ingress.tlsSecret)
		}
		spec.Tls = networkingv1.IngressTLSArray{tls}
		rule.Host = pulumi.String(f.ingress.host)
	}
	spec.Rules = networkingv1.IngressRuleArray{rule}
	annotations := maps.Clone(f.ingress.annotations)
	if s.skipIngressWait {
		if annotations == nil {
			annotations = pulumi.StringMap{}
		}
		annotations["pulumi.com/skipAwait"] = pulumi.String("true")
	}
	annotated := metadata(f)
	if len(annotations) > 0 {
		annotated.Annotations = annotations
	}
	_, err := networkingv1.NewIngress(ctx, f.name(), &networkingv1.IngressArgs{Metadata: annotated, Spec: spec}, f.timeouts)
	return err
}
