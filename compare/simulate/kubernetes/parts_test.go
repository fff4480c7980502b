package kubernetes

import (
	"cmp"
	"math/rand/v2"
	"slices"
	"testing"
)

// TestTournament: the first of all leaves wins, the lower one where two are
// equal, while leaves change and are added.
func TestTournament(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	for range 200 {
		var game tournament
		leaves := 1
		game.grow(leaves)
		for range 300 {
			if r.IntN(30) == 0 {
				leaves += r.IntN(9)
				game.grow(leaves)
			}
			at := int64(r.IntN(50))
			if r.IntN(4) == 0 {
				at = never
			}
			game.set(r.IntN(leaves), at)
			want := 0
			for i, at := range game.when {
				if at < game.when[want] {
					want = i
				}
			}
			if leaf, at := game.first(); leaf != want || at != game.when[want] {
				t.Fatalf("leaf %d at %d is first, want %d at %d: %v", leaf, at, want, game.when[want], game.when)
			}
		}
	}
}

// TestWaits: what waits comes out in order, whether it went in so or not.
func TestWaits(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	var w waits
	var in []int64
	for i := range 20_000 {
		if r.IntN(5) > 1 || len(in) == 0 {
			at := int64(i + r.IntN(1+200*r.IntN(2)))
			w.push(at, int32(at))
			in = append(in, at)
			slices.Sort(in)
			continue
		}
		if next, got := w.next(), int64(w.pop()); next != in[0] || got != in[0] {
			t.Fatalf("%d and %d come first, want %d", next, got, in[0])
		}
		in = in[1:]
	}
	if len(w.heap) == 0 || w.count == 0 {
		t.Error("the ring or the heap was not used")
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
