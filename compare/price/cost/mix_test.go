package cost

import (
	"testing"

	"ambi/compare/demand"
	"ambi/compare/price"
	"ambi/spec"
	"ambi/target"
)

// What an account has free, and the cheap tiers, are used once. Each side sends 60 of the 100 GB
// that are free: apart neither pays, and in one account 20 GB cost .09 each. Beyond 10 TB a GB
// costs .085: of 6 TB a side, 1.76 TB come at that price, and 10,240 GB less the free 100 at .09.
func TestMixUsesTiersOnce(t *testing.T) {
	for _, c := range []struct{ gb, want string }{{"60", "1.80"}, {"6000", "1062.70"}} {
		gb := map[string]int64{"60": 60, "6000": 6000}[c.gb]
		u := usage()
		u.Requests, u.Response, u.Outbound, u.Shape = demand.Known(float64(gb)*(1<<18)), demand.Known[int64](4096), demand.Known[int64](0), spec.Steady
		w := workload(t, u)
		choices := Defaults()
		choices.FreeTier = true
		mix, err := NewMix(sheet(t), catalog(t), target.Pair[App]{Lambda: App{Workloads: []Workload{w}}, Kubernetes: App{Workloads: []Workload{w}}}, choices)
		if err != nil {
			t.Fatal(err)
		}
		total, known := mix.Total()
		sum, egress := price.USD(0), price.USD(0)
		for _, side := range spec.Targets() {
			bill := mix.Bill(side)
			sum += *bill.Total
			for _, line := range bill.Components {
				if line.Category == Egress {
					egress += *line.Cost
				}
			}
		}
		if !known || total != sum {
			t.Errorf("%s GB: the mix costs %s, %v, and its sides %s", c.gb, total, known, sum)
		}
		if egress.String() != c.want {
			t.Errorf("%s GB on each side cost %s to send, want %s", c.gb, egress, c.want)
		}
	}
}
