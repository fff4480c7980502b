// Package target resolves an app for both targets, once: Resolve gives their
// models (every decision made, nothing left to choose) and everything that they
// found. Commands call it and hand the result on; what prints, prices or
// simulates an app reads the models and never the spec's fields again.
//
// The packages below hold each target's decisions and limits (lambda,
// kubernetes), those about what both share (data), and what is said about a field
// (finding).
package target

import (
	"cmp"
	"slices"
	"strings"

	"ambi/internal/problem"
	"ambi/spec"
	"ambi/target/data"
	"ambi/target/finding"
	"ambi/target/kubernetes"
	"ambi/target/lambda"
	"ambi/target/traffic"
)

// Resolved is an app with its models for both targets, including one that its spec does not
// list, and the findings. A service that is written for one target is in that model alone.
type Resolved struct {
	App        *spec.App // for places in the text, and for the usage
	Lambda     lambda.Model
	Kubernetes kubernetes.Model
	Data       data.Model    // what both share
	Traffic    traffic.Model // what switches between both
	Findings   Pair[finding.List]
}

// Resolve makes every decision about an app. A model is complete only when no
// finding on its target is refused.
func Resolve(app *spec.App) *Resolved {
	r := &Resolved{App: app}
	r.Lambda, r.Findings.Lambda = lambda.Resolve(app.On(spec.Lambda))
	r.Kubernetes, r.Findings.Kubernetes = kubernetes.Resolve(app.On(spec.Kubernetes))
	for _, t := range spec.Targets() {
		notes := finding.New(t, app)
		notes.Targets()
		r.Data = data.Resolve(app, notes) // the same for either, as is
		r.Traffic = traffic.Resolve(app, notes)
		*r.Findings.At(t) = finding.Join(r.Findings.Of(t), notes.List())
	}
	return r
}

// All returns the findings of all targets, in the spec's order within each.
func (r *Resolved) All() finding.List {
	return slices.Concat(r.Findings.Lambda, r.Findings.Kubernetes)
}

// Crosses reports whether a service on one target may call another one that only the other
// target has: whether something there would keep strangers from doing the same.
func (r *Resolved) Crosses(caller, callee string, from spec.Target) bool {
	to := r.App.Services[callee]
	if from == spec.Kubernetes {
		return kubernetes.MayCall(r.App.Services[caller], to)
	}
	function, _ := r.Lambda.Service(caller)
	return lambda.MayCall(to, r.App.SharesDomain(callee), function.VPC)
}

// Problems returns the refusals of some targets in the shape of the spec's own
// problems; file is the spec's name.
func (r *Resolved) Problems(file string, targets ...spec.Target) problem.List {
	var list problem.List
	for _, t := range targets {
		list = append(list, r.Findings.Of(t).Problems(file)...)
	}
	return list
}

// WithRefusals adds to the errors of a spec's text what its targets refuse of the services that
// have none, so that all is said at once, in the order of the file.
func WithRefusals(file string, src []byte, invalid problem.List) error {
	rest := spec.Rest(file, src, invalid)
	if rest == nil {
		return invalid.Err()
	}
	for _, p := range Resolve(rest).Problems(file, rest.Targets...) {
		if strings.HasPrefix(p.Field, "services") { // without them, other fields may mean less
			invalid = append(invalid, p)
		}
	}
	slices.SortStableFunc(invalid, func(a, b problem.Problem) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	return invalid.Err()
}

// Services lists the names of the app's services, in order: also of those that only one target
// has.
func (r *Resolved) Services() []string { return r.App.ServiceNames() }
