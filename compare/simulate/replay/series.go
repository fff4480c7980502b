package replay

import (
	"slices"

	"ambi/compare/demand/histogram"
)

// Point is what happened in one stretch of a run.
type Point struct {
	At       int64 `json:"at"`     // nanoseconds since the trace began
	Length   int64 `json:"length"` // nanoseconds
	Requests int64 `json:"requests"`
	// By class; see Result.Outcomes for the causes.
	Served    int64         `json:"served"`
	Throttled int64         `json:"throttled"`
	TimedOut  int64         `json:"timedOut"`
	Failed    int64         `json:"failed"`
	P50       int64         `json:"p50"` // of the latency, nanoseconds, to 2 %; 0 where no request ended
	P99       int64         `json:"p99"`
	Meters    MeterTotals   `json:"meters"`
	Gauges    GaugeLevels   `json:"gauges"`
	Outcomes  OutcomeCounts `json:"outcomes"`
}

// Level is a gauge over some time.
type Level struct {
	Mean    float64 `json:"mean"`
	Max     int64   `json:"max"`
	Seconds float64 `json:"seconds"` // level x time: node-seconds, replica-seconds, …
}

// series is the points of a run, each as wide as the others. When there are
// too many, the width grows and points are added together.
type series struct {
	width   int64
	buckets []bucket
}

// bucket is a point while it is being added to.
type bucket struct {
	start, length int64
	arrived       int64
	outcomes      OutcomeCounts
	meters        MeterTotals
	areas         [Gauges]float64
	peaks         [Gauges]int64
	latency       sketch
}

// maxBuckets is how many points a series has at most. Widths grow by 3 to 6,
// so there are some 300 of a long run at least.
const maxBuckets = 1800

// widths are the widths that a series may have, each a multiple of the one before.
func widths() []int64 {
	const second = int64(1e9)
	return []int64{
		second, 5 * second, 15 * second, 60 * second, 300 * second, 900 * second, 3600 * second, 4 * 3600 * second, 24 * 3600 * second,
	}
}

// wider is the first width that is no less than some.
func wider(least int64) int64 {
	for _, width := range widths() {
		if width >= least {
			return width
		}
	}
	day := widths()[len(widths())-1]
	return (least + day - 1) / day * day
}

func newSeries(least int64) series {
	return series{width: wider(least), buckets: make([]bucket, 0, maxBuckets)}
}

// add adds a bucket, which lies within one point of the series.
func (s *series) add(b *bucket) {
	for b.start/s.width >= maxBuckets {
		s.widen()
	}
	if last := len(s.buckets) - 1; last >= 0 && s.buckets[last].start/s.width == b.start/s.width {
		s.buckets[last].merge(b)
		return
	}
	s.buckets = append(s.buckets, *b)
}

// cover makes the points of a whole run beforehand, for buckets that come in
// any order.
func (s *series) cover(span int64) {
	s.width = wider(max(s.width, minute, (span+maxBuckets-1)/maxBuckets))
	s.buckets = make([]bucket, (span+s.width-1)/s.width)
	for i := range s.buckets {
		s.buckets[i].start = int64(i) * s.width
	}
}

// put adds a bucket to a run that was covered.
func (s *series) put(b *bucket) { s.buckets[b.start/s.width].merge(b) }

// widen takes the next width and merges what falls together.
func (s *series) widen() {
	s.width = wider(s.width + 1)
	kept := s.buckets[:0]
	for i := range s.buckets {
		b := &s.buckets[i]
		if last := len(kept) - 1; last >= 0 && kept[last].start/s.width == b.start/s.width {
			kept[last].merge(b)
		} else {
			kept = append(kept, *b)
		}
	}
	s.buckets = kept
}

// merge adds the bucket that follows.
func (b *bucket) merge(next *bucket) {
	b.length += next.length
	b.arrived += next.arrived
	for i, n := range next.outcomes {
		b.outcomes[i] += n
	}
	for i, n := range next.meters {
		b.meters[i] += n
	}
	for i := range next.areas {
		b.areas[i] += next.areas[i]
		b.peaks[i] = max(b.peaks[i], next.peaks[i])
	}
	for i, n := range next.latency {
		b.latency[i] += n
	}
}

func (s *series) points() []Point {
	points := make([]Point, len(s.buckets))
	for i := range s.buckets {
		b := &s.buckets[i]
		p := &points[i]
		*p = Point{
			At: b.start, Length: b.length, Requests: b.arrived, Outcomes: b.outcomes, Meters: b.meters,
			P50: b.latency.quantile(50, 100), P99: b.latency.quantile(99, 100),
		}
		for o, n := range b.outcomes {
			switch Outcome(o).Class() {
			case Answered:
				p.Served += n
			case Throttled:
				p.Throttled += n
			case TimedOut:
				p.TimedOut += n
			case Failed:
				p.Failed += n
			}
		}
		for g := range p.Gauges {
			p.Gauges[g] = Level{Max: b.peaks[g], Seconds: b.areas[g] / 1e9}
			if b.length > 0 {
				p.Gauges[g].Mean = b.areas[g] / float64(b.length)
			}
		}
	}
	return slices.Clip(points)
}

// sketch is a coarse histogram of latencies that is small enough to have one a
// point: 16 cells an octave, so that a value in the middle of its cell is at
// most 3.2 % off, from a microsecond to half an hour.
type sketch [sketchCells]uint32

const (
	sketchBits  = 4
	sketchFirst = 10 // octaves below: up to 1,024 ns
	sketchCells = 31 << sketchBits
)

// record counts a value by its cell in a histogram.Counter, of which 64 are a cell here.
func (s *sketch) record(cell int) { s[sketchCell(cell)]++ }

func sketchCell(cell int) int { return min(max(cell>>6-1<<sketchBits, 0), sketchCells-1) }

// count is how many values were recorded.
func (s *sketch) count() float64 {
	sum := 0.0
	for _, n := range s {
		sum += float64(n)
	}
	return sum
}

// beyond is the part of the values that are larger than one; within a cell they are
// taken to be spread evenly.
func (s *sketch) beyond(value int64) float64 {
	cell := sketchCell(histogram.Cell(value))
	low, width := sketchRange(cell)
	sum := float64(s[cell]) * min(1, max(0, float64(low+width-value)/float64(width)))
	for _, n := range s[cell+1:] {
		sum += float64(n)
	}
	return share(sum, s.count())
}

// sketchRange is where a cell begins, and how wide it is.
func sketchRange(cell int) (low, width int64) {
	width = int64(1) << (cell>>sketchBits + sketchFirst - sketchBits)
	return int64(1<<sketchBits|cell&(1<<sketchBits-1)) * width, width
}

// quantile is the value that part / of of the recorded ones do not exceed.
func (s *sketch) quantile(part, of uint64) int64 {
	total := uint64(0)
	for _, n := range s {
		total += uint64(n)
	}
	if total == 0 {
		return 0
	}
	rank, seen := (total*part+of-1)/of, uint64(0)
	for i, n := range s {
		if seen += uint64(n); seen >= rank {
			low, width := sketchRange(i)
			return low + width/2
		}
	}
	return 0
}
