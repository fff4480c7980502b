package kubernetes

import "ambi/spec"

// serviceMonitor decides what the Prometheus Operator scrapes.
func (r *resolver) serviceMonitor(at string, s *spec.Service, out *Service) {
	if m := s.Kubernetes.ServiceMonitor; m != nil {
		out.MetricsPath = m.Path
		r.notes.Exact(at+".kubernetes.serviceMonitor.path", "a ServiceMonitor for the Prometheus Operator, whose Prometheus must select it; "+
			"the NetworkPolicy allows its pods, labelled app.kubernetes.io/name=prometheus, from any namespace")
	}
}
