// Package histogram counts numbers fast before they go into an HDR histogram of
// three digits: finding the cell of a number takes a few instructions, and MoveTo
// moves the counts later.
//
//	var counter histogram.Counter
//	counter.Add(latency)
//	counter.MoveTo(hdr)
package histogram

import (
	"math/bits"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// Counter counts numbers from 0 on. The first 2,048 have a cell each; from there on
// each octave, from a power of two to the next, has 1,024. The zero Counter is
// empty. It is large, but pages that nothing was counted in take no memory.
type Counter struct {
	used   uint64 // a bit for each octave, the first for all that is below it
	counts [(octaves + 1) << octaveBits]int64
}

const (
	octaveBits = 10
	octaves    = 63 - octaveBits // of numbers that are not negative
)

// Cell is the cell of a number: cells have numbers, and rise.
func Cell(n int64) int {
	octave := octaveOf(n)
	return octave<<octaveBits + int(n>>octave)
}

func octaveOf(n int64) int {
	return (bits.Len64(uint64(n)|(2<<octaveBits-1)) - (octaveBits + 1)) & 63
}

// Add counts a number, and returns its cell.
func (c *Counter) Add(n int64) (cell int) {
	octave := octaveOf(n)
	c.used |= 1 << octave
	cell = octave<<octaveBits + int(n>>octave)
	c.counts[cell]++
	return cell
}

// AddTimes counts a number several times.
func (c *Counter) AddTimes(n, times int64) {
	if times > 0 {
		c.counts[c.Add(n)] += times - 1
	}
}

// MoveTo moves the counts to a histogram, which has three digits or less.
// Numbers beyond its range are lost, as they are where it is given them one by one.
func (c *Counter) MoveTo(h *hdrhistogram.Histogram) {
	for ; c.used != 0; c.used &= c.used - 1 {
		octave := bits.TrailingZeros64(c.used)
		from := 1 << octaveBits
		if octave == 0 {
			from = 0
		}
		for i := from; i < 2<<octaveBits; i++ {
			if n := &c.counts[octave<<octaveBits+i]; *n > 0 {
				_ = h.RecordValues(int64(i)<<octave, *n)
				*n = 0
			}
		}
	}
}
