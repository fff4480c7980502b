package compare

import (
	"strings"

	"ambi/spec"
)

// NotPriced is a service that a comparison leaves out, and what starts it. Its cost is unknown,
// not zero.
type NotPriced struct {
	Service string `json:"service"`
	Trigger string `json:"trigger"` // such as queue
}

// Priced returns an app without the services that cannot be priced yet, and those services by
// name. The traffic of the others does not change.
func Priced(app *spec.App) (*spec.App, []NotPriced) {
	var left []NotPriced
	for _, name := range app.ServiceNames() {
		if trigger := app.TriggerOf(name); trigger != "http" {
			left = append(left, NotPriced{name, trigger})
		}
	}
	if left == nil {
		return app, nil
	}
	return app.OnlyHTTP(), left
}

// Left describes the services that a comparison leaves out; empty for none.
func (r Result) Left() string {
	if len(r.NotPriced) == 0 {
		return ""
	}
	var names []string
	for _, n := range r.NotPriced {
		names = append(names, n.Service+" ("+n.Trigger+")")
	}
	return strings.Join(names, ", ") + ": not priced yet, and in none of these figures"
}
