package spec

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"time"

	"github.com/invopop/jsonschema"

	"ambi/internal/cron"
)

// Schedule runs the service at set times.
type Schedule struct {
	Cron     string  `json:"cron" jsonschema:"required" jsonschema_description:"When it runs: minute, hour, day of the month, month and day of the week, such as 0 6 * * MON-FRI."`
	TimeZone string  `json:"timeZone,omitempty" jsonschema:"default=UTC" jsonschema_description:"The time zone of cron, such as Europe/Berlin."`
	Input    string  `json:"input,omitempty" jsonschema:"default=null" jsonschema_description:"The input of each run, as JSON."`
	Path     string  `json:"path,omitempty" jsonschema:"default=/events" jsonschema_description:"The path that a run is posted to, as JSON with id, time and input."`
	Attempts int     `json:"attempts,omitempty" jsonschema:"minimum=1,maximum=10,default=3" jsonschema_description:"The maximum number of attempts of a run, including the first; a run succeeds if the app answers 2xx."`
	Overlap  Overlap `json:"overlap,omitempty" jsonschema:"enum=allow,enum=forbid,default=allow" jsonschema_description:"Whether a run may start while the previous one is still running."`
}

// Overlap says what happens to a run that is due while another is running.
type Overlap string

// The overlaps.
const (
	OverlapAllow  Overlap = "allow"
	OverlapForbid Overlap = "forbid" // it is skipped
)

// SetDefaults allows three attempts, which is also Lambda's default.
func (s *Schedule) SetDefaults() {
	s.TimeZone, s.Input, s.Path, s.Attempts, s.Overlap = "UTC", "null", "/events", 3, OverlapAllow
}

// HasSchedules reports whether any service runs at set times.
func (a *App) HasSchedules() bool {
	for _, s := range a.Services {
		if s.Schedule != nil {
			return true
		}
	}
	return false
}

// onlySchedules reports whether all services run at set times.
func (a *App) onlySchedules() bool {
	for _, s := range a.Services {
		if s.Schedule == nil {
			return false
		}
	}
	return true
}

// Times returns the times at which the schedule runs. The spec must be valid.
func (s *Schedule) Times() *cron.Schedule {
	times, err := cron.Parse(s.Cron)
	if err != nil {
		panic(err) // Parse refuses it
	}
	return times
}

// CompactInput returns the input without insignificant white space. The spec must be valid.
func (s *Schedule) CompactInput() string {
	var b bytes.Buffer
	if err := json.Compact(&b, []byte(s.Input)); err != nil {
		panic(err) // Parse refuses it
	}
	return b.String()
}

const (
	// maxInput is the maximum input in bytes: it is for a run's arguments, not its data.
	maxInput = 4096
	// keywordPrefix starts the keywords that EventBridge Scheduler replaces in an input.
	keywordPrefix = "<aws.scheduler."
)

func (v *validator) schedule(path string, s *Schedule) {
	if at := path + ".cron"; v.sound(at) {
		if _, err := cron.Parse(s.Cron); err != nil {
			problem := err.(*cron.Problem) //nolint:errorlint // it returns no other
			var hints []string
			if problem.Hint != "" {
				hints = []string{problem.Hint}
			}
			v.fail(at, problem.Message, hints...)
		}
	}
	if at := path + ".timeZone"; v.sound(at) {
		if _, known := cron.Zone(s.TimeZone); !known {
			var hints []string
			if hint := nearest(s.TimeZone, cron.Zones(), "time zone"); hint != "" {
				hints = []string{hint}
			}
			v.fail(at, "must be a time zone such as Europe/Berlin, got "+quote(s.TimeZone), hints...)
		}
	}
	switch at := path + ".input"; {
	case !v.sound(at):
	case !json.Valid([]byte(s.Input)):
		v.fail(at, "must be JSON, got "+quote(s.Input), `in quotes, such as '{"kind": "daily"}'`)
	case len(s.Input) > maxInput:
		v.fail(at, fmt.Sprintf("must be at most %d bytes, got %d", maxInput, len(s.Input)), "store large input in a bucket, and give its name here")
	case strings.Contains(s.Input, keywordPrefix):
		v.fail(at, "must not contain "+keywordPrefix+"…>, which only EventBridge Scheduler replaces", "each run gets its id and time in addition to the input")
	}
	v.path(path+".path", s.Path)
}

// withoutScale refuses numbers of instances for a service with a schedule: each run starts its
// own instance.
func (v *validator) withoutScale(path string) {
	for _, key := range []string{"scale", "lambda.provisioned", "lambda.reserved"} {
		if at := path + "." + key; v.app.Given(at) {
			v.fail(at, "is not for a service with a schedule", "each run starts one instance; schedule.overlap says whether two may run at once")
		}
	}
}

func (s schema) refineSchedule() {
	schedule := s.of(reflect.TypeFor[Schedule]())
	plainPath(property(schedule, "path"))
	input := property(schedule, "input")
	input.MaxLength = number(maxInput)
	input.Not = &jsonschema.Schema{Pattern: keywordPrefix}
	var zones []any
	for _, zone := range cron.Zones() {
		zones = append(zones, zone)
	}
	property(schedule, "timeZone").Enum = zones
}

// shiftsFrom is the first year of the clock changes that ShiftNote looks at. It is fixed, so that
// a spec has the same findings in any year.
const shiftsFrom = 2026

// ShiftNote is the part of a finding that says how clock changes affect a schedule. A time that
// clocks skip is skipped on both targets; twice says what the target does at a time that occurs
// twice.
func ShiftNote(times *cron.Schedule, zone, twice string) string {
	in, _ := cron.Zone(zone)
	missed, doubled := "", ""
	for _, shift := range times.Shifts(time.Date(shiftsFrom, 1, 1, 0, 0, 0, 0, in)) {
		if shift.Missed {
			missed = "; a time that is skipped when clocks go forward has no run"
		}
		if shift.Twice {
			doubled = "; " + twice
		}
	}
	return missed + doubled
}
