package replay

import (
	"fmt"

	"ambi/compare/demand"
)

// Demand is what requests ask of an app, on either target: time that they
// wait, for a database or another service, and time on a full core.
type Demand struct {
	Wait, CPU Distribution // nanoseconds
	Seed      uint64
}

// Of is what request i asks for, in nanoseconds. It depends on the seed and on
// i alone, so that both targets serve the same requests.
func (d *Demand) Of(i int64) (wait, cpu int64) {
	// A constant needs no random number.
	if d.Wait.cells == nil {
		wait = d.Wait.constant
	} else {
		wait = d.Wait.At(Mix(d.Seed, 2*uint64(i)))
	}
	if d.CPU.cells == nil {
		return wait, d.CPU.constant
	}
	return wait, d.CPU.At(Mix(d.Seed, 2*uint64(i)+1))
}

// fill draws what requests ask for that follow each other, the first of them
// number i.
func (d *Demand) fill(requests []Request, i int64) {
	if table := d.Wait.cells; table != nil {
		for k := range requests {
			u := Mix(d.Seed, 2*uint64(i+int64(k)))
			cell, rest := place(u)
			requests[k].Wait = table[cell].at(rest, u)
		}
	} else {
		for k := range requests {
			requests[k].Wait = d.Wait.constant
		}
	}
	if table := d.CPU.cells; table != nil {
		for k := range requests {
			u := Mix(d.Seed, 2*uint64(i+int64(k))+1)
			cell, rest := place(u)
			requests[k].CPU = table[cell].at(rest, u)
		}
	} else {
		for k := range requests {
			requests[k].CPU = d.CPU.constant
		}
	}
}

// DemandOf is what a service's usage says: of the mean duration what is not CPU
// time is waiting. Variation is the coefficient of variation of both parts,
// which are lognormal then; with 0 every request takes the mean. Where the usage has
// quantiles of the duration, waiting goes through them instead, without the mean CPU time.
func DemandOf(t demand.Traffic, variation float64, seed uint64) (Demand, error) {
	duration, known := t.Duration.Get()
	cpu, cpuKnown := t.CPUTime.Get()
	switch {
	case !known:
		return Demand{}, fmt.Errorf("%s is not known", demand.Duration)
	case !cpuKnown:
		return Demand{}, fmt.Errorf("%s is not known", demand.CPUTime)
	case cpu > duration:
		return Demand{}, fmt.Errorf("%s is %s and more than %s, which is %s", demand.CPUTime, cpu, demand.Duration, duration)
	case !(variation >= 0 && variation <= maxVariation):
		return Demand{}, fmt.Errorf("variation must be 0 to %d, got %v", maxVariation, variation)
	}
	d := Demand{Wait: varying(int64(duration-cpu), variation), CPU: varying(int64(cpu), variation), Seed: seed}
	if q, ok := t.Quantiles.Get(); ok {
		waiting, err := q.Waiting(cpu)
		if err != nil {
			return Demand{}, fmt.Errorf("%s: %w", demand.Duration, err)
		}
		d.Wait = LognormalThrough(float64(waiting.P50), float64(waiting.P99))
	}
	return d, nil
}

const maxVariation = 10

func varying(mean int64, variation float64) Distribution {
	if mean == 0 {
		return Constant(0)
	}
	return Lognormal(float64(mean), variation)
}

// Mix is the n-th random number of a seed: SplitMix64 (Steele, Lea and Flood,
// "Fast splittable pseudorandom number generators", 2014), whose n-th number
// can be had without the ones before it.
func Mix(seed, n uint64) uint64 {
	x := seed + (n+1)*0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}
