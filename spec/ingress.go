package spec

import (
	"reflect"

	"ambi/internal/lazyregexp"
)

// Scheme says who reaches an Application Load Balancer, by AWS's names.
type Scheme string

// The schemes.
const (
	InternetFacing Scheme = "internet-facing"
	InternalScheme Scheme = "internal"
)

// Ingress says which controller serves the routes, and with which certificate.
type Ingress struct {
	Class     string `json:"class" jsonschema:"required" jsonschema_description:"The IngressClass, such as nginx or alb." otherTarget:"the HTTP API serves the routes"`
	TLSSecret string `json:"tlsSecret,omitempty" jsonschema_description:"The Secret with the certificate for http.domain; without it, the class's own default." otherTarget:"the stack's certificateArn is the certificate"`
	Scheme    Scheme `json:"scheme,omitempty" jsonschema:"enum=internet-facing,enum=internal" jsonschema_description:"Who reaches the Application Load Balancer of class alb; without it, its controller makes an internal one." otherTarget:"the HTTP API is open to the internet"`
	Group     string `json:"group,omitempty" jsonschema_description:"The Ingresses of class alb that name the same group share one Application Load Balancer; without it, each has one of its own." otherTarget:"all services share the HTTP API"`
}

// groupPattern is what the AWS Load Balancer Controller takes as a group's name.
// Source: kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/ingress/annotations/#group.name
const (
	groupPattern = `^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$`
	maxGroup     = 63
)

var group = lazyregexp.New(groupPattern)

// ALB reports whether the AWS Load Balancer Controller serves the class.
func (in *Ingress) ALB() bool { return in != nil && in.Class == "alb" }

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
	for _, key := range []string{"scheme", "group"} {
		if at := path + "." + key; v.app.Given(at) && !in.ALB() {
			v.fail(at, "is only for class alb, whose controller makes load balancers")
		}
	}
	if at := path + ".group"; v.app.Given(at) && (!group.MatchString(in.Group) || len(in.Group) > maxGroup) {
		v.fail(at, "must be at most 63 lower-case letters, digits, hyphens and dots, with a letter or digit at both ends, got "+quote(in.Group))
	}
}

func (s schema) refineIngress() {
	ingress := s.of(reflect.TypeFor[Ingress]())
	nameOfObject(property(ingress, "class"))
	nameOfObject(property(ingress, "tlsSecret"))
	name := property(ingress, "group")
	name.Pattern, name.MaxLength = groupPattern, number(maxGroup)
}
