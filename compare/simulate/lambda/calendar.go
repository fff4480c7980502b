package lambda

import (
	"math/bits"

	"ambi/compare/simulate/replay"
)

// calendar holds what will happen, by time. An entry is a time and, in
// its lowest bits, what happens. A slot of the calendar holds the entries of a
// short time; entries that are too far off wait in a heap.
type calendar struct {
	soonest int64 // the first entry of the calendar; none when it is never
	count   int   // of all entries
	shift   uint  // what turns an entry into its slot's number
	slots   [slots]slot
	used    [slots / 64]uint64 // a bit for each slot that is not empty
	far     replay.Heap[int64]
}

// slot is what happens in a short time: mostly once, or not at all.
type slot struct {
	first int64
	rest  []int64 // the last of them first
}

// What the lowest bits of an entry say that an environment becomes.
const (
	idleAgain   = iota // on demand
	provisioned        // ready again
	lost               // after a timeout
	kindBits    = 2
	kindMask    = 1<<kindBits - 1
)

const (
	never = 1<<63 - 1
	slots = 256
	// slotsPerMean is how many slots the mean of what is waited for fills: where
	// a thousand things are under way, a slot has some sixteen of them.
	slotsPerMean = 64
	slotSpace    = 4 // further entries that a slot has room for at first
)

// newCalendar makes a calendar for things that take a mean time.
func newCalendar(mean float64) calendar {
	q := calendar{soonest: never}
	for width := mean * (1 << kindBits) / slotsPerMean; width >= 2 && q.shift < 48; width /= 2 {
		q.shift++
	}
	room := make([]int64, slots*slotSpace)
	for i := range q.slots {
		q.slots[i].rest = room[i*slotSpace : i*slotSpace : (i+1)*slotSpace]
	}
	return q
}

// next is the time of the first entry.
func (q *calendar) next() int64 {
	if len(q.far) > 0 && q.far[0] < q.soonest {
		return q.far[0] >> kindBits
	}
	if q.soonest == never {
		return never
	}
	return q.soonest >> kindBits
}

// push adds an entry, which is not before now.
func (q *calendar) push(now, entry int64) {
	q.count++
	if entry>>q.shift-now<<kindBits>>q.shift >= slots {
		q.far.Push(entry, sooner)
		return
	}
	i := int(entry>>q.shift) & (slots - 1)
	q.soonest = min(q.soonest, entry)
	s, bit := &q.slots[i], uint64(1)<<(i&63)
	if q.used[i>>6]&bit == 0 {
		q.used[i>>6] |= bit
		s.first = entry
		return
	}
	s.first, entry = min(s.first, entry), max(s.first, entry)
	s.rest = append(s.rest, entry)
	list := s.rest
	k := len(list) - 1
	for k > 0 && list[k-1] < entry {
		list[k] = list[k-1]
		k--
	}
	list[k] = entry
}

// pop takes the first entry.
func (q *calendar) pop() int64 {
	q.count--
	if len(q.far) > 0 && q.far[0] < q.soonest {
		return q.far.Pop(sooner)
	}
	first := q.soonest
	i := int(first>>q.shift) & (slots - 1)
	s := &q.slots[i]
	if n := len(s.rest) - 1; n >= 0 {
		s.first = s.rest[n]
		s.rest = s.rest[:n]
		q.soonest = s.first
		return first
	}
	q.used[i>>6] &^= 1 << (i & 63)
	q.soonest = q.find(i)
	return first
}

// find is the first entry of the first slot that is used after one.
func (q *calendar) find(after int) int64 {
	word := after >> 6
	rest := q.used[word] >> (after & 63) << (after & 63)
	for range len(q.used) + 1 {
		if rest != 0 {
			return q.slots[word<<6+bits.TrailingZeros64(rest)].first
		}
		word = (word + 1) & (len(q.used) - 1)
		rest = q.used[word]
	}
	return never
}

// sooner orders entries by their time.
func sooner(a, b int64) bool { return a < b }

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

// retries are requests that will be tried again, by time and then by number.
type retries struct{ heap replay.Heap[retry] }

type retry struct {
	at      int64
	number  int64
	attempt int
	request replay.Request
}

func (r retry) before(other retry) bool {
	return r.at < other.at || r.at == other.at && r.number < other.number
}

func (r *retries) next() int64 {
	if len(r.heap) == 0 {
		return never
	}
	return r.heap[0].at
}

func (r *retries) push(one retry) { r.heap.Push(one, retry.before) }

func (r *retries) pop() retry { return r.heap.Pop(retry.before) }
