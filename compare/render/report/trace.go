package report

import (
	"fmt"
	"strings"
	"time"

	"ambi/compare/demand"
	"ambi/compare/demand/trace"
	"ambi/compare/format"
	"ambi/compare/render/report/chart"
	"ambi/spec"
)

// Trace is a trace's figures, and where it comes from.
type Trace struct {
	Name    string        `json:"name"`
	Format  trace.Format  `json:"readAs,omitempty"` // of one that was read
	Columns trace.Columns `json:"columns,omitzero"` // of csv and timestamps
	Made    string        `json:"made,omitempty"`   // how, of one that was made
	Began   time.Time     `json:"began,omitzero"`
	// Period is what a count stands for, and whether that is assumed from the
	// distance of times; left out where a row is a request.
	Period  time.Duration  `json:"periodNanoseconds,omitempty"`
	Assumed bool           `json:"periodAssumed,omitempty"`
	Samples []trace.Sample `json:"samples,omitempty"` // the first rows as they were read
	Skipped trace.Skipped  `json:"skipped"`
	Figures trace.Figures  `json:"figures"`
	Usage   trace.Usage    `json:"usage"` // what a log says of its requests
	// UsageDiff is how --usage changed the spec, as a unified diff.
	UsageDiff string `json:"usageDiff,omitempty"`
}

// TraceText is a trace's figures as text, with a chart of its rate.
func TraceText(t Trace) string {
	p := &page{}
	f := t.Figures
	p.heading(fmt.Sprintf("%s: %s in %s", t.Name, requests(f.Requests), span(f.Span)))
	if t.Made != "" {
		p.say("", "Made: "+t.Made+".")
	} else {
		read := fmt.Sprintf("Read as %s", t.Format)
		if t.Format == trace.CSV || t.Columns.Times > 1 {
			read += fmt.Sprintf(", times from column %d", t.Columns.Times)
			if t.Columns.Counts > 0 {
				read += fmt.Sprintf(", counts from column %d", t.Columns.Counts)
			}
		}
		if !t.Began.IsZero() {
			read += ", from " + t.Began.Format("2006-01-02T15:04:05Z") + " on"
		}
		if t.Period > 0 {
			read += ", a count for each " + span(t.Period)
			if t.Assumed {
				read += " (assumed: the times are as far apart)"
			}
		}
		p.say("", read+".")
		p.samples(t.Samples)
	}
	figure := func(name, format string, args ...any) {
		p.say(fmt.Sprintf("  %-22s", name), fmt.Sprintf(format, args...))
	}
	figure("mean rate", "%s a second; %s a month if it went on so", amount(f.Mean), amount(f.Mean*demand.SecondsPerMonth))
	for _, w := range []struct {
		name string
		trace.Window
	}{{"peak in a second", f.Second}, {"peak in a minute", f.Minute}} {
		text := format.Grouped(fmt.Sprint(w.Peak))
		if w.PeakToMean != nil {
			text += fmt.Sprintf(", %.3g times the mean rate", *w.PeakToMean)
		}
		figure(w.name, "%s", text)
	}
	if f.Second.Dispersion != nil {
		text := fmt.Sprintf("%.4g in windows of a second", *f.Second.Dispersion)
		if f.Minute.Dispersion != nil {
			text += fmt.Sprintf(", %.4g of a minute", *f.Minute.Dispersion)
		}
		figure("index of dispersion", "%s; a Poisson process has 1", text)
	}
	if f.Requests > 1 {
		figure("gaps between requests", "p50 %s, p90 %s, p99 %s, p99.9 %s", span(f.Gaps.P50), span(f.Gaps.P90), span(f.Gaps.P99), span(f.Gaps.P999))
		figure("longest gap", "%s, from %s on", span(f.Gaps.Longest), span(f.Gaps.LongestFrom))
	}
	p.usage(t.Usage)
	p.rate(f)
	if t.UsageDiff != "" {
		p.line("")
		for line := range strings.Lines(t.UsageDiff) {
			p.line(strings.TrimSuffix(line, "\n"))
		}
	}
	return p.String()
}

// samples shows the first rows as they were read.
func (p *page) samples(samples []trace.Sample) {
	for _, s := range samples {
		at := fmt.Sprintf("%gs", s.Seconds)
		if !s.Time.IsZero() {
			at = s.Time.Format("2006-01-02T15:04:05.999999999Z")
		}
		p.line(fmt.Sprintf("  row %-18d%s: %s", s.Line, at, requests(s.Requests)))
	}
}

// usage shows what a log says of its requests.
func (p *page) usage(u trace.Usage) {
	if d := u.Duration; d != nil {
		p.say(fmt.Sprintf("  %-22s", "duration"), fmt.Sprintf("mean %s, p50 %s, p90 %s, p99 %s, p99.9 %s, longest %s; by %s of %s",
			span(d.Mean), span(d.P50), span(d.P90), span(d.P99), span(d.P999), span(d.Longest), d.Field, requests(d.Of)))
	}
	for _, size := range []struct {
		name string
		*trace.Sizes
	}{{"request size", u.Request}, {"response size", u.Response}} {
		if s := size.Sizes; s != nil {
			n := func(bytes int64) string { return format.Grouped(fmt.Sprint(bytes)) }
			p.say(fmt.Sprintf("  %-22s", size.name), fmt.Sprintf("mean %s bytes, p50 %s, p99 %s, largest %s; of %s",
				n(s.Mean), n(s.P50), n(s.P99), n(s.Largest), requests(s.Of)))
		}
	}
}

// The chart of a rate.
const chartHeight = 10

// rate draws requests a second over time.
func (p *page) rate(f trace.Figures) {
	if len(f.Rate.Count) < 2 {
		return
	}
	mean, peak := make([]float64, len(f.Rate.Count)), make([]float64, len(f.Rate.Count))
	for i, n := range f.Rate.Count {
		// The last stretch may be cut short.
		length := min(f.Rate.Step, f.Span-time.Duration(i)*f.Rate.Step)
		mean[i], peak[i] = float64(n)/max(length.Seconds(), 1), float64(f.Rate.Peak[i])
	}
	p.line("")
	p.line("requests a second: █ the mean, ░ the busiest second")
	lines := chart.Bars(mean, peak, Width, chartHeight, func(v float64) string { return fmt.Sprintf("%.3g", v) })
	for _, line := range lines {
		p.line(line)
	}
	label, _, _ := strings.Cut(lines[0], "┤")
	indent := strings.Repeat(" ", len([]rune(label)))
	columns := min(len(mean), Width-len(indent)-1)
	begin, end := "0s", span(f.Span)
	if columns < len(begin)+len(end)+1 {
		end = ""
	}
	p.line(strings.TrimRight(indent+"└"+begin+strings.Repeat(" ", max(1, columns-len(begin)-len(end)))+end, " "))
}

// span prints a duration to about four digits.
func span(d time.Duration) string {
	switch {
	case d >= time.Minute:
		d = d.Round(time.Second)
	case d >= time.Second:
		d = d.Round(10 * time.Millisecond)
	case d >= time.Millisecond:
		d = d.Round(10 * time.Microsecond)
	case d >= time.Microsecond:
		d = d.Round(10 * time.Nanosecond)
	}
	return spec.Duration(d).String()
}
