package comparepage

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"ambi/compare"
	"ambi/compare/demand"
	"ambi/compare/price/cost"
	"ambi/compare/render/page"
	"ambi/internal/flags"
	"ambi/spec"
)

// field is a form's field and the flag that it stands for.
type field struct {
	page.Field
	group   string
	flag    string
	service string // of --requests, where there are several
	input   string // the name that problems have
	usual   string // the default
}

// Shown is the form as it is shown first.
func (w *Form) Shown() page.Form {
	var form page.Form
	var words []string
	for _, f := range w.fields() {
		i := slices.IndexFunc(form.Groups, func(g page.Group) bool { return g.Name == f.group })
		if i < 0 {
			i = len(form.Groups)
			form.Groups = append(form.Groups, page.Group{Name: f.group})
		}
		form.Groups[i].Fields = append(form.Groups[i].Fields, f.Field)
		switch {
		case f.Value == f.usual:
		case f.Switch:
			words = append(words, "--"+f.flag)
		case f.service != "":
			words = append(words, "--"+f.flag, f.service+"="+f.Value)
		default:
			words = append(words, "--"+f.flag, f.Value)
		}
	}
	form.Command = w.command(words)
	return form
}

// fields are all of them, in their order.
func (w *Form) fields() []field {
	var list []field
	add := func(f field, typed string) {
		f.Value = f.usual
		if typed != "" {
			f.Value = typed
		}
		if f.Name == "" {
			f.Name = f.flag
		}
		f.At = stop(f.Stops, f.Value)
		list = append(list, f)
	}
	usage := compare.UsageOf(w.Project.App)
	services := w.Project.App.ServiceNames()
	requests := w.Asked.Usage.RequestsOf(w.Project.App)
	for _, name := range services {
		if w.Project.App.Services[name].Schedule != nil {
			continue // its cron says how often it runs
		}
		if w.Project.App.Services[name].Worker != nil {
			continue // nothing comes to it
		}
		f := field{group: "Usage", flag: "requests", input: string(demand.Requests), usual: rateText(usage[name].Requests)}
		f.Label, f.Hint, f.Stops = "Requests", "such as 3M/month or 100/s", rates()
		if len(services) > 1 {
			f.service, f.Name, f.Label = name, "requests."+name, "Requests of "+name
		}
		add(f, requests[name])
	}
	for _, text := range w.Asked.Usage.Figures() {
		f := field{group: "Usage", flag: text.Flag, input: string(text.Input), usual: sameUsage(usage, text.Input)}
		f.Label, f.Hint, f.Stops, f.Choices = usageField(text.Input)
		add(f, *text.Value)
	}
	usual := cost.Defaults()
	for _, c := range flags.AllChoices() {
		f := field{flag: c.Flag, input: c.Name, usual: c.Get(usual)}
		f.group, f.Label, f.Stops = choiceField(c.Flag)
		f.Switch = c.IsSwitch
		if c.Flag == "front-door" {
			f.Choices = []string{""}
			for _, door := range cost.FrontDoors() {
				f.Choices = append(f.Choices, string(door))
			}
		}
		add(f, w.Asked.Choices.Text(c.Flag))
		if c.Flag == "keep-alive" {
			p := field{group: "Lambda", flag: "provisioned", usual: w.provisioned()}
			p.Label, p.Stops = "Provisioned concurrency", strings.Fields("0 1 2 3 5 7 10 15 20 30 50 70 100 150 200 300 500 700 1000")
			add(p, w.Asked.Choices.Provisioned)
		}
	}
	return list
}

// provisioned is what the spec says of it, if it is the same for all services.
func (w *Form) provisioned() string {
	all := map[int]bool{}
	for _, s := range w.Project.App.Services {
		all[s.Lambda.Provisioned] = true
	}
	if len(all) > 1 {
		return ""
	}
	return strconv.Itoa(w.Project.App.Services[w.Project.App.ServiceNames()[0]].Lambda.Provisioned)
}

// usageField is how a figure of usage is asked for.
func usageField(input demand.Input) (label, hint string, stops, choices []string) {
	sizes := strings.Fields("0 100 200 300 500 1k 2k 3k 5k 10k 20k 30k 50k 100k 200k 300k 500k 1M 2M 3M 5M 10M")
	times := strings.Fields("1ms 2ms 3ms 5ms 7ms 10ms 15ms 20ms 30ms 40ms 50ms 70ms 100ms 150ms 200ms 300ms 500ms 700ms 1s 1500ms 2s 3s 5s 7s 10s 15s 20s 30s 1m 2m 5m 10m 15m")
	switch input {
	case demand.Duration:
		return "Duration", "of a request, waiting included", times, nil
	case demand.ReportDuration:
		return "Reported duration", "instead, of REPORT lines: 300ms@256Mi", nil, nil
	case demand.CPUTime:
		return "CPU time", "of it, on a full core", times, nil
	case demand.Shape:
		shapes := []string{""}
		for _, s := range []spec.Shape{spec.Steady, spec.Diurnal, spec.Bursty, spec.Sporadic} {
			shapes = append(shapes, string(s))
		}
		return "Shape", "", nil, shapes
	case demand.PeakToMean:
		return "Peak to mean", "empty: as is usual for the shape", strings.Fields("1 1.5 2 2.5 3 4 5 6 8 10 12 15 20 30 50 70 100"), nil
	case "burst":
		return "Length of a burst", "of bursty and sporadic traffic", strings.Fields("10s 30s 1m 2m 5m 10m 20m 30m 1h 2h"), nil
	case demand.Request:
		return "Request size", "", sizes, nil
	case demand.Response:
		return "Response size", "", sizes, nil
	case demand.Log:
		return "Log size", "what the app logs for a request", sizes, nil
	case demand.Outbound:
		return "Outbound size", "what the app itself exchanges with the internet for a request", sizes, nil
	case demand.Start:
		return "Start time", "of an instance: Lambda's Init Duration", times, nil
	default:
		return string(input), "", nil, nil
	}
}

// choiceField is how a choice is asked for.
func choiceField(flag string) (group, label string, stops []string) {
	counts := strings.Fields("0 1 2 3 4 5 6 8 10 15 20 30")
	lengths := strings.Fields("0s 1m 2m 3m 5m 6m 10m 15m 20m 30m 45m 1h")
	switch flag {
	case "free-tier":
		return "Both", "AWS's free tier", nil
	case "no-logs":
		return "Both", "Without logs", nil
	case "no-egress":
		return "Both", "Responses stay within AWS", nil
	case "front-door":
		return "Lambda", "Front door", nil
	case "function-url":
		return "Lambda", "Function URL instead of the HTTP API", nil
	case "keep-alive":
		return "Lambda", "Keep-alive", lengths[1:]
	case "lambda-nat-gateways":
		return "Lambda", "NAT gateways", counts[:4]
	case "shared":
		return "Kubernetes", "Share of a shared cluster", strings.Fields("0 0.02 0.05 0.1 0.15 0.2 0.25 0.3 0.4 0.5 0.6 0.75 1")
	case "fargate":
		return "Kubernetes", "Fargate instead of nodes", nil
	case "auto-mode":
		return "Kubernetes", "EKS Auto Mode", nil
	case "extended-support":
		return "Kubernetes", "Version in extended support", nil
	case "instance":
		return "Kubernetes", "Node type", nil
	case "min-nodes":
		return "Kubernetes", "Nodes at least", counts
	case "hourly-rate":
		return "Both", "An hour of the team, dollars", strings.Fields("0 25 50 75 100 150 200")
	case "lambda-hours":
		return "Lambda", "Hours a month of the team", strings.Fields("0 1 2 4 8 16 32 64")
	case "kubernetes-hours":
		return "Kubernetes", "Hours a month of the team", strings.Fields("0 1 2 4 8 16 32 64")
	case "cdn":
		return "Both", "Requests that a CDN answers, percent", strings.Fields("1 10 20 30 40 50 60 70 80 90 95 99")
	case "savings-plan":
		return "Both", "Compute Savings Plan: coverage, term, what is off", nil
	case "copies":
		return "Both", "Copies beside production, such as stage=10%", nil
	case "reserved-nodes":
		return "Kubernetes", "Reserved nodes: number, term, what is off", nil
	case "spot":
		return "Kubernetes", "Spot nodes: share, what is off, taken back a month", nil
	case "utilization":
		return "Kubernetes", "CPU of the nodes in use, percent", strings.Fields("8 10 13 15 20 30 40 50 60")
	case "disk":
		return "Kubernetes", "Disk of a node, GB", strings.Fields("10 20 30 50 80 100 200 500")
	case "for-peak":
		return "Kubernetes", "Nodes for the peak at all times", nil
	case "scale-in":
		return "Kubernetes", "Scale-in after", lengths
	case "nat-gateways":
		return "Kubernetes", "NAT gateways", counts[:4]
	case "private-nodes":
		return "Kubernetes", "Nodes without a public address", nil
	case "zones":
		return "Kubernetes", "Zones", strings.Fields("1 2 3 4 5 6")
	case "requests-per-connection":
		return "Kubernetes", "Requests per connection", strings.Fields("1 2 5 10 20 50 100 200 500 1000")
	case "connection-time":
		return "Kubernetes", "A connection lasts", lengths
	case "cross-zone":
		return "Kubernetes", "Part that crosses zones", strings.Fields("0 0.1 0.25 0.33 0.5 0.67 0.75 1")
	}
	return "Both", flag, nil
}

// rates are stops from a thousand to ten billion requests a month.
func rates() []string {
	var list []string
	for _, unit := range []string{"k", "0k", "00k", "M", "0M", "00M", "G"} {
		for _, digit := range []string{"1", "1.5", "2", "3", "5", "7"} {
			zeros := strings.Trim(unit, "kMG")
			if whole, fraction, ok := strings.Cut(digit, "."); ok && zeros != "" {
				list = append(list, whole+fraction+zeros[1:]+strings.Trim(unit, "0")+"/month")
				continue
			}
			list = append(list, digit+unit+"/month")
		}
	}
	return append(list, "10G/month")
}

// stop is the last stop that is not above a value; the first for what is none.
func stop(stops []string, value string) int {
	at := 0
	size, ok := measure(value)
	if !ok {
		return 0
	}
	for i, s := range stops {
		if n, ok := measure(s); ok && n <= size*(1+1e-9) {
			at = i
		}
	}
	return at
}

// measure is the size of what a field takes: a rate, a time, a quantity or a
// number.
func measure(text string) (float64, bool) {
	if r, err := spec.ParseRate(text); err == nil {
		return r.PerMonth(), true
	}
	if d, err := spec.ParseDuration(text); err == nil {
		return d.Std().Seconds(), true
	}
	if q, err := spec.ParseQuantity(text); err == nil {
		return float64(q.Milli()) / 1000, true
	}
	return 0, false
}

func rateText(m demand.Maybe[float64]) string {
	if n, known := m.Get(); known {
		return spec.RatePerMonth(n).String()
	}
	return ""
}

// sameUsage is a figure of usage as a flag takes it, if it is the same for all
// services.
func sameUsage(usage map[string]demand.Usage, input demand.Input) string {
	all := map[string]bool{}
	text := ""
	for _, u := range usage {
		text = usageTextOf(u, input)
		all[text] = true
	}
	if len(all) > 1 {
		return ""
	}
	return text
}

func usageTextOf(u demand.Usage, input demand.Input) string {
	length := func(m demand.Maybe[time.Duration]) string {
		if d, known := m.Get(); known {
			return spec.Duration(d).String()
		}
		return ""
	}
	size := func(m demand.Maybe[int64]) string {
		n, known := m.Get()
		switch {
		case !known:
			return ""
		case n > 0 && n%1024 == 0:
			return strconv.FormatInt(n/1024, 10) + "Ki"
		case n > 0 && n%1000 == 0:
			return strconv.FormatInt(n/1000, 10) + "k"
		default:
			return strconv.FormatInt(n, 10)
		}
	}
	switch input {
	case demand.Duration:
		if u.Report.IsKnown() {
			return ""
		}
		if q, known := u.Quantiles.Get(); known {
			return q.String()
		}
		return length(u.Duration)
	case demand.ReportDuration:
		if r, known := u.Report.Get(); known {
			return r.String()
		}
	case demand.CPUTime:
		return length(u.CPUTime)
	case demand.Start:
		return length(u.Start)
	case "burst":
		return length(u.Burst)
	case demand.Request:
		return size(u.Request)
	case demand.Response:
		return size(u.Response)
	case demand.Log:
		return size(u.Log)
	case demand.Outbound:
		return size(u.Outbound)
	case demand.Shape:
		return string(u.Shape)
	case demand.Batch:
		if n, known := u.Batch.Get(); known {
			return strconv.FormatFloat(n, 'f', -1, 64)
		}
	case demand.PeakToMean:
		if n, known := u.PeakToMean.Get(); known {
			return spec.Ratio(n).String()
		}
	case demand.Requests: // see requestsTyped
	}
	return ""
}
