package lambda

// queue holds what will happen, by time: a heap in which each entry has four
// children. An entry is a time and, in its lowest bits, what happens.
type queue []int64

// What the lowest bits of an entry say that an environment becomes.
const (
	idleAgain   = iota // on demand
	provisioned        // ready again
	lost               // after a timeout
	kindBits    = 2
	kindMask    = 1<<kindBits - 1
)

const never = 1<<63 - 1

// next is the time of the first entry.
func (q queue) next() int64 {
	if len(q) == 0 {
		return never
	}
	return q[0] >> kindBits
}

func (q *queue) push(entry int64) {
	list := append(*q, entry)
	i := len(list) - 1
	for i > 0 {
		parent := (i - 1) / 4
		if list[parent] <= entry {
			break
		}
		list[i] = list[parent]
		i = parent
	}
	list[i] = entry
	*q = list
}

// pop takes the first entry. The hole that it leaves goes down to a leaf along
// the smallest children, and the last entry fills it and rises from there: it
// seldom does, since it is among the latest. The smallest of four is found
// without a branch, which could not be predicted.
func (q *queue) pop() int64 {
	list := *q
	first := list[0]
	n := len(list) - 1
	entry := list[n]
	list = list[:n]
	*q = list
	i := 0
	for {
		child := 4*i + 1
		if child+4 > n {
			break
		}
		c := list[child : child+4 : child+4]
		left, right := child, child+2
		if c[1] < c[0] {
			left = child + 1
		}
		if c[3] < c[2] {
			right = child + 3
		}
		a, b := min(c[0], c[1]), min(c[2], c[3])
		if b < a {
			left = right
		}
		list[i] = min(a, b)
		i = left
	}
	for child := 4*i + 1; child < n; child = 4*i + 1 { // fewer than four
		least := child
		for k := child + 1; k < min(child+4, n); k++ {
			if list[k] < list[least] {
				least = k
			}
		}
		list[i] = list[least]
		i = least
	}
	for i > 0 {
		parent := (i - 1) / 4
		if list[parent] <= entry {
			break
		}
		list[i] = list[parent]
		i = parent
	}
	if n > 0 {
		list[i] = entry
	}
	return first
}

// idle is the environments that wait, the one that was used last on top. Since
// it is the one that is taken, the one at the bottom is the first to expire.
type idle struct {
	since         []int64 // a ring, whose length is a power of two
	bottom, count int
}

func (s *idle) push(since int64) {
	if s.count == len(s.since) {
		s.grow()
	}
	s.since[(s.bottom+s.count)&(len(s.since)-1)] = since
	s.count++
}

func (s *idle) grow() {
	larger := make([]int64, max(64, 2*len(s.since)))
	for i := range s.count {
		larger[i] = s.since[(s.bottom+i)&(len(s.since)-1)]
	}
	s.since, s.bottom = larger, 0
}

// oldest is since when the one at the bottom waits.
func (s *idle) oldest() int64 { return s.since[s.bottom] }

// expire drops the one at the bottom.
func (s *idle) expire() {
	s.bottom = (s.bottom + 1) & (len(s.since) - 1)
	s.count--
}

// retries are requests that will be tried again, a heap by time and then by
// number.
type retries []retry

type retry struct {
	at      int64
	first   int64 // when the request came
	number  int64
	attempt int
}

func (r retry) before(other retry) bool {
	return r.at < other.at || r.at == other.at && r.number < other.number
}

func (h retries) next() int64 {
	if len(h) == 0 {
		return never
	}
	return h[0].at
}

func (h *retries) push(r retry) {
	list := append(*h, r)
	i := len(list) - 1
	for i > 0 && r.before(list[(i-1)/2]) {
		list[i] = list[(i-1)/2]
		i = (i - 1) / 2
	}
	list[i] = r
	*h = list
}

func (h *retries) pop() retry {
	list := *h
	first := list[0]
	n := len(list) - 1
	last := list[n]
	list = list[:n]
	*h = list
	i := 0
	for child := 1; child < n; child = 2*i + 1 {
		if child+1 < n && list[child+1].before(list[child]) {
			child++
		}
		if !list[child].before(last) {
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
