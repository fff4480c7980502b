// Package core says how fast a core of this machine is beside a reference core, so that CPU
// time measured here can be told in time of that core.
//
// It runs encoders of Go's standard library whose times on cores of EC2 are published, by the
// same calls on the same amount of random bytes, and compares. The encoders do not agree
// exactly on how much faster one core is than another, and an app does other work than
// they do: the factor's range is that of the encoders, and an app's own factor may lie outside it.
package core

import (
	"context"
	"crypto/rand"
	"encoding/base32"
	"encoding/base64"
	"encoding/hex"
	"math"
	"runtime"
	"strings"
	"time"

	"ambi/internal/problem"
)

// Reference is a core whose speed is published.
type Reference struct {
	Name string `json:"name"` // such as c7g
	What string `json:"what"` // such as Graviton3
	// Source is where its figures are published, with the date and the version of Go.
	Source string `json:"source"`

	nanoseconds [loops]float64 // of encoding 64 KiB, in the order of encoders
}

// size is how many bytes are encoded at once.
const size = 64 << 10

const loops = 3

// encoder is a loop that measures a core.
type encoder struct {
	name string
	run  func([]byte)
}

func encoders() [loops]encoder {
	return [loops]encoder{
		{"base64", func(b []byte) { base64.StdEncoding.EncodeToString(b) }},
		{"base32", func(b []byte) { base32.StdEncoding.EncodeToString(b) }},
		{"hex", func(b []byte) { hex.EncodeToString(b) }},
	}
}

// References are the cores that can be compared with, the default first: that of the nodes
// that compare assumes, m7g, is a c7g's.
//
// Source: BenchmarkEncode/64KiB-std_base64, -std_base32 and -std_hex in
// github.com/skerkour/go-benchmarks, results/aws_c7g_4xlarge.txt and results/aws_c7i_4xlarge.txt.
func References() []Reference {
	const source = "github.com/skerkour/go-benchmarks, results/aws_NAME_4xlarge.txt, January 2024, Go 1.21.6"
	of := func(name, what string, nanoseconds ...float64) Reference {
		return Reference{name, what, strings.Replace(source, "NAME", name, 1), [loops]float64(nanoseconds)}
	}
	return []Reference{
		of("c7g", "Graviton3, as m7g and r7g have it", 64288, 124458, 94675),
		of("c7i", "Xeon Platinum 8488C, as m7i and r7i have it", 69997, 114313, 100235),
	}
}

// Find is the reference core of a name.
func Find(name string) (Reference, error) {
	var names []string
	for _, r := range References() {
		if r.Name == name {
			return r, nil
		}
		names = append(names, r.Name)
	}
	return Reference{}, problem.New("must be %s or none, got %q", strings.Join(names, ", "), name)
}

// Factor is how many times as long CPU work takes on the reference core as here: time
// measured here, times it, is time there.
type Factor struct {
	Reference Reference `json:"reference"`
	Factor    float64   `json:"factor"` // the geometric mean of the loops
	Low       float64   `json:"low"`    // of the loops' own factors
	High      float64   `json:"high"`
	Loops     []Loop    `json:"loops"`
}

// Loop is how one of the calibration loops ran.
type Loop struct {
	Name      string  `json:"name"`
	Here      float64 `json:"hereNanoseconds"`      // of encoding 64 KiB on this machine
	Reference float64 `json:"referenceNanoseconds"` // on the reference core
	Factor    float64 `json:"factor"`
	// Spread is how much its rounds differ: the largest less the least, by the least.
	Spread float64 `json:"spread"`
}

// Error is the largest part by which a loop's factor differs from the factor.
func (f Factor) Error() float64 {
	return max(f.High/f.Factor, f.Factor/f.Low) - 1
}

const (
	rounds    = 7
	roundTime = 40 * time.Millisecond
)

// Measure runs the loops for about a second.
func Measure(ctx context.Context, reference Reference) (Factor, error) {
	data := make([]byte, size)
	_, _ = rand.Read(data) // which never fails
	all := encoders()
	var least, most [loops]float64
	// The loops take turns, so that whatever else the machine does meets all of them.
	for round := range rounds {
		for i, e := range all {
			if err := ctx.Err(); err != nil {
				return Factor{}, err
			}
			took := perRun(e, data)
			if round == 0 || took < least[i] {
				least[i] = took
			}
			most[i] = max(most[i], took)
		}
	}
	f := Factor{Reference: reference, Low: math.Inf(1)}
	sum := 0.0
	for i, e := range all {
		l := Loop{Name: e.name, Here: least[i], Reference: reference.nanoseconds[i], Factor: reference.nanoseconds[i] / least[i], Spread: most[i]/least[i] - 1}
		f.Loops = append(f.Loops, l)
		f.Low, f.High = min(f.Low, l.Factor), max(f.High, l.Factor)
		sum += math.Log(l.Factor)
	}
	f.Factor = math.Exp(sum / loops)
	return f, nil
}

// perRun is how long one run takes, in nanoseconds of this thread's CPU time where the
// system has that, or else of the clock.
func perRun(e encoder, data []byte) float64 {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	const batch = 16
	begun, n := threadTime(), 0
	for {
		for range batch {
			e.run(data)
		}
		n += batch
		if took := threadTime() - begun; took >= roundTime {
			return float64(took) / float64(n)
		}
	}
}
