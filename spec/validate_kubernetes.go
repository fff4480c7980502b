package spec

import (
	"regexp"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation"
)

const (
	// metricPattern is Prometheus' grammar, widened by what other adapters use. A
	// metric is one segment of a path to Kubernetes, so it has no slash.
	metricPattern     = `^[A-Za-z_][A-Za-z0-9_.:-]*$`
	maxMetric         = 253
	prometheusPattern = `^https?` + urlPattern
)

var (
	metric     = regexp.MustCompile(metricPattern)
	prometheus = regexp.MustCompile(prometheusPattern)
)

func (v *validator) kubernetes(service string, s *Service) {
	path, k := service+".kubernetes", s.Kubernetes
	v.namespace(path+".namespace", k.Namespace)
	for i, name := range k.PullSecrets {
		v.objectName(item(path+".pullSecrets", i), name)
	}
	v.outside(path, s)
	if at := path + ".metric"; v.app.Given(at) {
		switch {
		case len(k.Metric) > maxMetric || !metric.MatchString(k.Metric):
			v.fail(at, "must be a metric's name such as http_requests_per_second, got "+quote(k.Metric))
		case !v.app.Given(service + ".scale.requests"):
			v.fail(at, "is only for scale.requests", "set scale.requests to the rate that one instance should take, or remove it")
		}
	}
	if k.ScaleToZero != nil {
		v.scaleToZero(path+".scaleToZero", service+".scale.min", s)
	}
	if k.ServiceMonitor != nil {
		v.path(path+".serviceMonitor.path", k.ServiceMonitor.Path)
	}
}

// outside checks what serves the routes from outside the cluster.
func (v *validator) outside(path string, s *Service) {
	k := s.Kubernetes
	if in := k.Ingress; in != nil {
		at := path + ".ingress"
		v.objectName(at+".class", in.Class)
		if tls := at + ".tlsSecret"; v.app.Given(tls) {
			v.objectName(tls, in.TLSSecret)
			if s.HTTP.Domain == "" {
				v.fail(tls, "needs http.domain: a certificate is for a host name")
			}
		}
	}
	if g := k.Gateway; g != nil {
		at := path + ".gateway"
		v.objectName(at+".name", g.Name)
		if v.app.Given(at + ".namespace") {
			v.namespace(at+".namespace", g.Namespace)
		}
		if k.Ingress != nil {
			v.fail(at, "a service has either an ingress or a gateway", "remove kubernetes.ingress or kubernetes.gateway")
		}
	}
}

func (v *validator) scaleToZero(path, scaleMin string, s *Service) {
	z := s.Kubernetes.ScaleToZero
	if keda := path + ".keda"; z.KEDA != nil {
		if at := keda + ".prometheus"; !isURL(z.KEDA.Prometheus, prometheus) {
			v.fail(at, "must be an http or https URL, got "+quote(z.KEDA.Prometheus), "such as http://prometheus.monitoring.svc:9090, with no user or password")
		}
		if strings.TrimSpace(z.KEDA.Query) == "" || !isLine(z.KEDA.Query) {
			v.fail(keda+".query", "must be one line of PromQL, got "+quote(z.KEDA.Query))
		}
	}
	switch {
	case !v.sound(path + ".floor"):
	case z.Floor && z.KEDA != nil:
		v.fail(path, "floor and keda: name one")
	case !z.Floor && z.KEDA == nil:
		v.fail(path, "must have floor or keda", "floor: true keeps one pod; keda scales by a query, down to none")
	case s.Scale.Min != 0 && v.sound(scaleMin):
		v.fail(path, "is only for scale.min 0", "set scale.min to 0, or remove it")
	}
}

func (v *validator) namespace(path, name string) {
	if len(validation.IsDNS1123Label(name)) > 0 {
		v.fail(path, "must be at most 63 lower-case letters, digits and hyphens, with no hyphen at either end, got "+quote(name))
	}
}

// objectName checks the name of an object that the spec refers to.
func (v *validator) objectName(path, name string) {
	if len(validation.IsDNS1123Subdomain(name)) > 0 {
		v.fail(path, "must be lower-case letters, digits, hyphens and dots, with a letter or digit at both ends, got "+quote(name))
	}
}

// path checks an absolute path without parameters.
func (v *validator) path(at, path string) {
	if err := checkPath(path, false); err != nil && v.sound(at) {
		v.reportValue(v.at(at), at, err)
	}
}
