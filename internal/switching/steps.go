package switching

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"ambi/compare"
	"ambi/spec"
	"ambi/target/finding"
	"ambi/target/traffic"
)

// Step is a part of a move that can be stopped after.
type Step struct {
	Title string `json:"title"`
	// Done says that the outputs of the stacks show it as done.
	Done bool `json:"done"`
	// Share is the part of the requests that the new target gets from then on, in percent; null
	// where the step moves no requests.
	Share    *int     `json:"share"`
	Notes    []string `json:"notes,omitempty"` // what to know before
	Commands []string `json:"commands"`
	// Seconds is how long to watch at the least before the next step.
	Seconds int64 `json:"watchSeconds,omitempty"`
	// Requests is how many come to the new target in that time, by the usage; null where it is
	// not known.
	Requests *int64   `json:"requests"`
	Watch    []Watch  `json:"watch,omitempty"`
	Stop     []string `json:"stop,omitempty"` // when to stop, besides what the figures say
	Back     []string `json:"back,omitempty"` // the commands that undo the move so far
	// NoBack says why there are none.
	NoBack string `json:"noBack,omitempty"`
}

// steps puts the steps in order, as docs/switching.md does: both targets, the traffic's stack, the
// weights, then queues and schedules, and at last the end of the old target's stack.
func (b *builder) steps() {
	b.deploy()
	b.traffic()
	for _, share := range Shares() {
		b.weights(share)
	}
	b.consumer()
	b.active()
	b.retire()
}

func (b *builder) step(s Step) { b.plan.Steps = append(b.plan.Steps, s) }

// up are the commands that deploy programs.
func (b *builder) up(programs ...Program) []string {
	var list []string
	for _, p := range programs {
		if b.Has(p) {
			list = append(list, "pulumi up "+b.at(p))
		}
	}
	return list
}

// set is the command that sets a value of a stack.
func (b *builder) set(p Program, key, value string) string {
	return fmt.Sprintf("pulumi config set %s %s %s", b.at(p), key, value)
}

// back keeps the commands that undo the move so far, for steps that follow.
func (b *builder) back(commands []string) []string {
	b.undo = commands
	return commands
}

func (b *builder) old() Program { return Program(b.from) }
func (b *builder) new() Program { return Program(b.To) }

// deploy brings both targets up.
func (b *builder) deploy() {
	done := b.isDeployed(b.new()) && b.isDeployed(b.old()) && (!b.Has(OfData) || b.isDeployed(OfData))
	s := Step{
		Title: fmt.Sprintf("Deploy %s beside %s, both as the spec is now", b.To, b.from), Done: done,
		Commands: b.up(OfData, b.old(), b.new()), NoBack: fmt.Sprintf("no request reaches %s yet, but at its own hosts", b.To),
	}
	if own := b.hosts(); len(own) > 0 {
		s.Notes = []string{fmt.Sprintf("certificates must cover %s", finding.And(own))}
	}
	s.Stop = []string{fmt.Sprintf("\"ambi switch --to %s --remote --check\" does not find that both targets answer at their own hosts", b.To)}
	b.step(s)
}

// hosts are the own hosts of the targets.
func (b *builder) hosts() []string {
	var list []string
	for _, d := range b.Resolved.Traffic.Domains {
		for _, t := range spec.Targets() {
			list = append(list, d.Own(t))
		}
	}
	return list
}

// traffic begins the stack that has the weights.
func (b *builder) traffic() {
	if !b.Has(OfTraffic) {
		return
	}
	s := Step{
		Title: "Begin the traffic's stack, with all requests on " + string(b.from), Done: b.isDeployed(OfTraffic),
		Notes:    []string{"not if the stack is deployed already: its weights are then what the next steps change"},
		Commands: []string{"pulumi stack init -C " + OfTraffic.Folder() + " " + b.Stack(OfTraffic), b.set(OfTraffic, "zoneId", "Z0123456789ABCDEFGHIJ")},
	}
	var names []string
	for _, d := range b.Resolved.Traffic.Domains {
		names = append(names, d.Name)
		s.Commands = append(s.Commands,
			b.set(OfTraffic, d.Own(spec.Lambda), fmt.Sprintf(`"$(pulumi stack output %s dns:%s)"`, b.at(OfLambda), d.Own(spec.Lambda))),
			b.set(OfTraffic, d.Own(spec.Kubernetes), fmt.Sprintf(`"$(%s)"`, b.entry(d.Asked))))
	}
	s.Notes = append(s.Notes, "set zoneId to the ID of the hosted zone of "+finding.And(names), "delete the simple records of "+finding.And(names)+" in the same minute: Route 53 has no weighted record beside a simple one")
	s.Commands = append(s.Commands, b.weigh(0)...)
	s.Stop = []string{finding.And(names) + " does not lead to " + string(b.from) + " within a minute or two"}
	s.NoBack = fmt.Sprintf("all requests still go to %s; the simple records, in place of the weighted ones, are what there was", b.from)
	b.step(s)
}

// entry is the command that prints where a service is reached on Kubernetes.
func (b *builder) entry(service string) string {
	s, _ := b.Resolved.Kubernetes.Service(service)
	if g := s.Gateway; g != nil {
		return fmt.Sprintf("kubectl get gateway %s -n %s -o jsonpath='{.status.addresses[0].value}'", g.Name, cmp.Or(g.Namespace, s.Namespace))
	}
	return fmt.Sprintf("kubectl get ingress %s-%s -n %s -o jsonpath='{.status.loadBalancer.ingress[0].hostname}'", b.app.Name, service, s.Namespace)
}

// weigh are the commands that give the new target a part of the requests, in percent.
func (b *builder) weigh(share int) []string {
	return append([]string{b.set(OfTraffic, string(b.from), fmt.Sprint(100-share)), b.set(OfTraffic, string(b.To), fmt.Sprint(share))}, b.up(OfTraffic)...)
}

// weights sends a part of the requests to the new target.
func (b *builder) weights(share int) {
	moves := b.moving(ByWeights)
	if len(moves) == 0 {
		return
	}
	s := Step{
		Title: fmt.Sprintf("Send %d %% of the requests to %s", share, b.To), Done: b.isDeployed(OfTraffic) && b.share() >= float64(share),
		Share: &share, Commands: b.weigh(share), Back: b.back(b.weigh(0)),
		Stop: []string{fmt.Sprintf("a health check of Route 53 fails on the own host of %s: the other target then gets all requests by itself", b.To)},
	}
	longest := leastWatch
	total, known := 0.0, true
	for _, m := range moves {
		of := b.Behavior[m.Service]
		s.Watch = append(s.Watch, b.requests(m.Service, b.To, share, of.By[share])...)
		length, _ := watchFor(of.perSecond(share))
		longest = max(longest, length)
		total, known = total+of.perSecond(share), known && of.PerMonth > 0
	}
	for _, m := range moves {
		if share < 100 {
			s.Watch = append(s.Watch, b.requests(m.Service, b.from, 100, b.Behavior[m.Service].Before)[:2]...)
		}
	}
	s.Seconds = int64(longest.Seconds())
	if known {
		n := int64(math.Round(total * longest.Seconds()))
		s.Requests = &n
		if few := slices.ContainsFunc(moves, func(m Move) bool {
			return b.Behavior[m.Service].perSecond(share)*longest.Seconds() < provingRequests
		}); few {
			s.Notes = append(s.Notes, fmt.Sprintf("even a day has fewer than the %d requests to a service that could show that no more than %s fail: read each failure", int(provingRequests), percentOf(compare.AcceptableFailures)))
		}
	}
	s.Notes = append(s.Notes, fmt.Sprintf("a step takes a minute or two to reach most callers (TTL %d s), and weights share out answers of DNS, not requests", traffic.TTLSeconds))
	b.step(s)
}

// consumer moves queues, and the schedules that go with them.
func (b *builder) consumer() {
	moves := b.moving(ByConsumer)
	if len(moves) == 0 {
		return
	}
	move := func(to spec.Target) []string {
		return append([]string{b.set(OfData, "consumer", string(to))}, b.up(OfData, Program(to), Program(to.Other()))...)
	}
	s := Step{
		Title: "Move " + what(moves) + " to " + string(b.To), Done: b.Outputs[OfData].text("consumer") == string(b.To),
		Notes: []string{
			"once all requests are on " + string(b.To),
			"for a moment both targets take messages from the same queue, which loses none; a schedule that is due then runs twice",
		},
		Commands: move(b.To), Back: b.back(append(move(b.from), b.weigh(0)...)), Seconds: int64(leastWatch.Seconds()),
	}
	b.watchEvents(&s, moves)
	b.step(s)
}

// active moves schedules where no queue decides.
func (b *builder) active() {
	moves := b.moving(ByActive)
	if len(moves) == 0 {
		return
	}
	move := func(to spec.Target) []string {
		on, off := Program(to), Program(to.Other())
		return append(append([]string{b.set(on, "active", "true")}, b.up(on)...), append([]string{b.set(off, "active", "false")}, b.up(off)...)...)
	}
	s := Step{
		Title: "Move " + what(moves) + " to " + string(b.To), Done: b.Active[b.new()] == "true" && b.Active[b.old()] == "false",
		Notes:    []string{"once all requests are on " + string(b.To), "a schedule that is due between the two updates runs twice"},
		Commands: move(b.To), Back: b.back(append(move(b.from), b.weigh(0)...)),
	}
	b.watchEvents(&s, moves)
	b.step(s)
}

// what are the things that move, as a sentence names them.
func what(moves []Move) string {
	var names []string
	for _, m := range moves {
		name := m.What
		if rest, its := strings.CutPrefix(name, "its "); its {
			name = "the " + rest + " of " + m.Service
		}
		names = append(names, name)
	}
	return finding.And(names)
}

// watchEvents says what to watch of what messages and schedules start.
func (b *builder) watchEvents(s *Step, moves []Move) {
	for _, m := range moves {
		if b.app.Services[m.Service].Schedule == nil {
			s.Watch = append(s.Watch, b.messages(m.Service, b.To, b.Behavior[m.Service].By[100])...)
			continue
		}
		s.Stop = append(s.Stop, fmt.Sprintf("the next run of %s does not start on %s: \"ambi schedule %s\" says when that is", m.Service, b.To, m.Service))
	}
}

// retire ends the old target's stack.
func (b *builder) retire() {
	var kept []string
	for _, name := range b.app.ServiceNames() {
		if s := b.app.Services[name]; s.Alone() && s.For(b.from) {
			kept = append(kept, name)
		}
	}
	if len(kept) > 0 {
		b.step(Step{
			Title:    fmt.Sprintf("Keep the stack of %s, which has %s", b.from, finding.And(kept)),
			Notes:    []string{"the services that moved stay there too, and cost what they cost without requests"},
			Commands: []string{}, NoBack: "nothing changes",
		})
		return
	}
	s := Step{
		Title:    fmt.Sprintf("Destroy the stack of %s", b.from),
		Notes:    []string{fmt.Sprintf("once no request has reached %s for a day; until then the way back takes as long as a step", b.from)},
		Commands: []string{"pulumi destroy " + b.at(b.old())},
		Back:     append(append(b.up(b.old()), fmt.Sprintf("ambi switch --to %s --remote --check", b.from)), b.undo...),
	}
	if stay := b.bound(); len(stay) > 0 {
		s.Notes = append(s.Notes, fmt.Sprintf("callers of %s must use the address of %s first", finding.And(stay), b.To))
	}
	b.step(s)
}

// bound are the services whose callers use the old target's own address.
func (b *builder) bound() []string {
	var names []string
	for _, stay := range b.plan.Stays {
		if s := b.app.Services[stay.Service]; !s.Alone() && s.IsHTTP() && !s.HTTP.Internal {
			names = append(names, stay.Service)
		}
	}
	return names
}

// Length is a step's time to watch.
func (s Step) Length() time.Duration { return time.Duration(s.Seconds) * time.Second }
