package cost

import (
	"math"
	"sync"
	"testing"
	"time"

	"ambi/compare/demand"
	"ambi/compare/price"
	"ambi/compare/price/breakeven"
	"ambi/compare/price/nodes"
	"ambi/spec"
)

// handSized is the simplified node model of the hand-checked break-evens:
// m7g.large whose 1.93 cores less .385 for the system are used to 60 %, two of
// them at least.
func handSized(cores float64) float64 {
	return math.Max(2, wholeUp(cores/((1.93-.385)*.6)))
}

// handCase is one of them: everything that it leaves out is off.
type handCase struct {
	name             string
	memoryMB         int
	billed, cpu      time.Duration // of one request; billed on Lambda, cpu on a full core
	functionURL, nat bool
	peak             float64   // nodes held for this multiple of the mean
	want             []float64 // millions of requests a month
	packed           []float64 // the same with real pods on real nodes
}

func handCases() []handCase {
	const ms = time.Millisecond
	small := handCase{memoryMB: 512, billed: 50 * ms, cpu: 10 * ms, peak: 1}
	large := handCase{memoryMB: 1024, billed: 200 * ms, cpu: 60 * ms, peak: 1}
	with := func(c handCase, name string, change func(*handCase)) handCase {
		c.name = name
		change(&c)
		return c
	}
	// Real nodes are in public subnets, with an address of .005 x 730 = 3.65
	// each, so two of them make a floor of 219.061 + 2 x 3.65 = 226.361.
	return []handCase{
		// Lambda less the load balancer's share, for a million: .2 + .5 GB x .05 s x 13.3334 = .33334
		// + 1 for the API - 4,096 B / 2^30 x .008 x 1e6 = .03052, in all 1.50282.
		// 219.061 / 1.50282 = 145.77; 226.361 / 1.50282 = 150.62.
		with(small, "512 MB, 50 ms", func(c *handCase) { c.want, c.packed = []float64{145.8}, []float64{150.62} }),
		// A NAT gateway is .045 x 730 = 32.85: (219.061 + 32.85) / 1.50282 = 167.63. In fact it has an
		// address too, and lets nodes do without: (219.061 + 32.85 + 3.65) / 1.50282 = 170.05.
		with(small, "with a NAT gateway", func(c *handCase) { c.nat, c.want, c.packed = true, []float64{167.6}, []float64{170.05} }),
		// Without the API .50282. 219.061 / .50282 = 435.67; a third node at 2 x .927 cores / .01 s x 2.628 M s = 487.23;
		// .0816 x 730 + 20 x .08 = 61.168 more: 280.229 / .50282 = 557.32.
		// Packed: 226.361 / .50282 = 450.18. A node of 1,805m holds three pods of 500m, each good for .3 cores, and
		// the DNS pods fit beside them: a third node at 6 x .3 / .01 x 2.628 = 473.04, and for 61.168 + 3.65
		// = 64.818 more: 291.179 / .50282 = 579.09.
		with(small, "with a function URL", func(c *handCase) {
			c.functionURL, c.want, c.packed = true, []float64{435.7, 487.2, 557.3}, []float64{450.18, 473.04, 579.09}
		}),
		// .2 + 1 GB x .2 s x 13.3334 = 2.66668 + 1 - .03052 = 3.83616; 219.061 / 3.83616 = 57.10; 226.361 / 3.83616 = 59.01.
		with(large, "1,024 MB, 200 ms", func(c *handCase) { c.want, c.packed = []float64{57.1}, []float64{59.01} }),
		with(small, "512 MB, for a peak of 8", func(c *handCase) { c.peak = 8 }),
		with(large, "1,024 MB, for a peak of 8", func(c *handCase) { c.peak = 8 }),
	}
}

// workload is the case's service. Usage gives durations with a full core at
// hand, so the CPU time's stretch on Lambda is taken off first.
func (c handCase) workload(t *testing.T) Workload {
	t.Helper()
	stretched := c.cpu * 1769 / time.Duration(c.memoryMB)
	u := demand.Usage{
		Requests: demand.Known(1.0), Duration: demand.Known(c.billed - stretched + c.cpu), CPUTime: demand.Known(c.cpu),
		Request: demand.Known[int64](2048), Response: demand.Known[int64](2048), Log: demand.Known[int64](0),
		Outbound: demand.Known[int64](0), Start: demand.Known(time.Duration(0)), Shape: spec.Steady,
	}
	if c.peak > 1 {
		u.Shape, u.PeakToMean = spec.Bursty, demand.Known(c.peak)
	}
	resolved, err := u.Resolve()
	if err != nil {
		t.Fatal(err)
	}
	return Workload{
		Name: "api", Traffic: resolved, Routes: 1,
		Function: Function{MemoryMB: c.memoryMB, Architecture: "arm64"},
		Pod:      Pod{MilliCPU: 500, MemoryMiB: 512, Min: 2, Concurrency: 10, TargetPercent: 60},
	}
}

func (c handCase) choices() Choices {
	choices := Defaults()
	choices.Logs, choices.Egress = false, false
	choices.Lambda.FunctionURL = c.functionURL
	k := &choices.Kubernetes
	k.ForPeak = c.peak > 1
	k.RequestsPerConnection = 1e6 // connections are no dimension here
	if c.nat {
		k.NATGateways = 1
	}
	k.PublicNodes = !c.nat
	return choices
}

// byHand is both costs as the hand has them: nodes that are sized by cores alone, with
// a disk each, and no address but the load balancer's two.
func (c handCase) byHand(t *testing.T) breakeven.Sides {
	t.Helper()
	packed, k := sides(t, c.workload(t), c.choices()), kubernetesModel(t, c.workload(t), c.choices())
	return func(requests float64) (price.USD, price.USD) {
		lambda, _ := packed(requests)
		nodes := handSized(requests / demand.SecondsPerMonth * c.peak * c.cpu.Seconds())
		total := dollars(nodes*(.0816*price.HoursPerMonth+20*.08) + 2*.005*price.HoursPerMonth)
		for _, part := range k.Bill(requests).Components {
			switch {
			case part.Category == Work, part.Category == Idle, part.Category == Disk, part.Name == "Public IPv4 addresses":
			case part.Cost == nil:
				t.Fatalf("the cost of %s is unknown", part.Name)
			default:
				total = total.Plus(*part.Cost)
			}
		}
		return lambda, total
	}
}

func dollars(n float64) price.USD { return price.USD(math.Round(n * float64(price.Dollar))) }

func kubernetesModel(t testing.TB, w Workload, choices Choices) *Model {
	t.Helper()
	k, err := Kubernetes(sheet(t), catalog(t), App{Workloads: []Workload{w}}, choices)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func sides(t testing.TB, w Workload, choices Choices) breakeven.Sides {
	t.Helper()
	l, err := Lambda(sheet(t), App{Workloads: []Workload{w}}, choices)
	if err != nil {
		t.Fatal(err)
	}
	k := kubernetesModel(t, w, choices)
	return func(requests float64) (price.USD, price.USD) {
		lambda, ok := l.Total(requests)
		kubernetes, okToo := k.Total(requests)
		if !ok || !okToo {
			t.Fatal("a cost is unknown")
		}
		return lambda, kubernetes
	}
}

// The embedded files are read once for all tests.
var (
	readSheet = sync.OnceValues(func() (*price.Sheet, error) {
		book, err := price.Embedded()
		if err != nil {
			return nil, err
		}
		return book.In("us-east-1")
	})
	readCatalog = sync.OnceValues(nodes.Embedded)
)

func sheet(t testing.TB) *price.Sheet {
	t.Helper()
	s, err := readSheet()
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func catalog(t testing.TB) *nodes.Catalog {
	t.Helper()
	c, err := readCatalog()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestHandCheckedFloor(t *testing.T) {
	c := handCases()[0]
	_, floor := c.byHand(t)(0)
	// EKS .10 x 730 + 2 x .0816 x 730 + ALB .0225 x 730 + 2 x .005 x 730 + 2 x 20 GB x .08
	if floor != 219_061_000_000 {
		t.Errorf("the floor is %s, not 219.06", floor)
	}
}

func TestHandCheckedBreakEvens(t *testing.T) {
	for _, c := range handCases() {
		c.expect(t, c.byHand(t), c.want, .01)
		// The same with pods of 500m and 512 MiB packed on real nodes. Nothing else
		// changes, and the crossings move by 3 % and more.
		c.expect(t, sides(t, c.workload(t), c.choices()), c.packed, .0002)
	}
}

// expect checks every crossing of the case, in millions of requests a month.
func (c handCase) expect(t *testing.T, s breakeven.Sides, want []float64, within float64) {
	t.Helper()
	got := breakeven.Crossings(s, breakeven.Sweep(s, 1e3, 1e11, 400))
	if len(got) != len(want) {
		t.Errorf("%s: got %d crossings, want %v", c.name, len(got), want)
		return
	}
	for i := range want {
		millions := got[i].Requests / 1e6
		t.Logf("%s: computed %.2f M, expected %v M", c.name, millions, want[i])
		if math.Abs(millions/want[i]-1) > within {
			t.Errorf("%s: crossing at %.2f M, want %v M", c.name, millions, want[i])
		}
		if got[i].ToLambda != (i%2 == 1) {
			t.Errorf("%s: crossing %d goes the wrong way", c.name, i)
		}
	}
	if lambda, kubernetes := s(1e11); len(want) == 0 && lambda > kubernetes {
		t.Errorf("%s: Lambda is not the cheaper one at 1e11", c.name)
	}
}
