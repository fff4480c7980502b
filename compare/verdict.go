package compare

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"ambi/compare/demand"
	"ambi/compare/fit"
	"ambi/compare/format"
	"ambi/compare/price"
	"ambi/compare/price/cost"
	"ambi/spec"
	"ambi/target/lambda"
)

// Answer is the result of a verdict.
type Answer string

// The answers.
const (
	Lambda     Answer = "lambda"
	Kubernetes Answer = "kubernetes"
	Either     Answer = "either"  // both cost about the same
	Neither    Answer = "neither" // both are blocked
	Unknown    Answer = "unknown" // a figure is missing
)

// Name is the answer as printed.
func (a Answer) Name() string {
	switch a {
	case Lambda, Kubernetes:
		return format.Sentence(string(a))
	case Unknown:
		return "no verdict yet"
	default:
		return string(a)
	}
}

// Verdict is the recommendation at this usage.
type Verdict struct {
	Answer     Answer         `json:"answer"`
	Because    string         `json:"because"` // one sentence
	Lambda     *price.USD     `json:"lambda"`  // a month; null while unknown
	Kubernetes *price.USD     `json:"kubernetes"`
	Saves      *price.USD     `json:"saves"`    // what the cheaper one saves a month
	Percent    float64        `json:"percent"`  // the same, of the dearer one's cost
	Missing    []cost.Missing `json:"missing"`  // what to give for a verdict
	Whatever   []cost.Missing `json:"whatever"` // unknown too, and of no consequence within its bounds
	Price      []string       `json:"price"`    // what the answer costs elsewhere
	Beside     []string       `json:"-"`        // of Price, what is no limit
	Flip       *Flip          `json:"flip"`     // the nearest change that turns the answer
}

// aboutEqual is the difference, in percent of the dearer one, below which two
// costs count as the same: more than list prices and a mean can tell apart.
const aboutEqual = 5

// verdict weighs what fits and what it costs.
func (c *comparison) verdict(p pair, r Result) Verdict {
	v := Verdict{Lambda: r.Lambda.total(), Kubernetes: r.Kubernetes.total(), Missing: p.missing(), Whatever: []cost.Missing{}, Price: []string{}}
	lambda, kubernetes, known := p.at(1)
	if !known {
		lambda, kubernetes, known = c.whatever(p, &v)
	} else {
		dearer := max(lambda, kubernetes)
		saves := dearer - min(lambda, kubernetes)
		v.Saves = &saves
		if dearer > 0 {
			v.Percent = math.Round(1e4*saves.Dollars()/dearer.Dollars()) / 100
		}
	}
	noLambda, noKubernetes := len(r.Fit.Blocked(spec.Lambda)) > 0, len(r.Fit.Blocked(spec.Kubernetes)) > 0
	byCost := ""
	if v.Saves != nil {
		byCost = fmt.Sprintf("; by cost alone it would be %s, %s a month on Lambda and %s on Kubernetes", clearly(lambda, kubernetes), format.Money(lambda), format.Money(kubernetes))
	}
	switch {
	case noLambda && noKubernetes:
		v.Answer, v.Because = Neither, "neither target supports the app with this spec: "+first(r.Fit, spec.Lambda)+"; "+first(r.Fit, spec.Kubernetes)+byCost
	case noLambda:
		v.Answer, v.Because = Kubernetes, "it is the only target that supports the app with this spec: "+first(r.Fit, spec.Lambda)+byCost
	case noKubernetes:
		v.Answer, v.Because = Lambda, "it is the only target that supports the app with this spec: "+first(r.Fit, spec.Kubernetes)+byCost
	case !known:
		v.Answer, v.Because = Unknown, "a verdict needs "+inputs(v.Missing)
	case v.Saves != nil && clearly(lambda, kubernetes) == Either:
		v.Answer, v.Because = Either, fmt.Sprintf("both cost about the same: %s and %s a month", format.Money(lambda), format.Money(kubernetes))
	default:
		v.Answer = clearly(lambda, kubernetes)
		v.Because = cheaper(v, min(lambda, kubernetes), max(lambda, kubernetes))
	}
	if t := spec.Target(v.Answer); slices.Contains(spec.Targets(), t) {
		v.Because += changes(r.Fit.Turned(t))
	}
	if t := spec.Target(v.Answer); slices.Contains(spec.Targets(), t) && failureRateOn(c.Behavior, t) > AcceptableFailures {
		part := failureRateOn(c.Behavior, t)
		v.Because += fmt.Sprintf(", but with this spec %.3g %% of the trace's requests fail there", 100*part)
	}
	c.price(&v, r)
	decided := (v.Answer == Lambda || v.Answer == Kubernetes) && !noLambda && !noKubernetes // by cost, which a figure may turn
	if decided && len(r.Sensitivity) > 0 {
		v.Flip = &r.Sensitivity[0]
	}
	return v
}

// cheaper says by how much one target is cheaper.
func cheaper(v Verdict, less, more price.USD) string {
	if v.Saves == nil {
		return "it is cheaper for any values of the unknown figures, within their bounds: " + inputs(v.Whatever)
	}
	return fmt.Sprintf("%s a month against %s at this usage", format.Money(less), format.Money(more))
}

// changes says what has to change before an answer holds.
func changes(knobs []fit.Limit) string {
	const most = 2
	var list []string
	for i, l := range knobs {
		if slices.ContainsFunc(knobs[:i], func(x fit.Limit) bool { return x.Change() == l.Change() }) {
			continue
		}
		list = append(list, l.Change())
	}
	switch n := len(list); {
	case n == 0:
		return ""
	case n > most:
		list = append(list[:most], format.Plural(n-most, "change")+" more")
	}
	return "; it needs " + strings.Join(list, " and ")
}

// first is the first thing that keeps an app from a target.
func first(report fit.Report, t spec.Target) string {
	list := report.Blocked(t)
	text := fmt.Sprintf("%s has a blocker", t)
	if len(list) > 1 {
		text = fmt.Sprintf("%s has %s, the first", t, format.Plural(len(list), "blocker"))
	}
	return fmt.Sprintf("%s at %s: %s", text, list[0].Path, list[0].Message)
}

// inputs lists figures in the form of a question.
func inputs(missing []cost.Missing) string {
	var names []string
	services := map[string]bool{}
	for _, m := range missing {
		services[m.Service] = true
	}
	for _, m := range missing {
		name := string(m.Input)
		if len(services) > 1 {
			name = m.Service + "." + name
		}
		names = append(names, name)
	}
	if len(names) > 12 {
		names = append(names[:12], fmt.Sprintf("%d more", len(names)-12))
	}
	return strings.Join(names, ", ")
}

// whatever decides although start times are unknown, when they cannot matter:
// Lambda gives an environment 10 s at most, so what is true at 0 s and at 10 s
// is true in between. The costs that it returns are those at 10 s.
func (c *comparison) whatever(p pair, v *Verdict) (onLambda, onKubernetes price.USD, known bool) {
	if len(v.Missing) == 0 || slices.ContainsFunc(v.Missing, func(m cost.Missing) bool { return m.Input != demand.Start }) {
		return 0, 0, false
	}
	var cheaper [2]Answer
	for i, start := range []time.Duration{0, lambda.MaxStart} {
		app := p.app
		app.Workloads = slices.Clone(app.Workloads)
		for j := range app.Workloads {
			t := &app.Workloads[j].Traffic
			t.Start = demand.Known(t.Start.Or(start))
		}
		bounded, err := c.prepare(app, c.Choices)
		if err != nil {
			return 0, 0, false
		}
		if onLambda, onKubernetes, known = bounded.at(1); !known {
			return 0, 0, false
		}
		cheaper[i] = clearly(onLambda, onKubernetes)
	}
	if cheaper[0] != cheaper[1] || cheaper[0] == Either {
		return 0, 0, false
	}
	v.Missing, v.Whatever = []cost.Missing{}, v.Missing
	return onLambda, onKubernetes, true
}

// clearly is the cheaper target, or Either when costs are about the same.
func clearly(lambda, kubernetes price.USD) Answer {
	less, more := min(lambda, kubernetes), max(lambda, kubernetes)
	switch {
	case float64(more-less)*100 < aboutEqual*float64(more):
		return Either
	case lambda < kubernetes:
		return Lambda
	}
	return Kubernetes
}

// price lists what an answer costs beside money.
func (c *comparison) price(v *Verdict, r Result) {
	say := func(format string, args ...any) {
		v.Price = append(v.Price, fmt.Sprintf(format, args...))
		v.Beside = append(v.Beside, v.Price[len(v.Price)-1])
	}
	warnings := func(t spec.Target) {
		list := r.Fit.Warned(t)
		for i, l := range list {
			same := func(x fit.Limit) bool { return x.Name == l.Name }
			if slices.ContainsFunc(list[:i], same) {
				continue
			}
			text := l.Name
			if l.Service != "" && len(c.app.Workloads) > 1 {
				text += " of " + l.Service
			}
			text += ": " + l.Message
			if slices.ContainsFunc(list[i+1:], same) {
				text += "; the same applies to other services"
			}
			v.Price = append(v.Price, text)
		}
	}
	duties := func(t spec.Target) (n int) {
		for _, d := range r.Operations {
			if d.Target == t {
				n++
			}
		}
		return n
	}
	switch v.Answer {
	case Lambda:
		text := coldWords(r.ColdStarts)
		if c.Behavior != nil && c.Behavior.Lambda != nil {
			text = fmt.Sprintf("%.2g %% of requests met a cold start in the simulation, with a keep-alive of %s",
				100*c.Behavior.Lambda.ColdShare(), c.Choices.Lambda.KeepAlive)
		}
		if text != "" {
			say("%s", text)
		}
		warnings(spec.Lambda)
		say("%d duties for the team instead of %d", duties(spec.Lambda), duties(spec.Kubernetes))
	case Kubernetes:
		if b := r.Kubernetes.Bill; b != nil && b.Total != nil && b.Known > 0 {
			say("%s a month of it pays for idle capacity", format.Money(b.Idle))
		}
		warnings(spec.Kubernetes)
		say("%d duties for the team instead of %d", duties(spec.Kubernetes), duties(spec.Lambda))
	case Either, Neither, Unknown: // no target to speak for
	}
}

// coldWords says how many requests meet a cold start, at the assumed keep-alive;
// of several services, those of the worst.
func coldWords(list []ColdStarts) string {
	for _, starts := range list {
		if !starts.Assumed {
			continue
		}
		worst, share, known, several := "", 0.0, false, 0
		for _, s := range starts.Services {
			if s.Messages {
				continue // a message has no caller who waits
			}
			several++
			if n, ok := s.Share.Get(); ok && (!known || n > share) {
				worst, share, known = s.Service, n, true
			}
		}
		if !known || share == 0 {
			return ""
		}
		of := ""
		if several > 1 {
			of = " of " + worst + ", the worst,"
		}
		return fmt.Sprintf("%.2g %% of requests%s meet a cold start, by an estimate with a keep-alive of %s", 100*share, of, starts.KeepAlive)
	}
	return ""
}
