package fit

import (
	"fmt"
	"math"
	"time"

	"ambi/compare/price/cost"
	"ambi/spec"
	"ambi/target/kubernetes"
	"ambi/target/lambda"
)

// runsOnLambda warns that runs may overlap against the spec, and returns how many are at work at
// once on average.
func (c *checker) runsOnLambda(w cost.Workload, billed time.Duration, known bool, add addLimit) float64 {
	next := w.Schedule.Shortest()
	atOnce := 1.0
	takes := fmt.Sprintf("the next run is due %s after a run at the earliest, which may not be over by then", spec.Duration(next))
	if known {
		atOnce = max(1, math.Ceil(float64(billed)/float64(next)))
		if atOnce > 1 {
			takes = fmt.Sprintf("a run takes %s, and the next one may be due %s after its start", spec.Duration(billed), spec.Duration(next))
		}
	}
	if w.Schedule.OneByOne {
		add(Warning, "services."+w.Name+".schedule.overlap", Limit{
			Name: "runs at once", Value: "not limited", Actual: count(atOnce) + " at once", Page: lambda.AsyncPage,
			Message: takes + ": EventBridge Scheduler starts it all the same, against overlap: forbid",
			Hint:    "have the app skip a run while another is at work",
		})
	}
	return atOnce
}

// runsOnKubernetes checks how long a run takes against its timeout, and against the time to the
// next one.
func (c *checker) runsOnKubernetes(w cost.Workload, d kubernetes.Service, add addLimit) {
	duration, known := w.Traffic.Duration.Get()
	if !known {
		return
	}
	at := "services." + w.Name
	if timeout := time.Duration(d.TimeoutSeconds) * time.Second; duration > timeout {
		add(Knob, at+".timeout", Limit{
			Name: "timeout", Value: spec.Duration(timeout).String(), Actual: spec.Duration(duration).String() + " on average", Page: kubernetes.CronJobPage,
			Message: fmt.Sprintf("the average run takes %s, longer than the timeout", spec.Duration(duration)),
			Hint:    "raise timeout",
			Write:   []spec.Edit{writeTimeout(at, int(math.Ceil(duration.Seconds())), spec.MaxTimeoutSeconds)},
		})
	}
	if takes, next := duration+w.Traffic.Start.Or(0), w.Schedule.Shortest(); w.Schedule.OneByOne && takes > next {
		add(Warning, at+".schedule.overlap", Limit{
			Name: "skipped runs", Value: "one at a time", Actual: spec.Duration(takes).String() + " with its start", Page: kubernetes.CronJobPage,
			Message: fmt.Sprintf("a run takes %s with its start, and the next one may be due %s after it: with overlap: forbid it is skipped", spec.Duration(takes), spec.Duration(next)),
			Hint:    "run less often, or allow overlap",
		})
	}
}
