// Package lambda simulates a function on Lambda behind an HTTP API, request by
// request.
//
//	config := lambda.Defaults(512)
//	config.Provisioned = 5
//	result, err := lambda.Run(ctx, config, source, demand, simulate.Options{Seed: 1})
//
// An environment serves one request at a time. A request goes to the idle environment that was
// used last; if none is idle, one is started, and the request waits for it: for its placement,
// the runtime's initialization and the app's own start. An environment is removed when it has
// been idle for the keep-alive. AWS documents no keep-alive: it is a parameter, and results
// should be seen for several.
//
// A request may be rejected, by the first of these that applies, each counted separately:
//
//   - by API Gateway's token bucket;
//   - by the ceiling on requests a second, 10 for each unit of concurrency;
//   - by the concurrency: the account's, or what the function reserves;
//   - by the scaling rate, where an environment would have to be started:
//     1,000 in 10 seconds, modelled as a token bucket of 1,000 that refills at
//     100 a second.
//
// What is known of a request when it starts is recorded then: a point of the
// series holds the latencies of the requests that came in it.
//
// Other functions of the account share its limits in RunTogether.
//
// Left out: the recycling of environments that are in use, the INIT phase's limit of 10 s, and AWS's own spare environments
// for provisioned concurrency. A function that times out loses its environment.
package lambda

import (
	"errors"
	"fmt"
	"math"
	"time"

	"ambi/compare/price/cost"
	"ambi/compare/simulate/replay"
	"ambi/target/lambda"
)

// Config is how a function runs.
type Config struct {
	MemoryMB    int
	Timeout     time.Duration // of the function; its start does not count
	KeepAlive   time.Duration // of an idle environment
	Provisioned int           // environments that are always there
	// Warm is how many idle environments there are when the trace begins, beside those, or
	// Settled.
	Warm     int
	Reserved int // concurrency that is the function's; 0 for what the account has
	Account  int // concurrency of the account, for this function
	// RatePerConcurrency is how many requests a second go with a unit of
	// concurrency; 0 for no such ceiling.
	RatePerConcurrency int
	Scaling            Bucket // of environments; zero for no bound
	API                Bucket // of requests; zero for no bound, as with a function URL
	// APITimeout is when the API gives up on a function that goes on; 0 is never.
	APITimeout time.Duration

	// A cold start is the sum of three.
	Placement replay.Distribution // until the environment is there; not billed
	Init      replay.Distribution // of the runtime, at this memory; billed
	Start     time.Duration       // of the app, with a full core at hand; billed
	// Cold, unless nil, is what a request takes in all that starts an
	// environment, its work included, in place of the three: some measurements
	// know no more.
	Cold *replay.Distribution

	Retry Retry // of requests that were turned away
}

// Settled begins with as many environments as the rate of the trace's first minute would
// have left there, had it gone on so before.
const Settled = -1

// settle finds the environments that a trace begins with, where the configuration leaves
// that open: it reads ahead, and returns what gives the same requests.
func (c *Config) settle(requests replay.Requests, demand replay.Demand) replay.Requests {
	if c.Warm != Settled {
		return requests
	}
	rate, same := replay.Opening(requests)
	at := simulator{speed: c.speed()}
	busy := time.Duration(demand.Wait.Mean()) + time.Duration(at.stretched(int64(demand.CPU.Mean())))
	there := cost.Environments(rate, min(busy, c.Timeout), c.KeepAlive, c.Provisioned)
	c.Warm = int(min(math.Round(there), float64(c.limit()-c.Provisioned)))
	return same
}

// Bucket is a token bucket: its size, and how many tokens it gains a second.
type Bucket struct {
	Burst     int
	PerSecond float64
}

// Retry is how clients retry rejected requests: after a random part of Base, then of twice
// that, and so on up to Max ("full jitter",
// aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter).
type Retry struct {
	Attempts  int // all together; 0 and 1 are no retries
	Base, Max time.Duration
}

// UsualRetry is what AWS's SDKs do in their standard mode: three attempts, the
// waits between them growing to 20 seconds
// (docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html).
func UsualRetry() Retry {
	return Retry{Attempts: 3, Base: time.Second, Max: 20 * time.Second}
}

// Defaults is a function of some memory behind an HTTP API, in an account with
// the limits that it was opened with. Starts take no time yet.
func Defaults(memoryMB int) Config {
	return Config{
		MemoryMB: memoryMB, Timeout: lambda.MaxTimeoutSeconds * time.Second, KeepAlive: lambda.UsualKeepAlive, Account: lambda.AccountConcurrency,
		RatePerConcurrency: lambda.RequestsPerConcurrency,
		Scaling:            Bucket{lambda.ScalingBurst, lambda.ScalingPerSecond},
		API:                Bucket{lambda.HTTPAPIBurst, lambda.HTTPAPIPerSecond},
		APITimeout:         lambda.MaxRouteTimeoutSeconds * time.Second,
	}
}

// Check says everything that is wrong with a configuration.
func (c *Config) Check() error {
	var problems []error
	fail := func(format string, args ...any) { problems = append(problems, fmt.Errorf(format, args...)) }
	if c.MemoryMB < lambda.MinMemoryMB || c.MemoryMB > lambda.MaxMemoryMB {
		fail("memory must be %d to %d MB, got %d", lambda.MinMemoryMB, lambda.MaxMemoryMB, c.MemoryMB)
	}
	for _, d := range []struct {
		name  string
		value time.Duration
		least time.Duration
	}{
		{"timeout", c.Timeout, time.Millisecond},
		{"keep-alive", c.KeepAlive, 0},
		{"the API's timeout", c.APITimeout, 0},
		{"start", c.Start, 0},
		{"the base of retries", c.Retry.Base, 0},
		{"the longest wait of retries", c.Retry.Max, 0},
	} {
		if d.value < d.least || d.value > longest {
			fail("%s must be %s to %s, got %s", d.name, d.least, longest, d.value)
		}
	}
	if c.Account < 1 || c.Account > maxConcurrency {
		fail("the account's concurrency must be 1 to %d, got %d", maxConcurrency, c.Account)
	}
	if c.Reserved < 0 || c.Reserved > maxConcurrency {
		fail("reserved concurrency must be 0 to %d, got %d", maxConcurrency, c.Reserved)
	}
	if c.Provisioned < 0 || c.Provisioned > c.limit() {
		fail("provisioned concurrency must be 0 to %d, which the function may have, got %d", c.limit(), c.Provisioned)
	}
	if c.Warm < Settled || c.Warm > c.limit()-c.Provisioned {
		fail("warm environments must be 0 to %d, which the function may have, got %d", c.limit()-c.Provisioned, c.Warm)
	}
	if c.RatePerConcurrency < 0 {
		fail("requests a second for a unit of concurrency must not be negative, got %d", c.RatePerConcurrency)
	}
	for _, b := range []struct {
		name string
		Bucket
	}{{"scaling", c.Scaling}, {"the API's bucket", c.API}} {
		if b.Bucket != (Bucket{}) && (b.Burst < 1 || !(b.PerSecond > 0 && b.PerSecond <= 1e9)) {
			fail("%s needs a burst of 1 at least and a rate of 0 to 1G/s, got %d and %v", b.name, b.Burst, b.PerSecond)
		}
	}
	if c.Retry.Attempts < 0 || c.Retry.Attempts > maxAttempts {
		fail("attempts must be 0 to %d, got %d", maxAttempts, c.Retry.Attempts)
	}
	return errors.Join(problems...)
}

const (
	longest        = 30 * 24 * time.Hour
	maxConcurrency = 1_000_000
	maxAttempts    = 20
)

// limit is the concurrency that the function may have.
func (c *Config) limit() int {
	if c.Reserved > 0 {
		return c.Reserved
	}
	return c.Account
}

// speed turns CPU time on a full core into time at this memory: below 1,769 MB
// a function gets less than a core
// (docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html). It is a
// fixed-point number with 32 bits after the point.
func (c *Config) speed() uint64 {
	if c.MemoryMB >= lambda.MemoryMBForOneVCPU {
		return 1 << 32
	}
	memory := uint64(c.MemoryMB)
	return (lambda.MemoryMBForOneVCPU<<32 + memory - 1) / memory
}

// limiter is a token bucket that is full at first. It keeps one number: the
// time at which it will be full again (the generic cell rate algorithm).
type limiter struct {
	each  int64 // nanoseconds that one token takes to come; 0 lets everything through
	burst int64 // and a full bucket
	full  int64
}

func newLimiter(b Bucket) limiter {
	if b.Burst <= 0 {
		return limiter{}
	}
	each := max(1, int64(math.Round(1e9/b.PerSecond)))
	return limiter{each: each, burst: each * int64(b.Burst)}
}

// take takes a token, if there is one.
func (l *limiter) take(at int64) bool {
	full := max(l.full, at) + l.each
	if full-at > l.burst {
		return false
	}
	l.full = full
	return true
}
