package cost

import (
	"math"
	"slices"
	"time"

	"ambi/compare/demand"
	"ambi/compare/price"
	"ambi/compare/price/nodes"
	"ambi/internal/cron"
	"ambi/spec"
	"ambi/target/kubernetes"
)

// Schedule is when a workload runs by itself.
type Schedule struct {
	Pauses   []cron.Pause // between the runs
	OneByOne bool         // a pod's run that is due while another is at work is left out
}

// ScheduleOf is the schedule of a service; nil for a service without one.
func ScheduleOf(d kubernetes.Service) *Schedule {
	if d.Schedule == nil {
		return nil
	}
	times, err := cron.Parse(d.Schedule.Cron)
	if err != nil {
		panic(err) // the spec refuses it
	}
	return &Schedule{Pauses: times.Pauses(), OneByOne: d.Schedule.Forbid}
}

// Runs is how many runs a month has.
func (s *Schedule) Runs() float64 { return s.after(0) }

// Shortest is the shortest time between two runs.
func (s *Schedule) Shortest() time.Duration { return s.Pauses[0].Length }

// Usage is a service's usage with what its schedule decides: the number of runs, and when they
// are.
func (s *Schedule) Usage(u demand.Usage) demand.Usage {
	u.Requests, u.Shape, u.Minutes = demand.Known(s.Runs()), spec.Steady, nil
	u.PeakToMean, u.Burst = demand.Maybe[float64]{}, demand.Maybe[time.Duration]{}
	return u
}

// after is how many runs of a month come longer than a pause after the one before.
func (s *Schedule) after(pause time.Duration) float64 {
	runs := 0.0
	for _, p := range s.Pauses {
		if p.Length > pause {
			runs += float64(p.PerDay * daysPerMonth)
		}
	}
	return runs
}

// growth is the factor by which a service's requests grow where those of the app grow by
// scale: runs at set times stay as they are.
func (w Workload) growth(scale float64) float64 {
	if w.Fixed() {
		return 1
	}
	return scale
}

// Fixed reports whether the service runs by itself, however many requests the app gets.
func (w Workload) Fixed() bool { return w.Schedule != nil || w.Worker }

// Fixed reports whether no service of the app grows with its requests: all run by themselves.
func (a App) Fixed() bool {
	return !slices.ContainsFunc(a.Workloads, func(w Workload) bool { return !w.Fixed() })
}

// runSeconds is how long the pod of a run lasts: its start, and the run itself, whose CPU time
// stretches where the pod gets less than a core. It is not a number while a figure is missing.
func (s *service) runSeconds() float64 {
	start, known := s.Traffic.Start.Get()
	if !known {
		return math.NaN()
	}
	seconds := start.Seconds() + s.duration - s.cpu + s.cpu/min(1, s.sizing.Cores)
	if s.fargate != (nodes.FargateSize{}) {
		seconds = max(seconds, FargateMinimum.Seconds())
	}
	return seconds
}

// busy is how many pods of a scheduled service there are on average.
func (s *service) busy() float64 {
	pods := s.requests * s.runSeconds() / demand.SecondsPerMonth
	if s.Schedule.OneByOne {
		pods = min(pods, 1)
	}
	return pods
}

// FargateMinimum is the least time of a pod that Fargate bills.
// Source: https://aws.amazon.com/fargate/pricing/
const FargateMinimum = time.Minute

// SchedulerPrice is the price of a run that EventBridge Scheduler starts. ambi has no source
// for it: without one from the user, it is on no bill.
const SchedulerPrice = "scheduler.invocations"

// Runs is how many runs schedules start in a month.
func (a App) Runs() float64 {
	runs := 0.0
	for _, w := range a.Workloads {
		if w.Schedule != nil {
			runs += w.Schedule.Runs()
		}
	}
	return runs
}

// scheduleParts are the lines that only schedules have: what starts the runs.
func (b *builder) scheduleParts(app App) []part {
	runs := app.Runs()
	if runs == 0 {
		return nil
	}
	l := line{name: "Schedule invocations", category: Entry, formula: "runs of EventBridge Scheduler's schedules", fixed: true}
	priced := b.sheet.Has(SchedulerPrice)
	switch {
	case b.model.Target == spec.Kubernetes:
		l.formula, priced = "none: CronJobs of the cluster start the runs", false
	case !priced:
		l.formula = "not priced: no sourced price " + SchedulerPrice
	}
	n := b.optional(priced, SchedulerPrice, price.Invocation, l)
	return []part{func(_ float64, q []float64) {
		if priced {
			q[n] = runs
		}
	}}
}
