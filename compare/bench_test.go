package compare_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"ambi/compare"
	"ambi/compare/demand"
	"ambi/spec"
)

func BenchmarkCompare(b *testing.B) {
	in := input(b, thumbs)
	for b.Loop() {
		run(b, in)
	}
}

// BenchmarkTrace compares an app under counts a minute: as a whole, and its bills alone.
func BenchmarkTrace(b *testing.B) {
	for name, by := range map[string]func(compare.Input) (compare.Result, error){"compare": compare.Compare, "bills": compare.Bills} {
		for _, hours := range []int{48, 480} {
			b.Run(fmt.Sprintf("%s/hours=%d", name, hours), func(b *testing.B) {
				in, random := input(b, thumbs), rand.New(rand.NewPCG(1, 1))
				u := in.Usage["api"]
				u.Requests, u.Shape, u.Minutes = demand.Maybe[float64]{}, "", make([]float64, hours*60)
				for i := range u.Minutes {
					u.Minutes[i] = float64(random.IntN(100))
				}
				in.Usage["api"] = u
				for b.Loop() {
					if _, err := by(in); err != nil {
						b.Fatal(err)
					}
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/1e3/float64(b.N)/float64(hours), "µs/hour")
			})
		}
	}
}

// BenchmarkServices compares apps of many services.
func BenchmarkServices(b *testing.B) {
	for _, n := range []int{100, 1000} {
		b.Run(fmt.Sprintf("services=%d", n), func(b *testing.B) {
			var text strings.Builder
			text.WriteString("apiVersion: ambi/v1\nname: large\ntargets: [lambda, kubernetes]\nservices:\n")
			for i := range n {
				fmt.Fprintf(&text, "  s%d: {image: \"123456789012.dkr.ecr.us-east-1.amazonaws.com/s:1.%d\", cpu: %dm, memory: %dMi, http: {routes: [\"GET /%d\"]}}\n", i, i, 100+i%700, 128+i%1000, i)
			}
			in := input(b, text.String())
			for i, name := range in.Resolved.Services() {
				u := complete(demand.Usage{})
				u.Requests, u.Duration, u.CPUTime = demand.Known(float64(1000*(i+1))), demand.Known(50*time.Millisecond), demand.Known(10*time.Millisecond)
				u.Shape = []spec.Shape{spec.Steady, spec.Diurnal, spec.Bursty, spec.Sporadic}[i%4]
				in.Usage[name] = u
			}
			for b.Loop() {
				run(b, in)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/1e3/float64(b.N)/float64(n), "µs/service")
		})
	}
}
