package spec

import (
	"fmt"
	"reflect"
	"time"
)

// Bounds of usage; those of single figures are what their tags say.
const (
	MaxUsageTime   = Duration(time.Hour) // of duration, cpuTime and startTime
	MaxUsageBytes  = 1 << 40             // of each size
	MaxDiurnalPeak = 12                  // a higher peak to mean is a burst
	MinBurst       = Duration(time.Second)
	MaxBurst       = Duration(24 * time.Hour)
	MaxCycle       = Duration(10 * 8760 * time.Hour) // from one burst to the next
)

// ShareInBursts is how much of the traffic of a shape comes in bursts: half of
// bursty traffic, all of sporadic.
func ShareInBursts(shape Shape) float64 {
	if shape == Sporadic {
		return 1
	}
	return .5
}

// UsageOf is what the spec says about one service's traffic: the service's own
// figures, and the app's where it has none. Two things are not taken over:
// peakToMean and burst, which belong to the shape that they stand beside, by a
// service with a shape of its own; and requests, which are the sum of all
// services' over HTTP. Such a service that has none of its own gets what the others
// leave of that sum, if it is the only one; else its requests are unknown, and zero
// here. Messages are no part of the sum: a service that events start has its own.
func (a *App) UsageOf(service string) Usage {
	u := a.Services[service].Usage.over(a.Usage)
	if !a.Services[service].hasRequests() {
		u.Requests = a.rest(service)
	}
	return u
}

func (s *Service) hasRequests() bool { return s.Usage != nil && !s.Usage.Requests.IsZero() }

// over puts figures over others; nil has none.
func (u *Usage) over(under *Usage) Usage {
	var out Usage
	if under != nil {
		out = *under
	}
	if u == nil {
		return out
	}
	if u.Shape != "" {
		out.PeakToMean, out.Burst = 0, 0
	}
	if !u.Duration.IsZero() {
		out.ReportDuration = ReportDuration{}
	}
	if !u.ReportDuration.IsZero() {
		out.Duration = RequestTime{}
	}
	from, to := reflect.ValueOf(*u), reflect.ValueOf(&out).Elem()
	for i := range from.NumField() {
		if !from.Field(i).IsZero() {
			to.Field(i).Set(from.Field(i))
		}
	}
	return out
}

// rest is what the services that have requests of their own leave of the app's
// for the one that has none; zero where that is unknown.
func (a *App) rest(service string) Rate {
	if a.Usage == nil || a.Usage.Requests.IsZero() || !a.Services[service].IsHTTP() {
		return Rate{}
	}
	for name, s := range a.Services {
		if name != service && s.IsHTTP() && !s.hasRequests() {
			return Rate{}
		}
	}
	left, alone := a.Usage.Requests.PerMonth(), true
	for _, name := range a.ServiceNames() { // in order: adding rounds
		if s := a.Services[name]; name != service && s.IsHTTP() {
			left, alone = left-s.Usage.Requests.PerMonth(), false
		}
	}
	if alone {
		return a.Usage.Requests
	}
	return RatePerMonth(left)
}

// usage checks that the figures which belong together agree, wherever they stand:
// with the app or with a service.
func (v *validator) usage() {
	for _, name := range v.app.ServiceNames() {
		s := v.app.Services[name]
		if s.Usage != nil || v.app.Usage != nil {
			v.agreement(name, s.Usage.over(v.app.Usage))
		}
		if s.Schedule != nil {
			v.scheduledUsage(name)
		}
	}
	v.sum()
}

func (v *validator) usagePath(service string) string { return child("services", service) + ".usage" }

// given is where a figure of a service stands: with the service, or with the app.
func (v *validator) given(service, key string) string {
	if own := v.usagePath(service) + "." + key; v.app.Given(own) {
		return own
	}
	return "usage." + key
}

// agreement checks the figures of one service against each other. A problem of
// figures that the app gives is reported once, since they fail once.
func (v *validator) agreement(service string, u Usage) {
	at := func(key string) string { return v.given(service, key) }
	sound := func(keys ...string) bool {
		for _, key := range keys {
			if !v.sound(at(key)) {
				return false
			}
		}
		return true
	}
	switch mean := u.Duration.Mean; {
	case !sound("duration", "cpuTime"):
	case u.Duration.P50 > 0 && u.Duration.P99 > 0 && sound("duration.p50", "duration.p99"):
		path := at("duration")
		if own := at("cpuTime"); path == "usage.duration" && own != "usage.cpuTime" {
			path = own // the service's figure is the one that does not agree
		}
		v.quantiles(path, u.Duration.Quantiles, u.CPUTime)
	case mean > 0 && u.CPUTime > mean:
		path := at("cpuTime")
		if own := at("duration"); path == "usage.cpuTime" && own != "usage.duration" {
			path = own // the service's figure is the one that does not agree
		}
		v.fail(path, fmt.Sprintf("cpuTime must be at most duration, got %s of %s", u.CPUTime, mean),
			"duration includes cpuTime, and one request uses one core")
	}
	if sound("duration", "reportDuration", "cpuTime") && !u.ReportDuration.IsZero() {
		switch path := at("reportDuration"); {
		case !u.Duration.IsZero():
			v.fail(path, "replaces duration, and both are given", "remove one of them")
		case u.CPUTime > 0 && u.ReportDuration.Stretched(u.CPUTime.Std()) > u.ReportDuration.Duration:
			v.fail(path, fmt.Sprintf("must be at least the time that cpuTime takes with %d MB, %s, got %s",
				u.ReportDuration.MemoryMB, Duration(u.ReportDuration.Stretched(u.CPUTime.Std())), u.ReportDuration), "cpuTime is on a full core")
		}
	}
	v.batchSize(service, u)
	if !sound("shape", "peakToMean", "burst") {
		return
	}
	if peak := at("peakToMean"); u.PeakToMean > 0 {
		switch {
		case u.Shape == "":
			v.fail(peak, "needs a shape, which defines the peak", "add shape: diurnal, bursty or sporadic")
		case u.Shape == Steady && u.PeakToMean != 1:
			v.fail(peak, fmt.Sprintf("must be 1 for a steady shape, got %s", u.PeakToMean), "give another shape, or remove it")
		case u.Shape == Diurnal && u.PeakToMean > MaxDiurnalPeak:
			v.fail(peak, fmt.Sprintf("must be 1 to %d for a diurnal shape, got %s", MaxDiurnalPeak, u.PeakToMean), "a higher peak is a burst: shape: bursty")
		}
	}
	switch {
	case u.Burst == 0:
	case u.Shape != Bursty && u.Shape != Sporadic:
		v.fail(at("burst"), "needs a shape that has bursts", "add shape: bursty or sporadic, or remove it")
	case float64(u.Burst)*float64(u.PeakToMean)/ShareInBursts(u.Shape) > float64(MaxCycle):
		v.fail(at("burst"), fmt.Sprintf("must recur within ten years, got %s at %s times the mean rate", u.Burst, u.PeakToMean),
			"give a shorter burst or a lower peakToMean")
	}
}

// scheduledUsage refuses figures that the schedule of a service decides.
func (v *validator) scheduledUsage(service string) {
	for _, key := range []string{"requests", "shape", "peakToMean", "burst"} {
		if at := v.usagePath(service) + "." + key; v.app.Given(at) {
			v.fail(at, "is not for a service with a schedule", "schedule.cron says when it runs, and how often")
		}
	}
}

// batchSize checks how many messages an invocation gets against the most that it may.
func (v *validator) batchSize(service string, u Usage) {
	path := v.given(service, "batchSize")
	if !v.app.Given(path) || !v.sound(path) {
		return
	}
	switch events, ok := v.app.Events(service); {
	case ok && float64(u.BatchSize) > float64(events.Batch):
		v.fail(path, fmt.Sprintf("must be at most the batch of %s, %d, got %s", service, events.Batch, u.BatchSize), "raise its batch, which is 1 unless it says more")
	case !ok && path != "usage.batchSize":
		v.fail(path, "is only for a service with queue or uploads", "a request comes alone")
	}
}

// sum checks the app's requests against those of its services.
func (v *validator) sum() {
	if v.app.Usage == nil || v.app.Usage.Requests.IsZero() {
		return
	}
	const rounding = 1e-6
	total, sum, all, none := v.app.Usage.Requests.PerMonth(), 0.0, true, true
	for _, name := range v.app.ServiceNames() {
		switch s := v.app.Services[name]; {
		case !s.IsHTTP():
		case s.hasRequests():
			sum, none = sum+s.Usage.Requests.PerMonth(), false
		default:
			all, none = false, false
		}
	}
	got := fmt.Sprintf("%s, and the services have %s together", v.app.Usage.Requests, RatePerMonth(sum))
	switch {
	case none:
		hint := "give each service its messages under services.NAME.usage.requests"
		if v.app.onlySchedules() {
			hint = "remove it: the schedules decide how often services run"
		}
		v.fail("usage.requests", "is the sum of the requests over HTTP, and no service answers any", hint)
	case all && (sum < total*(1-rounding) || sum > total*(1+rounding)):
		v.fail("usage.requests", "must be the sum of the services' requests, got "+got, "remove it: the sum is known without it")
	case !all && sum > total-1:
		v.fail("usage.requests", "must be more than the services' own requests, got "+got)
	}
}
