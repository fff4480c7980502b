package page

import (
	"fmt"
	"slices"
	"strings"

	"ambi/compare"
	"ambi/compare/fit"
	"ambi/compare/format"
	"ambi/compare/price"
	"ambi/compare/price/cost"
	"ambi/spec"
	"ambi/target/finding"
)

// costsView is both bills.
type costsView struct {
	Figure *Figure
	Legend []legendRow
	Totals []string
	Bills  []billView
	Data   []lineView // on both bills
}

// legendRow is one category of both bills, with its color.
type legendRow struct {
	Tone  Tone
	Name  string
	Costs []string
}

// billView is one target's month, line by line.
type billView struct {
	Target, Name, Total, Idle string
	Unpriced, Shared          string
	Lines, Zeros              []lineView
}

// lineView is one cost component.
type lineView struct {
	Name, Quantity, Price, Cost string
	Formula, Needs, Note        string
	Fixed                       bool
}

func costs(r compare.Result, figures []Figure) costsView {
	v := costsView{Figure: figure(figures, partsFigure)}
	for _, category := range r.Categories() {
		row := legendRow{Tone: tone(category), Name: format.Sentence(string(category))}
		for _, t := range spec.Targets() {
			side := r.Of(t)
			if side.Bill == nil {
				row.Costs = append(row.Costs, "–")
				continue
			}
			row.Costs = append(row.Costs, partial(inCategory(side, category)))
		}
		v.Legend = append(v.Legend, row)
	}
	for _, t := range spec.Targets() {
		side := r.Of(t)
		bill := billView{Target: string(t), Name: name(t), Unpriced: side.Unpriced, Total: "–"}
		if side.Bill != nil {
			bill.Total, bill.Idle = partial(side.Bill.Known, side.Bill.Total != nil), partial(side.Bill.Idle, side.Bill.IdleKnown())
			for _, c := range side.Bill.Components {
				if c.Shared {
					continue
				}
				if line := lineOf(c); c.Quantity != nil && *c.Quantity == 0 {
					bill.Zeros = append(bill.Zeros, line)
				} else {
					bill.Lines = append(bill.Lines, line)
				}
			}
			if len(side.Bill.Shared()) > 0 {
				bill.Shared = partial(inCategory(side, cost.Shared))
			}
		}
		v.Totals = append(v.Totals, bill.Total)
		v.Bills = append(v.Bills, bill)
	}
	for _, c := range r.Data() {
		v.Data = append(v.Data, lineOf(c))
	}
	return v
}

func lineOf(c cost.Component) lineView {
	l := lineView{Name: c.Name, Cost: format.MoneyOr(c.Cost), Quantity: "?", Formula: c.Formula, Note: c.Note, Fixed: c.Fixed}
	if c.Quantity != nil {
		l.Quantity = count(*c.Quantity)
	}
	if len(c.Tiers) > 0 {
		l.Price = "$" + c.Tiers[0].Price.String() + " per " + c.Unit
		if len(c.Tiers) > 1 && (c.Quantity == nil || *c.Quantity > float64(c.Tiers[1].From)) {
			l.Price += " at first, less in later tiers"
		}
		if c.Discount != "" {
			l.Price += ", " + c.Discount + " % off"
		}
	}
	var needs []string
	for _, m := range c.Missing {
		if input := inputName(string(m.Input)); !slices.Contains(needs, input) {
			needs = append(needs, input)
		}
	}
	l.Needs = strings.Join(needs, ", ")
	return l
}

// resourcesView is both plans, service by service.
type resourcesView struct {
	Plans  []planView
	Groups []groupView
}

type planView struct {
	Target, Name string
	Count        string
	Refused      []string
}

// groupView is a service's resources on both targets, or the shared ones.
type groupView struct {
	Name  string
	Sides []groupSide
}

type groupSide struct {
	Target, Name string
	Resources    []resourceView
}

type resourceView struct{ Kind, Type, Name string }

func resources(plans []Plan) resourcesView {
	var v resourcesView
	groups := []string{}
	for _, p := range plans {
		view := planView{Target: string(p.Target), Name: name(p.Target), Count: format.Plural(len(p.Resources), "resource")}
		for _, f := range p.Refused {
			view.Refused = append(view.Refused, f.Path+": "+f.Message)
		}
		v.Plans = append(v.Plans, view)
		for _, r := range p.Resources {
			if !slices.Contains(groups, r.Service) {
				groups = append(groups, r.Service)
			}
		}
	}
	slices.Sort(groups) // what is shared has no name and comes first
	for _, group := range groups {
		g := groupView{Name: group}
		if group == "" {
			g.Name = "shared"
		}
		for _, p := range plans {
			side := groupSide{Target: string(p.Target), Name: name(p.Target)}
			for _, r := range p.Resources {
				if r.Service == group {
					side.Resources = append(side.Resources, resourceView{r.Type[strings.LastIndexByte(r.Type, ':')+1:], r.Type, r.Name})
				}
			}
			g.Sides = append(g.Sides, side)
		}
		v.Groups = append(v.Groups, g)
	}
	return v
}

// fitView is what keeps the app from a target, and what is near.
type fitView struct {
	Blockers, Knobs, Warnings []limitView
	Unchecked                 []string
}

// limitView is one limit.
type limitView struct {
	Target, Name, Limit, Where   string
	Message, Value, Actual, Hint string
	Write                        string
	Page                         string
}

func fitOf(r compare.Result, o Options) fitView {
	var v fitView
	limit := func(l fit.Limit) limitView {
		view := limitView{
			Target: string(l.Target), Name: name(l.Target), Limit: format.Sentence(l.Name), Message: format.Sentence(l.Message),
			Value: l.Value, Actual: l.Actual, Hint: format.Sentence(l.Hint), Page: l.Page, Where: l.Path,
		}
		if len(l.Write) > 0 {
			view.Write = l.Change()
		}
		if l.Line > 0 && o.Spec != "" {
			view.Where += fmt.Sprintf(", %s:%d", o.Spec, l.Line)
		}
		return view
	}
	for _, l := range r.Fit.Blockers {
		v.Blockers = append(v.Blockers, limit(l))
	}
	for _, l := range r.Fit.Knobs {
		v.Knobs = append(v.Knobs, limit(l))
	}
	for _, l := range r.Fit.Warnings {
		v.Warnings = append(v.Warnings, limit(l))
	}
	for _, a := range asks(r.Fit.Unchecked, nil) {
		v.Unchecked = append(v.Unchecked, a.Input)
	}
	return v
}

// translationView is what each field becomes on each target.
type translationView struct {
	Targets []string
	Counts  []string // how many of each kind, by target
	Rows    []fieldView
}

type fieldView struct {
	Path, Line string
	Sides      []findingsView
}

// findingsView is what one target makes of a field; most have one finding.
type findingsView struct {
	Name     string
	Findings []findingView
}

type findingView struct{ Kind, Message, Hint string }

func translation(r compare.Result, o Options) translationView {
	var v translationView
	rows := map[string]int{}
	kinds := map[spec.Target]map[string]int{}
	for _, t := range spec.Targets() {
		v.Targets = append(v.Targets, name(t))
		kinds[t] = map[string]int{}
	}
	findings := slices.Clone(r.Fit.Findings)
	// By line, so that a field that only one target speaks of is in its place.
	slices.SortStableFunc(findings, func(a, b finding.Finding) int {
		if a.Line != b.Line {
			return a.Line - b.Line
		}
		return a.Column - b.Column
	})
	for _, f := range findings {
		i, ok := rows[f.Path]
		if !ok {
			i = len(v.Rows)
			rows[f.Path] = i
			row := fieldView{Path: f.Path}
			if f.Line > 0 {
				row.Line = fmt.Sprintf("%s:%d", o.Spec, f.Line)
			}
			for _, t := range spec.Targets() {
				row.Sides = append(row.Sides, findingsView{Name: name(t)})
			}
			v.Rows = append(v.Rows, row)
		}
		side := &v.Rows[i].Sides[slices.Index(spec.Targets(), f.Target)]
		side.Findings = append(side.Findings, findingView{string(f.Kind), f.Message, f.Hint})
		kinds[f.Target][string(f.Kind)]++
	}
	for _, t := range spec.Targets() {
		var counts []string
		for _, kind := range []string{"exact", "approximate", "dropped", "refused"} {
			if n := kinds[t][kind]; n > 0 {
				counts = append(counts, fmt.Sprintf("%d %s", n, kind))
			}
		}
		v.Counts = append(v.Counts, name(t)+": "+strings.Join(counts, ", "))
	}
	return v
}

// operationsView is what the team owns on each target.
type operationsView struct{ Sides []dutiesView }

type dutiesView struct {
	Target, Name, Count string
	Duties              []dutyView
}

type dutyView struct{ Duty, Why, From string }

func operations(r compare.Result) operationsView {
	var v operationsView
	for _, t := range spec.Targets() {
		side := dutiesView{Target: string(t), Name: name(t)}
		for _, d := range r.Operations {
			if d.Target == t {
				side.Duties = append(side.Duties, dutyView{format.Sentence(d.Duty), format.Sentence(d.Why), d.From})
			}
		}
		side.Count = fmt.Sprintf("%d duties", len(side.Duties))
		v.Sides = append(v.Sides, side)
	}
	return v
}

// assumptionsView is every assumption, those of one topic together.
type assumptionsView struct{ Topics []topicView }

type topicView struct {
	Name string
	List []assumptionView
}

type assumptionView struct{ Text, Source, Link string }

func assumptions(r compare.Result) assumptionsView {
	var v assumptionsView
	for _, a := range r.Assumptions {
		i := slices.IndexFunc(v.Topics, func(t topicView) bool { return t.Name == format.Sentence(a.Topic) })
		if i < 0 {
			i = len(v.Topics)
			v.Topics = append(v.Topics, topicView{Name: format.Sentence(a.Topic)})
		}
		v.Topics[i].List = append(v.Topics[i].List, assumptionView{format.Sentence(a.Text) + ".", a.Source, link(a.Source)})
	}
	return v
}

// link is the address that a source names, or nothing.
func link(source string) string {
	host, _, path := strings.Cut(source, "/")
	if !path || strings.ContainsAny(source, " ,:;") || !strings.Contains(host, ".") {
		return ""
	}
	return "https://" + source
}

// pricesView is each price that the bills use, once.
type pricesView struct {
	Summary string
	Prices  []priceView
}

type priceView struct {
	Key, Unit, Effective, Source, Status, Discount string
	Tiers                                          []string
}

func pricesOf(r compare.Result) pricesView {
	var v pricesView
	var dates []string
	said := map[string]bool{}
	for _, side := range []compare.Side{r.Lambda, r.Kubernetes} {
		if side.Bill == nil {
			continue
		}
		for _, c := range side.Bill.Components {
			if c.Key == "" || said[c.Key] {
				continue
			}
			said[c.Key] = true
			if c.Effective != "" {
				dates = append(dates, c.Effective)
			}
			v.Prices = append(v.Prices, priceView{
				Key: c.Key, Unit: c.Unit, Effective: c.Effective, Source: c.Source, Status: string(c.Status), Discount: c.Discount, Tiers: tiers(c.Tiers),
			})
		}
	}
	slices.SortFunc(v.Prices, func(a, b priceView) int { return strings.Compare(a.Key, b.Key) })
	v.Summary = fmt.Sprintf("Both bills use %s of AWS in %s, in US dollars", format.Plural(len(v.Prices), "price"), r.Region)
	if len(dates) > 0 {
		v.Summary += fmt.Sprintf(", dated %s to %s", slices.Min(dates), slices.Max(dates))
	}
	v.Summary += "."
	return v
}

// tiers prints a price, and from which monthly quantity on each part of it holds.
func tiers(list price.Tiers) []string {
	var texts []string
	for i, tier := range list {
		text := "$" + tier.Price.String()
		if i > 0 {
			text += " from " + short(float64(tier.From))
		}
		texts = append(texts, text)
	}
	return texts
}
