package spec

import (
	"reflect"
	"strings"

	"github.com/invopop/jsonschema"

	"ambi/internal/lazyregexp"
)

// ScaleToZero says how scale.min 0 is implemented; exactly one of its fields is set.
type ScaleToZero struct {
	Floor bool  `json:"floor,omitempty" jsonschema_description:"Keep one pod instead." otherTarget:"Lambda scales to zero by itself"`
	KEDA  *KEDA `json:"keda,omitempty" jsonschema_description:"A KEDA ScaledObject in place of the autoscaler."`
}

// KEDA is the query that a ScaledObject scales by.
type KEDA struct {
	Prometheus string `json:"prometheus" jsonschema:"required" jsonschema_description:"The URL of a Prometheus server." otherTarget:"Lambda scales to zero by itself"`
	Query      string `json:"query" jsonschema:"required" jsonschema_description:"A PromQL query for the service's request rate, in requests a second." otherTarget:"Lambda scales to zero by itself"`
}

const prometheusPattern = `^https?` + urlPattern

var prometheus = lazyregexp.New(prometheusPattern)

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
		v.fail(path, "floor and keda: choose one")
	case !z.Floor && z.KEDA == nil:
		v.fail(path, "must have floor or keda", "floor: true keeps one pod; keda scales by a query, down to none")
	case s.Scale.Min != 0 && v.sound(scaleMin):
		v.fail(path, "is only for scale.min 0", "set scale.min to 0, or remove it")
	}
}

func (s schema) refineScaleToZero() {
	zero := s.of(reflect.TypeFor[ScaleToZero]())
	zero.Title = "scale to zero"
	zero.AnyOf = []*jsonschema.Schema{{Required: []string{"floor"}}, {Required: []string{"keda"}}}
	keda := s.of(reflect.TypeFor[KEDA]())
	keda.Title = "KEDA"
	property(keda, "prometheus").Pattern = prometheusPattern
	query := property(keda, "query")
	query.Pattern, query.MinLength = linePattern, number(1)
}
