package kubernetes

import (
	"ambi/spec"
	"ambi/target/finding"
)

// Schedule is how a CronJob runs the app.
type Schedule struct {
	Cron, TimeZone  string
	Input, Path     string
	Attempts        int  // of a run, including the first
	Forbid          bool // a run while another is running
	DeadlineSeconds int  // for all attempts of a run
	GraceSeconds    int  // for the app to stop
}

const (
	// LateSeconds is how late a run may start; after that, it is skipped. Without this limit, a
	// CronJob stops for good when it has missed a hundred runs.
	LateSeconds = 300
	// placeSeconds is the time for scheduling an attempt's pod and pulling its images.
	placeSeconds = 120
	// stopSeconds is the time for the app to stop when its run is over.
	stopSeconds = 30
	// firstBackoff and lastBackoff are the least and the most seconds that a Job waits before
	// another attempt; the wait doubles each time.
	// Source: https://kubernetes.io/docs/concepts/workloads/controllers/job/#pod-backoff-failure-policy
	firstBackoff, lastBackoff = 10, 360
)

// deadline returns the seconds that a run may take with all its attempts, including scheduling
// of its pods and the waits between attempts.
func deadline(attempts, startSeconds, timeoutSeconds int) int {
	total, wait := 0, firstBackoff
	for i := range attempts {
		total += placeSeconds + startSeconds + timeoutSeconds + stopSeconds
		if i > 0 {
			total += wait
			wait = min(2*wait, lastBackoff)
		}
	}
	return total
}

// schedule decides how a CronJob runs the app.
func (r *resolver) schedule(name string, s *spec.Service, out *Service) {
	at, schedule := "services."+name+".schedule", s.Schedule
	times := schedule.Times()
	out.Schedule = &Schedule{
		Cron: times.String(), TimeZone: schedule.TimeZone, Input: schedule.CompactInput(), Path: schedule.Path,
		Attempts: schedule.Attempts, Forbid: schedule.Overlap == spec.OverlapForbid,
		DeadlineSeconds: deadline(schedule.Attempts, out.StartSeconds, out.TimeoutSeconds), GraceSeconds: stopSeconds,
	}
	r.notes.Approximate(at, "a CronJob: curl posts each run to the app, which is a native sidecar beside it (Kubernetes 1.29 or newer): at least once, but not at all if it cannot start within %d s; %s", LateSeconds, finding.Active(s, "the setting active suspends it"))
	r.notes.Exact(at+".cron", "the CronJob's schedule: %s", times)
	r.notes.Exact(at+".timeZone", "the CronJob's timeZone; the app gets times in UTC%s", spec.ShiftNote(times, schedule.TimeZone, "a time that occurs twice when clocks go back has two runs"))
	r.notes.Exact(at+".input", "under input, beside id and time: the id is the Job's name, the same for every attempt")
	r.notes.Exact(at+".path", "curl posts the run to it; any answer except 2xx is a failure")
	r.notes.Exact(at+".attempts", "the Job's backoffLimit, which is one less; it waits 10 s before the second attempt, and twice as long before each further one")
	r.notes.Exact(at+".overlap", "the CronJob's concurrencyPolicy")
}
