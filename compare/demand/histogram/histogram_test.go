package histogram

import (
	"math"
	"math/bits"
	"math/rand/v2"
	"testing"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// TestMoveTo: what was counted is in the histogram as if it had been recorded
// there, whatever digits and smallest number that has.
func TestMoveTo(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	var counter Counter
	for digits := 1; digits <= 3; digits++ {
		for _, least := range []int64{1, 1000} {
			got := hdrhistogram.New(least, math.MaxInt64/2, digits)
			want := hdrhistogram.New(least, math.MaxInt64/2, digits)
			values := []int64{0}
			for bit := range 62 {
				power := int64(1) << bit
				values = append(values, power, power-1, power/2*3, random.Int64N(power), random.Int64N(power))
			}
			for range 3 {
				for _, value := range values {
					counter.Add(value)
					if err := want.RecordValue(value); err != nil {
						t.Fatal(err)
					}
				}
				counter.MoveTo(got)
				if !got.Equals(want) {
					t.Fatalf("%d digits from %d on: %v, want %v", digits, least, got.Distribution(), want.Distribution())
				}
			}
		}
	}
	counter.Add(math.MaxInt64)
}

// TestCells: a sixteenth of an octave is 64 cells, which rise.
func TestCells(t *testing.T) {
	last := -1
	for n := int64(1024); n < 1<<20; n += 1 + n/3000 {
		cell := Cell(n)
		octave := bits.Len64(uint64(n)) - 1
		if want := (octave-10)<<4 + int(n>>(octave-4))&15; cell>>6-16 != want || cell < last {
			t.Fatalf("%d is in cell %d, of which %d is to be %d", n, cell, cell>>6-16, want)
		}
		last = cell
	}
}
