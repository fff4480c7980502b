package main

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"ambi/compare/demand/records"
	"ambi/compare/format"
	"ambi/internal/measure"
	"ambi/internal/project"
	"ambi/spec"
)

// usageEdits bring a service's usage to what was measured. The usage of an app of one service
// is that service's.
func usageEdits(p *project.Project, service string, m measure.Means) []spec.Edit {
	edits := []spec.Edit{}
	at := "services." + service + ".usage"
	if !p.App.Given(at) && p.App.Given("usage") && len(p.App.Services) == 1 {
		at = "usage"
	}
	set := func(key, value string) { edits = append(edits, spec.Edit{Path: at + "." + key, Value: value}) }
	length := func(key string, d *time.Duration) {
		if d != nil && *d > 0 {
			set(key, spec.Duration(project.Rounded(*d)).String())
		}
	}
	size := func(key string, n *int64) {
		if n != nil {
			set(key, strconv.FormatInt(*n, 10))
		}
	}
	length("duration", m.Duration)
	length("cpuTime", m.CPUTime)
	size("requestSize", m.Request)
	size("responseSize", m.Response)
	size("logSize", m.Logged)
	length("startTime", m.StartTime)
	return edits
}

// recordedEdits bring a service's usage to what was recorded.
func recordedEdits(p *project.Project, service string, u records.Usage) []spec.Edit {
	edits := usageEdits(p, service, measure.Means{CPUTime: u.CPUTime, StartTime: u.StartTime})
	if d := u.Duration; d != nil && u.MemoryMB > 0 {
		first := usageEdits(p, service, measure.Means{Duration: d})
		first[0].Path = strings.TrimSuffix(first[0].Path, "duration") + "reportDuration"
		first[0].Value += fmt.Sprintf("@%dMi", u.MemoryMB)
		edits = append(first, edits...)
	}
	return edits
}

// measureText is what was found, as text.
func measureText(d MeasureDocument, diff string) string {
	var b strings.Builder
	distrust := []string{}
	if d.Measured != nil {
		b.WriteString(measuredText(d.Service, *d.Measured))
		distrust = d.Measured.Distrust
	}
	if d.Recorded != nil {
		b.WriteString(recordedText(d.Service, *d.Recorded))
		distrust = d.Recorded.Distrust
	}
	if len(distrust) > 0 {
		b.WriteString("\nto distrust\n")
		for _, text := range distrust {
			b.WriteString(fold("  - ", text))
		}
	}
	if diff != "" {
		fmt.Fprintf(&b, "\n%s\n%s", map[bool]string{true: "written into the spec:", false: "in the spec (--write writes it):"}[d.Written], diff)
	}
	return b.String()
}

// recordedText is what records say.
func recordedText(service string, u records.Usage) string {
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	title := service + ", as it was recorded"
	line("%s\n%s", title, strings.Repeat("-", len(title)))
	row := func(name, text string) { line("  %-28s%s", name, text) }
	if d := u.Duration; d != nil {
		text := fmt.Sprintf("%s, the mean of %s invocations", span(float64(*d)), format.Grouped(fmt.Sprintf("%.0f", u.Invocations)))
		if u.P50 != nil {
			text += fmt.Sprintf("; p50 %s, p99 %s", span(float64(*u.P50)), span(float64(*u.P99)))
		}
		row("duration", text)
		if u.MemoryMB > 0 {
			row("  with the memory", fmt.Sprintf("%d MB", u.MemoryMB))
		}
	}
	if d := u.Billed; d != nil {
		row("billed", span(float64(*d)))
	}
	if d := u.CPUTime; d != nil {
		text := span(float64(*d))
		if u.CPULow != nil {
			text += fmt.Sprintf(" (%s to %s in four parts of the time)", span(float64(*u.CPULow)), span(float64(*u.CPUHigh)))
		}
		row("CPU time", text)
	}
	if d := u.StartTime; d != nil {
		row("start", span(float64(*d))+", the mean of "+format.Plural(int(u.Starts), "start"))
	}
	if u.Peak != nil {
		row("memory, at most", bytesOf(*u.Peak))
	}
	return b.String()
}

// measuredText is a measurement.
func measuredText(service string, r measure.Result) string {
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	title := service + ", measured on this machine"
	if len(r.Missing) > 0 {
		title += ": a part"
	}
	line("%s", title)
	line("%s", strings.Repeat("-", len(title)))
	row := func(name, text string) { line("  %-28s%s", name, text) }
	if f := r.StartTime; f != nil {
		row("start", lengths(f, "start"))
	}
	if f := r.StartCPU; f != nil {
		row("  CPU time of it", lengths(f, "start"))
	}
	if f := r.Rest; f != nil {
		row("memory at rest", bytesOf(int64(f.Mean)))
	}
	if r.Peak != nil {
		row("memory under load, at most", bytesOf(*r.Peak))
	}
	for _, route := range r.Routes {
		line("")
		line("%s: %s", route.Route, countsText(route.Counts))
		if f := route.Mean; f != nil {
			row("duration", lengths(f, "run")+quantilesText(route.Quantile))
		}
		if f := route.CPU; f != nil {
			row("CPU time", lengths(f, "run"))
		}
		size := func(name string, f *measure.Figure) {
			if f != nil {
				row(name, bytesOf(int64(f.Mean)))
			}
		}
		size("request", route.Request)
		size("response", route.Response)
		size("log", route.Logged)
	}
	if len(r.Loads) > 0 {
		line("")
		line("all routes together, by requests a second")
		for _, l := range r.Loads {
			name := format.Figure(l.Rate, 4) + "/s"
			if l.Rate == 0 {
				name = "the log's, " + format.Figure(l.Achieved, 4) + "/s"
			}
			text := countsText(l.Counts)
			if l.Mean != nil {
				text = lengths(l.Mean, "run") + quantilesText(l.Quantile)
				if l.CPU != nil {
					text += "; CPU time " + span(l.CPU.Mean)
				}
				if l.Peak != nil {
					text += "; " + bytesOf(*l.Peak)
				}
			}
			row(name, text)
		}
	}
	if len(r.Levels) > 0 {
		line("")
		line("all routes together, by requests at once")
		for _, l := range r.Levels {
			if l.Mean != nil {
				row(strconv.Itoa(l.Clients), lengths(l.Mean, "run")+"; "+format.Figure(l.Rate, 4)+"/s")
			}
		}
		if f := r.Doubles; f != nil {
			row("the latency doubles at", fmt.Sprintf("%.3g (%.3g to %.3g)", f.Mean, f.Low, f.High))
		}
	}
	line("")
	line("requests sent: %s; %s to warm up", countsText(r.Sent()), format.Grouped(fmt.Sprint(r.WarmUp.Sent)))
	for i, p := range r.Problems {
		if i == 5 {
			line("  ... and %d more kinds", len(r.Problems)-i)
			break
		}
		line("  %d times: %s", p.Times, p.What)
	}
	if c := r.Core; c != nil {
		line("")
		line("this machine's core and a %s (%s):", c.Reference.Name, c.Reference.What)
		line("  CPU time here x %.3g (%.3g to %.3g) is CPU time there", c.Factor, c.Low, c.High)
		for _, l := range c.Loops {
			line("  %-8s %s here, %s there", l.Name, span(l.Here), span(l.Reference))
		}
		line("  Source: %s", c.Reference.Source)
	}
	return b.String()
}

func lengths(f *measure.Figure, of string) string {
	return fmt.Sprintf("%s (%s to %s in %s)", span(f.Mean), span(f.Low), span(f.High), format.Plural(f.Runs, of))
}

func span(ns float64) string { return spec.Duration(project.Rounded(time.Duration(ns))).String() }

func quantilesText(q *measure.Durations) string {
	if q == nil {
		return ""
	}
	return fmt.Sprintf("; p50 %s, p90 %s, p99 %s", span(float64(q.P50)), span(float64(q.P90)), span(float64(q.P99)))
}

func countsText(c measure.Counts) string {
	text := format.Grouped(fmt.Sprint(c.Sent)) + " requests, " + format.Grouped(fmt.Sprint(c.OK)) + " ok"
	for _, other := range []struct {
		n    int64
		what string
	}{{c.Refused, "answered 400 to 499"}, {c.Failed, "failed"}, {c.Unanswered, "without an answer"}, {c.Unfinished, "cut off"}} {
		if other.n > 0 {
			text += fmt.Sprintf(", %d %s", other.n, other.what)
		}
	}
	return text
}

func bytesOf(n int64) string {
	if n < 10_000 {
		return format.Grouped(fmt.Sprint(n)) + " bytes"
	}
	for _, unit := range []string{"KiB", "MiB", "GiB"} {
		if n < 1<<20 || unit == "GiB" {
			return fmt.Sprintf("%.4g %s", float64(n)/1024, unit)
		}
		n /= 1024
	}
	return ""
}
