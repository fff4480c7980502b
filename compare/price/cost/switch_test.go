package cost

import (
	"slices"
	"strings"
	"testing"

	"ambi/compare/demand"
	"ambi/compare/price"
)

// Two domains: a zone for .50; four checks for .50 each and 1.00 for HTTPS; 6 M requests, of which four
// share a connection, make 1.5 M lookups of two names each, for .40 / M.
func TestSwitchByHand(t *testing.T) {
	app := App{Workloads: []Workload{resizing(t)}, Data: Data{Switch: Switch{Domains: 2, Requests: demand.Known(6e6)}}}
	once, free := Defaults(), Defaults()
	once.Kubernetes.RequestsPerConnection, free.FreeTier = 1, true
	for _, m := range []func(Choices) *Model{
		func(c Choices) *Model { return lambdaOf(t, app, c) }, func(c Choices) *Model { return kubernetesOf(t, app, c) },
	} {
		bill := m(Defaults()).Bill(1)
		wantLines(t, bill, map[string]string{"DNS, hosted zone": "0.50", "DNS, health checks": "2.00", "DNS, checks over HTTPS": "4.00", "DNS, queries": "1.20"})
		for _, c := range bill.Components {
			if strings.HasPrefix(c.Name, "DNS") && (!c.Shared || c.Fixed == (c.Name == "DNS, queries")) {
				t.Errorf("%s is there without a request: %t", c.Name, c.Fixed)
			}
		}
		wantLines(t, m(Defaults()).Bill(1000), map[string]string{"DNS, hosted zone": "0.50", "DNS, health checks": "2.00", "DNS, queries": "800.00"}) // from a billion on, .20 / M
		wantLines(t, m(once).Bill(1), map[string]string{"DNS, queries": "4.80"})
		wantLines(t, m(free).Bill(1), map[string]string{"DNS, health checks": "0.00", "DNS, checks over HTTPS": "4.00"}) // 50 checks are free
	}
	app.Data.Switch.Requests = demand.Maybe[float64]{}
	wantLines(t, lambdaOf(t, app, Defaults()).Bill(1), map[string]string{"DNS, health checks": "2.00", "DNS, queries": "0.00"})
}

// Without a switch there are no such lines; without its price, a line is left out and named.
func TestSwitchWithoutPrices(t *testing.T) {
	app := App{Workloads: []Workload{resizing(t)}}
	for name := range lines(t, lambdaOf(t, app, Defaults()).Bill(1)) {
		if strings.HasPrefix(name, "DNS") {
			t.Errorf("an app without a switch pays for %s", name)
		}
	}
	app.Data.Switch = Switch{Domains: 1, Requests: demand.Known(6e6)}
	if got := app.Data.Switch.Unsourced(sheet(t)); len(got) > 0 {
		t.Errorf("no source of %v", got)
	}
	bare := &price.Sheet{}
	if got := app.Data.Switch.Unsourced(bare); !slices.Equal(got, []string{ZonePrice, CheckPrice, OverTLSPrice, QueryPrice}) {
		t.Errorf("no source of %v", got)
	}
	if got := (Switch{}).Unsourced(bare); len(got) > 0 {
		t.Errorf("without a switch, no source of %v", got)
	}
	b := &builder{sheet: bare, choices: Defaults(), model: &Model{}, free: &price.Rate{}}
	if b.switching(app.Data.Switch); len(b.model.lines) > 0 || b.err != nil {
		t.Errorf("prices that are not there make %d lines: %v", len(b.model.lines), b.err)
	}
}
