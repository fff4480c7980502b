package compare_test

import (
	"math"
	"strings"
	"testing"

	"ambi/compare"
	"ambi/compare/price/cost"
	"ambi/spec"
	"ambi/target"
)

// agreed reads commitments as a team would type them.
func agreed(t testing.TB, in compare.Input, savings, reserved, spot, copies string) compare.Input {
	t.Helper()
	for text, into := range map[string]interface{ Parse(string) error }{
		savings: &in.Choices.Commitments.Savings, reserved: &in.Choices.Commitments.Reserved, spot: &in.Choices.Commitments.Spot, copies: &in.Choices.Copies,
	} {
		if text == "" {
			continue
		}
		if err := into.Parse(text); err != nil {
			t.Fatal(err)
		}
	}
	return in
}

// covered is what a bill has for compute that a Savings Plan covers, added up by hand.
func covered(b *cost.Bill) (usd float64) {
	for _, line := range b.Components {
		for _, name := range []string{"Nodes ", "Lambda duration", "Lambda initialization"} {
			if strings.HasPrefix(line.Name, name) {
				usd += line.Cost.Dollars()
			}
		}
	}
	return usd
}

// Bills have list prices, whatever was agreed; each switch has a line of its own, and several have
// one together.
func TestPractice(t *testing.T) {
	in := at(input(t, thumbs), 60e6)
	without := run(t, in)
	if len(without.Practice) != 0 {
		t.Errorf("without a switch: %+v", without.Practice)
	}
	r := run(t, agreed(t, in, "80%,1y,ec2=28%,lambda=12%", "2,3y,40%", "50%,60%", "stage=10%"))
	lambda, kubernetes := without.Lambda.Bill, without.Kubernetes.Bill
	if *r.Lambda.Bill.Total != *lambda.Total || *r.Kubernetes.Bill.Total != *kubernetes.Total || r.Verdict.Because != without.Verdict.Because {
		t.Error("a bill has what was agreed")
	}
	onLambda, onNodes := covered(lambda), covered(kubernetes)
	stage := run(t, at(in, 6e6))
	want := []struct {
		name               string
		lambda, kubernetes float64
	}{
		{"savingsPlan", onLambda * .8 * .12, onNodes * .8 * .28},
		{"reservedNodes", 0, onNodes * .4}, // two nodes are enough for the peak
		{"spot", 0, onNodes * .5 * .6},
		{"copies", -stage.Lambda.Bill.Total.Dollars(), -stage.Kubernetes.Bill.Total.Dollars()},
		// No node is left for spot or the plan, but for those of stage, whose nodes are not reserved.
		{
			"all", (onLambda+covered(stage.Lambda.Bill))*.8*.12 - stage.Lambda.Bill.Total.Dollars(),
			onNodes*.4 + covered(stage.Kubernetes.Bill)*(.5*.6+.5*.8*.28) - stage.Kubernetes.Bill.Total.Dollars(),
		},
	}
	if len(r.Practice) != len(want) {
		t.Fatalf("%d lines: %+v", len(r.Practice), r.Practice)
	}
	for i, p := range r.Practice {
		w := want[i]
		onLambda, onKubernetes := lambda.Total.Dollars()-w.lambda, kubernetes.Total.Dollars()-w.kubernetes
		if p.Name != w.name || math.Abs(p.Lambda.Dollars()-onLambda) > 1e-6 || math.Abs(p.Kubernetes.Dollars()-onKubernetes) > 1e-6 {
			t.Errorf("%s: %s and %s, want %s, %g and %g", p.Name, p.Lambda, p.Kubernetes, w.name, onLambda, onKubernetes)
		}
		if len(p.Crossings) == 0 || !strings.Contains(p.Words(), p.Text) {
			t.Errorf("%s has no break-even: %s", p.Name, p.Words())
		}
	}
	for _, f := range r.Figures(nil) {
		if f.Name == "kubernetes.practice" && (!f.Known || f.Value != r.Practice[4].Kubernetes.Dollars()) {
			t.Errorf("as a figure: %+v", f)
		}
	}
}

// Between the crossing by the bills and the one with a Savings Plan the answer turns, and on
// neither side of both.
func TestPracticeFlips(t *testing.T) {
	plan := func(requests float64) compare.Practice {
		return run(t, agreed(t, at(input(t, thumbs), requests), "100%,3y,ec2=50%", "", "", "")).Practice[0]
	}
	bills := run(t, at(input(t, thumbs), 60e6)).BreakEven.Crossings[0].Requests
	with := plan(60e6).Crossings[0].Requests
	if with >= bills {
		t.Fatalf("Kubernetes pays from %g on with cheaper nodes, and from %g on without", with, bills)
	}
	for requests, flips := range map[float64]bool{with * .9: false, (with + bills) / 2: true, bills * 1.1: false} {
		if p := plan(requests); p.Flips != flips {
			t.Errorf("at %g: %s", requests, p.Words())
		}
	}
}

// A copy in production's cluster shares what is fixed: its pod fits on the nodes that are there, so
// it pays for its requests alone. On Lambda there is little to share.
func TestCopiesInProductionsCluster(t *testing.T) {
	in := at(input(t, strings.Replace(thumbs, "shape: diurnal", "shape: steady", 1)), 1e6)
	r := run(t, agreed(t, in, "", "", "", "dev=10%+shared+no-alarms"))
	grows := func(b *cost.Bill) (usd float64) {
		for _, line := range b.Components {
			if !line.Fixed && !strings.HasPrefix(line.Name, "Nodes ") && line.Category != cost.Disk && line.Category != cost.Network && line.Category != cost.Startup {
				usd += line.Cost.Dollars()
			}
		}
		return usd
	}
	p := r.Practice[0]
	// One secret more costs .40 on Lambda; initialization is beside what grows with requests.
	fixed := map[spec.Target]float64{spec.Lambda: .40, spec.Kubernetes: 0}
	for _, on := range spec.Targets() {
		bill := r.Of(on).Bill
		more := (*p.Of(on) - *bill.Total).Dollars() - fixed[on]
		if want := grows(bill) / 10; more < want-1e-6 || more > want+.01 {
			t.Errorf("%s: the copy costs %g more, want %g", on, more, want)
		}
	}
	own := run(t, agreed(t, in, "", "", "", "dev=10%+no-alarms")).Practice[0]
	if more := own.Kubernetes.Dollars() - p.Kubernetes.Dollars(); more < 200 {
		t.Errorf("a cluster of its own costs only %g more", more)
	}
}

// A db.t4g.micro with 20 GiB is 730 x .016 + 20 x .115 + .40 for its secret = 14.38 a month, which a
// copy pays unless it uses production's. What the table of TestTablesAreOnBothBills costs follows its use: a tenth of 6.675,
// whichever table it is.
func TestCopiesOfData(t *testing.T) {
	database := strings.NewReplacer("sessions: {table:", "db: {postgres: {version: \"17\", class: db.t4g.micro, storage: 20Gi}}\n  sessions: {table:",
		"uses: {", "uses: {db: [connect], ").Replace(sessions)
	for _, cluster := range []string{"", "+shared"} {
		more := func(in compare.Input, copies string) target.Pair[float64] {
			none, p := run(t, in), run(t, agreed(t, in, "", "", "", copies+cluster)).Practice[0]
			return target.PairOf(func(t spec.Target) float64 { return (*p.Of(t) - *none.Of(t).Bill.Total).Dollars() })
		}
		table, noTable := more(withTables(t, sessions), "dev=10%"), more(input(t, sessions), "dev=10%")
		guest := more(withTables(t, sessions), "dev=10%+no-data")
		own, others := more(withTables(t, database), "dev=10%"), more(withTables(t, database), "dev=10%+no-data")
		for _, on := range spec.Targets() {
			if got := table.Of(on) - noTable.Of(on); math.Abs(got-.6675) > .0005 {
				t.Errorf("%s%s: the copy of the table costs %g", on, cluster, got)
			}
			if got := guest.Of(on) - noTable.Of(on); math.Abs(got-.6675) > .0005 {
				t.Errorf("%s%s: the copy's use of production's table costs %g", on, cluster, got)
			}
			if got := own.Of(on) - others.Of(on); math.Abs(got-14.38) > .0005 {
				t.Errorf("%s%s: the copy of the database costs %g", on, cluster, got)
			}
		}
	}
}

// Commitments make the best mix cheaper by what they take off its own nodes and functions.
func TestPracticeOfAMix(t *testing.T) {
	r := run(t, agreed(t, input(t, apart), "100%,1y,ec2=50%", "", "", ""))
	if !r.Placement.Mixed || r.Practice[0].Mix == nil {
		t.Fatalf("no mix: %+v", r.Practice)
	}
	saved := r.Placement.Cost - *r.Practice[0].Mix
	if saved <= 0 || saved >= *r.Placement.Sides.Kubernetes/2 {
		t.Errorf("the plan takes %s off nodes at half price, of %s", saved, *r.Placement.Sides.Kubernetes)
	}
	if text := r.Practice[0].Words(); !strings.Contains(text, "the best mix by the bills is") {
		t.Errorf("it says %s", text)
	}
}
