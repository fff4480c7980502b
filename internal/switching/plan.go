// Package switching plans and checks the move of an app from one target to the other: of
// requests by weights in DNS, and of queues and schedules. It changes nothing.
//
//	plan := switching.New(switching.Input{Resolved: resolved, To: spec.Kubernetes, Outputs: outputs})
//	if blocks := plan.Blocks(); len(blocks) > 0 {
//		...
//	}
//
// A plan follows from the spec and from what the caller found out: the outputs of the stacks, what
// the targets answered ([Ask]), and how services behave in a simulation. What was not found out is
// marked as unknown, and stops nothing. What differs for callers is what the targets found when
// they resolved the app.
package switching

import (
	"fmt"
	"slices"
	"strings"

	"ambi/internal/problem"
	"ambi/spec"
	"ambi/target"
	"ambi/target/finding"
)

// Input is what a plan is made of.
type Input struct {
	Resolved *target.Resolved
	To       spec.Target // the target that the app moves to
	// Stacks are the names of stacks that are not called as usual, by program; see [Program.Usual].
	Stacks map[Program]string
	// Outputs are what the stacks export, of those that were read.
	Outputs map[Program]Outputs
	// Active are the values of the setting active, by program, of the stacks that have one.
	Active map[Program]string
	// Accepted are paths of the spec: what differs there, or below, for callers is accepted.
	Accepted []string
	// Answers are those of the targets' own hosts, of what was asked.
	Answers []Answer
	// Behavior is how services behave in a simulation, by name.
	Behavior map[string]Behavior
}

// Stack is the name of a program's stack.
func (in *Input) Stack(p Program) string {
	if name := in.Stacks[p]; name != "" {
		return name
	}
	return p.Usual()
}

// Has reports whether the app has a program.
func (in *Input) Has(p Program) bool {
	switch p {
	case OfData:
		return !in.Resolved.Data.Empty()
	case OfTraffic:
		return !in.Resolved.Traffic.Empty()
	case OfLambda, OfKubernetes:
	}
	return true
}

// Plan is a move from one target to the other.
type Plan struct {
	App         string       `json:"app"`
	From        spec.Target  `json:"from"`
	To          spec.Target  `json:"to"`
	Moves       []Move       `json:"moves"`       // what moves, and by what
	Stays       []Stay       `json:"stays"`       // what does not move by these steps
	Checks      []Check      `json:"checks"`      // of what the steps rely on
	Differences []Difference `json:"differences"` // for callers
	Steps       []Step       `json:"steps"`       // in order
	Unsimulated []Unknown    `json:"unsimulated"` // services of whose behavior nothing is known, and why
}

// Mover is what moves something from one target to the other.
type Mover string

// The movers.
const (
	ByWeights  Mover = "weights"  // of the traffic stack, in steps
	ByConsumer Mover = "consumer" // the data stack's setting
	ByActive   Mover = "active"   // the setting of each target's stack
)

// Move is what moves of a service.
type Move struct {
	Service string `json:"service"`
	What    string `json:"what"` // such as shop.example.com, the queue jobs, or its schedule
	By      Mover  `json:"by"`
}

// Stay is a service that the steps do not move.
type Stay struct {
	Service string `json:"service"`
	Why     string `json:"why"`
}

// Unknown is a service without figures.
type Unknown struct {
	Service string   `json:"service"`
	Why     string   `json:"why"`
	Hints   []string `json:"hints,omitempty"` // what to do about it
}

// Result is what came of a check.
type Result string

// The results.
const (
	OK       Result = "ok"
	NotAsked Result = "unknown" // it was not asked
	Blocks   Result = "blocks"  // it must be mended before the next step
	NotYet   Result = "not yet" // a step does it
)

// Check is one thing that the steps rely on.
type Check struct {
	Subject string   `json:"subject"` // such as stack lambda, or a host
	Result  Result   `json:"result"`
	Text    string   `json:"text"`            // what was found
	Hints   []string `json:"hints,omitempty"` // what to do about it
}

// Blocks lists what must be mended before the next step.
func (p *Plan) Blocks() []Check {
	return slices.DeleteFunc(slices.Clone(p.Checks), func(c Check) bool { return c.Result != Blocks })
}

// Check says why an app cannot be moved at all, and the way out.
func (in *Input) Check(specName string) error {
	app := in.Resolved.App
	for _, t := range spec.Targets() {
		if !app.For(t) {
			at := app.Position("targets")
			p := problem.File(specName, at.Line, "the app is written for target %s only: there is nothing to switch to", t.Other())
			p.Field = "targets"
			return p.Hint("add %s to targets, and switch: {}; then run \"ambi validate\" and \"ambi generate\"", t)
		}
	}
	if app.Switch != nil {
		return nil
	}
	p := problem.File(specName, 0, "has no switch: only one target at a time serves the app's domains")
	if !slices.ContainsFunc(app.ServiceNames(), func(name string) bool { return app.Services[name].HTTP.Domain != "" }) {
		return p.Hint("no service has http.domain, so callers use each target's own address, and choose one; queues and schedules move by settings of the stacks: docs/events.md and docs/schedules.md").
			Hint("to move requests by weights, set http.domain of a service, and add switch: {}")
	}
	return p.Hint("add switch: {} to the spec, then run \"ambi generate\"; docs/switching.md says what it adds")
}

// builder gathers a plan.
type builder struct {
	Input
	app  *spec.App
	from spec.Target
	plan *Plan
	undo []string // the commands that undo the steps so far
}

// New plans a move. The input must pass [Input.Check], and no target may refuse the app.
func New(in Input) *Plan {
	b := &builder{Input: in, app: in.Resolved.App, from: in.To.Other()}
	b.plan = &Plan{
		App: b.app.Name, From: b.from, To: in.To,
		Moves: []Move{}, Stays: []Stay{}, Checks: []Check{}, Steps: []Step{}, Unsimulated: []Unknown{},
	}
	b.moves()
	b.plan.Differences = Differences(in.Resolved, in.Accepted)
	b.accepted()
	b.settings()
	b.stacks()
	b.answers()
	b.behavior()
	b.steps()
	return b.plan
}

// moves sorts the services by what moves them.
func (b *builder) moves() {
	switched := b.app.Switched()
	for _, name := range b.app.ServiceNames() {
		s := b.app.Services[name]
		move := func(by Mover, format string, args ...any) {
			b.plan.Moves = append(b.plan.Moves, Move{name, fmt.Sprintf(format, args...), by})
		}
		stay := func(format string, args ...any) {
			b.plan.Stays = append(b.plan.Stays, Stay{name, fmt.Sprintf(format, args...)})
		}
		switch events, ok := b.app.Events(name); {
		case s.Alone() && s.For(b.from):
			stay("it is written for target %[1]s only: keep the stack of %[1]s", b.from)
		case s.Alone():
			stay("it is written for target %s only, where it is already", b.To)
		case ok:
			move(ByConsumer, "the queue %s", events.Queue)
		case s.Schedule != nil && b.consumed():
			move(ByConsumer, "its schedule")
		case s.Schedule != nil:
			move(ByActive, "its schedule")
		case slices.Contains(switched, s.HTTP.Domain):
			move(ByWeights, "%s", s.HTTP.Domain)
		case s.HTTP.Domain != "":
			stay("its domain, %s, is also that of a service which is written for one target only", s.HTTP.Domain)
		case s.HTTP.Internal:
			stay("services of the app call it on their own target, and it moves with them")
		default:
			stay("it has no domain: its callers use the address of one target, and move when they use the other")
		}
	}
}

// consumed reports whether the data stack's setting consumer says which target is active.
func (b *builder) consumed() bool { return b.Resolved.Data.Switched() }

// moving lists what moves by some means.
func (b *builder) moving(by Mover) []Move {
	return slices.DeleteFunc(slices.Clone(b.plan.Moves), func(m Move) bool { return m.By != by })
}

func (b *builder) check(subject string, result Result, text string, hints ...string) {
	b.plan.Checks = append(b.plan.Checks, Check{subject, result, text, hints})
}

// accepted checks that someone has read what differs for callers.
func (b *builder) accepted() {
	var open []string
	for _, d := range b.plan.Differences {
		if !d.Accepted {
			open = append(open, d.Path)
		}
	}
	if len(open) == 0 {
		b.check("callers", OK, "all that differs for them is accepted")
		return
	}
	b.check("callers", Blocks, fmt.Sprintf("%d of %d differences are not accepted: %s", len(open), len(b.plan.Differences), finding.And(open)),
		"see that callers can take them, then --accept PATH; a path accepts all below it, such as --accept "+parent(open[0]))
}

// parent is what a path of the spec is below of its service.
func parent(path string) string {
	parts := strings.SplitN(path, ".", 4)
	return strings.Join(parts[:min(len(parts), 3)], ".")
}
