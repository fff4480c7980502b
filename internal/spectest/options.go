package spectest

import (
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"ambi/spec"
)

func (g *generator) scale(s *service) {
	s.max = g.between(1, 1000)
	low := g.between(1, s.max)
	if g.IntN(4) == 0 {
		low = 0
		s.zero = g.one("floor", "keda")
		if g.anything && g.IntN(4) == 0 {
			s.zero = ""
		}
	}
	metric := ""
	if g.anything || s.zero != "keda" {
		metric = g.one("", "cpu", "memory", "requests")
	}
	switch metric {
	case "requests":
		s.requests = true
		metric = ", requests: " + g.one("100/s", "0.001/s", "86.4/day", "5k/minute", "1M/s")
	case "cpu", "memory":
		metric = fmt.Sprintf(", %s: %d", metric, g.between(1, 100))
	}
	g.line(2, "scale: {min: %d, max: %d%s}", low, s.max, metric)
}

func (g *generator) lambda(s *service) []string {
	var options []string
	if s.zip != "" {
		options = append(options, "zip: "+g.quoted(s.zip))
		if g.sometimes() {
			options = append(options, "layers: [arn:aws:lambda:us-east-1:753240598075:layer:LambdaAdapterLayerX86:25]")
		}
	} else if !g.anything || g.sometimes() {
		options = append(options, "image: 123456789012.dkr.ecr.us-east-1.amazonaws.com/thumbs:1.4.2")
	}
	if g.sometimes() {
		options = append(options, "architecture: "+g.one("x86_64", "arm64"), "handler: "+g.one("adapter", "native"))
	}
	if g.sometimes() {
		options = append(options, "logRetentionDays: "+g.one("1", "30", "3653"))
	}
	if !s.scheduled && g.sometimes() {
		most := 1000
		if !g.anything {
			most = s.max
		}
		options = append(options, "provisioned: "+strconv.Itoa(g.between(0, most)))
	}
	if !s.scheduled && g.sometimes() && (g.anything || s.max*s.concurrency <= 900) { // 100 stay unreserved in an account
		options = append(options, "reserved: "+g.one("true", "false"))
	}
	if g.sometimes() {
		options = append(options, "memory: "+g.one("128Mi", "1Gi", "1769Mi", "10Gi"))
	}
	if g.sometimes() {
		but := []string{"reserved"}
		if s.reaches && !g.anything {
			but = append(but, "vpc") // which must not be false
		}
		options = append(options, g.switches(reflect.TypeFor[spec.LambdaOptions](), but...)...)
	}
	return options
}

// switches turns every switch of a section on or off, but for some.
func (g *generator) switches(section reflect.Type, but ...string) []string {
	var options []string
	for i := range section.NumField() {
		name, _, _ := strings.Cut(section.Field(i).Tag.Get("json"), ",")
		if section.Field(i).Type.Kind() == reflect.Bool && !slices.Contains(but, name) {
			options = append(options, name+": "+g.one("true", "false"))
		}
	}
	return options
}

func (g *generator) kubernetes(s *service) []string {
	var options []string
	if g.sometimes() {
		options = append(options, "cpu: "+g.one("100m", "1", "1500m"), "memory: "+g.one("256Mi", "1Gi"))
	}
	if g.sometimes() {
		options = append(options, "namespace: "+g.one("default", "team-1", "x", "type"))
	}
	if g.sometimes() {
		options = append(options, "pullSecrets: ["+strings.Join(g.some("registry", "mirror.example.com", "a"), ", ")+"]")
	}
	if (s.permissions || s.signs) && !g.anything || g.IntN(3) == 0 {
		options = append(options, "identity: "+g.one("pod-identity", "irsa"))
	}
	if s.requests && (!g.anything || g.sometimes()) {
		options = append(options, "metric: "+g.one("http_requests_per_second", "requests", "job:requests:rate1m", "a.b-c"))
	}
	switch s.zero {
	case "floor":
		options = append(options, "scaleToZero: {floor: true}")
	case "keda":
		options = append(options, fmt.Sprintf("scaleToZero: {keda: {prometheus: %s, query: %s}}",
			g.one(`"http://prometheus.monitoring.svc:9090"`, "https://p.example.com/a/b"),
			g.quoted(g.one(`sum(rate(http_requests_total{service="api"}[1m]))`, g.oneLine()))))
	}
	if g.sometimes() {
		options = append(options, "user: "+g.one("1", "1000", "2147483647"), "writableRoot: "+g.one("true", "false"), "architecture: "+g.one("x86_64", "arm64"))
	}
	if s.events {
		return options
	}
	if g.sometimes() {
		options = append(options, "serviceMonitor: "+g.one("{}", "{path: /internal/metrics}"))
	}
	if s.tokens != "" {
		options = append(options, "auth: "+s.tokens)
	}
	if s.tokens == "envoy" {
		options = append(options, "jwks: "+g.one("https://issuer.example.com/keys", "'https://a.b:8443/x/%20y'"))
	}
	if door := g.doorOf(s); door != "" {
		options = append(options, door)
	}
	return options
}

// doorOf writes what opens the cluster to a service.
func (g *generator) doorOf(s *service) string {
	door := g.door
	if g.anything {
		door = g.one("", "ingress: {class: alb", "ingress: {class: nginx", "ingress: {class: a.b-c", "gateway: {name: public")
	}
	if s.internal {
		return ""
	}
	if s.tokens == "envoy" {
		door = "gateway: {name: public"
	}
	switch needed := s.cors || s.tokens == "envoy" || s.domain && !g.anything; {
	case door == "" || !needed && g.sometimes():
		return ""
	case strings.HasPrefix(door, "ingress") && s.domain && g.sometimes():
		door += ", tlsSecret: thumbs-tls"
	case strings.HasSuffix(door, "alb") && g.sometimes():
		door += ", scheme: internet-facing, group: thumbs"
	case strings.HasPrefix(door, "gateway") && g.sometimes():
		door += ", namespace: gateways"
	}
	return door + "}"
}
