package cost

import (
	"math"

	"ambi/compare/price"
	"ambi/compare/price/nodes"
	"ambi/spec"
	"ambi/target"
)

// Mix is a month of one app in one account, some of whose services run on Lambda and the
// others on Kubernetes. Tiers and free allowances are the account's: what Lambda has used of
// them is gone for Kubernetes. A side without services costs nothing.
type Mix struct{ sides target.Pair[*Model] }

// NewMix prepares both sides of an app. What the services share and keep must be in one of
// them, since it is paid once.
func NewMix(sheet *price.Sheet, catalog *nodes.Catalog, app target.Pair[App], choices Choices) (*Mix, error) {
	var m Mix
	var err error
	if len(app.Lambda.Workloads) > 0 {
		if m.sides.Lambda, err = Lambda(sheet, app.Lambda, choices); err != nil {
			return nil, err
		}
	}
	if len(app.Kubernetes.Workloads) > 0 {
		if m.sides.Kubernetes, err = Kubernetes(sheet, catalog, app.Kubernetes, choices); err != nil {
			return nil, err
		}
	}
	if m.sides.Lambda != nil && m.sides.Kubernetes != nil {
		m.sides.Lambda.Total(1)
		m.sides.Kubernetes.follow(m.sides.Lambda)
	}
	return &m, nil
}

// Total is the cost of the month; false if a figure is missing, or if it is price.Beyond.
func (m *Mix) Total() (price.USD, bool) {
	total, known := price.USD(0), true
	for _, t := range spec.Targets() {
		if model := m.sides.Of(t); model != nil {
			side, ok := model.Total(1)
			total, known = total.Plus(side), known && ok
		}
	}
	return total, known && total <= price.Most
}

// Saved is what commitments take off the month.
func (m *Mix) Saved(c Commitments) price.USD {
	saved := price.USD(0)
	for _, t := range spec.Targets() {
		if model := m.sides.Of(t); model != nil {
			saved += model.Saved(1, c).Saved
		}
	}
	return saved
}

// Bill is one side's month, without lines where it has no services.
func (m *Mix) Bill(t spec.Target) Bill {
	if model := m.sides.Of(t); model != nil {
		return model.Bill(1)
	}
	return Bill{Target: t, Components: []Component{}, Total: new(price.USD)}
}

// follow has a model begin where another one, which was priced last, has ended: in the tiers
// of each price, and in the free allowances.
func (m *Model) follow(first *Model) {
	billed := map[string]float64{}
	for i, l := range first.lines {
		if n := first.billed[i]; l.rate.Key != "" && !math.IsNaN(n) {
			billed[l.rate.Key] += n
		}
	}
	for i := range m.lines {
		m.lines[i].elsewhere += billed[m.lines[i].rate.Key]
	}
	for name, n := range m.names {
		if before, both := first.names[name]; both {
			m.pools[n] = first.left[before]
		}
	}
}
