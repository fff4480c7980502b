package page

import (
	"fmt"
	"math"
	"strings"

	"ambi/compare"
	"ambi/compare/demand"
	"ambi/compare/format"
	"ambi/compare/price"
	"ambi/compare/price/cost"
	"ambi/spec"
)

// part is a section before it is text: a template's name and what it prints.
type part struct {
	id, title string
	view      any
}

// parts are the page's sections in their order.
func parts(r compare.Result, o Options, figures []Figure) []part {
	list := []part{{"verdict", "Verdict", verdict(r, o)}}
	add := func(id, title string, view any) { list = append(list, part{id, title, view}) }
	if r.Against != nil {
		add("against", "What changed", against(r.Against))
	}
	if r.Simulation != nil {
		add("simulation", "Under the trace", simulated(r, figures))
	}
	if r.Placement != nil {
		add("placement", "Which service belongs where", placementOf(r))
	}
	add("traffic", "Cost against traffic", trafficOf(r, figures))
	add("costs", "What the money is for", costs(r, figures))
	if list := r.Switches(); list != nil {
		add("practice", "What decides in practice", practice(list))
	}
	if len(r.Services) > 0 {
		add("services", "How it runs", services(r))
	}
	if len(o.Plans) > 0 {
		add("resources", "What is made", resources(o.Plans))
	}
	add("fit", "Does it fit", fitOf(r, o))
	if len(r.Fit.Findings) > 0 {
		add("translation", "What becomes of the spec", translation(r, o))
	}
	add("sensitivity", "What would change the answer", sensitivity(r))
	if view, ok := coldStarts(r); ok {
		add("cold-starts", "Cold starts on Lambda", view)
	}
	add("operations", "What the team owns", operations(r))
	add("assumptions", "What all this assumes", assumptions(r))
	add("prices", "Where the prices are from", pricesOf(r))
	return list
}

// title is the verdict in a few words.
func title(r compare.Result) string {
	if r.Placement.Clear() {
		return mixTitle(r)
	}
	v := r.Verdict
	switch v.Answer {
	case compare.Lambda, compare.Kubernetes:
		if len(r.Fit.Blocked(spec.Target(v.Answer).Other())) > 0 {
			return fmt.Sprintf("Only %s takes %s as it is", name(spec.Target(v.Answer)), r.App)
		}
		if v.Saves == nil {
			return fmt.Sprintf("%s is cheaper for %s", name(spec.Target(v.Answer)), r.App)
		}
		return fmt.Sprintf("%s is cheaper for %s, by %s a month", name(spec.Target(v.Answer)), r.App, format.Money(*v.Saves))
	case compare.Either:
		return fmt.Sprintf("Both cost about the same for %s", r.App)
	case compare.Neither:
		return fmt.Sprintf("Neither target takes %s as it is", r.App)
	default:
		return fmt.Sprintf("No verdict for %s yet", r.App)
	}
}

// verdictView is the head of the page.
type verdictView struct {
	App, Region, Spec, Command string
	Title, Because             string
	Mix                        string // what a mix of both costs, where that is the answer
	Sides                      []sideView
	Facts                      []string // where the costs cross, what flips
	Missing                    []ask
	Price                      []string // what the answer costs beside money
	Changes                    []string // prices that the user gave
}

// sideView is one target in the verdict.
type sideView struct {
	Target, Name string
	Total, Idle  string
	IdleKnown    bool
	Bar          float64 // the total, in percent of the dearer one
	IdleBar      float64 // the idle part, the same
	Unpriced     string
	Chosen       bool
	Blockers     int
	Knobs        int
}

// ask is a figure that is missing, and how to give it.
type ask struct{ Input, Give string }

func verdict(r compare.Result, o Options) verdictView {
	v := verdictView{
		App: r.App, Region: r.Region, Spec: o.Spec, Command: o.Command, Title: title(r), Because: format.Sentence(r.Verdict.Because) + ".",
		Changes: r.PriceChanges,
	}
	if p := r.Placement; p.Clear() {
		v.Because = mixSentence(p)
		v.Mix = format.Money(p.Cost)
		v.Facts = append(v.Facts, "With one target for all services: "+r.Verdict.Because+".")
	}
	dearest := price.USD(0)
	for _, t := range spec.Targets() {
		if b := r.Of(t).Bill; b != nil {
			dearest = max(dearest, b.Known)
		}
	}
	for _, t := range spec.Targets() {
		side := r.Of(t)
		s := sideView{
			Target: string(t), Name: name(t), Unpriced: side.Unpriced, Chosen: spec.Target(r.Verdict.Answer) == t && !r.Placement.Clear(), Blockers: len(r.Fit.Blocked(t)), Knobs: len(r.Fit.Turned(t)),
		}
		if b := side.Bill; b != nil {
			s.Total = partial(b.Known, b.Total != nil)
			s.IdleKnown = b.IdleKnown()
			if b.Idle > 0 {
				s.Idle = format.Money(b.Idle)
			}
			if dearest > 0 {
				s.Bar = 100 * b.Known.Dollars() / dearest.Dollars()
				s.IdleBar = 100 * b.Idle.Dollars() / dearest.Dollars()
			}
		}
		v.Sides = append(v.Sides, s)
	}
	if left := r.Left(); left != "" {
		v.Facts = append(v.Facts, "Without "+left+".")
	}
	if r.Objective != nil {
		v.Facts = append(v.Facts, "Objective: "+r.Objective.Words()+".")
	}
	if list := r.Switches(); list != nil {
		v.Facts = append(v.Facts, practice(list).Lead)
	}
	if none := r.BreakEven.None; none != "" {
		v.Facts = append(v.Facts, "The costs do not depend on requests: "+none+".")
	}
	if len(r.BreakEven.Points) > 0 {
		v.Facts = append(v.Facts, crossingsSentence(r))
	}
	if f := r.Verdict.Flip; f != nil {
		v.Facts = append(v.Facts, fmt.Sprintf("The nearest change that turns the answer: %s.", flip(*f)))
	} else if r.Verdict.Saves != nil && len(r.Sensitivity) == 0 && (r.Verdict.Answer == compare.Lambda || r.Verdict.Answer == compare.Kubernetes) {
		v.Facts = append(v.Facts, "No input turns the answer within a tenth to ten times what it is.")
	}
	v.Missing = asks(r.Verdict.Missing, o.Give)
	for _, p := range r.Verdict.Price {
		v.Price = append(v.Price, format.Sentence(p))
	}
	return v
}

// asks lists what is missing, each figure once, with the services that miss it.
func asks(missing []cost.Missing, give map[demand.Input]string) []ask {
	var list []ask
	services := map[demand.Input][]string{}
	several := map[string]bool{}
	for _, m := range missing {
		services[m.Input] = append(services[m.Input], m.Service)
		several[m.Service] = true
	}
	said := map[demand.Input]bool{}
	for _, m := range missing {
		if said[m.Input] {
			continue
		}
		said[m.Input] = true
		a := ask{Input: inputName(string(m.Input)), Give: give[m.Input]}
		if len(several) > 1 {
			a.Input += " of " + strings.Join(services[m.Input], ", ")
		}
		list = append(list, a)
	}
	return list
}

// crossingsSentence says where both costs cross, seen from the usage.
func crossingsSentence(r compare.Result) string {
	b := r.BreakEven
	if len(b.Points) == 0 {
		return ""
	}
	span := fmt.Sprintf("between %s and %s requests a month", short(b.Points[0].Requests), short(b.Points[len(b.Points)-1].Requests))
	switch len(b.Crossings) {
	case 0:
		cheaper := spec.Kubernetes
		if b.Points[0].LambdaCheaper() {
			cheaper = spec.Lambda
		}
		return fmt.Sprintf("The costs do not cross %s: %s is always the cheaper one.", span, name(cheaper))
	case 1:
		text := fmt.Sprintf("The costs cross at %s requests a month", short(b.Crossings[0].Requests))
		if here, known := b.Requests.Get(); known && here > 0 {
			text += ", " + times(b.Crossings[0].Requests/here) + " this usage"
		}
		return text + "."
	default:
		var at []float64
		for _, x := range b.Crossings {
			at = append(at, x.Requests)
		}
		return fmt.Sprintf("The costs cross %s requests a month.", crossingsAt(at))
	}
}

// crossingsAt lists where costs cross, or from where to where and how often.
func crossingsAt(at []float64) string {
	last := len(at) - 1
	switch {
	case last < 0:
		return "nowhere"
	case last == 0:
		return "at " + short(at[0])
	case last > 3:
		return fmt.Sprintf("%d times from %s to %s", len(at), short(at[0]), short(at[last]))
	}
	var texts []string
	for _, n := range at[:last] {
		texts = append(texts, short(n))
	}
	return "at " + strings.Join(texts, ", ") + " and " + short(at[last])
}

// times is a factor in words.
func times(factor float64) string { return fmt.Sprintf("%.3g times", factor) }

// flip says what turns the answer, and to what.
func flip(f compare.Flip) string {
	return fmt.Sprintf("%s %s instead of %s (%s as much), then %s is cheaper", flipName(f), f.To, f.From, times(f.Factor), f.Answer.Name())
}

// flipName is the figure that a flip changes, as people call it.
func flipName(f compare.Flip) string {
	f.Input = inputName(f.Input)
	return f.Name()
}

// inputName is an input as people call it.
func inputName(input string) string {
	switch demand.Input(input) {
	case demand.CPUTime:
		return "CPU time"
	case demand.PeakToMean:
		return "peak to mean"
	case demand.Start:
		return "start time"
	case demand.Request:
		return "request size"
	case demand.Response:
		return "response size"
	case demand.Log:
		return "log size"
	case demand.Outbound:
		return "outbound size"
	case "keepAlive":
		return "keep-alive"
	default:
		return input
	}
}

// trafficView is the curve and its crossings.
type trafficView struct {
	Figure    *Figure
	Missing   []string
	None      string // why there is no curve
	Crossings []string
	Many      bool // crossings, of which most readers want to know the number
	Bands     []bandView
}

// bandView is where the crossings are when an input is off.
type bandView struct{ Input, Low, Below, High, Above string }

func trafficOf(r compare.Result, figures []Figure) trafficView {
	v := trafficView{Figure: figure(figures, curveFigure), None: r.BreakEven.None}
	for _, m := range r.BreakEven.Missing {
		v.Missing = append(v.Missing, fmt.Sprintf("%s of %s", inputName(string(m.Input)), m.Service))
	}
	for _, x := range r.BreakEven.Crossings {
		cheaper, dearer := spec.Kubernetes, spec.Lambda
		if x.ToLambda {
			cheaper, dearer = dearer, cheaper
		}
		text := fmt.Sprintf("From %s requests a month (%s a second) %s is cheaper than %s: %s against %s",
			short(x.Requests), short(x.PerSecond), name(cheaper), name(dearer), format.Money(x.Of(cheaper)), format.Money(x.Of(dearer)))
		if x.Step {
			text += ", at a step of the cost"
		}
		if x.Times > 1 {
			text += fmt.Sprintf("; up to %s it changes %s more, and both cost about the same", short(x.Until), format.Plural(x.Times-1, "time"))
		}
		text += fmt.Sprintf(". What turns the answer: %s, %.0f %% of the growth. ", x.Cause.Name, 100*x.Cause.Share)
		text += fmt.Sprintf("Lambda is mostly %s (%.0f %%), Kubernetes mostly %s (%.0f %%).",
			x.LambdaDriver.Name, 100*x.LambdaDriver.Share, x.KubernetesDriver.Name, 100*x.KubernetesDriver.Share)
		v.Crossings = append(v.Crossings, text)
	}
	v.Many = len(v.Crossings) > 4
	for _, b := range r.BreakEven.Bands {
		var below, above []float64
		for _, x := range b.Below {
			below = append(below, x.Requests)
		}
		for _, x := range b.Above {
			above = append(above, x.Requests)
		}
		v.Bands = append(v.Bands, bandView{format.Sentence(inputName(b.Input)), b.Low, crossingsAt(below), b.High, crossingsAt(above)})
	}
	return v
}

// serviceView is one service on both targets.
type serviceView struct {
	Name               string
	Lambda, Kubernetes []fact
	Answer, Text       string
}

// fact is a figure with its name.
type fact struct{ Name, Value string }

type servicesView struct {
	Services []serviceView
	Several  bool
	Nodes    string
}

func services(r compare.Result) servicesView {
	v := servicesView{Several: len(r.Services) > 1}
	if n := r.Nodes; n != nil {
		v.Nodes = fmt.Sprintf("%s on average and %s at the peak, %s each; one has room for %s of CPU, %s MiB and %s.",
			count(n.Mean)+" nodes", count(float64(n.Peak)), n.Instance, milli(n.Room.MilliCPU), format.Grouped(fmt.Sprint(n.Room.MemoryMiB)), format.Plural(n.Room.Pods, "pod"))
	}
	for _, s := range r.Services {
		one := serviceView{
			Name: s.Name,
			Lambda: []fact{
				{"memory", fmt.Sprintf("%s MB, %s", format.Grouped(fmt.Sprint(s.Lambda.MemoryMB)), s.Lambda.Architecture)},
				{"billed for a request", known(s.Lambda.BilledMS, func(n float64) string { return count(n) + " ms" })},
				{"concurrency, mean", known(s.Lambda.MeanConcurrency, concurrency)},
				{"concurrency, peak", known(s.Lambda.PeakConcurrency, concurrency)},
				{"requests that meet a start", known(s.Lambda.ColdShare, percent)},
			},
			Kubernetes: []fact{
				{"a pod requests", fmt.Sprintf("%s of CPU, %s MiB", milli(s.Kubernetes.MilliCPU), format.Grouped(fmt.Sprint(s.Kubernetes.MemoryMiB)))},
				{"replicas allowed", fmt.Sprintf("%d to %d", s.Kubernetes.Min, s.Kubernetes.Max)},
				{"replicas at the mean rate", known(s.Kubernetes.Mean, func(n int) string { return fmt.Sprint(n) })},
				{"replicas at the peak", known(s.Kubernetes.Peak, func(n int) string { return fmt.Sprint(n) })},
			},
			Answer: format.Sentence(s.Verdict.Answer.Name()),
		}
		if by := s.Kubernetes.DecidedBy; by != "" {
			one.Kubernetes = append(one.Kubernetes, fact{"decided by", by})
		}
		var at []float64
		for _, x := range s.Crossings {
			at = append(at, x.Requests)
		}
		one.Text = fmt.Sprintf("On its own: %s; the costs cross %s.", s.Verdict.Because, crossingsAt(at))
		if s.Trigger == "schedule" {
			one.Kubernetes = append(one.Kubernetes[:1], fact{"pods", "one for each run"})
			one.Text = fmt.Sprintf("It runs %s times a month. On its own: %s.", count(s.Usage.Requests.Or(0)), s.Verdict.Because)
		}
		if s.Together != nil {
			one.Text += fmt.Sprintf(" Without it the app would cost %s less on Lambda and %s less on Kubernetes.",
				format.MoneyOr(s.Together.Lambda), format.MoneyOr(s.Together.Kubernetes))
		}
		v.Services = append(v.Services, one)
	}
	return v
}

// known prints a figure, or a question mark where it is unknown.
func known[T any](m demand.Maybe[T], text func(T) string) string {
	if v, ok := m.Get(); ok {
		return text(v)
	}
	return "?"
}

func concurrency(n float64) string {
	if n >= 100 {
		return count(math.Round(n))
	}
	return fmt.Sprintf("%.3g", n)
}

func percent(part float64) string { return fmt.Sprintf("%.3g %%", 100*part) }

// milli is a CPU quantity in cores.
func milli(m int) string {
	if m%1000 == 0 {
		return format.Plural(m/1000, "core")
	}
	return fmt.Sprintf("%.4g cores", float64(m)/1000)
}

// sensitivityView is what turns the answer, and what other choices cost.
type sensitivityView struct {
	Flips        []flipView
	None         string
	Now          *alternativeView
	Alternatives []alternativeView
	Beyond       []string // choices whose month costs more than ambi counts
}

// flipView is a change that turns the answer, placed between a tenth and ten
// times.
type flipView struct {
	Input, From, To, Factor, Answer, Target string
	Place, Left, Length                     float64 // in percent of the scale
}

// alternativeView is another choice, its costs placed on a logarithmic scale.
type alternativeView struct {
	Name, Lambda, Kubernetes string
	Flips                    bool
	AtLambda, AtKubernetes   float64 // in percent of the scale
	Left, AtEnd              float64 // of the line between them
}

func sensitivity(r compare.Result) sensitivityView {
	v := sensitivityView{}
	for _, f := range r.Sensitivity {
		place := 50 + 50*math.Log10(f.Factor)
		v.Flips = append(v.Flips, flipView{
			Input: format.Sentence(flipName(f)), From: f.From, To: f.To, Factor: times(f.Factor), Answer: f.Answer.Name(), Target: string(f.Answer),
			Place: place, Left: min(place, 50), Length: math.Abs(place - 50),
		})
	}
	if len(v.Flips) == 0 {
		v.None = "No input turns the answer on its own, within a tenth to ten times what it is."
		if r.Verdict.Lambda == nil || r.Verdict.Kubernetes == nil {
			v.None = "What would turn the answer is not known while a figure is missing."
		}
	}
	for _, name := range r.Beyond {
		v.Beyond = append(v.Beyond, format.Sentence(name))
	}
	if r.Verdict.Lambda == nil || r.Verdict.Kubernetes == nil || len(r.Alternatives) == 0 {
		return v
	}
	rows := append([]compare.Alternative{{Name: "as compared here", Lambda: *r.Verdict.Lambda, Kubernetes: *r.Verdict.Kubernetes}}, r.Alternatives...)
	low, high := rows[0].Lambda, rows[0].Lambda
	for _, a := range rows {
		low, high = min(low, a.Lambda, a.Kubernetes), max(high, a.Lambda, a.Kubernetes)
	}
	low = max(low, price.Dollar/100)
	place := func(u price.USD) float64 {
		if high <= low {
			return 50
		}
		return 4 + 92*math.Log(max(u, low).Dollars()/low.Dollars())/math.Log(high.Dollars()/low.Dollars())
	}
	for _, a := range rows {
		l, k := place(a.Lambda), place(a.Kubernetes)
		v.Alternatives = append(v.Alternatives, alternativeView{
			Name: format.Sentence(a.Name), Lambda: format.Money(a.Lambda), Kubernetes: format.Money(a.Kubernetes), Flips: a.Flips,
			AtLambda: l, AtKubernetes: k, Left: min(l, k), AtEnd: max(l, k),
		})
	}
	return v
}

// coldView is the part of requests that meet a start, by keep-alive.
type coldView struct {
	Services  []string
	Rows      []coldRow
	Simulated string // the part in the simulation; empty without one
}

type coldRow struct {
	KeepAlive string
	Assumed   bool
	Shares    []string
}

func coldStarts(r compare.Result) (coldView, bool) {
	var v coldView
	if len(r.ColdStarts) == 0 {
		return v, false
	}
	for _, s := range r.ColdStarts[0].Services {
		v.Services = append(v.Services, s.Service)
	}
	if s := r.Simulation; s != nil && s.Lambda != nil {
		v.Simulated = percent(s.Lambda.ColdShare())
	}
	any := false
	for _, c := range r.ColdStarts {
		row := coldRow{KeepAlive: c.KeepAlive, Assumed: c.Assumed}
		for _, s := range c.Services {
			any = any || s.Share.IsKnown()
			row.Shares = append(row.Shares, known(s.Share, percent))
		}
		v.Rows = append(v.Rows, row)
	}
	return v, any
}
