package trace

import (
	"math"
	"math/big"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// drain spreads one record.
func drain(s *spreader, r record) []int64 {
	s.add(r)
	var all []int64
	for at, ok := s.next(); ok; at, ok = s.next() {
		all = append(all, at)
	}
	return all
}

func TestSpreadKeepsCountAndInterval(t *testing.T) {
	for _, rule := range []Spread{Poisson, Even} {
		s := newSpreader(rule, 1)
		for _, count := range []int64{0, 1, 2, 63, 64, 65, 128, 1000, 12345} {
			for _, width := range []int64{0, 1, 2, 7, second, minute} {
				const at = 1_000
				all := drain(&s, record{at: at, width: width, count: count})
				if int64(len(all)) != count || !slices.IsSorted(all) {
					t.Fatalf("%s: %d of %d requests, in order: %t", rule, len(all), count, slices.IsSorted(all))
				}
				if count > 0 && (all[0] < at || all[count-1] > at+max(width-1, 0)) {
					t.Fatalf("%s: from %d to %d in an interval of %d at %d", rule, all[0], all[count-1], width, at)
				}
			}
		}
	}
}

// TestSkipPassesOverAsManyAsThereAre: whatever is skipped and drawn, in turns, the
// counts add up and nothing comes that was skipped.
func TestSkipPassesOverAsManyAsThereAre(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for _, rule := range []Spread{Poisson, Even} {
		for range 300 {
			s := newSpreader(rule, random.Uint64())
			r := record{at: random.Int64N(1000), width: 1 + random.Int64N(minute), count: random.Int64N(5000)}
			s.add(r)
			n, at := int64(0), r.at
			for {
				to := at + random.Int64N(r.width/3+2)
				passed, left := s.skip(to)
				n += passed
				at = to
				if !left {
					break
				}
				for range random.IntN(3) {
					next, ok := s.next()
					if !ok {
						break
					}
					if next < at || next >= r.at+r.width {
						t.Fatalf("%s: %d after %d of %+v", rule, next, at, r)
					}
					at = next
					n++
				}
			}
			if n != r.count {
				t.Fatalf("%s: %d of %d", rule, n, r.count)
			}
		}
	}
}

func TestASkippedTraceHasItsCounts(t *testing.T) {
	const text = "timestamp,count\n2024-01-01T00:00:00Z,60000\n2024-01-01T00:01:00Z,0\n2024-01-01T00:02:00Z,90000\n2024-01-01T00:03:00Z,1\n2024-01-01T00:04:00Z,120000\n"
	r, err := Open(strings.NewReader(text), Options{})
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []float64{60000, 0, 90000, 1} {
		if got := r.Skip(int64(i+1) * minute); got != want {
			t.Errorf("minute %d: %v were passed over, want %v", i, got, want)
		}
	}
	if got := r.Skip(4*minute + minute/2); math.Abs(got-60000) > 5*math.Sqrt(30000) {
		t.Errorf("%v in half of the last minute, want about 60000", got)
	}
	if at, ok := r.Next(); !ok || at < 4*minute+minute/2 || at > 4*minute+minute/2+second {
		t.Errorf("then comes %d, %t", at, ok)
	}
	if r.Skip(math.MaxInt64/2) < 50000 || r.Skip(math.MaxInt64/2) != 0 || r.Err() != nil {
		t.Errorf("the end: %v", r.Err())
	}
}

// TestPoissonSpreadIsUniform compares the distribution with the uniform one by
// the test of Kolmogorov and Smirnov, and the counts of parts with a binomial's.
func TestPoissonSpreadIsUniform(t *testing.T) {
	s := newSpreader(Poisson, 5)
	const count, width = 100_000, 1_000_000_000
	all := drain(&s, record{width: width, count: count})
	worst := 0.0
	for i, at := range all {
		worst = max(worst, math.Abs(float64(at)/width-(float64(i)+.5)/count))
	}
	if limit := 1.95 / math.Sqrt(count); worst > limit { // 1.95: one in a thousand
		t.Errorf("off a uniform distribution by %v, more than %v", worst, limit)
	}
	const parts = 1000
	var counts [parts]float64
	for _, at := range all {
		counts[at*parts/width]++
	}
	chi := 0.0
	for _, n := range counts {
		chi += (n - count/parts) * (n - count/parts) / (count / parts)
	}
	if math.Abs(chi-(parts-1)) > 4*math.Sqrt(2*(parts-1)) {
		t.Errorf("chi squared of %v for %d degrees of freedom", chi, parts-1)
	}
}

// TestSpreadNeedsLittleMemory spreads many requests and looks at what is held.
func TestSpreadNeedsLittleMemory(t *testing.T) {
	s := newSpreader(Poisson, 1)
	s.add(record{width: minute, count: 60e6})
	for range 1_000_000 {
		if _, ok := s.next(); !ok {
			t.Fatal("it ended")
		}
		if len(s.parts) > 64 || len(s.ready) > few {
			t.Fatalf("%d parts, %d moments", len(s.parts), len(s.ready))
		}
	}
}

// TestExponentialSums computes the constants of the exponential numbers anew.
func TestExponentialSums(t *testing.T) {
	const precision = 200
	float := func(x float64) *big.Float { return new(big.Float).SetPrec(precision).SetFloat64(x) }
	// ln 2 = 2 (1/3 + 1/3^3/3 + 1/3^5/5 + …)
	log := float(0)
	power := new(big.Float).Quo(float(2), float(3))
	for i := 1; i < 140; i += 2 {
		log.Add(log, new(big.Float).Quo(power, float(float64(i))))
		power.Quo(power, float(9))
	}
	sum, term := float(0), float(1)
	for i, want := range sums() {
		term.Mul(term, log)
		term.Quo(term, float(float64(i+1)))
		sum.Add(sum, term)
		got, _ := new(big.Float).SetMantExp(sum, 64).Uint64()
		if got != want {
			t.Errorf("sum %d is %#x, want %#x", i+1, want, got)
		}
	}
}

// TestExponential compares the distribution with the exponential one.
func TestExponential(t *testing.T) {
	random := rand.NewPCG(1, 2)
	const n = 200_000
	all := make([]float64, n)
	for i := range all {
		all[i] = float64(exponential(random)) / (1 << exponentialBits)
	}
	slices.Sort(all)
	worst := 0.0
	for i, x := range all {
		worst = max(worst, math.Abs(-math.Expm1(-x)-(float64(i)+.5)/n))
	}
	if limit := 1.95 / math.Sqrt(n); worst > limit {
		t.Errorf("off an exponential distribution by %v, more than %v", worst, limit)
	}
}

// TestMeanGaps draws gaps of means that are far apart.
func TestMeanGaps(t *testing.T) {
	random := rand.NewPCG(3, 4)
	for _, mean := range []float64{1000, 1e6, 1.5e9, 2.6e15, 1e17} {
		gap := newMeanGap(mean)
		const n = 100_000
		sum := 0.0
		for range n {
			d := gap.draw(random)
			if d < 0 {
				t.Fatalf("a gap of %d", d)
			}
			sum += float64(d)
		}
		if got := sum / n; math.Abs(got/mean-1) > 4/math.Sqrt(n) {
			t.Errorf("a mean of %v, want %v", got, mean)
		}
	}
}

func TestGCD(t *testing.T) {
	if gcd(0, 60) != 60 || gcd(300, 120) != 60 {
		t.Error(gcd(0, 60), gcd(300, 120))
	}
}
