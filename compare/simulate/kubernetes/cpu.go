package kubernetes

// domain is CPU that requests share: a node's, or a pod's.
//
// With n requests that compute, each gets the same part of the CPU, and at most
// a core. How much CPU time each has got since the start is the domain's
// virtual time; a request is done when that has advanced by its CPU time. So an
// arrival or a departure changes one number, and not every request's rest.
type domain struct {
	jobs    []job // a heap by end, with room for one at least
	virtual int64 // CPU time, in units
	at      int64 // the real time that it stands for
	speed   *speed
}

// speed is how fast requests compute in a domain, by their number. All domains
// of a run have the same.
type speed struct {
	milli int64 // the CPU, in thousandths of a core
	// Of up to so many requests: the part of a core that each gets, and how many
	// nanoseconds a unit of virtual time takes. Whether they have a core each is in
	// the numbers, since it can not be predicted.
	share, slow [64]float64
}

func newSpeed(milli int64) *speed {
	v := &speed{milli: milli}
	for n := 1; n < len(v.share); n++ {
		v.share[n], v.slow[n] = v.shared(int64(n))
	}
	v.slow[0] = 1.0 / units
	return v
}

// shared divides the CPU among n requests.
func (v *speed) shared(n int64) (share, slow float64) {
	if n*1000 <= v.milli {
		return 1, 1.0 / units
	}
	return float64(v.milli) / float64(n*1000), float64(n*1000) / (float64(v.milli) * units)
}

// of is shared, mostly without a division; n is 0 too.
func (v *speed) of(n int) (share, slow float64) {
	if n < len(v.share) {
		return v.share[n], v.slow[n]
	}
	return v.shared(int64(n))
}

// job is a request that computes, and the virtual time at which it is done.
type job struct {
	end     int64
	request int32
}

// Virtual time is in 1/1024 ns, so that rounding does not add up. It lasts for
// 104 days of a core's work.
const (
	unitBits = 10
	units    = 1 << unitBits
)

// exactly is the first time that floating-point numbers do not have exactly.
const exactly = 1 << (53 - unitBits)

// advance moves the virtual time to a real one.
func (d *domain) advance(now int64) {
	time := now - d.at
	share, _ := d.speed.of(len(d.jobs))
	if time >= exactly && share == 1 {
		d.virtual += time << unitBits
	} else {
		d.virtual += int64(float64(time*units) * share)
	}
	d.at = now
}

// next is when the first request is done, if nothing else happens before.
func (d *domain) next() int64 {
	n := len(d.jobs)
	_, slow := d.speed.of(n)
	left := max(0, d.jobs[:1][0].end-d.virtual)
	if left >= exactly<<unitBits && slow == 1.0/units {
		return d.at + (left+units-1)>>unitBits
	}
	time := float64(left) * slow
	whole := int64(time)
	if float64(whole) < time { // it nearly always is, and the processor knows
		whole++
	}
	at := d.at + whole
	if n == 0 {
		at = never
	}
	return at
}

// push adds a request that takes CPU time, in nanoseconds. The domain is at the
// present.
func (d *domain) push(cpu int64, request int32) {
	entry := job{d.virtual + cpu<<unitBits, request}
	list := append(d.jobs, entry)
	d.jobs = list
	i := len(list) - 1
	if !(entry.end < list[max(0, i-1)/2].end) { // not than itself, where it is alone
		return
	}
	for i > 0 && entry.end < list[(i-1)/2].end {
		list[i] = list[(i-1)/2]
		i = (i - 1) / 2
	}
	list[i] = entry
}

// pop takes the request that is done first.
func (d *domain) pop() int32 {
	list := d.jobs
	first, n := list[0], len(list)-1
	d.virtual = max(d.virtual, first.end)
	last := list[n]
	list[0] = last
	d.jobs = list[:n]
	if n > 1 {
		d.sink(0, last)
	}
	return first.request
}

// sink puts an entry at a place or below it.
func (d *domain) sink(i int, entry job) {
	list := d.jobs
	for child := 2*i + 1; child < len(list); child = 2*i + 1 {
		if child+1 < len(list) && list[child+1].end < list[child].end {
			child++
		}
		if list[child].end >= entry.end {
			break
		}
		list[i] = list[child]
		i = child
	}
	list[i] = entry
}

// drop removes the requests that a function tells.
func (d *domain) drop(gone func(request int32) bool) {
	kept := d.jobs[:0]
	for _, j := range d.jobs {
		if !gone(j.request) {
			kept = append(kept, j)
		}
	}
	d.jobs = kept
	for i := len(kept)/2 - 1; i >= 0; i-- {
		d.sink(i, kept[i])
	}
}
