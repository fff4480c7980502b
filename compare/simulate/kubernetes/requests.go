package kubernetes

import "ambi/compare/simulate/replay"

const (
	never = 1<<63 - 1
	none  = -1
)

// request is one that was let in.
type request struct {
	arrived int64
	cpu     int64 // nanoseconds on a core
	wait    int64 // nanoseconds after that
	pod     int32 // none when its pod was killed
	next    int32 // in the pod's queue, or in the list of free places
}

// requests are those that were let in, in places that are used again.
type requests struct {
	all  []request
	free int32 // the first free place, or none
}

// place is a free place.
func (r *requests) place() int32 {
	if i := r.free; i != none {
		r.free = r.all[i].next
		return i
	}
	r.all = append(r.all, request{})
	return int32(len(r.all) - 1)
}

func (r *requests) drop(i int32) {
	r.all[i].next = r.free
	r.free = i
}

// waits are requests that are through with the CPU and wait for something else.
// Those that end in order are in a ring, which is all of them when they wait
// equally long; the others are in a heap.
type waits struct {
	first         int64 // when the first of them ends
	ring          []wait
	bottom, count int
	latest        int64 // the last in the ring
	// The heap's entry i, from 1 on, is at [i/2][i%2]: a pair are the children of
	// one entry.
	heap [][2]wait
	size int
}

func newWaits() waits { return waits{first: never, heap: make([][2]wait, 1)} }

type wait struct {
	at      int64
	request int32
}

func (w *waits) push(at int64, request int32) {
	w.first = min(w.first, at)
	if w.count > 0 && w.latest > at {
		w.sift(wait{at, request})
		return
	}
	w.latest = at
	if w.count == len(w.ring) {
		larger := make([]wait, max(64, 2*len(w.ring)))
		for i := range w.count {
			larger[i] = w.ring[(w.bottom+i)&(len(w.ring)-1)]
		}
		w.ring, w.bottom = larger, 0
	}
	w.ring[(w.bottom+w.count)&(len(w.ring)-1)] = wait{at, request}
	w.count++
}

// sift adds an entry to the heap.
func (w *waits) sift(entry wait) {
	w.size++
	i := w.size
	if i >= len(w.heap) {
		w.grow()
	}
	list := w.heap
	for i > 1 && entry.at < list[i>>2][i>>1&1].at {
		list[i>>1][i&1] = list[i>>2][i>>1&1]
		i >>= 1
	}
	list[i>>1][i&1] = entry
}

// grow doubles the heap's room, of which the upper half is never used: each entry
// has children, though they may be ones that never end.
func (w *waits) grow() {
	w.heap = append(w.heap, make([][2]wait, max(64, len(w.heap)))...)
	for i := w.size; i < 2*len(w.heap); i++ {
		w.heap[i>>1][i&1].at = never
	}
}

// pop takes the request whose wait ends first.
func (w *waits) pop() int32 {
	if w.size == 0 || w.count > 0 && w.ring[w.bottom].at <= w.heap[0][1].at {
		first := w.ring[w.bottom].request
		w.bottom = (w.bottom + 1) & (len(w.ring) - 1)
		w.count--
		w.note()
		return first
	}
	list, n := w.heap, w.size
	w.size--
	end := &list[n>>1][n&1]
	last := *end
	end.at = never
	hole := &list[0][1]
	first := hole.request
	// Whichever child is the first goes up, all the way down, and the last entry
	// up again from there, which is seldom far: fewer guesses than to ask on the way.
	i := 1
	for 2*i < n {
		pair := &list[i]
		right := 0
		if pair[1].at < pair[0].at {
			right = 1
		}
		child := &pair[right&1]
		*hole = *child
		hole = child
		i = 2*i + right
	}
	for i > 1 {
		parent := &list[i>>2][i>>1&1]
		if parent.at < last.at {
			break
		}
		*hole = *parent
		hole = parent
		i >>= 1
	}
	if n > 1 {
		*hole = last
	}
	w.note()
	return first
}

// note notes when the first wait ends.
func (w *waits) note() {
	w.first = never
	if w.count > 0 {
		w.first = w.ring[w.bottom].at
	}
	if w.size > 0 {
		w.first = min(w.first, w.heap[0][1].at)
	}
}

// event is something that happens to a pod, a node or the cluster.
type event struct {
	at    int64
	order int64 // events of one time happen in the order in which they were set
	kind  kind
	which int32 // the pod or node
	life  int32 // which of those that had this place
}

type kind int8

const (
	scrape    kind = iota // metrics are read
	decide                // the autoscaler decides
	poll                  // KEDA looks
	expire                // requests that waited too long are dropped
	schedule              // a pod looks for a node
	running               // a pod's container has started
	ready                 // a pod is ready
	serve                 // the balancer knows it
	out                   // the balancer knows that it goes
	stop                  // it is told to stop
	kill                  // its grace period is over
	nodeReady             // a node takes pods
	provision             // nodes are ordered
	scan                  // nodes are looked at
	interrupt             // AWS says that it takes a node back
	reclaim               // it does
	evictRun              // the grace period of a run is over whose node is taken back
)

// calendar is the events to come, by time.
type calendar struct {
	events replay.Heap[event]
	order  int64
}

func (e event) before(other event) bool {
	return e.at < other.at || e.at == other.at && e.order < other.order
}

func (c *calendar) next() int64 {
	if len(c.events) == 0 {
		return never
	}
	return c.events[0].at
}

func (c *calendar) add(at int64, k kind, which, life int32) {
	c.order++
	c.events.Push(event{at, c.order, k, which, life}, event.before)
}

func (c *calendar) pop() event { return c.events.Pop(event.before) }
