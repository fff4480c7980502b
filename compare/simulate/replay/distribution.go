package replay

import (
	"fmt"
	"math"
	"math/bits"

	"ambi/internal/portable"
)

// Distribution turns a random number into a value, by inverting the
// distribution function: a table of its quantiles, with straight lines between
// them. The zero Distribution is the constant 0.
//
// The table is finer towards both ends: each octave of the probability, from
// either side, is cut into the same number of cells, so that the 99.9999th
// percentile is as exact as the median. What is rarer than 1 in 2^40 is cut
// off.
type Distribution struct {
	constant int64 // where there are no cells
	cells    *cells
	mean     float64
}

// cells are both sides of the probability, octave by octave.
type cells [2 * octaves << cellBits]cell

// cell is the quantiles from one end of a cell to the other: it begins at the
// end that is nearer to the tail, and goes up or down from there.
type cell struct{ from, width int64 }

const (
	octaves  = 40
	cellBits = 6 // 64 cells an octave
)

// At is the value for a random number: u / 2^64 is the probability.
func (d *Distribution) At(u uint64) int64 {
	if d.cells == nil {
		return d.constant
	}
	return d.cells.at(u)
}

func (table *cells) at(u uint64) int64 {
	i, rest := place(u)
	return table[i].at(rest, u)
}

// place is the cell of a random number, and where it is in it.
func place(u uint64) (cell uint, rest uint64) {
	// Both halves without a branch, which would be mispredicted half of the time.
	upper := int64(u) >> 63                       // -1 in the upper half
	tail := max(u^uint64(upper), 1<<(63-octaves)) // the distance from the nearer end
	length := uint(bits.Len64(tail))              // 63 where it is 1/4 to 1/2
	rest = tail << (65 - length)                  // without the leading one
	return uint(upper)&(octaves<<cellBits) + (63-length)<<cellBits + uint(rest>>(64-cellBits)), rest << cellBits
}

// at is the value at a place in the cell; u says which half it is of.
func (c *cell) at(rest, u uint64) int64 {
	part, _ := bits.Mul64(uint64(c.width), rest)
	upper := int64(u) >> 63
	return c.from + (int64(part) ^ upper - upper)
}

// Mean is the distribution's mean, in the unit of its values, as the table has
// it.
func (d Distribution) Mean() float64 {
	if d.cells == nil {
		return float64(d.constant)
	}
	return d.mean
}

// Variance is the distribution's variance, as the table has it.
func (d Distribution) Variance() float64 {
	if d.cells == nil {
		return 0
	}
	sum := 0.0
	for i, c := range d.cells {
		side, octave := i/(octaves<<cellBits), i>>cellBits%octaves
		// Of a straight line from a to b, off the mean.
		a := float64(c.from) - d.mean
		b := a + float64(c.width)
		if side == 1 {
			b = a - float64(c.width)
		}
		step := math.Ldexp(1, -octave-2-cellBits)
		sum += float64(step * (float64(a*a) + float64(a*b) + float64(b*b)) / 3)
	}
	return sum
}

// Constant is always the same value.
func Constant(value int64) Distribution { return Distribution{constant: value} }

// Exponential has a mean, and no memory.
func Exponential(mean float64) Distribution {
	return fromQuantiles(func(tail float64, upper bool) float64 {
		if upper {
			return -mean * portable.Ln(tail)
		}
		return -mean * portable.Ln(1-tail)
	})
}

// Lognormal has a mean, and a coefficient of variation: the standard deviation
// as a part of the mean.
func Lognormal(mean, variation float64) Distribution {
	if variation <= 0 {
		return Constant(int64(math.Round(mean)))
	}
	square := portable.Ln(1 + float64(variation*variation))
	return fromQuantiles(portable.Lognormal{Mu: portable.Ln(mean) - float64(square/2), Sigma: math.Sqrt(square)}.Quantile)
}

// LognormalThrough is the lognormal distribution with this median and this 99th percentile,
// which is at least the median. Both are positive.
func LognormalThrough(p50, p99 float64) Distribution {
	return fromQuantiles(portable.LognormalThrough(p50, p99).Quantile)
}

// Quantile is one point of a measured distribution.
type Quantile struct {
	Probability float64 // 0 for the smallest value, 1 for the largest
	Value       int64
}

// Empirical goes through measured quantiles, with straight lines between them.
// They are in order, from probability 0 to 1, and never fall.
func Empirical(quantiles []Quantile) (Distribution, error) {
	last := len(quantiles) - 1
	if last < 1 || quantiles[0].Probability != 0 || quantiles[last].Probability != 1 {
		return Distribution{}, fmt.Errorf("quantiles must go from probability 0 to 1")
	}
	for i, q := range quantiles[1:] {
		if !(q.Probability > quantiles[i].Probability) || q.Value < quantiles[i].Value || quantiles[i].Value < 0 {
			return Distribution{}, fmt.Errorf("quantiles must rise: %v after %v", q, quantiles[i])
		}
	}
	return fromQuantiles(func(tail float64, upper bool) float64 {
		p := tail
		if upper {
			p = 1 - tail
		}
		i := 1
		for i < last && quantiles[i].Probability < p {
			i++
		}
		a, b := quantiles[i-1], quantiles[i]
		part := (p - a.Probability) / (b.Probability - a.Probability)
		return float64(a.Value) + float64(part*float64(b.Value-a.Value))
	}), nil
}

// Measured goes through measured quantiles like Empirical, but lies between two
// of them as a lognormal distribution would: that is nearer to the truth for
// times, which crowd around their median and have a long tail. The smallest and
// the largest value are taken for those of n measurements. Values are positive.
func Measured(quantiles []Quantile, n int) (Distribution, error) {
	if _, err := Empirical(quantiles); err != nil {
		return Distribution{}, err
	}
	if quantiles[0].Value < 1 || n < 1 {
		return Distribution{}, fmt.Errorf("quantiles must be positive, and of one measurement at least")
	}
	type point struct{ deviations, logarithm float64 }
	normal := func(p float64) float64 {
		if p > .5 {
			return portable.Probit(1-p, true)
		}
		return portable.Probit(p, false)
	}
	points := make([]point, len(quantiles))
	end := 1 / float64(2*n)
	for i, q := range quantiles {
		points[i] = point{normal(min(max(q.Probability, end), 1-end)), portable.Ln(float64(q.Value))}
		if i > 0 && !(points[i].deviations > points[i-1].deviations) {
			return Distribution{}, fmt.Errorf("%d measurements have no quantile as far out as those next to the ends", n)
		}
	}
	return fromQuantiles(func(tail float64, upper bool) float64 {
		z := portable.Probit(tail, upper)
		i := 1
		for i < len(points)-1 && points[i].deviations < z {
			i++
		}
		a, b := points[i-1], points[i]
		part := min(1, max(0, (z-a.deviations)/(b.deviations-a.deviations)))
		return portable.Exp(a.logarithm + float64(part*(b.logarithm-a.logarithm)))
	}), nil
}

// Plus adds a constant to a distribution.
func (d Distribution) Plus(value int64) Distribution {
	if d.cells == nil {
		return Constant(d.constant + value)
	}
	sum := Distribution{mean: d.mean + float64(value), cells: new(cells)}
	for i, c := range d.cells {
		sum.cells[i] = cell{c.from + value, c.width}
	}
	return sum
}

// Times multiplies a distribution by a factor that is not negative.
func (d Distribution) Times(factor float64) Distribution {
	scale := func(value int64) int64 { return int64(math.Round(float64(value) * factor)) }
	if d.cells == nil {
		return Constant(scale(d.constant))
	}
	product := Distribution{mean: d.mean * factor, cells: new(cells)}
	for i, c := range d.cells {
		product.cells[i] = cell{scale(c.from), scale(c.width)}
	}
	return product
}

// fromQuantiles fills the table: quantile is given a probability by its
// distance from the nearer end.
func fromQuantiles(quantile func(tail float64, upper bool) float64) Distribution {
	d := Distribution{cells: new(cells)}
	at := func(tail float64, upper bool) int64 {
		return max(0, int64(math.Round(min(quantile(tail, upper), math.MaxInt64/4))))
	}
	for side := range 2 {
		for octave := range octaves {
			for i := range 1 << cellBits {
				// Octave 0 is the probabilities from 1/4 to 1/2.
				size := math.Ldexp(1, -octave-2)
				step := float64(size / (1 << cellBits))
				tail := size + float64(float64(i)*step)
				outer, inner := at(tail, side == 1), at(tail+step, side == 1)
				width := inner - outer
				if side == 1 {
					width = -width
				}
				d.cells[(side*octaves+octave)<<cellBits+i] = cell{outer, max(0, width)}
				d.mean += float64(step * (float64(float64(outer)/2) + float64(float64(inner)/2)))
			}
		}
	}
	return d
}
