package cost

import (
	"ambi/compare/demand"
	"ambi/compare/price"
)

// claims is the line of the disks that pods of StatefulSets have: each pod its own, of gp3. The
// number of pods is fixed.
func (b *builder) claims(app App) []part {
	gb := 0.0
	for _, w := range app.Workloads {
		gb += float64(w.Pod.Min) * w.ClaimGB
	}
	if gb == 0 {
		return nil
	}
	claims := b.add("ebs.gp3", price.GBMonth, line{name: "Disks of claims", category: Disk, inputs: []demand.Input{}, formula: "pods x GB of their claims", fixed: true})
	return []part{func(_ float64, q []float64) { q[claims] = gb }}
}
