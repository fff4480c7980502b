package spec

import "reflect"

// Gateway names the Gateway that an HTTPRoute attaches to.
type Gateway struct {
	Name      string `json:"name" jsonschema:"required" jsonschema_description:"The Gateway." otherTarget:"the HTTP API serves the routes"`
	Namespace string `json:"namespace,omitempty" jsonschema_description:"Its namespace; the service's own when empty." otherTarget:"the HTTP API serves the routes"`
}

func (v *validator) gateway(path string, k KubernetesOptions) {
	g := k.Gateway
	if g == nil {
		return
	}
	v.objectName(path+".name", g.Name)
	if v.app.Given(path + ".namespace") {
		v.namespace(path+".namespace", g.Namespace)
	}
	if k.Ingress != nil {
		v.fail(path, "a service has either an ingress or a gateway", "remove kubernetes.ingress or kubernetes.gateway")
	}
}

func (s schema) refineGateway() {
	gateway := s.of(reflect.TypeFor[Gateway]())
	nameOfObject(property(gateway, "name"))
	namespaceName(property(gateway, "namespace"))
}
