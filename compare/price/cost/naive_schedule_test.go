package cost

import (
	"fmt"
	"maps"
	"math"
	"math/big"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"ambi/compare/demand"
	"ambi/compare/price"
	"ambi/compare/price/nodes"
	"ambi/internal/cron"
	"ambi/spec"
)

// naiveSchedule prices a service that runs at set times again, the slow way: it walks through
// 28 years day by day, and notes when each run is.
type naiveSchedule struct {
	naive
	runs     []time.Time
	oneByOne bool
	perRun   float64 // dollars that Scheduler takes for a run; 0 without a price
}

// randomTimes draws a schedule: as cron writes it, and its runs over 28 years.
func randomTimes(random *rand.Rand) (text string, runs []time.Time) {
	some := func(from, to, most int) []int {
		list := map[int]bool{}
		for range 1 + random.IntN(most) {
			list[from+random.IntN(to-from+1)] = true
		}
		return slices.Sorted(maps.Keys(list))
	}
	field := func(list []int) string { return strings.Trim(strings.ReplaceAll(fmt.Sprint(list), " ", ","), "[]") }
	minutes, hours := some(0, 59, 3), some(0, 23, 4)
	days, months, weekdays := "*", "*", "*"
	var of, in, on []int
	switch random.IntN(4) {
	case 0:
		of = some(1, 28, 6)
		days = field(of)
	case 1:
		on = some(0, 6, 5)
		weekdays = field(on)
	}
	if random.IntN(4) == 0 {
		in = some(1, 12, 6)
		months = field(in)
	}
	for day := time.Date(2001, 1, 1, 0, 0, 0, 0, time.UTC); day.Year() < 2029; day = day.AddDate(0, 0, 1) {
		if of != nil && !slices.Contains(of, day.Day()) || in != nil && !slices.Contains(in, int(day.Month())) || on != nil && !slices.Contains(on, int(day.Weekday())) {
			continue
		}
		for _, h := range hours {
			for _, m := range minutes {
				runs = append(runs, day.Add(time.Duration(h*60+m)*time.Minute))
			}
		}
	}
	return fmt.Sprintf("%s %s %s %s %s", field(minutes), field(hours), days, months, weekdays), runs
}

// months is 28 years in months of 730 hours.
func (n naiveSchedule) months() float64 {
	return time.Date(2029, 1, 1, 0, 0, 0, 0, time.UTC).Sub(time.Date(2001, 1, 1, 0, 0, 0, 0, time.UTC)).Hours() / 730
}

func (n naiveSchedule) monthly() float64 { return float64(len(n.runs)) / n.months() }

func (n naiveSchedule) lambda() amounts {
	t, a := n.w.Traffic, n.w.Function.Architecture
	runs := n.monthly()
	core := math.Min(1, float64(n.w.Function.MemoryMB)/1769)
	billedMS := math.Ceil(math.Round((float64(t.Duration.Or(-1)-t.CPUTime.Or(-1))+float64(t.CPUTime.Or(-1))/core)/1e3) / 1e3)
	cold := 1.0 // the first
	for i := 1; i < len(n.runs); i++ {
		// Two days stand for any longer time.
		if gap := min(n.runs[i].Sub(n.runs[i-1]), 48*time.Hour); gap.Seconds() > n.choices.Lambda.KeepAlive.Std().Seconds()+billedMS/1000 {
			cold++
		}
	}
	cold /= n.months()
	logs, egress := runs*(float64(t.Log.Or(-1))+423)/1073741824, runs*float64(t.Outbound.Or(-1))/1073741824
	if !n.choices.Logs {
		logs = 0
	}
	if !n.choices.Egress {
		egress = 0
	}
	startMS := math.Ceil(float64(t.Start.Or(-1)) / 1e6)
	gbs := runs * billedMS / 1000 * float64(n.w.Function.MemoryMB) / 1024
	return amounts{
		"Lambda requests":             n.price("lambda.requests", runs),
		"Lambda duration, " + a:       n.price("lambda.duration."+a, gbs),
		"Lambda initialization, " + a: n.more("lambda.duration."+a, gbs, cold*startMS/1000*float64(n.w.Function.MemoryMB)/1024),
		"Logs, ingestion":             n.price("logs.ingestion.lambda", logs),
		"Logs, storage":               n.price("logs.storage", logs*float64(n.w.LogDays)/(730./24)*.15),
		"Egress to the internet":      n.price("egress.internet", egress),
		"Alarms":                      n.price("alarms.standard", float64(n.shared+n.w.Alarms)),
		"Schedule invocations":        new(big.Rat).SetFloat64(runs * n.perRun),
	}
}

func (n naiveSchedule) kubernetes(instance nodes.Instance) amounts {
	t, k := n.w.Traffic, n.choices.Kubernetes
	runs, cpu := n.monthly(), t.CPUTime.Or(-1).Seconds()
	atWork := runs * (t.Start.Or(-1).Seconds() + t.Duration.Or(-1).Seconds()) / 2628000
	if n.oneByOne {
		atWork = math.Min(1, atWork)
	}
	pods := 1.0
	for pods < atWork {
		pods++
	}
	part := atWork / pods
	room := instance.Allocatable()
	busy := math.Ceil(runs / 2628000 * cpu * 1000 / float64(room.MilliCPU) * (1 - 1e-9))
	with, without := math.Max(busy, float64(n.nodesNeeded(int(pods), room))), math.Max(busy, float64(n.nodesNeeded(0, room)))
	hours := 730 * (with*part + without*(1-part))
	used := runs * cpu / 3600 / float64(instance.CPUs)
	logs, egress := runs*float64(t.Log.Or(-1))/1073741824, runs*float64(t.Outbound.Or(-1))/1073741824
	if !n.choices.Logs {
		logs = 0
	}
	if !n.choices.Egress {
		egress = 0
	}
	return amounts{
		"EKS control plane":                   n.price("eks.cluster", 730),
		"Public IPv4 addresses":               n.price("ipv4.hours", hours),
		"Disks":                               n.price("ebs.gp3", hours/730*float64(k.DiskGB)),
		"Nodes " + instance.Type + ", in use": n.price("ec2."+instance.Type, used),
		"Nodes " + instance.Type + ", idle":   n.price("ec2."+instance.Type, math.Max(0, hours-used)),
		"Logs, ingestion":                     n.price("logs.ingestion", logs),
		"Logs, storage":                       n.price("logs.storage", logs*float64(n.w.LogDays)/(730./24)*.15),
		"Egress to the internet":              n.price("egress.internet", egress),
		"Alarms":                              n.price("alarms.standard", float64(n.shared+n.w.Alarms)),
	}
}

func TestSchedulesAgainstNaiveArithmetic(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 3))
	book, err := price.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	catalog, raw := catalog(t), rawPrices(t, "us-east-1")
	several := 0
	for i := range 150 {
		w := randomWorkload(t, random)
		w.Routes, w.Function.Provisioned, w.Function.Tracing, w.Pod.Min = 0, 0, false, 0
		text, runs := randomTimes(random)
		times, err := cron.Parse(text)
		if err != nil {
			t.Fatal(text, err)
		}
		w.Schedule = &Schedule{Pauses: times.Pauses(), OneByOne: random.IntN(2) == 0}
		u := w.Schedule.Usage(w.Traffic.Usage)
		u.Duration = demand.Known(time.Duration(1 + random.Int64N(int64(time.Hour)))) // of which some overlap
		u.CPUTime = demand.Known(time.Duration(random.Int64N(int64(u.Duration.Or(1)))))
		u.Quantiles = demand.Maybe[spec.Quantiles]{}
		u.Start = demand.Known(time.Duration(random.IntN(60_000)) * time.Millisecond)
		if w.Traffic, err = u.Resolve(); err != nil {
			t.Fatal(err)
		}
		choices := Defaults()
		choices.Logs, choices.Egress = random.IntN(4) > 0, random.IntN(4) > 0
		n := naiveSchedule{naive: naive{t, raw, w, choices, random.IntN(3), 0, false}, runs: runs, oneByOne: w.Schedule.OneByOne}
		var changes []price.Change
		if i%2 == 0 {
			n.perRun = 1e-6
			changes = append(changes, price.Change{Key: SchedulerPrice, Price: price.PerUnit(n.perRun * 1e12)})
		}
		sheet, err := book.In("us-east-1", changes...)
		if err != nil {
			t.Fatal(err)
		}
		app := App{Workloads: []Workload{w}, Alarms: n.shared}
		l, err := Lambda(sheet, app, choices)
		if err != nil {
			t.Fatal(err)
		}
		compareRuns(t, text, l.Bill(1), n.lambda())
		m, err := Kubernetes(sheet, catalog, app, choices)
		if err != nil {
			t.Fatal(err)
		}
		instance, err := catalog.Find(map[string]string{"x86_64": "m7i.large", "arm64": "m7g.large"}[w.Function.Architecture])
		if err != nil {
			t.Fatal(err)
		}
		compareRuns(t, text, m.Bill(1), n.kubernetes(instance))
		for _, model := range []*Model{l, m} { // runs do not grow with requests
			once, _ := model.Total(1)
			if more, known := model.Total(1000); !known || more != once {
				t.Errorf("%s: %s costs %s, and at a thousand times the requests %s", text, model.Target, once, more)
			}
		}
		if w.Schedule.OneByOne && n.monthly()*u.Duration.Or(0).Seconds() > 2628000 {
			several++
		}
		if t.Failed() {
			return
		}
	}
	t.Logf("of %d services, runs are left out", several)
}

// compareRuns checks every component, starts too: those of runs are no estimate.
func compareRuns(t *testing.T, text string, bill Bill, want amounts) {
	t.Helper()
	for _, c := range bill.Components {
		size, exact := 0.0, want[c.Name]
		if exact != nil {
			size, _ = exact.Float64()
		}
		delete(want, c.Name)
		if c.Cost == nil {
			t.Errorf("%s: %s: %s is unknown", text, bill.Target, c.Name)
			continue
		}
		if off := math.Abs(c.Cost.Dollars() - size); off > 1e-7+size*1e-6 {
			t.Errorf("%s: %s: %s costs %s, the other arithmetic has %.9f", text, bill.Target, c.Name, c.Cost, size)
		}
	}
	for name := range want {
		t.Errorf("%s: no component %s", bill.Target, name)
	}
}
