package compare

import (
	"slices"

	"ambi/compare/price/cost"
	"ambi/target/kubernetes"
)

// assumeSchedules adds the assumptions on services that run at set times.
func (c *comparison) assumeSchedules(say sayer) {
	schedule := func(is func(cost.Workload) bool) bool {
		return slices.ContainsFunc(c.app.Workloads, func(w cost.Workload) bool { return w.Schedule != nil && is(w) })
	}
	if !schedule(func(cost.Workload) bool { return true }) {
		return
	}
	say("schedules", "", "a month has the runs that cron gives on average over 28 years, without those that a change of clocks adds or leaves out; each succeeds at the first attempt")
	say("schedules", "", "on Lambda, a run starts an environment if it comes more than %s after the end of the one before", c.Choices.Lambda.KeepAlive)
	say("schedules", "the Kubernetes stack", "each run has a pod of its own, from its start to its end, with images that are on the node; beside the app, curl requests %dm CPU and %d MiB", kubernetes.PostMilliCPU, kubernetes.PostMemoryMiB)
	if c.Choices.Kubernetes.Compute == cost.Fargate {
		say("schedules", "aws.amazon.com/fargate/pricing", "Fargate bills a minute of a pod at least")
	}
	if schedule(func(w cost.Workload) bool { return w.Schedule.OneByOne }) {
		say("schedules", "", "with overlap: forbid, runs beyond one at a time are left out on Kubernetes, and not on Lambda")
	}
	if !c.app.Fixed() {
		say("schedules", "", "runs stay as many when requests grow")
	}
}
