package kubernetes

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

func (r *requests) add(q request) int32 {
	if r.free != none {
		i := r.free
		r.free = r.all[i].next
		r.all[i] = q
		return i
	}
	r.all = append(r.all, q)
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
	ring          []wait
	bottom, count int
	heap          []wait
}

type wait struct {
	at      int64
	request int32
}

func (w *waits) next() int64 {
	at := int64(never)
	if w.count > 0 {
		at = w.ring[w.bottom].at
	}
	if len(w.heap) > 0 {
		at = min(at, w.heap[0].at)
	}
	return at
}

func (w *waits) push(at int64, request int32) {
	if w.count > 0 && w.ring[(w.bottom+w.count-1)&(len(w.ring)-1)].at > at {
		w.sift(wait{at, request})
		return
	}
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

func (w *waits) sift(entry wait) {
	list := append(w.heap, entry)
	i := len(list) - 1
	for i > 0 && entry.at < list[(i-1)/2].at {
		list[i] = list[(i-1)/2]
		i = (i - 1) / 2
	}
	list[i] = entry
	w.heap = list
}

// pop takes the request whose wait ends first.
func (w *waits) pop() int32 {
	if len(w.heap) == 0 || w.count > 0 && w.ring[w.bottom].at <= w.heap[0].at {
		first := w.ring[w.bottom].request
		w.bottom = (w.bottom + 1) & (len(w.ring) - 1)
		w.count--
		return first
	}
	list := w.heap
	first, n := list[0].request, len(list)-1
	last := list[n]
	list = list[:n]
	w.heap = list
	i := 0
	for child := 1; child < n; child = 2*i + 1 {
		if child+1 < n && list[child+1].at < list[child].at {
			child++
		}
		if list[child].at >= last.at {
			break
		}
		list[i] = list[child]
		i = child
	}
	if n > 0 {
		list[i] = last
	}
	return first
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
)

// calendar is the events to come, a heap by time.
type calendar struct {
	events []event
	order  int64
}

func (e *event) before(other *event) bool {
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
	e := event{at, c.order, k, which, life}
	list := append(c.events, e)
	i := len(list) - 1
	for i > 0 && e.before(&list[(i-1)/2]) {
		list[i] = list[(i-1)/2]
		i = (i - 1) / 2
	}
	list[i] = e
	c.events = list
}

func (c *calendar) pop() event {
	list := c.events
	first, n := list[0], len(list)-1
	last := list[n]
	list = list[:n]
	c.events = list
	i := 0
	for child := 1; child < n; child = 2*i + 1 {
		if child+1 < n && list[child+1].before(&list[child]) {
			child++
		}
		if !list[child].before(&last) {
			break
		}
		list[i] = list[child]
		i = child
	}
	if n > 0 {
		list[i] = last
	}
	return first
}
