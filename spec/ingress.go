package spec

import "reflect"

// Ingress says which controller serves the routes, and with which certificate.
type Ingress struct {
	Class     string `json:"class" jsonschema:"required" jsonschema_description:"The IngressClass, such as nginx or alb." otherTarget:"the HTTP API serves the routes"`
	TLSSecret string `json:"tlsSecret,omitempty" jsonschema_description:"The Secret with the certificate for http.domain; without it, the class's own default." otherTarget:"the stack's certificateArn is the certificate"`
}

func (v *validator) ingress(path string, s *Service) {
	in := s.Kubernetes.Ingress
	if in == nil {
		return
	}
	v.objectName(path+".class", in.Class)
	if tls := path + ".tlsSecret"; v.app.Given(tls) {
		v.objectName(tls, in.TLSSecret)
		if s.HTTP.Domain == "" {
			v.fail(tls, "needs http.domain: a certificate is for a host name")
		}
	}
}

func (s schema) refineIngress() {
	ingress := s.of(reflect.TypeFor[Ingress]())
	nameOfObject(property(ingress, "class"))
	nameOfObject(property(ingress, "tlsSecret"))
}
