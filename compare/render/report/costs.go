package report

import (
	"fmt"
	"math"

	"ambi/compare"
	"ambi/compare/format"
	"ambi/compare/price"
	"ambi/compare/price/cost"
	"ambi/spec"
)

// costs prints the month: both targets side by side by what the money is for,
// then each line of both.
func (p *page) costs() {
	lambda, kubernetes := p.result.Lambda, p.result.Kubernetes
	p.heading("Cost a month, in US dollars")
	const row = "  %-22s %16s %16s"
	p.line(fmt.Sprintf(row, "", "Lambda", "Kubernetes"))
	for _, category := range p.result.Categories() {
		p.line(fmt.Sprintf(row, category, part(lambda, category), part(kubernetes, category)))
	}
	p.line(fmt.Sprintf(row, "total", total(lambda), total(kubernetes)))
	if unknown(lambda) || unknown(kubernetes) {
		p.say("", "? is unknown, and + means that something unknown is to be added: the formulas are below.")
	}
	p.bill(spec.Lambda, lambda)
	p.bill(spec.Kubernetes, kubernetes)
	p.data()
}

// dataHeading is over what both bills share, which is said once.
const dataHeading = "Data, on both bills"

// data prints the lines of the data, which are in both bills.
func (p *page) data() {
	lines := p.result.Data()
	if len(lines) == 0 {
		return
	}
	p.heading(dataHeading + ", line by line")
	p.row("", nameWidth, columns("quantity", "unit price", "cost"))
	var marks marks
	for _, c := range lines {
		p.component(c, &marks)
	}
	p.row("total", nameWidth, columns("", "", part(p.anySide(), cost.Shared)))
	p.explain(marks)
}

// anySide is one that has a bill, if there is one.
func (p *page) anySide() compare.Side {
	if p.result.Lambda.Bill != nil {
		return p.result.Lambda
	}
	return p.result.Kubernetes
}

// part is what a side costs in one category.
func part(side compare.Side, category cost.Category) string {
	if side.Bill == nil {
		return "-"
	}
	var known price.USD
	more := ""
	for _, c := range side.Bill.Components {
		switch {
		case c.Category != category:
		case c.Cost == nil:
			more = "+"
		default:
			known += *c.Cost
		}
	}
	if more != "" && known == 0 {
		return "?"
	}
	return format.Money(known) + more
}

func total(side compare.Side) string {
	switch {
	case side.Bill == nil:
		return "-"
	case side.Bill.Total == nil:
		return format.Money(side.Bill.Known) + "+"
	default:
		return format.Money(*side.Bill.Total)
	}
}

// idle is the part of a bill that buys unused capacity.
func idle(b *cost.Bill) string {
	switch {
	case b.IdleKnown():
		return format.Money(b.Idle)
	case b.Idle == 0:
		return "?"
	}
	return format.Money(b.Idle) + "+"
}

func unknown(side compare.Side) bool { return side.Bill != nil && side.Bill.Total == nil }

// The columns of a bill; with spaces between them they take Width.
const (
	nameWidth     = 30
	quantityWidth = 10
	priceWidth    = 24
	costWidth     = 13
)

// bill prints every line of one side.
func (p *page) bill(t spec.Target, side compare.Side) {
	p.heading(name(t) + ", line by line")
	if side.Bill == nil {
		p.say("", "Cannot be priced: "+side.Unpriced)
		return
	}
	p.row("", nameWidth, columns("quantity", "unit price", "cost"))
	var marks marks
	for _, c := range side.Bill.Components {
		if !c.Shared {
			p.component(c, &marks)
		}
	}
	if len(side.Bill.Shared()) > 0 {
		p.row(dataHeading, nameWidth, columns("", "", part(side, cost.Shared)))
	}
	p.row("total", nameWidth, columns("", "", total(side)))
	p.row("of which idle", nameWidth, columns("", "", idle(side.Bill)))
	p.explain(marks)
}

// columns are what a row of a bill has beside its name.
func columns(quantity, price, cost string) string {
	return fmt.Sprintf(" %*s %-*s %*s", quantityWidth, quantity, priceWidth, price, costWidth, cost)
}

// marks are what a bill's rows are marked with.
type marks struct{ tiered, simulated bool }

// component prints a line of a bill.
func (p *page) component(c cost.Component, marks *marks) {
	quantity, price := "?", ""
	if c.Quantity != nil {
		quantity = amount(*c.Quantity)
	}
	if c.Simulated {
		quantity, marks.simulated = "~"+quantity, true
	}
	if len(c.Tiers) > 0 {
		price = "$" + c.Tiers[0].Price.String() + "/" + c.Unit
		if len(c.Tiers) > 1 && (c.Quantity == nil || *c.Quantity > float64(c.Tiers[1].From)) {
			price += "*"
			marks.tiered = true
		}
	}
	p.row(c.Name, nameWidth, columns(quantity, price, format.MoneyOr(c.Cost)))
	if c.Cost == nil {
		p.say("      = ", c.Formula+" (needs "+inputs(c.Missing)+")")
	}
	if c.Discount != "" {
		p.say("        ", c.Discount+" % off the list price, as given")
	}
}

// explain says what the marks of a bill's rows mean.
func (p *page) explain(m marks) {
	if m.simulated {
		p.line("~ from the simulation instead of averages.")
	}
	if m.tiered {
		p.line("* price of the first tier; later tiers cost less, which the cost includes.")
	}
}

// amount prints a quantity in at most ten columns: to four digits at least, and
// with k, M, G and so on where it is long.
func amount(n float64) string {
	switch {
	case n == 0:
		return "0"
	case math.Abs(n) < 1000:
		return fmt.Sprintf("%.4g", n)
	case math.Abs(n) < 1e7:
		return format.Grouped(fmt.Sprintf("%.0f", n))
	}
	for _, unit := range []string{"M", "G", "T"} {
		n /= 1000
		if unit == "M" {
			n /= 1000
		}
		if math.Abs(n) < 999.95 {
			return fmt.Sprintf("%.4g%s", n, unit)
		}
	}
	return fmt.Sprintf("%.4gT", n)
}
