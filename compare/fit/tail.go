package fit

import (
	"fmt"
	"time"

	"ambi/compare/demand"
	"ambi/internal/portable"
	"ambi/spec"
)

// noticeableTail is the part of the requests that is said to be cut off by a timeout: of a
// thousand, the slowest.
const noticeableTail = .001

// cutOff is what a timeout does to the tail of a service's requests, of which each takes cpu on
// a core, where their quantiles are known; false where fewer than one in a thousand are as slow.
func cutOff(u demand.Usage, timeout, cpu time.Duration, page string) (Limit, bool) {
	q, known := u.Quantiles.Get()
	if !known || timeout <= cpu {
		return Limit{}, false
	}
	waiting, err := q.Waiting(u.CPUTime.Or(0))
	if err != nil || waiting.P99 == waiting.P50 {
		return Limit{}, false
	}
	part := portable.LognormalThrough(float64(waiting.P50), float64(waiting.P99)).Above(float64(timeout - cpu))
	percent := fmt.Sprintf("%.2g %%", 100*part)
	return Limit{
		Name: "timeout", Value: spec.Duration(timeout).String(), Actual: fmt.Sprintf("%s at p99", q.P99), Page: page,
		Message: fmt.Sprintf("%s of the requests take longer than %s, by p50 and p99 of the duration, and are cut off", percent, spec.Duration(timeout)),
		Hint:    "raise timeout",
	}, part >= noticeableTail
}
