package spec

import (
	"strings"

	"k8s.io/apimachinery/pkg/util/validation"

	"ambi/internal/lazyregexp"
	"ambi/internal/problem"
)

const (
	// metricPattern is Prometheus' grammar, widened by what other adapters use. A
	// metric is one segment of a path to Kubernetes, so it has no slash.
	metricPattern = `^[A-Za-z_][A-Za-z0-9_.:-]*$`
	maxMetric     = 253
)

var metric = lazyregexp.New(metricPattern)

func (v *validator) kubernetes(service string, s *Service) {
	path, k := service+".kubernetes", s.Kubernetes
	v.namespace(path+".namespace", k.Namespace)
	for i, name := range k.PullSecrets {
		v.objectName(item(path+".pullSecrets", i), name)
	}
	v.ingress(path+".ingress", s)
	v.gateway(path+".gateway", k)
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
	v.serviceMonitor(path+".serviceMonitor", k.ServiceMonitor)
	v.tokenCheck(service, s)
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
	err := checkPath(path, false)
	if err == nil || !v.sound(at) {
		return
	}
	if fixed := "/" + strings.Trim(routeAddress.ReplaceAllString(path, ""), "/"); checkPath(fixed, false) == nil {
		v.report(v.at(at), at, problem.All(err)[0].Message, "write "+fixed)
		return
	}
	v.reportValue(v.at(at), at, err)
}
