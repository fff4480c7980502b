package spec

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

// Two services have one number just if each leads to the other, by any way.
func TestRings(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 1))
	together, apart := 0, 0
	for range 500 {
		services := make([]string, 1+random.IntN(9))
		for i := range services {
			services[i] = fmt.Sprint(i)
		}
		leads, reach := map[string][]string{}, map[[2]string]bool{}
		for range random.IntN(2 * len(services)) {
			from, to := services[random.IntN(len(services))], services[random.IntN(len(services))]
			leads[from] = append(leads[from], to)
			reach[[2]string{from, to}] = true
		}
		for _, by := range services {
			for _, from := range services {
				for _, to := range services {
					if reach[[2]string{from, by}] && reach[[2]string{by, to}] {
						reach[[2]string{from, to}] = true
					}
				}
			}
		}
		ring := rings(services, leads)
		for _, a := range services {
			for _, b := range services {
				want := a == b || reach[[2]string{a, b}] && reach[[2]string{b, a}]
				if (ring[a] == ring[b]) != want {
					t.Fatalf("%v: %s and %s have the numbers %d and %d", leads, a, b, ring[a], ring[b])
				}
				if a != b && want {
					together++
					if names := way(leads, a, b); names[0] != a || names[len(names)-1] != b {
						t.Fatalf("%v: the way from %s to %s is %v", leads, a, b, names)
					}
				} else if a != b {
					apart++
				}
			}
		}
	}
	if together < 100 || apart < 100 {
		t.Errorf("%d pairs together and %d apart are too few to tell", together, apart)
	}
}
