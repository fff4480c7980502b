package cost

import (
	"encoding/csv"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"ambi/compare/demand"
	"ambi/spec"
)

func TestColdStartsAgainstSimFaaS(t *testing.T) {
	// Published for Poisson arrivals of .9/s, 1.991 s of service and 10 minutes
	// of keep-alive: p(cold) .00135, 7.66 instances. An estimate, so within a tenth.
	starts, alive := environments(.9, 1.991, 600, 600, 0)
	if p := starts / .9; math.Abs(p/.00135-1) > .1 {
		t.Errorf("p(cold) %.5f, published .00135", p)
	}
	if math.Abs(alive/7.66-1) > .1 {
		t.Errorf("%.2f instances, published 7.66", alive)
	}
}

func TestColdStartsAtLowRates(t *testing.T) {
	// exp(-rate x keepAlive) + rate x busy
	for _, rate := range []float64{1e-5, 1e-4, 1e-3, 3e-3} {
		starts, _ := environments(rate, .5, 600, 600, 0)
		want := math.Exp(-rate*600) + rate*.5
		if got := starts / rate; math.Abs(got/want-1) > .01 {
			t.Errorf("at %v/s: p(cold) %v, want %v", rate, got, want)
		}
	}
}

// The sum and the integral that replaces it agree where one ends and the other begins.
func TestColdStartsOfManyEnvironments(t *testing.T) {
	for _, load := range []float64{8, 16, 100, 1000} {
		blocking, starts, alive := 1.0, 0.0, 0.0
		for k := 1.0; load*blocking*360 > 1e-6; k++ {
			starts += load * blocking * math.Exp(-load*blocking*360)
			alive += 1 - math.Exp(-load*blocking*360)
			blocking = load * blocking / (k + load*blocking)
		}
		gotStarts, gotAlive := manyEnvironments(load, load, 360, 360)
		if math.Abs(gotStarts/starts-1) > .04 || math.Abs(gotAlive/alive-1) > .02 {
			t.Errorf("load %v: %v starts a second and %v alive, want %v and %v", load, gotStarts, gotAlive, starts, alive)
		}
	}
}

// Where provisioned environments take the first places, the long way and the
// short one agree too, and each more leaves fewer to start.
func TestColdStartsBesideProvisioned(t *testing.T) {
	for _, load := range []float64{.5, 4, 9, 40, 1000} {
		before := math.Inf(1)
		for _, ready := range []float64{0, math.Floor(load / 2), math.Floor(load), math.Ceil(load + math.Sqrt(load)), math.Ceil(load + 3*math.Sqrt(load))} {
			starts, alive := sumEnvironments(load, load, 360, 360, ready, 0, 1)
			gotStarts, gotAlive := environments(load, 1, 360, 360, int(ready))
			if math.Abs(gotStarts/starts-1) > .05 || math.Abs(gotAlive-alive) > .02*(alive+ready) {
				t.Errorf("load %v, %v ready: %v starts a second and %v alive, want %v and %v", load, ready, gotStarts, gotAlive, starts, alive)
			}
			if gotStarts > before*1.05 {
				t.Errorf("load %v: %v starts a second with %v ready, %v with fewer", load, gotStarts, ready, before)
			}
			before = gotStarts
		}
	}
}

// TestColdStartsAgainstMeasurements compares with what was measured on AWS
// about 2021 (lambda-measured.csv of pacslab/simfaas, MIT), which is not part
// of this repository.
func TestColdStartsAgainstMeasurements(t *testing.T) {
	dir := os.Getenv("AMBI_DATA")
	if dir == "" {
		t.Skip("AMBI_DATA does not name the folder with lambda-measured.csv, which github.com/pacslab/simfaas has")
	}
	file, err := os.Open(filepath.Join(dir, "lambda-measured.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	rows, err := csv.NewReader(file).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	number := func(s string) float64 {
		x, err := strconv.ParseFloat(s, 64)
		if err != nil {
			t.Fatal(err)
		}
		return x
	}
	off, offAlive := 0.0, 0.0
	for _, row := range rows[1:] {
		rate, warm, expiry := number(row[1]), number(row[2])/1e3, number(row[4])*60
		starts, alive := environments(rate, warm, expiry, expiry, 0)
		off += math.Abs(starts/rate/number(row[7]) - 1)
		offAlive += math.Abs(alive/number(row[5]) - 1)
	}
	n := float64(len(rows) - 1)
	t.Logf("mean error of p(cold) %.1f %%, of instances %.1f %%, over %v measurements", 100*off/n, 100*offAlive/n, n)
	if off/n > .25 || offAlive/n > .1 {
		t.Errorf("mean errors of %.1f %% and %.1f %%", 100*off/n, 100*offAlive/n)
	}
}

func TestColdStartsFollowTheShape(t *testing.T) {
	starts := func(shape spec.Shape, peak, rate float64, keepAlive time.Duration) float64 {
		u := demand.Usage{Shape: shape}
		if peak > 1 {
			u.PeakToMean = demand.Known(peak)
		}
		return coldStarts(resolve(t, u).Profile, rate, 100*time.Millisecond, keepAlive, 0)
	}
	// Bursts of 5 minutes every 250 at 50 times 1/s: about 5 at once and a few more for the ups and
	// downs, all gone between bursts: some 12 for each of 2,628,000 / 15,000 = 175 bursts.
	if got := starts(spec.Sporadic, 50, 1, 6*time.Minute); got < 10*175 || got > 30*175 {
		t.Errorf("sporadic: %v starts", got)
	}
	// Kept for longer than the pause they would all still be there.
	if long, short := starts(spec.Sporadic, 50, 1, 5*time.Hour), starts(spec.Sporadic, 50, 1, 6*time.Minute); long > short/10 {
		t.Errorf("kept for 5 hours: %v starts, for 6 minutes %v", long, short)
	}
	// A day's rise and fall starts the difference once a day; even traffic does not.
	if day, even := starts(spec.Diurnal, 2, 1000, 6*time.Minute), starts(spec.Steady, 1, 1000, 6*time.Minute); day < even+30*150 {
		t.Errorf("diurnal: %v starts, steady %v", day, even)
	}
	random := rand.New(rand.NewPCG(1, 1))
	for range 500 {
		rate := math.Exp(random.Float64()*20 - 12)
		shape := []spec.Shape{spec.Steady, spec.Diurnal, spec.Bursty, spec.Sporadic}[random.IntN(4)]
		got := starts(shape, 1, rate, time.Duration(1+random.IntN(3600))*time.Second)
		if !(got >= 0 && got <= rate*demand.SecondsPerMonth*(1+1e-5)) {
			t.Fatalf("%s at %v/s: %v starts of %v requests", shape, rate, got, rate*demand.SecondsPerMonth)
		}
	}
}
