package cost

import (
	"math"
	"time"

	"ambi/compare/demand"
	"ambi/compare/price/nodes"
	"ambi/internal/cron"
	"ambi/target/kubernetes"
)

// Schedule is when a workload runs by itself.
type Schedule struct {
	Pauses   []cron.Pause // between the runs
	OneByOne bool         // a pod's run that is due while another is at work is left out
}

func scheduleOf(d kubernetes.Service) *Schedule {
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
	if w.Schedule != nil {
		return 1
	}
	return scale
}

// busy is how many pods of a scheduled service run on average. A pod starts, runs and ends;
// Fargate bills a minute at least.
// Source: https://aws.amazon.com/fargate/pricing/
func (s *service) busy() float64 {
	start, known := s.Traffic.Start.Get()
	if !known {
		return math.NaN()
	}
	seconds := start.Seconds() + s.duration
	if s.fargate != (nodes.FargateSize{}) {
		seconds = max(seconds, fargateMinimum.Seconds())
	}
	pods := s.requests * seconds / demand.SecondsPerMonth
	if s.Schedule.OneByOne {
		pods = min(pods, 1)
	}
	return pods
}

// fargateMinimum is the least time of a pod that Fargate bills.
const fargateMinimum = time.Minute
