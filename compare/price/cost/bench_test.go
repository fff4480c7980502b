package cost

import (
	"fmt"
	"testing"

	"ambi/spec"
)

func BenchmarkTotal(b *testing.B) {
	for _, shape := range []spec.Shape{spec.Steady, spec.Diurnal, spec.Bursty} {
		u := usage()
		u.Shape = shape
		for _, m := range both(b, workload(b, u), Defaults()) {
			b.Run(fmt.Sprintf("%s/%s", m.Target, shape), func(b *testing.B) {
				for b.Loop() {
					m.Total(10)
				}
			})
		}
	}
}

func BenchmarkPrepare(b *testing.B) {
	w := workload(b, usage())
	s, c := sheet(b), catalog(b)
	for b.Loop() {
		if _, err := Lambda(s, App{Workloads: []Workload{w}}, Defaults()); err != nil {
			b.Fatal(err)
		}
		if _, err := Kubernetes(s, c, App{Workloads: []Workload{w}}, Defaults()); err != nil {
			b.Fatal(err)
		}
	}
}
