package kubernetes

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
)

// health is what the probes ask.
func (w *workload) health() {
	s, c := w.service, w.container
	probes := []struct {
		key   string
		probe *corev1.Probe
	}{{"readinessProbe", c.ReadinessProbe}, {"livenessProbe", c.LivenessProbe}, {"startupProbe", c.StartupProbe}}
	path := ""
	for _, p := range probes {
		if p.probe == nil {
			continue
		}
		at := w.at.Get(p.key)
		if p.probe.HTTPGet == nil {
			for _, how := range []string{"exec", "tcpSocket", "grpc"} {
				w.Leave(at.Get(how), "health is asked over HTTP: the app must answer health.path with 200", true)
			}
			continue
		}
		get := at.Get("httpGet")
		found, _, hasQuery := strings.Cut(cmp.Or(p.probe.HTTPGet.Path, "/"), "?")
		if len(found) > 1 {
			found = strings.TrimRight(found, "/")
		}
		if found == "" || found[0] != '/' {
			found = "/" + found
		}
		switch {
		case path == "":
			path = found
			s.Set("health.path", found)
			if hasQuery {
				w.Approximate(get.Get("path"), s.Path("health.path"), "without its query", true)
			} else {
				w.Carry(get.Get("path"), s.Path("health.path"))
			}
		case found == path:
			w.Carry(get.Get("path"), s.Path("health.path"))
		default:
			w.Approximate(get.Get("path"), s.Path("health.path"), "one path serves all probes: "+path, true)
		}
		if port := p.probe.HTTPGet.Port; w.isPort(port) {
			w.Skip(get.Get("port"))
		} else {
			w.Approximate(get.Get("port"), s.Path("health.path"), "health is asked on the service's own port", true)
		}
		if scheme := get.Get("scheme"); scheme.String() == "HTTP" {
			w.Skip(scheme)
		} else if scheme != nil {
			w.Leave(scheme, "health is asked over plain HTTP within the pod", true)
		}
		w.Leave(get.Get("httpHeaders"), "health is asked without headers", true)
	}
	if path == "" {
		s.Set("health.path", "/healthz")
		s.Comment("health", "the app must answer 200 there: no probe over HTTP was in the source")
		w.note(s.Path("health.path"), "no probe asks over HTTP: the app must answer 200 at /healthz", true)
	}
	if p := c.StartupProbe; p != nil {
		s.Set("health.startup", w.startup(p))
		at := w.at.Get("startupProbe")
		for _, key := range []string{"failureThreshold", "periodSeconds", "initialDelaySeconds"} {
			w.Carry(at.Get(key), s.Path("health.startup"))
		}
		return
	}
	if p := c.LivenessProbe; p != nil && p.InitialDelaySeconds > 0 {
		s.Set("health.startup", w.startup(p))
		w.Approximate(w.at.Get("livenessProbe", "initialDelaySeconds"), s.Path("health.startup"), "with the failures that follow, the longest that the app may take to start", false)
	}
}

// startup is how long an app may take until a probe has failed for good.
func (w *workload) startup(p *corev1.Probe) string {
	period, failures := cmp.Or(p.PeriodSeconds, 10), cmp.Or(p.FailureThreshold, 3)
	seconds := int(p.InitialDelaySeconds) + int(period)*int(failures)
	seconds = min(max(seconds, 1), 900)
	if seconds%60 == 0 {
		return fmt.Sprintf("%dm", seconds/60)
	}
	return fmt.Sprintf("%ds", seconds)
}

// isPort reports whether a probe asks on the service's port.
func (w *workload) isPort(port intstr.IntOrString) bool {
	number, _ := w.service.Get("port").(int)
	if port.Type == intstr.Int {
		return int(port.IntVal) == number
	}
	return slices.ContainsFunc(w.container.Ports, func(p corev1.ContainerPort) bool {
		return p.Name == port.StrVal && int(p.ContainerPort) == number
	})
}
