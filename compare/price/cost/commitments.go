package cost

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	"ambi/compare/price"
	"ambi/internal/problem"
)

// Commitments are what a team has agreed with AWS to pay less for compute. No bill includes
// them: Model.Saved is what they take off one. AWS changes the percentages, and no public list has
// all of them, so they are the user's, and there is no default.
type Commitments struct {
	Savings  SavingsPlan `json:"savingsPlan,omitzero"`
	Reserved Reserved    `json:"reservedNodes,omitzero"`
	Spot     Spot        `json:"spot,omitzero"`
}

// None reports whether there are none.
func (c Commitments) None() bool {
	return c.Savings.Coverage == 0 && c.Reserved.Nodes == 0 && c.Spot.Share == 0
}

// SavingsPlan is a Compute Savings Plan. It covers EC2 instances, vCPUs and memory of Fargate, and
// on Lambda duration, initialization and provisioned concurrency, but neither requests, disks,
// EKS nor data transfer
// (docs.aws.amazon.com/savingsplans/latest/userguide/what-is-savings-plans.html).
type SavingsPlan struct {
	Coverage float64 `json:"coverage"` // the part of that usage which is billed at the plan's prices: above 0, at most 1
	Years    int     `json:"years"`    // 1 or 3
	// Off are the parts of the list prices of ec2, fargate and lambda that the plan takes off.
	Off map[string]float64 `json:"off"`
}

// savingsServices are what a Compute Savings Plan covers.
func savingsServices() []string { return []string{"ec2", "fargate", "lambda"} }

// Reserved are nodes that are paid for all month at a lower price, used or not.
type Reserved struct {
	Nodes int     `json:"nodes"`
	Years int     `json:"years"` // 1 or 3
	Off   float64 `json:"off"`   // part of the list price
}

// Spot are nodes that AWS may take back, two minutes after it says so.
type Spot struct {
	Share float64 `json:"share"` // the part of the nodes' hours that are not reserved: above 0, at most 1
	Off   float64 `json:"off"`   // part of the list price
	// Rate is how often AWS takes a node back, in interruptions of a node in a month: what a simulation
	// interrupts nodes by; 0 where it is not given.
	Rate float64 `json:"rate,omitempty"`
}

// Parse reads 80%,1y,ec2=28%,lambda=12%: coverage, term and what is off each service.
func (s *SavingsPlan) Parse(text string) (err error) {
	parts := strings.Split(text, ",")
	if len(parts) < 3 {
		return problem.New("must be COVERAGE,TERM,SERVICE=PERCENT such as 80%%,1y,ec2=28%%,lambda=12%%, got %q", text)
	}
	plan := SavingsPlan{Off: map[string]float64{}}
	if plan.Coverage, err = parsePart("coverage", parts[0]); err != nil {
		return err
	}
	if plan.Years, err = parseTerm(parts[1]); err != nil {
		return err
	}
	for _, part := range parts[2:] {
		service, percent, _ := strings.Cut(part, "=")
		if !slices.Contains(savingsServices(), service) {
			return problem.New("a Compute Savings Plan covers %s, got %q", strings.Join(savingsServices(), ", "), service)
		}
		if _, twice := plan.Off[service]; twice {
			return problem.New("%s is given twice", service)
		}
		if plan.Off[service], err = parsePart(service, percent); err != nil {
			return err
		}
	}
	*s = plan
	return nil
}

// String is what Parse reads; empty for none.
func (s SavingsPlan) String() string {
	if s.Coverage == 0 {
		return ""
	}
	text := percentText(s.Coverage) + "," + termText(s.Years)
	for _, service := range slices.Sorted(maps.Keys(s.Off)) {
		text += "," + service + "=" + percentText(s.Off[service])
	}
	return text
}

// Parse reads 2,1y,35%: nodes, term and what is off the list price.
func (r *Reserved) Parse(text string) error {
	parts := strings.Split(text, ",")
	if len(parts) != 3 {
		return problem.New("must be NODES,TERM,PERCENT such as 2,1y,35%%, got %q", text)
	}
	nodes, err := strconv.ParseUint(parts[0], 10, 31)
	if err != nil || nodes == 0 {
		return problem.New("must be a number of nodes such as 2, got %q", parts[0])
	}
	reserved := Reserved{Nodes: int(nodes)}
	if reserved.Years, err = parseTerm(parts[1]); err != nil {
		return err
	}
	if reserved.Off, err = parsePart("discount", parts[2]); err != nil {
		return err
	}
	*r = reserved
	return nil
}

// String is what Parse reads; empty for none.
func (r Reserved) String() string {
	if r.Nodes == 0 {
		return ""
	}
	return fmt.Sprintf("%d,%s,%s", r.Nodes, termText(r.Years), percentText(r.Off))
}

// Parse reads 60%,65% or 60%,65%,5%: the part of the nodes' hours, what is off the list price, and
// how many of 100 nodes AWS takes back in a month.
func (s *Spot) Parse(text string) (err error) {
	parts := strings.Split(text, ",")
	if len(parts) < 2 || len(parts) > 3 {
		return problem.New("must be SHARE,PERCENT or SHARE,PERCENT,RATE such as 60%%,65%%,5%%, got %q", text)
	}
	var spot Spot
	if spot.Share, err = parsePart("share", parts[0]); err != nil {
		return err
	}
	if spot.Off, err = parsePart("discount", parts[1]); err != nil {
		return err
	}
	if len(parts) == 3 {
		rate, err := strconv.ParseFloat(strings.TrimSuffix(parts[2], "%"), 64)
		if err != nil || !(rate > 0 && rate <= maxSpotPercent) {
			return problem.New("the rate of interruptions must be more than 0%% and at most %d%% of a node in a month, got %q", maxSpotPercent, parts[2])
		}
		spot.Rate = rate / 100
	}
	*s = spot
	return nil
}

// String is what Parse reads; empty for none.
func (s Spot) String() string {
	if s.Share == 0 {
		return ""
	}
	text := percentText(s.Share) + "," + percentText(s.Off)
	if s.Rate > 0 {
		text += "," + percentText(s.Rate)
	}
	return text
}

// maxSpotPercent is the highest rate of interruptions: each node once in 44 minutes.
const maxSpotPercent = 100_000

// parsePart reads a percentage above 0 and up to 100.
func parsePart(name, text string) (float64, error) {
	n, err := strconv.ParseFloat(strings.TrimSuffix(text, "%"), 64)
	if err != nil || !(n > 0 && n <= 100) {
		return 0, problem.New("%s must be more than 0%% and at most 100%%, got %q", name, text)
	}
	return n / 100, nil
}

func percentText(part float64) string {
	return strconv.FormatFloat(math.Round(part*1e8)/1e6, 'f', -1, 64) + "%"
}

func parseTerm(text string) (int, error) {
	switch text {
	case "1y":
		return 1, nil
	case "3y":
		return 3, nil
	}
	return 0, problem.New("a term is 1y or 3y, got %q", text)
}

func termText(years int) string { return strconv.Itoa(years) + "y" }

// check reports which commitments have nothing that they could cover.
func (c Commitments) check(k KubernetesChoices, fail func(ok bool, choice, format string, args ...any)) {
	fail(c.Reserved.Nodes == 0 || k.Compute == EC2, "reservedNodes", "are EC2 nodes, and compute is fargate")
	fail(c.Reserved.Nodes == 0 || k.Shared == 0, "reservedNodes", "are those of a cluster of the app's own, and it is shared")
	fail(c.Reserved.Nodes <= 1000, "reservedNodes", "must be at most 1000, got %d", c.Reserved.Nodes)
	fail(c.Spot.Share == 0 || k.Compute == EC2, "spot", "is of EC2 nodes, and compute is fargate: EKS has no Fargate Spot")
}

// Saving is what commitments make of a month, in dollars.
type Saving struct {
	Saved     price.USD // less than the bill; below zero where reserved nodes cost more than they save
	Committed price.USD // of what is left to pay, what is owed whatever runs
}

// covers is the service of a price that a Compute Savings Plan covers; false for other prices.
func covers(key string) (service string, covered bool) {
	for _, prefix := range []string{"ec2.", "fargate.", "lambda.duration.", "lambda.provisioned"} {
		if strings.HasPrefix(key, prefix) {
			service, _, _ = strings.Cut(prefix, ".")
			return service, true
		}
	}
	return "", false
}

// Saved is what commitments make of a month at scale times the app's requests. Reserved nodes
// come first, then spot nodes take their share of the other nodes' hours, and the Savings Plan covers
// its part of what is left.
func (m *Model) Saved(scale float64, c Commitments) Saving {
	var saving, committed float64
	eligible := map[string]float64{}
	hour := 0.0 // of a node
	for i, usd := range m.Costs(scale, nil) {
		l := &m.lines[i]
		service, covered := covers(l.rate.Key)
		if usd < 0 || !covered {
			continue
		}
		eligible[service] += float64(usd)
		if service == "ec2" {
			hour = l.rate.First().Dollars() * float64(price.Dollar)
		}
	}
	if nodes := c.Reserved.Nodes; nodes > 0 && m.beyond != nil {
		paid := float64(nodes) * price.HoursPerMonth * hour * (1 - c.Reserved.Off)
		onDemand := m.beyond(scale, float64(nodes)) * hour
		saving += eligible["ec2"] - paid - onDemand
		committed += paid
		eligible["ec2"] = onDemand
	}
	spot := eligible["ec2"] * c.Spot.Share
	saving += float64(spot * c.Spot.Off)
	eligible["ec2"] -= spot
	for _, service := range savingsServices() {
		off, covered := c.Savings.Off[service]
		if !covered {
			continue
		}
		part := eligible[service] * c.Savings.Coverage
		saving += float64(part * off)
		committed += float64(part * (1 - off))
	}
	return Saving{price.USD(math.Round(saving)), price.USD(math.Round(committed))}
}

// hoursBeyond is how many hours of nodes a month takes beyond some that are there all month.
func (c *cluster) hoursBeyond(scale, always float64) float64 {
	hours := 0.0
	for level, share := range c.shares {
		n, _ := c.nodesAt(scale, level)
		hours += float64(max(0, n*c.measured-always)*share) * price.HoursPerMonth
	}
	if u := c.choices.Utilization; u > 0 {
		hours = max(hours, c.coreHours(scale)/u/float64(c.instance.CPUs)-always*price.HoursPerMonth)
	}
	return hours
}
