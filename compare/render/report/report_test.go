package report_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"ambi/compare"
	"ambi/compare/demand"
	"ambi/compare/format"
	"ambi/compare/price"
	"ambi/compare/price/cost"
	"ambi/compare/price/nodes"
	"ambi/compare/render/report"
	"ambi/spec"
	"ambi/target"
)

const image = "123456789012.dkr.ecr.us-east-1.amazonaws.com/shop:1"

// compared compares an app whose usage is known but for what the spec says.
func compared(t *testing.T, text string) compare.Result {
	t.Helper()
	return comparedWith(t, text, cost.Defaults())
}

// comparedWith compares an app with choices.
func comparedWith(t *testing.T, text string, choices cost.Choices) compare.Result {
	t.Helper()
	book, err := price.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	sheet, err := book.In("us-east-1")
	if err != nil {
		t.Fatal(err)
	}
	catalog, err := nodes.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	app, err := spec.Parse("app.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	usage := compare.UsageOf(app)
	for name, u := range usage {
		u.Request, u.Response = demand.Known[int64](2000), demand.Known[int64](6000)
		u.Log, u.Outbound, u.Start = demand.Known[int64](300), demand.Known[int64](0), demand.Known(120*time.Millisecond)
		usage[name] = u
	}
	r, err := compare.Compare(compare.Input{Resolved: target.Resolve(app), Usage: usage, Data: demand.DataFromSpec(app), Sheet: sheet, Catalog: catalog, Choices: choices})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// apps are specs of one service or more, with and without usage and blockers.
func apps() map[string]string {
	one := "apiVersion: ambi/v1\nname: shop\nservices:\n  api: {image: " + image + ", http: {routes: [GET /]}%s}\n%s"
	return map[string]string{
		"small":   fmt.Sprintf(one, "", "usage: {requests: 3M/month, duration: 40ms, cpuTime: 12ms, shape: diurnal}\n"),
		"large":   fmt.Sprintf(one, "", "usage: {requests: 200k/s, duration: 400ms, cpuTime: 300ms, shape: bursty}\n"),
		"unknown": fmt.Sprintf(one, "", ""),
		"slow":    fmt.Sprintf(one, ", timeout: 20m", "usage: {requests: 1/s, duration: 15m, cpuTime: 12ms, shape: steady}\n"),
		"mixed": "apiVersion: ambi/v1\nname: shop\nimage: " + image + "\nusage: {duration: 100ms, cpuTime: 15ms, shape: diurnal}\nservices:\n" +
			"  web: {cpu: 500m, memory: 1Gi, concurrency: 20, needs: [stock, render], http: {routes: [GET /]}, kubernetes: {identity: irsa}, usage: {requests: 150M/month}}\n" +
			"  stock: {cpu: 250m, memory: 512Mi, concurrency: 20, http: {internal: true, routes: [GET /stock]}, usage: {requests: 60M/month}}\n" +
			"  report: {timeout: 60s, cpu: 100m, memory: 256Mi, http: {routes: [GET /report]}, usage: {requests: 1k/month, duration: 40s, shape: steady}}\n" +
			"  render: {cpu: 2, memory: 9Gi, concurrency: 1, http: {internal: true, routes: [POST /render]}, usage: {requests: 20k/month, duration: 2s, cpuTime: 1500ms, shape: sporadic}}\n",
		"several": "apiVersion: ambi/v1\nname: shop\nservices:\n  a-service-with-a-name-that-is-long: {image: " + image +
			", http: {routes: [GET /]}}\n  b: {image: " + image + ", http: {routes: [GET /b]}}\nusage: {requests: 3M/month}\n",
		"events": "apiVersion: ambi/v1\nname: photos\nimage: " + image + "\n" + `data:
  originals: {bucket: {usage: {stored: 56Gi, writes: 600k/month}}}
  jobs: {queue: {fifo: true}}
services:
  resize:
    uploads: {from: originals, batch: 10}
    kubernetes: {identity: pod-identity}
    usage: {requests: 600k/month, duration: 400ms, cpuTime: 150ms, batchSize: 4}
  mail:
    queue: {from: jobs}
    kubernetes: {identity: pod-identity}
    usage: {requests: 200k/month}
  report:
    schedule: {cron: "0 6 * * MON-FRI"}
    timeout: 15m
    usage: {duration: 2m, cpuTime: 90s}
usage: {duration: 200ms, cpuTime: 60ms, shape: steady}
`,
		"nightly": "apiVersion: ambi/v1\nname: nightly\nimage: " + image + "\nservices:\n  report: {schedule: {cron: \"0 6 * * *\"}, timeout: 15m, usage: {duration: 2m, cpuTime: 90s}}\n",
	}
}

func TestReportFitsATerminal(t *testing.T) {
	for name, text := range apps() {
		r := compared(t, text)
		d := compare.Against(compared(t, apps()["small"]), r)
		options := report.Options{Spec: "app/app.yaml", Against: &d, Failed: []string{"lambda > 1.2 * kubernetes: lambda is 300, kubernetes is 20"}}
		brief := report.Text(r, options)
		options.Full = true
		for i, line := range strings.Split(brief+report.Text(r, options), "\n") {
			if utf8.RuneCountInString(line) > report.Width && !strings.Contains(line, "https://") { // addresses stay whole
				t.Errorf("%s: line %d has %d columns: %s", name, i+1, utf8.RuneCountInString(line), line)
			}
			if strings.TrimRight(line, " ") != line {
				t.Errorf("%s: line %d ends with a space", name, i+1)
			}
		}
	}
}

// Everything a result holds of these is in the text, in whatever layout.
func TestReportLeavesNothingOut(t *testing.T) {
	for name, text := range apps() {
		r := compared(t, text)
		printed := flat(report.Text(r, report.Options{Spec: "app/app.yaml", Full: true}))
		has := func(what string) {
			t.Helper()
			if !strings.Contains(printed, flat(what)) {
				t.Errorf("%s: the report lacks %q", name, what)
			}
		}
		has(r.Verdict.Because)
		for _, a := range r.Assumptions {
			has(a.Text)
			has(a.Source)
		}
		for _, d := range r.Operations {
			has(d.Duty + ": " + d.Why)
		}
		for _, l := range append(r.Fit.Blockers, r.Fit.Warnings...) {
			for _, part := range []string{l.Message, l.Value, l.Actual, l.Page, l.Hint, fmt.Sprintf("app/app.yaml:%d: %s", l.Line, l.Path)} {
				has(part)
			}
		}
		if (name == "mixed") != r.Placement.Clear() {
			t.Errorf("%s: the placement is %+v", name, r.Placement)
		}
		if r.Placement.Clear() {
			for _, call := range r.Placement.Across {
				has(call.Caller + " calls " + call.Callee)
			}
			if len(r.Placement.Across) != 1 {
				t.Errorf("%s: across targets call %+v", name, r.Placement.Across)
			}
			for _, s := range r.Placement.Services {
				has(s.Service + " on " + format.Sentence(string(s.Target)))
				has(s.Pinned)
				has(strings.Join(s.With, ", "))
				if s.Elsewhere != nil {
					has(format.Money(*s.Elsewhere))
				}
			}
		}
		for _, c := range r.BreakEven.Crossings {
			for _, driver := range []compare.Driver{c.LambdaDriver, c.KubernetesDriver, c.Cause} {
				has(driver.Name)
			}
		}
		for _, side := range []compare.Side{r.Lambda, r.Kubernetes} {
			if side.Bill == nil {
				has(side.Unpriced)
				continue
			}
			for _, c := range side.Bill.Components {
				has(firstWords(c.Name))
				if c.Cost == nil {
					has(c.Formula)
				}
			}
			rows := strings.Count(printed, "$0.00")
			if zero := zeros(side.Bill); zero == 0 || rows < zero {
				t.Errorf("%s: %d amounts of zero printed for %d lines of zero", name, rows, zero)
			}
		}
	}
}

// screen is how many lines of a terminal the report takes by default, at most: for an
// app without much to warn of it is half of that.
const screen = 48

// By default a report is one screen: the verdict, both totals with what they pay for,
// what turns the answer, and the limits.
func TestBriefReportIsOneScreen(t *testing.T) {
	for name, text := range apps() {
		r := compared(t, text)
		brief := report.Text(r, report.Options{
			Spec: "app/app.yaml", Failed: []string{"lambda > 1.2 * kubernetes: lambda is 300, kubernetes is 20"},
			Give: map[demand.Input]string{demand.Requests: "--requests SERVICE=RATE, or services.SERVICE.usage.requests in the spec, of all services but one"},
		})
		if n := strings.Count(brief, "\n"); n > screen {
			t.Errorf("%s: %d lines:\n%s", name, n, brief)
		}
		printed := flat(brief)
		has := func(what string) {
			t.Helper()
			if !strings.Contains(printed, flat(what)) {
				t.Errorf("%s: the brief report lacks %q", name, what)
			}
		}
		has(r.Verdict.Because)
		for _, side := range []compare.Side{r.Lambda, r.Kubernetes} {
			switch {
			case side.Bill == nil:
				has(side.Unpriced)
			case side.Bill.Total != nil:
				has(format.Money(*side.Bill.Total) + " a month")
			default:
				has(format.Money(side.Bill.Known) + "+ a month")
			}
		}
		for i, l := range r.Fit.Blockers {
			if i < 3 {
				has(l.Message)
				has(l.Hint)
			}
		}
		for i, f := range r.Sensitivity {
			if i < 3 && f.Input != compare.RequestsInput {
				has(f.Name() + " " + f.To)
			}
		}
		for _, a := range r.Alternatives {
			if a.Flips {
				has(a.Name)
			}
		}
		has("--full prints the rest:")
	}
	if n := strings.Count(report.Text(compared(t, apps()["small"]), report.Options{Spec: "app/app.yaml"}), "\n"); n > screen/2 {
		t.Errorf("a small app takes %d lines", n)
	}
}

// What one screen has no room for is counted.
func TestBriefReportSaysWhatItLeavesOut(t *testing.T) {
	r := compared(t, apps()["several"])
	for i := range 20 {
		s := r.Services[0]
		s.Name = fmt.Sprintf("service-%d", i)
		r.Services = append(r.Services, s)
		l := r.Fit.Warnings[0]
		l.Name, l.Message = fmt.Sprintf("limit %d", i), fmt.Sprintf("warning %d", i)
		r.Fit.Warnings = append(r.Fit.Warnings, l)
	}
	printed := report.Text(r, report.Options{Spec: "app/app.yaml"})
	if !strings.Contains(printed, "(and 1 more like it)") {
		t.Errorf("what two services have alike is not said once in\n%s", printed)
	}
	for _, want := range []string{
		fmt.Sprintf("  ... and %d services more\n", len(r.Services)-5), fmt.Sprintf("  ... and %d warnings more\n", len(r.Fit.Warnings)-4),
	} {
		if !strings.Contains(printed, want) {
			t.Errorf("no %q in\n%s", want, printed)
		}
	}
	if n := strings.Count(printed, "\n"); n > screen {
		t.Errorf("%d lines", n)
	}
	d := compare.Against(compared(t, apps()["large"]), compared(t, apps()["small"]))
	if got := report.Text(r, report.Options{Against: &d}); strings.Count(got, "\n  - ") != 3 || !strings.Contains(got, " lines more\n") {
		t.Errorf("not the three lines that changed most, and how many others:\n%s", got)
	}
}

func TestAnUnknownTotalIsNoNumber(t *testing.T) {
	printed := report.Text(compared(t, apps()["unknown"]), report.Options{
		Full: true, Give: map[demand.Input]string{demand.Requests: "--requests RATE"},
	})
	for _, want := range []string{"shop in us-east-1: no verdict yet", "  requests     --requests RATE", "= requests x"} {
		if !strings.Contains(printed, want) {
			t.Errorf("no %q in\n%s", want, printed)
		}
	}
	if idle := regexp.MustCompile(`(?m)^  of which idle +(\S+)$`).FindAllStringSubmatch(printed, -1); len(idle) != 2 || idle[0][1] != "$0.00" || idle[1][1] != "?" {
		t.Errorf("what idles is %v, and nobody knows on Kubernetes", idle)
	}
	for _, never := range []string{"NaN", "Inf", "difference", "cross at"} {
		if strings.Contains(printed, never) {
			t.Errorf("%q in\n%s", never, printed)
		}
	}
}

// zeros counts a bill's lines that cost nothing.
func zeros(b *cost.Bill) (n int) {
	for _, c := range b.Components {
		if c.Cost != nil && *c.Cost == 0 {
			n++
		}
	}
	return n
}

// firstWords is as much of a component's name as is never broken.
func firstWords(name string) string {
	words := strings.Fields(name)
	return strings.Join(words[:min(2, len(words))], " ")
}

// flat is text without its layout.
func flat(text string) string { return strings.Join(strings.Fields(text), " ") }

// Dozens of places where the answer changes are told as a number in Markdown, and
// one by one in full.
func TestManyCrossings(t *testing.T) {
	r := compared(t, apps()["small"])
	c := r.BreakEven.Crossings[0]
	for range 11 {
		c.Requests *= 1.5
		r.BreakEven.Crossings = append(r.BreakEven.Crossings, c)
		r.BreakEven.Bands[0].Below = append(r.BreakEven.Bands[0].Below, c.Crossing)
	}
	n := len(r.BreakEven.Crossings)
	full, markdown := report.Text(r, report.Options{Full: true}), report.Markdown(r, report.Options{})
	between := fmt.Sprintf("%d changes more between these", n-2)
	if got := strings.Count(full, " is cheaper: Lambda costs"); got != n || strings.Contains(full, between) {
		t.Errorf("in full %d crossings of %d", got, n)
	}
	if got := strings.Count(markdown, " turns it"); got != 2 || !strings.Contains(markdown, between) {
		t.Errorf("in Markdown %d crossings, without %q", got, between)
	}
	if want := fmt.Sprintf("%d times from ", len(r.BreakEven.Bands[0].Below)); !strings.Contains(full, want) {
		t.Errorf("no %q in the bands", want)
	}
}
