package compare_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"ambi/compare/demand"
	"ambi/spec"
)

func BenchmarkCompare(b *testing.B) {
	in := input(b, thumbs)
	for b.Loop() {
		run(b, in)
	}
}

// BenchmarkThousandServices compares an app of a thousand services.
func BenchmarkThousandServices(b *testing.B) {
	var text strings.Builder
	text.WriteString("apiVersion: ambi/v1\nname: large\ntargets: [lambda, kubernetes]\nservices:\n")
	for i := range 1000 {
		fmt.Fprintf(&text, "  s%d: {image: \"123456789012.dkr.ecr.us-east-1.amazonaws.com/s:1.%d\", cpu: %dm, memory: %dMi, http: {routes: [\"GET /%d\"]}}\n", i, i, 100+i%700, 128+i%1000, i)
	}
	in := input(b, text.String())
	i := 0
	for _, name := range in.Resolved.Services() {
		u := complete(demand.Usage{})
		u.Requests, u.Duration, u.CPUTime = demand.Known(float64(1000*(i+1))), demand.Known(50*time.Millisecond), demand.Known(10*time.Millisecond)
		u.Shape = []spec.Shape{spec.Steady, spec.Diurnal, spec.Bursty, spec.Sporadic}[i%4]
		in.Usage[name] = u
		i++
	}
	for b.Loop() {
		run(b, in)
	}
}
