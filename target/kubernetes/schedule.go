package kubernetes

import (
	"ambi/spec"
)

// Schedule is how a CronJob runs the app.
type Schedule struct {
	Cron, TimeZone  string
	Input, Path     string
	Attempts        int  // runs in all
	Forbid          bool // two at once
	DeadlineSeconds int  // that a run gets with all its attempts
	GraceSeconds    int  // that the app gets to stop
}

const (
	// LateSeconds is how late a run may start: later, it is left out. Without it, a CronJob
	// stops for good once a hundred runs were missed.
	LateSeconds = 300
	// placeSeconds is what finding a node and pulling the images may take, each time.
	placeSeconds = 120
	// stopSeconds is what the app gets to stop once its run is over.
	stopSeconds = 30
	// firstBackoff and lastBackoff bound what a Job waits before an attempt, which doubles.
	// Source: https://kubernetes.io/docs/concepts/workloads/controllers/job/#pod-backoff-failure-policy
	firstBackoff, lastBackoff = 10, 360
)

// deadline is what a run may take with all its attempts, finding a place and the waits
// between them included.
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

// schedule decides how the app is run at set times.
func (r *resolver) schedule(name string, s *spec.Service, out *Service) {
	at, schedule := "services."+name+".schedule", s.Schedule
	times := schedule.Times()
	out.Schedule = &Schedule{
		Cron: times.String(), TimeZone: schedule.TimeZone, Input: schedule.CompactInput(), Path: schedule.Path,
		Attempts: schedule.Attempts, Forbid: schedule.Overlap == spec.OverlapForbid,
		DeadlineSeconds: deadline(schedule.Attempts, out.StartSeconds, out.TimeoutSeconds), GraceSeconds: stopSeconds,
	}
	r.notes.Approximate(at, "a CronJob: curl posts each run to the app, which is a native sidecar beside it (Kubernetes 1.29 or newer): at least once, and not at all where it cannot start within %d s; the stack's active suspends it", LateSeconds)
	r.notes.Exact(at+".cron", "the CronJob's schedule: %s", times)
	r.notes.Exact(at+".timeZone", "the CronJob's timeZone; the app gets times in UTC%s", spec.ShiftNote(times, schedule.TimeZone, "a time that clocks show twice comes twice"))
	r.notes.Exact(at+".input", "under input, beside id and time: the id is the Job's name, the same for every attempt")
	r.notes.Exact(at+".path", "curl posts the run to it; every answer but 2xx is a failure")
	r.notes.Exact(at+".attempts", "the Job's backoffLimit, one less; it waits 10 s before the second attempt, and twice as long before each further one")
	r.notes.Exact(at+".overlap", "the CronJob's concurrencyPolicy")
}
