package switching

import (
	"fmt"
	"strings"

	"ambi/generator"
	"ambi/internal/lazyregexp"
	"ambi/spec"
)

// Program is one of the Pulumi programs of an app.
type Program string

// The programs: those of the targets have the targets' names.
const (
	OfLambda     Program = Program(spec.Lambda)
	OfKubernetes Program = Program(spec.Kubernetes)
	OfData       Program = "data"
	OfTraffic    Program = "traffic"
)

// Programs lists the programs.
func Programs() []Program { return []Program{OfLambda, OfKubernetes, OfData, OfTraffic} }

// Folder is where the program is, from the project's root; empty for the root itself.
func (p Program) Folder() string {
	switch p {
	case OfData:
		return generator.DataFolder
	case OfTraffic:
		return generator.TrafficFolder
	case OfLambda, OfKubernetes:
	}
	return ""
}

// Usual is the stack of the program that a new project has.
func (p Program) Usual() string {
	if p.Folder() != "" {
		return generator.BesideStack
	}
	return string(p)
}

// stackName is what Pulumi takes as a stack: a name, with its organization and project before it
// where those are given. No shell reads anything into it.
// Source: https://www.pulumi.com/docs/iac/concepts/stacks/#create-stack
var stackName = lazyregexp.New(`^([A-Za-z0-9_.-]+/){0,2}[A-Za-z0-9_.-]+$`)

// IsStack reports whether a text can be a stack's name.
func IsStack(text string) bool { return stackName.MatchString(text) && !strings.HasPrefix(text, "-") }

// Outputs are what a stack exports.
type Outputs struct {
	Values map[string]any
	Failed string // why it could not be read
}

// text is an output by its name; empty where there is none.
func (o Outputs) text(name string) string {
	text, _ := o.Values[name].(string)
	return text
}

// number is an output that is a number; false where there is none.
func (o Outputs) number(name string) (float64, bool) {
	n, ok := o.Values[name].(float64)
	return n, ok
}

// settings checks that each target's stack follows the data stack.
func (b *builder) settings() {
	if !b.consumed() {
		return
	}
	for _, t := range spec.Targets() {
		p := Program(t)
		if value := b.Active[p]; value != "" {
			b.check("stack "+b.Stack(p), Blocks, fmt.Sprintf("its setting active is %s, so that it does not follow the data stack's consumer", value),
				"pulumi config rm --stack "+b.Stack(p)+" active")
		}
	}
}

// stacks checks what the stacks export.
func (b *builder) stacks() {
	for _, p := range Programs() {
		if !b.Has(p) {
			continue
		}
		subject := "stack " + b.Stack(p)
		if p.Folder() != "" {
			subject += " of " + p.Folder()
		}
		outputs, read := b.Outputs[p]
		switch {
		case !read:
			b.check(subject, NotAsked, "it was not read", "--remote reads what it exports, or --outputs "+string(p)+"=FILE does")
		case outputs.Failed != "":
			b.check(subject, Blocks, "it cannot be read: "+outputs.Failed)
		default:
			result, text := b.deployed(p, outputs)
			b.check(subject, result, text)
		}
	}
}

// deployed says how far a stack is that was read.
func (b *builder) deployed(p Program, o Outputs) (Result, string) {
	if missing := b.missing(p, o); missing != "" {
		return NotYet, fmt.Sprintf("it lacks %s: the first steps deploy it as the spec is now", missing)
	}
	switch {
	case p == OfTraffic:
		return OK, fmt.Sprintf("its weights send %s of the requests to %s", percent(b.share()), b.To)
	case p == OfData && b.consumed():
		return OK, fmt.Sprintf("target %s takes the messages and runs the schedules", o.text("consumer"))
	}
	return OK, "it exports all that the spec has now"
}

// missing is the first output that a stack must have, as the spec is, and does not; empty where
// it has all.
func (b *builder) missing(p Program, o Outputs) string {
	var wanted []string
	switch p {
	case OfLambda:
		for _, d := range b.Resolved.Traffic.Domains {
			wanted = append(wanted, "dns:"+d.Own(spec.Lambda))
		}
	case OfKubernetes:
		for _, s := range b.Resolved.Kubernetes.Services {
			if s.HasHTTP() && !s.Stateful() {
				wanted = append(wanted, s.Name+".address")
			}
		}
	case OfData:
		if b.consumed() {
			wanted = append(wanted, "consumer")
		}
		for _, output := range b.Resolved.Data.Outputs() {
			wanted = append(wanted, output.Name())
		}
	case OfTraffic:
		for _, t := range spec.Targets() {
			if _, has := o.number(string(t)); !has {
				return "the weight " + string(t)
			}
		}
	}
	for _, name := range wanted {
		if o.text(name) == "" {
			return "the output " + name
		}
	}
	return ""
}

// isDeployed reports whether a stack was read and exports all that it must.
func (b *builder) isDeployed(p Program) bool {
	o, read := b.Outputs[p]
	return read && o.Failed == "" && b.missing(p, o) == ""
}

// share is the part of the requests that the new target gets, in percent; 0 where it is not
// known, and nothing says that the traffic's stack is deployed.
func (b *builder) share() float64 {
	o := b.Outputs[OfTraffic]
	to, _ := o.number(string(b.To))
	from, _ := o.number(string(b.from))
	if to+from <= 0 {
		return 0
	}
	return 100 * to / (to + from)
}

func percent(share float64) string {
	return strings.TrimSuffix(fmt.Sprintf("%.1f", share), ".0") + " %"
}

// at is the part of a command of Pulumi's that says which stack it is about.
func (b *builder) at(p Program) string {
	if folder := p.Folder(); folder != "" {
		return "-C " + folder + " --stack " + b.Stack(p)
	}
	return "--stack " + b.Stack(p)
}
