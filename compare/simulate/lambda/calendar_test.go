package lambda

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// TestCalendarIsInOrder holds a calendar against a sorted list, with times near and
// far, and many at once.
func TestCalendarIsInOrder(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for _, mean := range []float64{0, 1, 1000, 50e6, 1e12} {
		q, far := newCalendar(mean), 0
		var want []int64
		now := int64(0)
		for range 30000 {
			if len(want) == 0 || len(want) < 3000 && random.IntN(100) < 51 {
				after := int64(random.ExpFloat64() * mean)
				switch random.IntN(50) {
				case 0:
					after *= 100
				case 1:
					after = 0
				}
				entry := (now+after)<<kindBits | random.Int64N(3)
				q.push(now, entry)
				far = max(far, len(q.far))
				i, _ := slices.BinarySearch(want, entry)
				want = slices.Insert(want, i, entry)
				continue
			}
			if got := q.next(); got != want[0]>>kindBits {
				t.Fatalf("mean %v: next is %d, want %d", mean, got, want[0]>>kindBits)
			}
			if got := q.pop(); got != want[0] {
				t.Fatalf("mean %v: %d comes first, want %d", mean, got, want[0])
			}
			now = want[0] >> kindBits
			want = want[1:]
			if q.count != len(want) {
				t.Fatalf("mean %v: %d entries, want %d", mean, q.count, len(want))
			}
		}
		if mean > 1000 && far == 0 {
			t.Errorf("mean %v: nothing was far off", mean)
		}
		for len(want) > 0 {
			if got := q.pop(); got != want[0] {
				t.Fatalf("mean %v: %d comes first, want %d", mean, got, want[0])
			}
			want = want[1:]
		}
		if q.next() != never || q.count != 0 {
			t.Errorf("mean %v: empty, and yet there is one at %d", mean, q.next())
		}
	}
}
