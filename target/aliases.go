package target

import (
	"ambi/spec"
	"ambi/target/finding"
)

// What compare still calls by these names.
type (
	Finding  = finding.Finding
	Findings = finding.List
)

// Refused is a finding's kind.
const Refused = finding.Refused

func And(names []string) string { return finding.And(names) }

func InternalCallers(app *spec.App, name string) []string {
	if app.Services[name].Internal() {
		return app.Callers()[name]
	}
	return nil
}
