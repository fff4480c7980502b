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
	Attempts        int    // of a run, including the first
	EventAgeSeconds int    // that Lambda keeps a run, for all its attempts
}

const (
	// LateSeconds is how late a run may start; after that, Lambda drops it.
	LateSeconds = 300
	// retryDelays is the sum of the seconds that Lambda waits before the second and third attempts.
	// Source: https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
	retryDelays = 60 + 120
)

// schedule decides how EventBridge Scheduler runs the function.
func (r *resolver) schedule(name string, s *spec.Service, out *Service) {
	at, schedule := "services."+name+".schedule", s.Schedule
	times := schedule.Times()
	out.Schedule = &Schedule{
		Expression: times.AWS(), TimeZone: schedule.TimeZone, Attempts: schedule.Attempts,
		EventAgeSeconds: schedule.Attempts*out.TimeoutSeconds + retryDelays + LateSeconds,
		Input: fmt.Sprintf(`{"id":"%[1]s-%[2]s-%[3]s","time":"%[3]s","input":%[4]s}`,
			r.app.Name, name, "<aws.scheduler.scheduled-time>", schedule.CompactInput()),
	}
	r.notes.Approximate(at, "a schedule of EventBridge Scheduler, which invokes the alias live within the minute, at least once; %s. A run whose attempts all fail goes to a dead-letter queue in the stack, which has an alarm", finding.Active(s, "the setting active turns it on and off"))
	r.notes.Exact(at+".cron", "%s", out.Schedule.Expression)
	r.notes.Exact(at+".timeZone", "the schedule's time zone; the app gets times in UTC%s", spec.ShiftNote(times, schedule.TimeZone, "a time that occurs twice when clocks go back has one run"))
	r.notes.Exact(at+".input", "under input, beside id and time: the id is the same for every attempt")
	if s.Lambda.Handler == spec.HandlerNative {
		r.notes.Dropped(at+".path", "the app uses the runtime API itself, and gets the run as the invocation's event")
	} else {
		r.notes.Exact(at+".path", "the Lambda Web Adapter posts the run to it (AWS_LWA_PASS_THROUGH_PATH), and any answer except 2xx is a failure (AWS_LWA_ERROR_STATUS_CODES)")
		out.Environment = append(out.Environment,
			Variable{Name: "AWS_LWA_ERROR_STATUS_CODES", Value: "300-599"},
			Variable{Name: "AWS_LWA_PASS_THROUGH_PATH", Value: schedule.Path})
	}
	if schedule.Attempts > MaxAttempts {
		r.notes.Refused(at+".attempts", finding.Refusal{Limit: "attempts", Page: AsyncPage, Hint: "let the app retry inside the run"},
			"must be at most %d on target lambda, got %d: Lambda does not try an event more often", MaxAttempts, schedule.Attempts)
	} else {
		r.notes.Exact(at+".attempts", "the alias's maximumRetryAttempts, which is one less; Lambda waits one minute before the second attempt, and two before the third")
	}
	if schedule.Overlap == spec.OverlapForbid {
		r.notes.Dropped(at+".overlap", "a run starts even while another is running: EventBridge Scheduler does not check")
	} else {
		r.notes.Exact(at+".overlap", "a run starts even while another is running")
	}
	r.notes.Dropped("services."+name+".concurrency", "a run is one invocation")
}
