package page

import (
	"fmt"
	"slices"
	"strings"

	"ambi/compare"
	"ambi/compare/format"
	"ambi/compare/price"
	"ambi/spec"
)

// placementView is where each service belongs.
type placementView struct {
	Lead, Searched string
	Options        []placedOption // both targets for all services, and the mix
	Services       []placedService
}

// placedOption is one way to place all services.
type placedOption struct {
	Name, Total        string
	Lambda, Kubernetes float64 // their parts, in percent of the dearest option
	Best               bool
}

// placedService is one service, and how strongly it leans to its target.
type placedService struct {
	Name, Target, TargetName string
	Elsewhere, Note          string
	Left, Length             float64 // of the bar, in percent; Lambda is left of the middle
}

// placementOf is the section's view.
func placementOf(r compare.Result) placementView {
	p := r.Placement
	v := placementView{Searched: "Every assignment of services to targets was tried."}
	switch {
	case p.Clear():
		v.Lead = mixSentence(p)
	case p.Mixed && p.Saves != nil:
		v.Lead = fmt.Sprintf("A mix of both targets is cheaper by only %s a month.", format.Money(*p.Saves))
	default:
		v.Lead = "No mix of both targets is cheaper than one target for all services."
	}
	if p.MayMiss > 0 {
		v.Searched = fmt.Sprintf("%s were tried; a cheaper one saves at most %s a month more.", format.Plural(p.Tried, "assignment"), format.Money(p.MayMiss))
	}
	if p.Averages != nil {
		v.Searched += " All of it is by averages, since a simulation has all services on each target."
	}
	v.Options = placedOptions(r)
	most := price.USD(1)
	for _, s := range p.Services {
		if s.Elsewhere != nil {
			most = max(most, *s.Elsewhere)
		}
	}
	for _, s := range p.Services {
		one := placedService{Name: s.Service, Target: string(s.Target), TargetName: name(s.Target), Elsewhere: "–", Left: 50}
		switch {
		case s.Pinned != "":
			one.Note = "fits nowhere else: " + s.Pinned
		case s.With != nil:
			one.Note = "with " + strings.Join(s.With, ", ") + ", because nothing would guard their calls across targets"
		}
		for _, call := range p.Across {
			if call.Caller == s.Service {
				one.Note = strings.TrimPrefix(one.Note+"; calls "+call.Callee+" on the other target, which the mix pays for", "; ")
			}
		}
		if s.Elsewhere != nil {
			one.Elsewhere = "+ " + format.Money(*s.Elsewhere)
			one.Length = max(.5, 50*s.Elsewhere.Dollars()/most.Dollars())
		}
		if s.Target == spec.Lambda {
			one.Left -= one.Length
		}
		v.Services = append(v.Services, one)
	}
	return v
}

// placedOptions are what both targets cost for all services, and the mix.
func placedOptions(r compare.Result) []placedOption {
	p := r.Placement
	type option struct {
		name  string
		sides compare.Costs
		total price.USD
	}
	var list []option
	for _, t := range spec.Targets() {
		var whole *price.USD
		if bill := r.Of(t).Bill; bill != nil {
			whole = bill.Total
		}
		if p.Averages != nil {
			whole = p.Averages.Of(t)
		}
		if whole == nil || len(r.Fit.Blocked(t)) > 0 {
			continue
		}
		all := option{name: "All on " + name(t), total: *whole}
		if t == spec.Lambda {
			all.sides.Lambda = whole
		} else {
			all.sides.Kubernetes = whole
		}
		list = append(list, all)
	}
	if p.Mixed {
		list = append(list, option{"The best mix", p.Sides, p.Cost})
	}
	if len(list) == 0 {
		return nil
	}
	dearest := slices.MaxFunc(list, func(a, b option) int { return int(a.total.Cents() - b.total.Cents()) }).total
	part := func(usd *price.USD) float64 {
		if usd == nil || dearest == 0 {
			return 0
		}
		return 100 * usd.Dollars() / dearest.Dollars()
	}
	var options []placedOption
	for _, o := range list {
		options = append(options, placedOption{
			Name: o.name, Total: format.Money(o.total), Lambda: part(o.sides.Lambda), Kubernetes: part(o.sides.Kubernetes), Best: o.total == p.Cost,
		})
	}
	return options
}

// mixSentence says which services a mix has where.
func mixSentence(p *compare.Placement) string {
	return fmt.Sprintf("On Lambda: %s. On Kubernetes: %s.", strings.Join(p.On(spec.Lambda), ", "), strings.Join(p.On(spec.Kubernetes), ", "))
}

// mixTitle is the page's title where a mix is the answer.
func mixTitle(r compare.Result) string {
	if saves := r.Placement.Saves; saves != nil {
		return fmt.Sprintf("A mix of both is cheapest for %s, by %s a month", r.App, format.Money(*saves))
	}
	return fmt.Sprintf("Only a mix of both takes %s as it is", r.App)
}
