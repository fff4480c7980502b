package compare

import (
	"fmt"
	"math"

	"ambi/compare/format"
	"ambi/compare/price"
	"ambi/target"
)

// Team is what the team's hours make of the answer. Bills have list prices alone, and no hours.
type Team struct {
	Rate float64 `json:"rate"` // dollars an hour
	// BreakEven is by how many hours a month the cheaper target may take more than the other
	// one until both cost the same.
	BreakEven float64 `json:"breakEven"`
	Cheaper   Answer  `json:"cheaper"` // by the bills
	// Hours are a month's, and Costs the bills with them; null unless hours were given.
	Hours  *target.Pair[float64] `json:"hours"`
	Costs  *Costs                `json:"costs"`
	Answer Answer                `json:"answer,omitempty"` // by Costs
	// Mix is the placement on both targets with the hours of both; null without hours, and where
	// the placement is on one.
	Mix *price.USD `json:"mix,omitempty"`
}

// team is nil unless an hourly rate was given and both bills are known.
func (c *comparison) team(p pair, best *Placement) *Team {
	choice := c.Choices.Team
	lambda, kubernetes, known := p.at(1)
	if choice.Rate == 0 || !known {
		return nil
	}
	t := &Team{Rate: choice.Rate, Cheaper: Kubernetes, BreakEven: math.Abs((lambda - kubernetes).Dollars()) / choice.Rate}
	if lambda <= kubernetes {
		t.Cheaper = Lambda
	}
	if choice.Lambda == 0 && choice.Kubernetes == 0 {
		return t
	}
	t.Hours = &target.Pair[float64]{Lambda: choice.Lambda, Kubernetes: choice.Kubernetes}
	with := func(bill price.USD, hours float64) *price.USD {
		usd := bill.Plus(price.USD(math.Round(math.Min(hours*choice.Rate*float64(price.Dollar), float64(price.Most)))))
		return &usd
	}
	t.Costs = &Costs{with(lambda, choice.Lambda), with(kubernetes, choice.Kubernetes)}
	t.Answer = clearly(*t.Costs.Lambda, *t.Costs.Kubernetes)
	if best != nil && best.Mixed { // whoever runs services on both has the duties of both
		t.Mix = with(best.Cost, choice.Lambda+choice.Kubernetes)
	}
	return t
}

// Words say it in a sentence or two.
func (t Team) Words() string {
	text := fmt.Sprintf("at $%.4g an hour, %s", t.Rate, t.breakEven())
	if t.Hours != nil {
		text += fmt.Sprintf("; with %.4g hours on Lambda and %.4g on Kubernetes it is %s against %s: %s", t.Hours.Lambda, t.Hours.Kubernetes,
			format.MoneyOr(t.Costs.Lambda), format.MoneyOr(t.Costs.Kubernetes), t.Answer.Name())
	}
	if t.Mix != nil {
		text += "; " + t.mixed()
	}
	return text
}
