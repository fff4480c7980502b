package simulate

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

// Mix is the n-th random number of a seed: SplitMix64 (Steele, Lea and Flood,
// "Fast splittable pseudorandom number generators", 2014), whose n-th number
// can be had without the ones before it.
func Mix(seed, n uint64) uint64 {
	x := seed + (n+1)*0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}
