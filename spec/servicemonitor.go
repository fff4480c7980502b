package spec

import "reflect"

// ServiceMonitor says what is scraped.
type ServiceMonitor struct {
	Path string `json:"path,omitempty" jsonschema:"default=/metrics" jsonschema_description:"The path that answers metrics." otherTarget:"CloudWatch has the function's metrics"`
}

// SetDefaults names the path that Prometheus scrapes unless told otherwise.
func (m *ServiceMonitor) SetDefaults() { m.Path = "/metrics" }

func (v *validator) serviceMonitor(path string, m *ServiceMonitor) {
	if m != nil {
		v.path(path+".path", m.Path)
	}
}

func (s schema) refineServiceMonitor() {
	monitor := s.of(reflect.TypeFor[ServiceMonitor]())
	monitor.Title = "service monitor"
	plainPath(property(monitor, "path"))
}
