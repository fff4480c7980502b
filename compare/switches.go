package compare

import (
	"fmt"

	"ambi/compare/format"
	"ambi/spec"
)

// Switch is what a month costs with one thing that decides in practice, beside the bills.
type Switch struct {
	Name   string
	Text   string   // what is assumed
	Costs           // a month with it; null where it gives no costs
	Change Costs    // Costs less the bills
	Answer Answer   // by Costs; empty without them
	Flips  bool     // whether the other target is cheaper than by the bills
	Notes  []string // what else to know of it
}

// measuredNodes is the alternative with the utilization of measured clusters.
const measuredNodes = "nodes whose CPU is 13 % in use, as in clusters that were measured"

// Switches are the bills first, then everything that was given of commitments, copies and the
// team's hours, and then nodes that are used as measured clusters are. They are nil unless one was
// given and both bills are known.
func (r Result) Switches() []Switch {
	lambda, kubernetes := r.Verdict.Lambda, r.Verdict.Kubernetes
	if lambda == nil || kubernetes == nil || len(r.Practice) == 0 && r.Team == nil {
		return nil
	}
	bills := Switch{Name: "none", Text: "list prices, production alone", Costs: Costs{lambda, kubernetes}, Answer: clearly(*lambda, *kubernetes)}
	if used := r.Choices.Kubernetes.Utilization; used > 0 {
		bills.Text += fmt.Sprintf(", %.4g %% of the nodes' CPU in use", 100*used)
	}
	list := []Switch{bills}
	add := func(s Switch) {
		if s.Lambda != nil && s.Kubernetes != nil {
			onLambda, onKubernetes := *s.Lambda-*lambda, *s.Kubernetes-*kubernetes
			s.Change = Costs{&onLambda, &onKubernetes}
			s.Flips = (*lambda <= *kubernetes) != (*s.Lambda <= *s.Kubernetes)
		}
		list = append(list, s)
	}
	names := map[string]string{
		practiceSavings: "Savings Plan", practiceReserved: "reserved nodes", practiceSpot: "spot", practiceCopies: "copies",
		practiceAll: "together",
	}
	for _, p := range r.Practice {
		text := p.Text
		if p.Name == practiceAll {
			text = "all of the above"
		}
		add(Switch{Name: names[p.Name], Text: text, Costs: p.Costs, Answer: p.Answer, Notes: p.notes()})
	}
	if t := r.Team; t != nil {
		s := Switch{Name: "team", Text: fmt.Sprintf("$%.4g an hour", t.Rate), Notes: []string{t.breakEven()}, Answer: t.Answer}
		if t.Hours != nil {
			s.Text = fmt.Sprintf("%.4g hours a month on Lambda and %.4g on Kubernetes at $%.4g", t.Hours.Lambda, t.Hours.Kubernetes, t.Rate)
			s.Costs = *t.Costs
		}
		if t.Mix != nil {
			s.Notes = append(s.Notes, t.mixed())
		}
		add(s)
	}
	for _, a := range r.Alternatives {
		if a.Name == measuredNodes {
			add(Switch{Name: "utilization", Text: a.Name, Costs: Costs{&a.Lambda, &a.Kubernetes}, Answer: clearly(a.Lambda, a.Kubernetes)})
		}
	}
	return list
}

// Turning are the names of the switches that turn the answer.
func Turning(list []Switch) (names []string) {
	for _, s := range list {
		if s.Flips {
			names = append(names, s.Name)
		}
	}
	return names
}

// notes say from where on which target is cheaper with it, what is owed, and what the mix costs.
func (p Practice) notes() (list []string) {
	switch n := len(p.Crossings); {
	case n == 1:
		cheaper := Kubernetes
		if p.Crossings[0].ToLambda {
			cheaper = Lambda
		}
		list = append(list, fmt.Sprintf("%s from %s requests a month on", cheaper.Name(), amount(p.Crossings[0].Requests)))
	case n > 1:
		list = append(list, fmt.Sprintf("the cheaper target changes %d times, first at %s requests a month", n, amount(p.Crossings[0].Requests)))
	}
	if p.Owed.Lambda != nil && *p.Owed.Lambda+*p.Owed.Kubernetes > 0 {
		list = append(list, fmt.Sprintf("owed whatever runs: %s and %s", format.Money(*p.Owed.Lambda), format.Money(*p.Owed.Kubernetes)))
	}
	if p.Mix != nil {
		list = append(list, fmt.Sprintf("the best mix by the bills is %s with it", format.Money(*p.Mix)))
	}
	return list
}

// breakEven says how many hours decide.
func (t Team) breakEven() string {
	return fmt.Sprintf("%s pays if it takes less than %.3g hours a month more than %s", t.Cheaper.Name(), t.BreakEven, format.Sentence(string(spec.Target(t.Cheaper).Other())))
}

// mixed says what the best mix costs with the hours of both targets.
func (t Team) mixed() string {
	return fmt.Sprintf("the best mix takes the hours of both, and is %s with them", format.Money(*t.Mix))
}
