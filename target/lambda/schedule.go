package lambda

import (
	"fmt"

	"ambi/spec"
	"ambi/target/finding"
)

// Schedule is when EventBridge Scheduler invokes the function, and with what.
type Schedule struct {
	Expression      string // six fields, in cron()
	TimeZone        string
	Input           string // JSON, in which Scheduler replaces its keywords
	Attempts        int    // runs in all
	EventAgeSeconds int    // that Lambda keeps a run, all its attempts included
}

const (
	// LateSeconds is how late a run may be: one that cannot start by then is given up.
	LateSeconds = 300
	// retryDelays are what Lambda waits before the second and the third attempt, together.
	// Source: https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
	retryDelays = 60 + 120
)

// schedule decides how the function is run at set times.
func (r *resolver) schedule(name string, s *spec.Service, out *Service) {
	at, schedule := "services."+name+".schedule", s.Schedule
	times := schedule.Times()
	out.Schedule = &Schedule{
		Expression: times.AWS(), TimeZone: schedule.TimeZone, Attempts: schedule.Attempts,
		EventAgeSeconds: schedule.Attempts*out.TimeoutSeconds + retryDelays + LateSeconds,
		Input: fmt.Sprintf(`{"id":"%[1]s-%[2]s-%[3]s","time":"%[3]s","input":%[4]s}`,
			r.app.Name, name, "<aws.scheduler.scheduled-time>", schedule.CompactInput()),
	}
	r.notes.Approximate(at, "a schedule of EventBridge Scheduler, which invokes the alias live: within the minute, at least once; the stack's active turns it on and off. A run that fails for good is a dead letter, in a queue of the stack with an alarm")
	r.notes.Exact(at+".cron", "%s", out.Schedule.Expression)
	r.notes.Exact(at+".timeZone", "the schedule's time zone; the app gets times in UTC%s", spec.ShiftNote(times, schedule.TimeZone, "a time that clocks show twice comes once"))
	r.notes.Exact(at+".input", "under input, beside id and time: the id is the same for every attempt")
	if s.Lambda.Handler == spec.HandlerNative {
		r.notes.Dropped(at+".path", "the app speaks the runtime API itself, and gets the run as it is")
	} else {
		r.notes.Exact(at+".path", "the Lambda Web Adapter posts the run to it (AWS_LWA_PASS_THROUGH_PATH), and every answer but 2xx is a failure (AWS_LWA_ERROR_STATUS_CODES)")
		out.Environment = append(out.Environment,
			Variable{Name: "AWS_LWA_ERROR_STATUS_CODES", Value: "300-599"},
			Variable{Name: "AWS_LWA_PASS_THROUGH_PATH", Value: schedule.Path})
	}
	if schedule.Attempts > MaxAttempts {
		r.notes.Refused(at+".attempts", finding.Refusal{Limit: "attempts", Page: AsyncPage, Hint: "let the app try its own work again"},
			"must be at most %d on target lambda, got %d: Lambda tries an event no more often", MaxAttempts, schedule.Attempts)
	} else {
		r.notes.Exact(at+".attempts", "the alias's maximumRetryAttempts, one less; Lambda waits a minute before the second attempt, and two before the third")
	}
	if schedule.Overlap == spec.OverlapForbid {
		r.notes.Dropped(at+".overlap", "a run starts even while another is at work: EventBridge Scheduler does not ask")
	} else {
		r.notes.Exact(at+".overlap", "a run starts even while another is at work")
	}
	r.notes.Dropped("services."+name+".concurrency", "a run is one invocation")
}
