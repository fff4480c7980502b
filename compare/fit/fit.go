// Package fit says whether an app and its usage fit each target: what the
// targets' own resolving found, and the limits that traffic runs into.
//
// A blocker is something that a target cannot do. A knob keeps the app from a target with the
// current spec, but one line of the spec or a higher quota fixes it; it includes that line. A
// warning is a limit that is near, or behaviour that the team should agree to. Each names the
// line of the spec, the limit's value, the page that documents it, and what to do. A limit that
// depends on an unknown figure is not checked, and the report says so.
package fit

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"ambi/compare/format"
	"ambi/compare/price/cost"
	"ambi/spec"
	"ambi/target"
	"ambi/target/finding"
	"ambi/target/lambda"
)

// Severity says how much a limit matters.
type Severity string

// The severities.
const (
	Blocker Severity = "blocker"
	Knob    Severity = "knob"
	Warning Severity = "warning"
)

// Limit is one limit that the app or its usage runs into.
type Limit struct {
	Target   spec.Target `json:"target"`
	Severity Severity    `json:"severity"`
	Service  string      `json:"service,omitempty"`
	Path     string      `json:"path"` // in the spec, such as services.api.timeout
	Line     int         `json:"line"`
	Column   int         `json:"column"`
	Name     string      `json:"name"`   // what is limited
	Value    string      `json:"value"`  // the limit
	Actual   string      `json:"actual"` // what the app or its usage needs
	Page     string      `json:"page"`   // that documents it
	Message  string      `json:"message"`
	Hint     string      `json:"hint,omitempty"` // what to do
	// The fix for a knob: lines to write into the spec, or a quota to raise.
	Write []spec.Edit `json:"write,omitempty"`
	Quota string      `json:"quota,omitempty"`
}

// Change describes a knob's fix in a few words.
func (l Limit) Change() string {
	if len(l.Write) == 0 {
		return "a quota of " + l.Quota
	}
	var list []string
	for _, e := range l.Write {
		list = append(list, e.String())
	}
	return strings.Join(list, ", ")
}

// Report is how an app fits both targets.
type Report struct {
	Blockers []Limit      `json:"blockers"` // by target, then by line
	Knobs    []Limit      `json:"knobs"`
	Warnings []Limit      `json:"warnings"`
	Findings finding.List `json:"findings"` // everything that resolving said, by target
	// Unchecked lists the unknown figures because of which some limit was not checked.
	Unchecked []cost.Missing `json:"unchecked"`
}

// Blocked lists the limits that keep the app from a target.
func (r Report) Blocked(t spec.Target) []Limit { return of(r.Blockers, t) }

// Turned lists the changes that the app needs to fit a target.
func (r Report) Turned(t spec.Target) []Limit { return of(r.Knobs, t) }

// Fits reports whether a target supports the app with its current spec; a quota may still need
// to be raised.
func (r Report) Fits(t spec.Target) bool {
	return len(r.Blocked(t)) == 0 && !slices.ContainsFunc(r.Turned(t), func(l Limit) bool { return len(l.Write) > 0 })
}

// Warned lists a target's warnings.
func (r Report) Warned(t spec.Target) []Limit { return of(r.Warnings, t) }

func of(limits []Limit, t spec.Target) []Limit {
	var list []Limit
	for _, l := range limits {
		if l.Target == t {
			list = append(list, l)
		}
	}
	return list
}

// Input is the input of Check.
type Input struct {
	Resolved  *target.Resolved
	Workloads []cost.Workload // by service, in order
	Choices   cost.Choices
	Region    string // of the prices; empty where they do not matter
	// Nodes is how many nodes the app takes, where that is known.
	Nodes    *cost.Nodes
	Replicas cost.Replicas
	// Served are the targets on which a simulation served nearly all requests, all but some in
	// a thousand. There, a peak above a limit according to averages only warns.
	Served target.Pair[bool]
}

// tooMany is how much it matters that a peak is over a bound of a service, and what
// comes of it.
func (in Input) tooMany(t spec.Target, otherwise string) (Severity, string) {
	if in.Served.Of(t) {
		return Warning, "that is from averages; in the simulation the requests stayed within it"
	}
	return Knob, otherwise
}

// Check compares the app and its usage with every limit.
func Check(in Input) Report {
	c := &checker{Input: in, report: Report{Findings: in.Resolved.All(), Blockers: []Limit{}, Knobs: []Limit{}, Warnings: []Limit{}, Unchecked: []cost.Missing{}}}
	for _, finding := range c.report.Findings.Refused() {
		if !c.Choices.Lambda.Door().Lifts(finding) {
			c.refused(finding)
		}
	}
	peak := 0.0
	for _, w := range in.Workloads {
		c.unchecked(w)
		if f, ok := in.Resolved.Lambda.Service(w.Name); ok {
			peak += c.lambda(w, f)
		}
		if d, ok := in.Resolved.Kubernetes.Service(w.Name); ok {
			c.kubernetes(w, d)
		}
	}
	c.account(peak)
	c.agree()
	for _, list := range [][]Limit{c.report.Blockers, c.report.Knobs, c.report.Warnings} {
		slices.SortStableFunc(list, byPlace)
	}
	return c.report
}

// adder adds the limits of one service on one target.
func (c *checker) adder(t spec.Target, service string) addLimit {
	return func(severity Severity, path string, l Limit) {
		l.Target, l.Severity, l.Service, l.Path = t, severity, service, path
		c.add(l)
	}
}

func byPlace(a, b Limit) int {
	return cmp.Or(-strings.Compare(string(a.Target), string(b.Target)), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
}

// InOrder sorts limits of several lists in a report's order.
func InOrder(lists ...[]Limit) []Limit {
	all := slices.Concat(lists...)
	slices.SortStableFunc(all, byPlace)
	return all
}

type checker struct {
	Input
	report Report
}

// add places a limit in the spec and reports it.
func (c *checker) add(l Limit) {
	at := c.Resolved.App.Position(l.Path)
	l.Line, l.Column = at.Line, at.Column
	list := &c.report.Warnings
	switch l.Severity {
	case Blocker:
		list = &c.report.Blockers
	case Knob:
		list = &c.report.Knobs
	case Warning:
	}
	*list = append(*list, l)
}

// refused reports what resolving refused: as a blocker, unless one line fixes it and changes
// nothing about the app, such as where its image is.
func (c *checker) refused(f finding.Finding) {
	service := ""
	if rest, ok := strings.CutPrefix(f.Path, "services."); ok {
		service, _, _ = strings.Cut(rest, ".")
	}
	l := Limit{
		Target: f.Target, Severity: Blocker, Service: service, Path: f.Path, Name: f.Limit, Page: f.Page,
		Message: f.Message, Hint: f.Hint,
	}
	if image := c.elsewhere(f); image != "" {
		l.Severity, l.Message = Knob, f.Message+", so push it to one, under your account's number"
		l.Write = []spec.Edit{{Path: f.Path, Value: inECR(image, cmp.Or(c.Region, "us-east-1"))}}
	}
	c.add(l)
}

// elsewhere returns the image that a finding refuses because of its registry; empty for
// every other finding.
func (c *checker) elsewhere(f finding.Finding) string {
	if f.Limit != lambda.RegistryLimit {
		return ""
	}
	for _, s := range c.Resolved.Lambda.Services {
		at := "services." + s.Name
		if f.Path == c.Resolved.App.ImagePath(at) || f.Path == at+".lambda.image" {
			return s.Image
		}
	}
	return ""
}

// inECR names an image after it is pushed to ECR under the same name. The account is the
// one that AWS's own documentation uses.
func inECR(image, region string) string {
	if registry, rest, ok := strings.Cut(image, "/"); ok && (strings.ContainsAny(registry, ".:") || registry == "localhost") {
		image = rest
	}
	return "123456789012.dkr.ecr." + region + ".amazonaws.com/" + image
}

// unchecked notes the figures that limits would have been compared with.
func (c *checker) unchecked(w cost.Workload) {
	for _, input := range w.Missing() {
		switch input {
		case "logSize", "outboundSize": // no limit depends on them
		default:
			c.report.Unchecked = append(c.report.Unchecked, cost.Missing{Service: w.Name, Input: input})
		}
	}
}

// count prints a number of things without an irrelevant fraction.
func count(x float64) string {
	if x < 10 {
		return strings.TrimSuffix(fmt.Sprintf("%.1f", x), ".0")
	}
	return format.Grouped(fmt.Sprintf("%.0f", x))
}

// atLeast is the knob of a bound that is too low: the value to write. It is a blocker
// where the spec takes no such value, and else as severe as it was.
func (c *checker) atLeast(l Limit, path string, value, most int) Limit {
	l.Path = path
	if l.Severity != Knob {
		return l
	}
	if value > most {
		l.Severity = Blocker
		return l
	}
	l.Write = []spec.Edit{{Path: path, Value: strconv.Itoa(value)}}
	return l
}

// agree lets knobs of both targets on one line of the spec ask for the higher value,
// which mends both.
func (c *checker) agree() {
	highest := map[string]spec.Edit{}
	for _, k := range c.report.Knobs {
		for _, e := range k.Write {
			if h, found := highest[e.Path]; !found || amount(e.Value) > amount(h.Value) {
				highest[e.Path] = e
			}
		}
	}
	for i := range c.report.Knobs {
		for j, e := range c.report.Knobs[i].Write {
			c.report.Knobs[i].Write[j] = highest[e.Path]
		}
	}
}

// amount is what a knob writes as a number: a count, or a time in nanoseconds. Of other
// values only one target ever asks for a change.
func amount(value string) float64 {
	if d, err := time.ParseDuration(value); err == nil {
		return float64(d)
	}
	n, _ := strconv.ParseFloat(value, 64)
	return n
}

// bound is a number that the spec gives, or has by default.
func (c *checker) bound(path string, n int) string {
	if c.Resolved.App.Given(path) {
		return count(float64(n))
	}
	return count(float64(n)) + ", its default"
}
