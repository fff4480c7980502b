package kubernetes

import (
	"cmp"
	"math/rand/v2"
	"slices"
	"testing"
)

// TestTurns: the first of all domains is found, the lower one where two are
// equal, while they change and are added.
func TestTurns(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	for round := range 200 {
		turns := newTurns()
		leaves, most := 1, 9
		if round%10 == 0 {
			most = 900
		}
		when := []int64{never}
		for range 300 {
			if r.IntN(30) == 0 {
				leaves += r.IntN(most)
				turns.grow(leaves)
				for len(when) < leaves {
					when = append(when, never)
				}
			}
			at := int64(r.IntN(50))
			switch n := r.IntN(4); {
			case n == 0:
				at = never
			case n == 1 && round%3 == 0:
				at = late - 20 + int64(r.IntN(50)) // so late that keys do not tell them apart
			}
			i := r.IntN(leaves)
			turns.set(i, at)
			when[i] = at
			want := 0
			for i, at := range when {
				if at < when[want] {
					want = i
				}
			}
			if leaf, at := turns.leaf, turns.at; leaf != want || at != when[want] {
				t.Fatalf("domain %d at %d is first, want %d at %d: %v", leaf, at, want, when[want], when)
			}
		}
	}
}

// TestWaits: what waits comes out in order, whether it went in so or not.
func TestWaits(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	w := newWaits()
	var in []int64
	for i := range 20_000 {
		if r.IntN(5) > 1 || len(in) == 0 {
			at := int64(i + r.IntN(1+200*r.IntN(2)))
			w.push(at, int32(at))
			in = append(in, at)
			slices.Sort(in)
			continue
		}
		next := w.first
		if got := int64(w.pop()); next != in[0] || got != in[0] {
			t.Fatalf("%d and %d come first, want %d", next, got, in[0])
		}
		in = in[1:]
	}
	if w.size == 0 || w.count == 0 {
		t.Error("the ring or the heap was not used")
	}
}

// plain is a heap as in a textbook: what comes out first among equals is its
// doing, and results depend on it.
type plain []wait

func (h *plain) push(entry wait) {
	list := append(*h, entry)
	for i := len(list) - 1; i > 0 && list[i].at < list[(i-1)/2].at; i = (i - 1) / 2 {
		list[i], list[(i-1)/2] = list[(i-1)/2], list[i]
	}
	*h = list
}

func (h *plain) pop() int32 {
	list := *h
	first, last := list[0], len(list)-1
	list[0] = list[last]
	list = list[:last]
	for i, child := 0, 1; child < last; i, child = child, 2*child+1 {
		if child+1 < last && list[child+1].at < list[child].at {
			child++
		}
		if list[child].at >= list[i].at {
			break
		}
		list[i], list[child] = list[child], list[i]
	}
	*h = list
	return first.request
}

// TestWaitsOfOneTime: which of many waits that end at once is the first.
func TestWaitsOfOneTime(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 1))
	for range 50 {
		w, want := newWaits(), plain{}
		w.push(never-1, -2) // all others are before it, and so in the heap
		for i := range int32(2000) {
			if n := r.IntN(9); n < 4 || n < 6 && i%500 < 250 || len(want) == 0 {
				entry := wait{at: int64(r.IntN(6)), request: i}
				w.push(entry.at, i)
				want.push(entry)
			} else if first, got := want.pop(), w.pop(); got != first {
				t.Fatalf("%d comes out, want %d", got, first)
			}
		}
	}
}

// TestCalendar: events come out by time, and those of one time as they went in.
func TestCalendar(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	var c calendar
	var want []event
	for i := range 2000 {
		at := int64(r.IntN(100))
		c.add(at, running, int32(i), 0)
		want = append(want, event{at: at, order: int64(i + 1), kind: running, which: int32(i)})
	}
	slices.SortStableFunc(want, func(a, b event) int { return cmp.Compare(a.at, b.at) })
	for i := range want {
		if got := c.pop(); got != want[i] {
			t.Fatalf("event %d is %+v, want %+v", i, got, want[i])
		}
	}
	if c.next() != never {
		t.Error("events are left")
	}
}
