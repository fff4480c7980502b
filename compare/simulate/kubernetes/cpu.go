package kubernetes

import "math"

// domain is CPU that requests share: a node's, or a pod's.
//
// With n requests that compute, each gets the same part of the CPU, and at most
// a core. How much CPU time each has got since the start is the domain's
// virtual time; a request is done when that has advanced by its CPU time. So an
// arrival or a departure changes one number, and not every request's rest.
type domain struct {
	jobs    []job // a heap by end
	virtual int64 // CPU time, in units
	at      int64 // the real time that it stands for
	milli   int64 // the CPU, in thousandths of a core
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

// advance moves the virtual time to a real one.
func (d *domain) advance(now int64) {
	if n := int64(len(d.jobs)); n > 0 && now > d.at {
		if n*1000 <= d.milli {
			d.virtual += (now - d.at) << unitBits
		} else {
			d.virtual += int64(float64((now-d.at)*units) * (float64(d.milli) / float64(n*1000)))
		}
	}
	d.at = now
}

// next is when the first request is done, if nothing else happens before.
func (d *domain) next() int64 {
	n := int64(len(d.jobs))
	if n == 0 {
		return never
	}
	left := d.jobs[0].end - d.virtual
	if left <= 0 {
		return d.at
	}
	if n*1000 <= d.milli {
		return d.at + (left+units-1)>>unitBits
	}
	return d.at + int64(math.Ceil(float64(left)*(float64(n*1000)/(float64(d.milli)*units))))
}

// push adds a request that takes CPU time, in nanoseconds. The domain is at the
// present.
func (d *domain) push(cpu int64, request int32) {
	entry := job{d.virtual + cpu<<unitBits, request}
	list := append(d.jobs, entry)
	i := len(list) - 1
	for i > 0 && entry.end < list[(i-1)/2].end {
		list[i] = list[(i-1)/2]
		i = (i - 1) / 2
	}
	list[i] = entry
	d.jobs = list
}

// pop takes the request that is done first.
func (d *domain) pop() int32 {
	first := d.jobs[0]
	d.virtual = max(d.virtual, first.end)
	n := len(d.jobs) - 1
	last := d.jobs[n]
	d.jobs = d.jobs[:n]
	if n > 0 {
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

// tournament finds the domain in which a request is done first.
type tournament struct {
	when []int64 // of each leaf
	win  []int32 // the leaf that wins below each node; 1 is the root
}

// grow makes room for some leaves.
func (t *tournament) grow(leaves int) {
	size := max(1, len(t.when))
	for size < leaves {
		size *= 2
	}
	if size == len(t.when) {
		return
	}
	old := t.when
	t.when, t.win = make([]int64, size), make([]int32, size)
	copy(t.when, old)
	for i := len(old); i < size; i++ {
		t.when[i] = never
	}
	for i := range t.when {
		t.play(i)
	}
}

// set says when a leaf's turn is.
func (t *tournament) set(leaf int, at int64) {
	if t.when[leaf] != at {
		t.when[leaf] = at
		t.play(leaf)
	}
}

// play decides anew above a leaf.
func (t *tournament) play(leaf int) {
	size := len(t.when)
	i := (leaf + size) / 2
	if i == 0 {
		return
	}
	a := int32(leaf &^ 1)
	w := a
	if t.when[a|1] < t.when[a] {
		w = a | 1
	}
	for {
		// What is above stays when another leaf wins here, as before.
		if t.win[i] == w && int(w) != leaf {
			return
		}
		t.win[i] = w
		if i == 1 {
			return
		}
		other := t.win[i^1]
		// The lower leaf wins a draw, so that the order does not depend on history.
		if a, b := t.when[w], t.when[other]; b < a || b == a && other < w {
			w = other
		}
		i /= 2
	}
}

// first is the leaf whose turn is first, and when.
func (t *tournament) first() (int, int64) {
	if len(t.when) == 1 {
		return 0, t.when[0]
	}
	leaf := t.win[1]
	return int(leaf), t.when[leaf]
}
