package cost

import (
	"math"
	"testing"

	"ambi/compare/demand"
	"ambi/compare/price"
	"ambi/target"
)

// corrected is an app with a simulation.
func corrected(t *testing.T, app App, m Measured) App {
	t.Helper()
	app, err := app.Corrected(sheet(t), catalog(t), Defaults(), m)
	if err != nil {
		t.Fatal(err)
	}
	return app
}

// TestMeasuredQuantities prices a simulation instead of averages.
func TestMeasuredQuantities(t *testing.T) {
	w := workload(t, usage())
	w.Function.Provisioned = 3
	m := Measured{
		Invocations: 2.5e6, GBSeconds: 100_000, StartGBSeconds: 400, ProvisionedGBSeconds: 20_000, ProvisionedInUse: .5, Starts: 1000,
		NodeHours: 2000, ReplicaHours: 900,
	}
	app := corrected(t, App{Workloads: []Workload{w}, Secrets: 1}, m)
	bill := lambdaOf(t, app, Defaults()).Bill(1)
	gb := 885. / 1024
	want := map[string]float64{
		"Lambda requests": 2.5e6, "Lambda duration, arm64": 100_000, "Lambda initialization, arm64": 400,
		"Lambda duration on provisioned concurrency, arm64": 20_000,
		"Lambda provisioned concurrency in use, arm64":      .5 * gb * demand.SecondsPerMonth,
		"Lambda provisioned concurrency, idle, arm64":       2.5 * gb * demand.SecondsPerMonth,
		"Secrets, calls": 1000,
	}
	check := func(bill Bill) {
		t.Helper()
		for _, c := range bill.Components {
			quantity, named := want[c.Name]
			if named != c.Simulated {
				t.Errorf("%s is simulated: %t", c.Name, c.Simulated)
			}
			if named && math.Abs(*c.Quantity-quantity) > 1e-6*quantity {
				t.Errorf("%s is %v, want %v", c.Name, *c.Quantity, quantity)
			}
		}
	}
	check(bill)

	nodes := kubernetesOf(t, app, Defaults()).Bill(1)
	used := 3e6 * .012 / 3600 / 2
	want = map[string]float64{
		"Nodes m7g.large, in use": used, "Nodes m7g.large, idle": 2000 - used, "Fargate memory": 0, "EKS Auto Mode": 0,
		"Disks": 2000. / price.HoursPerMonth * 20, "Public IPv4 addresses": 2000 + 2*price.HoursPerMonth,
	}
	check(nodes)

	// Fewer nodes than the least are not priced.
	m.NodeHours = 700
	app = corrected(t, app, m)
	for _, c := range kubernetesOf(t, app, Defaults()).Bill(1).Components {
		if c.Name == "Disks" && *c.Quantity != 40 {
			t.Errorf("%v GB of disks", *c.Quantity)
		}
	}
}

// TestMeasuredAtOtherScales keeps the factor between what was measured and what
// averages say, so that a curve goes through the measured point without a jump.
func TestMeasuredAtOtherScales(t *testing.T) {
	app := App{Workloads: []Workload{workload(t, usage())}, Secrets: 1}
	averages := both(t, app.Workloads[0], Defaults())
	app = corrected(t, app, Measured{GBSeconds: 150_000, NodeHours: 3000})
	measured := []*Model{lambdaOf(t, app, Defaults()), kubernetesOf(t, app, Defaults())}
	for i, line := range []string{"Lambda duration, arm64", "Disks"} {
		quantity := func(m *Model, scale float64) float64 {
			for _, c := range m.Bill(scale).Components {
				if c.Name == line {
					return *c.Quantity
				}
			}
			t.Fatal(line)
			return 0
		}
		factor := quantity(measured[i], 1) / quantity(averages[i], 1)
		for _, scale := range []float64{2, 10, 300} {
			if got := quantity(measured[i], scale) / quantity(averages[i], scale); math.Abs(got/factor-1) > 1e-9 {
				t.Errorf("%s at %v times the requests is %v times its average, and %v at once", line, scale, got, factor)
			}
		}
	}
}

// TestMeasuredShares takes replicas where those are paid for.
func TestMeasuredShares(t *testing.T) {
	w := workload(t, usage())
	for name, change := range map[string]func(*Choices){
		"Fargate": func(c *Choices) { c.Kubernetes.OnFargate() },
		"shared":  func(c *Choices) { c.Kubernetes.Shared = .2 },
	} {
		choices := Defaults()
		change(&choices)
		averages := kubernetesOf(t, App{Workloads: []Workload{w}}, choices).Bill(1)
		c, err := newCluster(catalog(t), App{Workloads: []Workload{w}}, choices)
		if err != nil {
			t.Fatal(err)
		}
		double := Measured{ReplicaHours: 2 * c.replicaHours(1), NodeHours: 1}
		app, err := App{Workloads: []Workload{w}}.Corrected(sheet(t), catalog(t), choices, double)
		if err != nil {
			t.Fatal(err)
		}
		measured := kubernetesOf(t, app, choices).Bill(1)
		if *measured.Total <= *averages.Total {
			t.Errorf("%s: twice the replicas cost %s, and once %s", name, measured.Total, averages.Total)
		}
	}
}

// TestMeasuredServices: the quantities of several services add up, by architecture, and each
// service of the app has to be among them.
func TestMeasuredServices(t *testing.T) {
	web, jobs := workload(t, usage()), workload(t, usage())
	web.Name, jobs.Name = "web", "jobs"
	jobs.Function.Architecture, jobs.Function.MemoryMB = "x86_64", 2048
	jobs.Events = &Events{Batch: 1, Pollers: 5, Receive: 10}
	app := App{Workloads: []Workload{web, jobs}, Secrets: 1}
	m := Measured{NodeHours: 2000, Services: map[string]Measured{
		"web":  {Invocations: 2.5e6, GBSeconds: 100_000, Starts: 1000},
		"jobs": {Invocations: 1e6, GBSeconds: 30_000, Receives: target.Pair[float64]{Lambda: 1.1e6, Kubernetes: 4e5}},
	}}
	app, err := app.Corrected(sheet(t), catalog(t), Defaults(), m)
	if err != nil {
		t.Fatal(err)
	}
	quantities := func(m *Model) map[string]float64 {
		list := map[string]float64{}
		for _, c := range m.Bill(1).Components {
			if c.Simulated {
				list[c.Name] = math.Round(*c.Quantity)
			}
		}
		return list
	}
	lambda := quantities(lambdaOf(t, app, Defaults()))
	for name, want := range map[string]float64{
		"Lambda requests": 3.5e6, "Lambda duration, arm64": 100_000, "Lambda duration, x86_64": 30_000, "Secrets, calls": 1000, "Queue requests, receives": 1.1e6,
	} {
		if lambda[name] != want {
			t.Errorf("%s: %v, want %v", name, lambda[name], want)
		}
	}
	if got := quantities(kubernetesOf(t, app, Defaults())); got["Queue requests, receives"] != 4e5 || got["Disks"] != math.Round(2000./price.HoursPerMonth*20) {
		t.Errorf("on Kubernetes: %v", got)
	}
	delete(m.Services, "jobs")
	if _, err := (App{Workloads: []Workload{web, jobs}}).Corrected(sheet(t), catalog(t), Defaults(), m); err == nil {
		t.Error("a service that was not simulated was priced by a simulation")
	}
}
