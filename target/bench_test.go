package target_test

import (
	"fmt"
	"strings"
	"testing"

	"ambi/spec"
	"ambi/target"
)

// BenchmarkResolve reads and resolves apps of many services: within the cluster alone, of
// which ten share each load balancer, and with two routes each behind one Gateway.
func BenchmarkResolve(b *testing.B) {
	for _, test := range []struct{ name, outside string }{
		{"plain", ""},
		{"groups", "    kubernetes: {ingress: {class: alb, scheme: internal, group: g%[2]d}}\n"},
		{"gateway", "    kubernetes: {gateway: {name: public}}\n"},
	} {
		for _, n := range []int{100, 1000} {
			b.Run(fmt.Sprintf("%s/services=%d", test.name, n), func(b *testing.B) {
				var text strings.Builder
				text.WriteString("apiVersion: ambi/v1\nname: many\nservices:\n")
				for i := range n {
					fmt.Fprintf(&text, "  s%[1]d:\n    image: registry.example.com/s:1.%[1]d\n    http: {routes: [\"GET /v1/s%[1]d/{id}\", \"POST /v1/s%[1]d\"]}\n", i)
					if test.outside != "" {
						fmt.Fprint(&text, strings.ReplaceAll(test.outside, "%[2]d", fmt.Sprint(i/10)))
					}
				}
				for b.Loop() {
					app, err := spec.Parse("app.yaml", []byte(text.String()))
					if err != nil {
						b.Fatal(err)
					}
					target.Resolve(app)
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/1e3/float64(b.N)/float64(n), "µs/service")
			})
		}
	}
}
