package compare_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"ambi/compare"
	"ambi/compare/demand"
	"ambi/compare/price"
	"ambi/compare/price/cost"
	"ambi/target"
)

// results are comparisons of every kind.
func results(t *testing.T) map[string]compare.Result {
	t.Helper()
	minutes := func(in compare.Input) compare.Input {
		u := in.Usage["api"]
		u.Shape, u.Minutes = "", []float64{3, 0, 12, 1}
		in.Usage["api"] = u
		return in
	}
	unknown := input(t, thumbs)
	unknown.Usage["api"] = demand.Usage{}
	fargate := input(t, thumbs)
	fargate.Choices.Kubernetes.OnFargate()
	fargate.Choices.Elsewhere = map[string]float64{"lambda.requests": 5e6}
	list := map[string]compare.Result{
		"simulated": run(t, simulated(t, 5, nil)),
		"known":     run(t, input(t, thumbs)),
		"several":   run(t, at(input(t, shop), 80e6)),
		"unknown":   run(t, unknown),
		"fargate":   run(t, fargate),
		"practice":  run(t, agreed(t, input(t, thumbs), "80%,1y,ec2=28%,lambda=12%", "2,1y,35%", "60%,65%", "stage=10%,dev=1%+shared")),
		"objective": run(t, promising(t)),
		"minutes":   run(t, minutes(input(t, thumbs))),
		"refused":   run(t, input(t, strings.Replace(thumbs, "concurrency: 10", "concurrency: 10\n    timeout: 20m", 1))),
		"unpriced":  run(t, input(t, strings.Replace(strings.Replace(thumbs, "image: 123456789012.dkr.ecr.us-east-1.amazonaws.com/thumbs:1.4.2", "port: 8080", 1), "handler: native", "handler: native, zip: a.zip", 1))),
	}
	r := list["known"]
	d := compare.Against(list["several"], r)
	r.Against = &d
	list["against"] = r
	return list
}

// promising is an app with an objective that one target misses.
func promising(t *testing.T) compare.Input {
	in := input(t, thumbs)
	in.Objective = &compare.Objective{Services: []compare.Promise{{Service: "api", Objective: "p99 < 1s", Pair: target.Pair[compare.Kept]{Lambda: compare.Kept{Values: []string{"p99 2s"}}, Kubernetes: compare.Kept{Holds: true}}}}}
	return in
}

// What is read from a result's JSON is that result.
func TestReadReadsWhatWasWritten(t *testing.T) {
	for name, r := range results(t) {
		text, err := json.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		read, err := compare.Read(text)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		again, err := json.Marshal(read)
		if err != nil || !bytes.Equal(text, again) {
			t.Errorf("%s is not itself when read again, %v", name, err)
		}
		d := compare.Against(read, r)
		if len(d.Lambda.Lines)+len(d.Kubernetes.Lines)+len(d.Beside) > 0 {
			t.Errorf("%s differs from itself: %+v", name, d)
		}
	}
}

func TestReadRefuses(t *testing.T) {
	for text, want := range map[string]string{
		"":                              "is not JSON",
		"[1]":                           "is not JSON",
		"{}":                            "is not a comparison: it has no format",
		`{"format": 3}`:                 "is not JSON",
		`{"format": "ambi.compare/v0"}`: `is of format "ambi.compare/v0", and this version of ambi reads "ambi.compare/v1"`,
		`{"format": "ambi.compare/v1", "price": 3}`:            "is not a comparison",
		`{"format": "ambi.compare/v1", "verdict": "lambda"}`:   "is not a comparison",
		`{"format": "ambi.compare/v1", "lambda": {"bill": 3}}`: "is not a comparison",
	} {
		if _, err := compare.Read([]byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", text, err, want)
		}
	}
}

// A changed spec: what a larger memory costs on Lambda, and nothing else.
func TestAgainst(t *testing.T) {
	before := run(t, input(t, thumbs))
	after := run(t, input(t, strings.Replace(thumbs, "memory: 512Mi", "memory: 1024Mi", 1)))
	d := compare.Against(before, after)
	if len(d.Beside) > 0 || d.Before != compare.Lambda || d.After != compare.Lambda {
		t.Errorf("%+v", d)
	}
	if len(d.Kubernetes.Lines) > 0 && *d.Kubernetes.Change() == 0 {
		t.Errorf("lines without a change: %+v", d.Kubernetes)
	}
	var sum price.USD
	duration := false
	for _, line := range d.Lambda.Lines {
		sum += *line.Change()
		duration = duration || line.Name == "Lambda duration, arm64" && *line.Change() > price.Dollar/10
	}
	if sum != *d.Lambda.Change() || sum != *after.Lambda.Bill.Total-*before.Lambda.Bill.Total || sum == 0 || !duration {
		t.Errorf("lines add up to %s, the side changed by %s: %+v", sum, d.Lambda.Change(), d.Lambda.Lines)
	}

	// Nodes of another type are other lines: they come, and the old ones go.
	in := input(t, thumbs)
	in.Choices.Kubernetes.Instance = "m7g.xlarge"
	d = compare.Against(before, run(t, in))
	ends := map[string]string{}
	for _, line := range d.Kubernetes.Lines {
		switch {
		case *line.Before == 0:
			ends[line.Name] = "comes"
		case *line.After == 0:
			ends[line.Name] = "goes"
		}
	}
	if ends["Nodes m7g.large, idle"] != "goes" || ends["Nodes m7g.xlarge, idle"] != "comes" || len(d.Beside) != 1 || d.Beside[0] != "the choices of how the app is run" {
		t.Errorf("%v, %v", ends, d.Beside)
	}
}

// Whatever else differs is said.
func TestAgainstSaysWhatElseDiffers(t *testing.T) {
	before := run(t, at(input(t, shop), 1e6))
	more := at(input(t, shop), 1e6)
	u := more.Usage["api"]
	u.Requests = demand.Known(2e6)
	more.Usage["api"] = u
	priced := at(input(t, shop), 1e6)
	book, err := price.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	change, err := price.ParseOverride("nat.hours=0.02")
	if err != nil {
		t.Fatal(err)
	}
	cheaper, err := price.ParseOverride("httpapi.requests=0.0000005")
	if err != nil {
		t.Fatal(err)
	}
	if priced.Sheet, err = book.In("us-east-1", change, cheaper); err != nil {
		t.Fatal(err)
	}
	for want, after := range map[string]compare.Result{
		"the usage of api": run(t, more),
		"the price httpapi.requests; the prices that the user gave": run(t, priced),
		"the service jobs is gone":                                  run(t, at(input(t, strings.Replace(shop, "  jobs:", "  # jobs:", 1)), 1e6)),
	} {
		if got := strings.Join(compare.Against(before, after).Beside, "; "); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
	if got := strings.Join(compare.Against(run(t, input(t, thumbs)), before).Beside, "; "); !strings.Contains(got, "the app is shop, and was thumbs") {
		t.Errorf("got %s", got)
	}
}

// Figures for conditions are the result's.
func TestFigures(t *testing.T) {
	r := run(t, input(t, thumbs))
	d := compare.Against(run(t, at(input(t, thumbs), 6e6)), r)
	values := map[string]compare.Figure{}
	for _, f := range r.Figures(&d) {
		if _, twice := values[f.Name]; twice {
			t.Errorf("%s is there twice", f.Name)
		}
		values[f.Name] = f
	}
	sum := 0.0
	for _, c := range cost.Categories() {
		name := "kubernetes." + strings.Fields(string(c))[0]
		if !values[name].Known {
			t.Errorf("%s is unknown", name)
		}
		sum += values[name].Value
	}
	total := r.Kubernetes.Bill.Total.Dollars()
	if diff := sum - total; diff > 1e-6 || diff < -1e-6 || values["kubernetes"].Value != total {
		t.Errorf("the parts are %v, the total %v, the figure %v", sum, total, values["kubernetes"].Value)
	}
	if got := values["headroom"].Value * values["requests"].Value; len(r.BreakEven.Crossings) == 0 || got != r.BreakEven.Crossings[0].Requests {
		t.Errorf("the headroom leads to %v requests, and the first crossing is %+v", got, r.BreakEven.Crossings)
	}
	if values["cheaper"] != (compare.Figure{Name: "cheaper", Means: values["cheaper"].Means, Value: r.Lambda.Bill.Total.Dollars(), Known: true}) {
		t.Errorf("%+v", values["cheaper"])
	}
	if old := values["old.lambda"]; !old.Known || old.Value <= values["lambda"].Value {
		t.Errorf("%+v", old)
	}
	unknown := input(t, thumbs)
	unknown.Usage["api"] = demand.Usage{}
	for _, f := range run(t, unknown).Figures(nil) {
		if known := map[string]bool{"lambda": true, "kubernetes": true, "requests": true, "headroom": true, "coldStarts": true, "cheaper": true, "dearer": true, "old.lambda": true, "old.kubernetes": true, "lambda.logs": true}; known[f.Name] && f.Known {
			t.Errorf("%s is known without usage: %v", f.Name, f.Value)
		}
	}
}

// Whatever Read takes can be compared with, in either direction.
func FuzzRead(f *testing.F) {
	for _, text := range []string{
		"", "{}", `{"format": "ambi.compare/v1"}`, `{"format": "ambi.compare/v1", "lambda": {"bill": {"components": [{"name": "x", "cost": null, "quantity": null}]}}}`,
		`{"format": "ambi.compare/v1", "services": [{"name": "api", "usage": {"requests": 3, "duration": "4ms"}}], "choices": {"elsewhere": {"a": 1}}}`,
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		r, err := compare.Read(text)
		if err != nil {
			if !strings.Contains(err.Error(), "hint: ") {
				t.Errorf("no hint: %v", err)
			}
			return
		}
		for _, d := range []compare.Difference{compare.Against(r, compare.Result{}), compare.Against(compare.Result{}, r)} {
			if _, err := json.Marshal(d); err != nil {
				t.Error(err)
			}
			r.Figures(&d)
		}
	})
}
