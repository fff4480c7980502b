package compare

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"ambi/compare/demand"
	"ambi/compare/format"
	"ambi/compare/price"
	"ambi/compare/price/breakeven"
	"ambi/compare/price/cost"
	"ambi/spec"
	"ambi/target"
)

// Practice is what a month costs beside the bills, which have list prices and production alone:
// with one of the switches that a team gave, commitments or copies, or with all of them.
type Practice struct {
	Name   string     `json:"name"` // savingsPlan, reservedNodes, spot, copies, or all
	Text   string     `json:"text"`
	Costs             // a month with it
	Answer Answer     `json:"answer"`
	Flips  bool       `json:"flips"`         // whether the other target is cheaper than by the bills
	Owed   Costs      `json:"owed"`          // of the costs, what a commitment has the team pay whatever runs
	Mix    *price.USD `json:"mix,omitempty"` // the placement with it; null with copies, and where it is on one target
	// Crossings are where the cheaper target changes with it, by requests a month.
	Crossings []breakeven.Crossing `json:"crossings"`
}

// The names of what Practice is about.
const (
	practiceSavings  = "savingsPlan"
	practiceReserved = "reservedNodes"
	practiceSpot     = "spot"
	practiceCopies   = "copies"
	practiceAll      = "all"
)

// practices are nil unless a switch was given and both bills are known.
func (c *comparison) practices(whole pair, mix *cost.Mix) ([]Practice, error) {
	if !whole.complete() {
		return nil, nil
	}
	var list []Practice
	with := func(name, text string, commitments cost.Commitments, copies cost.Copies) error {
		p, err := c.practice(whole, mix, commitments, copies)
		p.Name, p.Text = name, text
		list = append(list, p)
		return err
	}
	given := c.Choices.Commitments
	if s := given.Savings; s.Coverage > 0 {
		if err := with(practiceSavings, savingsWords(s), cost.Commitments{Savings: s}, nil); err != nil {
			return nil, err
		}
	}
	if r := given.Reserved; r.Nodes > 0 {
		text := fmt.Sprintf("%s reserved for %s at %.4g %% off", format.Plural(r.Nodes, "node"), format.Plural(r.Years, "year"), 100*r.Off)
		if err := with(practiceReserved, text, cost.Commitments{Reserved: r}, nil); err != nil {
			return nil, err
		}
	}
	if s := given.Spot; s.Share > 0 {
		text := fmt.Sprintf("spot for %.4g %% of the nodes at %.4g %% off", 100*s.Share, 100*s.Off)
		if err := with(practiceSpot, text, cost.Commitments{Spot: s}, nil); err != nil {
			return nil, err
		}
	}
	if len(c.Choices.Copies) > 0 {
		if err := with(practiceCopies, copiesWords(c.Choices.Copies), cost.Commitments{}, c.Choices.Copies); err != nil {
			return nil, err
		}
	}
	if len(list) > 1 {
		if err := with(practiceAll, "all of these", given, c.Choices.Copies); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// savingsWords say what a plan covers.
func savingsWords(s cost.SavingsPlan) string {
	names := map[string]string{"ec2": "nodes", "fargate": "Fargate", "lambda": "Lambda's duration"}
	var off []string
	for _, service := range []string{"ec2", "fargate", "lambda"} {
		if part, covered := s.Off[service]; covered {
			off = append(off, fmt.Sprintf("%.4g %% off %s", 100*part, names[service]))
		}
	}
	return fmt.Sprintf("a Compute Savings Plan of %s over %.4g %% of what it covers, %s", format.Plural(s.Years, "year"), 100*s.Coverage, strings.Join(off, " and "))
}

// copiesWords say which copies there are.
func copiesWords(copies cost.Copies) string {
	var list []string
	for _, one := range copies {
		text := fmt.Sprintf("%s with %.4g %% of the requests", one.Name, 100*one.Share)
		if one.Shared {
			text += " in production's cluster"
		}
		if one.NoData {
			text += " on production's data"
		}
		if one.NoAlarms {
			text += " without alarms"
		}
		list = append(list, text)
	}
	return "beside production " + strings.Join(list, ", ")
}

// practice prices the app with commitments and copies.
func (c *comparison) practice(whole pair, mix *cost.Mix, commitments cost.Commitments, copies cost.Copies) (Practice, error) {
	e, err := c.estate(whole, commitments, copies)
	if err != nil {
		return Practice{}, err
	}
	var month, owed target.Pair[price.USD]
	for _, t := range spec.Targets() {
		*month.At(t), *owed.At(t) = e.month(t, 1)
	}
	if max(month.Lambda, month.Kubernetes) > price.Most {
		return Practice{}, errors.New("with commitments and copies, a month costs more than a billion dollars, ambi's maximum")
	}
	p := Practice{Costs: Costs{&month.Lambda, &month.Kubernetes}, Answer: clearly(month.Lambda, month.Kubernetes), Crossings: []breakeven.Crossing{}}
	lambda, kubernetes, _ := whole.at(1)
	p.Flips = (lambda <= kubernetes) != (month.Lambda <= month.Kubernetes)
	if !commitments.None() {
		p.Owed = Costs{&owed.Lambda, &owed.Kubernetes}
		if mix != nil && len(copies) == 0 {
			total, _ := mix.Total()
			total -= mix.Saved(commitments)
			p.Mix = &total
		}
	}
	if !whole.app.Fixed() {
		sides := func(requests float64) (onLambda, onKubernetes price.USD) {
			onLambda, _ = e.month(spec.Lambda, requests/whole.requests)
			onKubernetes, _ = e.month(spec.Kubernetes, requests/whole.requests)
			return onLambda, onKubernetes
		}
		p.Crossings = settled(sides, breakeven.Sweep(sides, lowest, max(highest, reach*whole.requests), servicePoints))
	}
	return p, nil
}

// estate is an app and its copies under commitments.
type estate struct {
	accounts []account // production's first
	// withData and withoutData are production; the difference is what its data costs.
	withData, withoutData pair
	guests                float64   // the requests of copies that use production's data, as a part of its own
	keepers               []float64 // those of each copy in production's account with data of its own
}

// account is what runs in one account and cluster.
type account struct {
	pair
	share       float64 // of production's requests
	commitments cost.Commitments
}

// estate prepares an app and its copies.
func (c *comparison) estate(whole pair, commitments cost.Commitments, copies cost.Copies) (*estate, error) {
	e := &estate{withData: whole}
	production := c.app
	production.Workloads = slices.Clone(production.Workloads)
	var own []account
	for _, one := range copies {
		app := c.app
		app.Workloads = slices.Clone(app.Workloads)
		if one.NoAlarms {
			app.Alarms, app.Data.Queues = 0, 0
		}
		for i := range app.Workloads {
			w := &app.Workloads[i]
			if one.NoAlarms {
				w.Alarms = 0
			}
			if one.Shared {
				w.Name += " of " + one.Name
				if w.Schedule == nil && !w.Worker {
					w.Traffic.Requests = demand.Known(w.Traffic.Requests.Or(0) * one.Share)
				}
			}
		}
		switch {
		case one.NoData:
			e.guests += one.Share
		case one.Shared:
			e.keepers = append(e.keepers, one.Share)
		}
		if one.Shared {
			production.Workloads = append(production.Workloads, app.Workloads...)
			production.Secrets += app.Secrets
			production.Alarms += app.Alarms
			continue
		}
		if one.NoData {
			app.Data = cost.Data{}
		}
		p, err := c.prepare(app, c.Choices)
		if err != nil {
			return nil, err
		}
		agreed := commitments
		agreed.Reserved = cost.Reserved{} // nodes are reserved for production
		own = append(own, account{p, one.Share, agreed})
	}
	p, err := c.prepare(production, c.Choices)
	if err != nil {
		return nil, err
	}
	e.accounts = append([]account{{p, 1, commitments}}, own...)
	bare := c.app
	bare.Data = cost.Data{}
	e.withoutData, err = c.prepare(bare, c.Choices)
	return e, err
}

// month is what the estate costs on a target at a multiple of the requests, and what of it is
// owed whatever runs.
func (e *estate) month(t spec.Target, scale float64) (total, owed price.USD) {
	for _, a := range e.accounts {
		model := a.Of(t)
		usd, known := model.Total(scale * a.share)
		if !known {
			return price.Beyond, 0
		}
		saving := model.Saved(scale*a.share, a.commitments)
		total, owed = total.Plus(usd-saving.Saved), owed.Plus(saving.Committed)
	}
	data := func(scale float64) price.USD {
		with, known := e.withData.Of(t).Total(scale)
		without, knownToo := e.withoutData.Of(t).Total(scale)
		if !known || !knownToo {
			return price.Beyond
		}
		return with - without
	}
	if e.guests > 0 {
		now, more := data(scale), data(scale*(1+e.guests))
		if more > price.Most {
			return price.Beyond, 0
		}
		total = total.Plus(more - now)
	}
	for _, share := range e.keepers {
		total = total.Plus(data(scale * share))
	}
	return total, owed
}

// Words say what it costs, from where on which target is cheaper then, and what is owed.
func (p Practice) Words() string {
	text := fmt.Sprintf("%s: %s on Lambda, %s on Kubernetes", p.Text, format.MoneyOr(p.Lambda), format.MoneyOr(p.Kubernetes))
	if p.Flips {
		text += ", which turns the answer"
	}
	for i, note := range p.notes() {
		if i == 0 && len(p.Crossings) > 0 {
			text += " (" + note + ")"
			continue
		}
		text += "; " + note
	}
	return text
}
