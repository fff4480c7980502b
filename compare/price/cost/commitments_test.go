package cost

import (
	"math"
	"strings"
	"testing"

	"ambi/compare/price"
	"ambi/spec"
)

type textual interface {
	Parse(text string) error
	String() string
}

// committed reads what a team would type.
func committed(t testing.TB, savings, reserved, spot string) Commitments {
	t.Helper()
	var c Commitments
	for _, each := range []struct {
		into textual
		text string
	}{{&c.Savings, savings}, {&c.Reserved, reserved}, {&c.Spot, spot}} {
		if each.text == "" {
			continue
		}
		if err := each.into.Parse(each.text); err != nil {
			t.Fatal(err)
		}
	}
	return c
}

// Two m7g.large at .0816 cost 119.136 a month, and nothing else of this bill is covered.
func TestCommitmentsOnNodesByHand(t *testing.T) {
	m := kubernetesOf(t, App{Workloads: []Workload{workload(t, usage())}}, Defaults())
	for _, c := range []struct {
		name, savings, reserved, spot string
		saved, owed                   float64
	}{
		{"none", "", "", "", 0, 0},
		{"a plan", "80%,1y,ec2=28%", "", "", 119.136 * .8 * .28, 119.136 * .8 * .72},
		{"a plan without nodes", "80%,1y,lambda=12%,fargate=20%", "", "", 0, 0},
		{"all nodes reserved", "", "2,1y,35%", "", 119.136 * .35, 119.136 * .65},
		{"one node reserved", "", "1,1y,35%", "", 59.568 * .35, 59.568 * .65},
		{"a node too many", "", "3,3y,35%", "", 119.136 - 178.704*.65, 178.704 * .65},
		{"two too many", "", "4,3y,35%", "", 119.136 - 238.272*.65, 238.272 * .65},
		{"half on spot", "", "", "50%,60%", 119.136 * .5 * .6, 0},
		// One node is reserved, half of the other one's hours are on spot, and the plan covers the rest.
		{"all", "80%,1y,ec2=28%", "1,1y,35%", "50%,60%", 59.568*.35 + 29.784*.6 + 29.784*.8*.28, 59.568*.65 + 29.784*.8*.72},
		{"reserved before the plan", "100%,1y,ec2=28%", "2,1y,35%", "", 119.136 * .35, 119.136 * .65},
	} {
		got := m.Saved(1, committed(t, c.savings, c.reserved, c.spot))
		if math.Abs(got.Saved.Dollars()-c.saved) > 1e-8 || math.Abs(got.Committed.Dollars()-c.owed) > 1e-8 {
			t.Errorf("%s: %+v, want %g saved and %g owed", c.name, got, c.saved, c.owed)
		}
	}
}

// On Lambda a plan covers duration, initialization and provisioned concurrency, and neither
// requests nor anything beside Lambda; on Fargate vCPUs and memory.
func TestSavingsPlanCoversComputeAlone(t *testing.T) {
	w := workload(t, usage())
	w.Function.Provisioned = 2
	fargate := Defaults()
	fargate.Kubernetes.OnFargate()
	for service, m := range map[string]*Model{"lambda": lambdaOf(t, App{Workloads: []Workload{w}}, Defaults()), "fargate": kubernetesOf(t, App{Workloads: []Workload{w}}, fargate)} {
		covered, lines := price.USD(0), 0
		for _, line := range m.Bill(1).Components {
			for _, name := range []string{"Lambda duration", "Lambda initialization", "Lambda provisioned concurrency", "Fargate CPU", "Fargate memory"} {
				if strings.HasPrefix(line.Name, name) && *line.Cost > 0 {
					covered, lines = covered+*line.Cost, lines+1
				}
			}
		}
		if want := map[string]int{"lambda": 5, "fargate": 3}[service]; lines != want {
			t.Errorf("%s: %d lines are covered, want %d", service, lines, want)
		}
		got := m.Saved(1, committed(t, "50%,3y,ec2=66%,"+service+"=17%", "", ""))
		if want := covered.Dollars() * .5 * .17; math.Abs(got.Saved.Dollars()-want) > 1e-8 || want == 0 {
			t.Errorf("%s: %s saved, want %g", service, got.Saved, want)
		}
	}
}

// A node more in reserve takes at most a month of hours off what is on demand, and enough of
// them take all.
func TestHoursBeyondReservedNodes(t *testing.T) {
	tried := 0
	for name, change := range variants() {
		choices := Defaults()
		change(&choices)
		if choices.Kubernetes.Compute != EC2 || choices.Kubernetes.Shared > 0 {
			continue
		}
		u := usage()
		u.Shape = spec.Bursty
		m := kubernetesOf(t, App{Workloads: []Workload{workload(t, u)}}, choices)
		for _, scale := range []float64{1, 100, 1000} {
			m.Total(scale)
			list := lines(t, m.Bill(scale))
			before := m.beyond(scale, 0)
			hours := 0.0
			for i, l := range m.lines {
				if strings.HasPrefix(l.rate.Key, "ec2.") && (l.category == Work || l.category == Idle) {
					hours += m.quantities[i]
				}
			}
			if math.Abs(before-hours) > 1e-6*hours {
				t.Errorf("%s x %g: %g hours in all, want %g: %v", name, scale, before, hours, list)
			}
			for n := 1.0; before > 0; n++ {
				now := m.beyond(scale, n)
				if now > before || before-now > price.HoursPerMonth+1e-6 {
					t.Fatalf("%s x %g: %g hours beyond %g nodes, and %g beyond one less", name, scale, now, n, before)
				}
				before = now
				tried++
			}
		}
	}
	if tried < 50 {
		t.Errorf("only %d numbers of nodes were tried", tried)
	}
}

func TestCommitmentsAndCopiesAsText(t *testing.T) {
	for _, c := range []struct {
		into        textual
		text, fails string
	}{
		{&SavingsPlan{}, "80%,1y,ec2=28%,lambda=12%", ""},
		{&SavingsPlan{}, "100%,3y,fargate=52.5%", ""},
		{&SavingsPlan{}, "80%", "must be COVERAGE,TERM,SERVICE=PERCENT"},
		{&SavingsPlan{}, "80%,2y,ec2=28%", "a term is 1y or 3y"},
		{&SavingsPlan{}, "0%,1y,ec2=28%", "coverage must be more than 0%"},
		{&SavingsPlan{}, "80%,1y,rds=28%", "covers ec2, fargate, lambda"},
		{&SavingsPlan{}, "80%,1y,ec2=28%,ec2=3%", "given twice"},
		{&SavingsPlan{}, "80%,1y,ec2", "ec2 must be more than 0%"},
		{&Reserved{}, "2,1y,35%", ""},
		{&Reserved{}, "0,1y,35%", "a number of nodes"},
		{&Reserved{}, "2,1y", "must be NODES,TERM,PERCENT"},
		{&Reserved{}, "2,1y,120%", "at most 100%"},
		{&Spot{}, "60%,65%", ""},
		{&Spot{}, "60%", "must be SHARE,PERCENT"},
		{&Copies{}, "stage=10%,dev=1%+shared+no-data+no-alarms", ""},
		{&Copies{}, "dev=1%,dev=2%", "given twice"},
		{&Copies{}, "Dev=1%", "must be NAME=PERCENT"},
		{&Copies{}, "dev=1%+cheap", "may be +shared"},
		{&Copies{}, "dev=nan", "more than 0%"},
	} {
		err := c.into.Parse(c.text)
		if c.fails != "" {
			if err == nil || !strings.Contains(err.Error(), c.fails) {
				t.Errorf("%s: %v, want %s", c.text, err, c.fails)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", c.text, err)
		}
		if text := c.into.String(); text != c.text {
			t.Errorf("%s is written as %s", c.text, text)
		}
	}
}

// What is read is written so that it is read as the same.
func FuzzCommitments(f *testing.F) {
	for _, text := range []string{"80%,1y,ec2=28%,lambda=12%", "2,3y,35%", "60%,65%", "stage=10%,dev=1%+shared+no-data"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, pair := range [][2]textual{{&SavingsPlan{}, &SavingsPlan{}}, {&Reserved{}, &Reserved{}}, {&Spot{}, &Spot{}}, {&Copies{}, &Copies{}}} {
			once, again := pair[0], pair[1]
			if once.Parse(text) != nil {
				continue
			}
			written := once.String()
			if err := again.Parse(written); err != nil {
				t.Fatalf("%q is written as %q, which is not read: %v", text, written, err)
			}
			if rewritten := again.String(); rewritten != written {
				t.Fatalf("%q, then %q", written, rewritten)
			}
		}
	})
}
