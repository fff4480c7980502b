// Package load sends requests to an app at set times, and reports how each one went. It is
// [vegeta], with three things of ambi's own: it counts the bytes on its connections, a
// message that the app gives back counts as failed, and it dials no other machine unless told.
//
// A load is open, its requests at times that do not wait for the answers, or closed, by as
// many clients as are told, each of which sends the next request when it has the answer.
//
// [vegeta]: https://github.com/tsenart/vegeta
package load

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	vegeta "github.com/tsenart/vegeta/v12/lib"
)

// Request is one that is sent again and again.
type Request struct {
	Method, Path string // the path with its query
	Header       http.Header
	Body         []byte
	Route        string // by which it is counted
	// Fresh is a part of the body that is replaced by a new ID each time, such as the ID
	// of a message; empty replaces nothing.
	Fresh string
	// Event says that the answer may list messages that are given back.
	Event bool
}

// Verdict is how a request ended.
type Verdict int

// The verdicts.
const (
	OK         Verdict = iota // answered below 400, with no message given back
	Refused                   // answered 400 to 499
	Failed                    // answered 500 or more, or with a message given back
	Unanswered                // no answer: a connection that failed, or a timeout
	Unfinished                // no answer when the measurement was interrupted
)

// Outcome is how one request went.
type Outcome struct {
	Request int // of the requests given
	Began   time.Time
	Latency time.Duration
	Verdict Verdict
	Status  int // 0 without an answer
	Error   string
}

// Schedule says when each request is sent, from the first on, since the begin; false ends.
type Schedule func(n uint64) (at time.Duration, ok bool)

// At is a schedule at a fixed rate a second, for a time.
func At(rate float64, span time.Duration) Schedule {
	return func(n uint64) (time.Duration, bool) {
		at := time.Duration(float64(n) / rate * float64(time.Second))
		return at, at < span
	}
}

// Open sends requests in turn, as a schedule says. It returns when all are answered.
func (c *Client) Open(ctx context.Context, requests []Request, order func(n uint64) int, when Schedule, observe func(Outcome)) {
	pace := func(elapsed time.Duration, n uint64) bool {
		at, ok := when(n)
		return ok && sleep(ctx, at-elapsed)
	}
	c.attack(ctx, requests, order, pace, observe, vegeta.Workers(1), vegeta.MaxWorkers(maxInFlight))
}

// maxInFlight bounds the requests that wait for an answer.
const maxInFlight = 2_000

// Closed has some clients send requests for a time, each one after the other.
func (c *Client) Closed(ctx context.Context, requests []Request, order func(n uint64) int, clients int, span time.Duration, observe func(Outcome)) {
	pace := func(elapsed time.Duration, _ uint64) bool { return elapsed < span && ctx.Err() == nil }
	c.attack(ctx, requests, order, pace, observe, vegeta.Workers(uint64(clients)), vegeta.MaxWorkers(uint64(clients)))
}

// attack sends requests for as long as pace is true, which may sleep.
func (c *Client) attack(ctx context.Context, requests []Request, order func(n uint64) int, pace func(time.Duration, uint64) bool, observe func(Outcome), options ...func(*vegeta.Attacker)) {
	attacker := vegeta.NewAttacker(append(options, vegeta.Client(c.http))...)
	stop := context.AfterFunc(ctx, func() {
		attacker.Stop()
		c.closeAll()
	})
	defer stop()
	var mutex sync.Mutex
	n := uint64(0)
	targeter := func(t *vegeta.Target) error {
		mutex.Lock()
		i := order(n)
		n++
		mutex.Unlock()
		r := &requests[i]
		t.Method, t.Header, t.Body = r.Method, r.Header.Clone(), r.Body
		if r.Fresh != "" {
			t.Body = bytes.ReplaceAll(r.Body, []byte(r.Fresh), []byte(freshID()))
		}
		// A fragment is not sent, and says which request the result is of.
		t.URL = c.base + r.Path + "#" + strconv.Itoa(i)
		if t.Header == nil {
			t.Header = http.Header{}
		}
		return nil
	}
	for result := range attacker.Attack(targeter, pacer(pace), 0, "") {
		observe(outcome(ctx, requests, result))
	}
}

// pacer is a vegeta.Pacer that sleeps by itself, since vegeta's own sleep cannot be
// interrupted.
type pacer func(elapsed time.Duration, n uint64) bool

// Pace waits until it is time for the next request.
func (p pacer) Pace(elapsed time.Duration, n uint64) (time.Duration, bool) {
	return 0, !p(elapsed, n)
}

// Rate is not known; vegeta uses it in reports only.
func (pacer) Rate(time.Duration) float64 { return 0 }

// sleep waits; it is false when the context ended first.
func sleep(ctx context.Context, d time.Duration) bool {
	if d <= 0 {
		return ctx.Err() == nil
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}

func outcome(ctx context.Context, requests []Request, r *vegeta.Result) Outcome {
	_, index, _ := strings.Cut(r.URL, "#")
	i, _ := strconv.Atoi(index) // which the targeter wrote
	o := Outcome{Request: i, Began: r.Timestamp, Latency: r.Latency, Status: int(r.Code), Error: r.Error}
	switch {
	case r.Code == 0 && ctx.Err() != nil:
		o.Verdict = Unfinished
	case r.Code == 0:
		o.Verdict = Unanswered
	case r.Code >= 500:
		o.Verdict = Failed
	case r.Code >= 400:
		o.Verdict = Refused
	case requests[i].Event && givesBack(r.Body):
		o.Verdict, o.Error = Failed, "a message was given back"
	}
	return o
}

// givesBack reports whether the answer to an event lists messages that failed.
func givesBack(body []byte) bool {
	var answer struct {
		BatchItemFailures []json.RawMessage `json:"batchItemFailures"`
	}
	return json.Unmarshal(body, &answer) == nil && len(answer.BatchItemFailures) > 0
}
