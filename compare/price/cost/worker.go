package cost

import (
	"time"

	"ambi/compare/demand"
	"ambi/spec"
)

// WorkerTraffic is what is priced of a service that runs all the time by itself: its pods, as few
// as its autoscaler keeps. Nothing is known of what it logs, sends and computes.
func WorkerTraffic() demand.Traffic {
	u := demand.Usage{Requests: demand.Known(0.0), Duration: demand.Known(time.Millisecond), CPUTime: demand.Known(time.Millisecond), Shape: spec.Steady}
	for _, size := range []*demand.Maybe[int64]{&u.Request, &u.Response, &u.Log, &u.Outbound} {
		*size = demand.Known[int64](0)
	}
	u.Start = demand.Known(time.Duration(0))
	t, err := u.Resolve()
	if err != nil {
		panic(err) // it is the same every time
	}
	return t
}

// functions is the app without the services that only pods run.
func (a App) functions() App {
	part := a
	part.Workloads = nil
	for _, w := range a.Workloads {
		if !w.Worker {
			part.Workloads = append(part.Workloads, w)
		}
	}
	return part
}
