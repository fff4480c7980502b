package main

import (
	"context"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"ambi/compare/simulate/replay"
	"ambi/internal/engine"
	"ambi/internal/flags"
	"ambi/internal/problem"
	"ambi/internal/project"
	"ambi/internal/switching"
	"ambi/spec"
)

// switchFlags say what to plan, and what may be asked.
type switchFlags struct {
	to                  string
	accept              []string
	stack, outputs, url []string
	params              []string
	remote, routes      bool
	check, asJSON       bool
}

func newSwitchCommand(io streams, options *project.Folder) *cobra.Command {
	var f switchFlags
	cmd := &cobra.Command{
		Use:   "switch --to TARGET",
		Short: "Plan and check the move from one target to the other, under traffic",
		Long: `Plan the move of an app with switch in its spec from one target to the other, and
check what it relies on. Nothing is changed: the commands are printed, for you to run.

The plan has what differs for callers, which --accept accepts by its path in the spec;
the steps in order, requests by weights of 1, 10, 50 and 100 %, then queues and
schedules; how long to watch each step, what to watch, when to stop; and the commands
that lead back. What to expect comes from simulations of the spec's usage, with the same
figures as "ambi simulate", for each step.

What the stacks export says which steps are done: --outputs reads it from files. With
--remote, Pulumi is asked for it, and both targets whether they answer, each at its own
host. --routes sends them one request for each route of GET, HEAD or ANY besides, and
compares the answers. --url asks a target where it answers on this machine. Nothing
leaves this machine without --remote.

Exit code 1: the spec is invalid, a target refuses it, or it has nothing to switch; and,
with --check, something must be mended before the next step.`,
		Example: `  ambi switch --to kubernetes
  ambi switch --to kubernetes --accept services.api.timeout --accept services.api.http.routes
  ambi switch --to lambda --json`,
		Args: flags.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			p, err := options.Load()
			if err != nil {
				return err
			}
			return f.run(cmd, io, p)
		},
	}
	set := cmd.Flags()
	set.SortFlags = false
	set.StringVar(&f.to, "to", "", "the `TARGET` to move to: lambda or kubernetes")
	set.StringArrayVar(&f.accept, "accept", nil, "accept what differs for callers at a `PATH` of the spec, and below it; repeat it")
	set.StringArrayVar(&f.stack, "stack", nil, "the name of a stack, as `PROGRAM=STACK`, of lambda, kubernetes, data or traffic; repeat it")
	set.StringArrayVar(&f.outputs, "outputs", nil, "what a stack exports, as `PROGRAM=FILE`, as \"pulumi stack output --json\" prints it; repeat it")
	set.BoolVar(&f.remote, "remote", false, "ask Pulumi for what the stacks export, and both targets whether they answer")
	set.StringArrayVar(&f.url, "url", nil, "where a target answers in place of its own host, as `TARGET=ADDRESS`; repeat it")
	set.BoolVar(&f.routes, "routes", false, "of targets that are asked, also ask for each route of GET, HEAD or ANY")
	set.StringArrayVar(&f.params, "param", nil, "the value of a path's parameter, as `NAME=VALUE`; repeat it (default: 1)")
	set.BoolVar(&f.check, "check", false, "exit with 1 when something must be mended before the next step")
	set.BoolVar(&f.asJSON, "json", false, "print JSON, whose schema \"ambi schema switch\" prints")
	return cmd
}

// switchFormat names what switch --json prints.
const switchFormat = "ambi.switch/v1"

// SwitchDocument is what switch prints as JSON.
type SwitchDocument struct {
	Format string `json:"format"`
	switching.Plan
}

// run plans, and prints the plan.
func (f *switchFlags) run(cmd *cobra.Command, io streams, p *project.Project) error {
	in, question, err := f.read(cmd, io, p)
	if err != nil {
		return err
	}
	if err := warnIfStale(cmd.Context(), io, p); err != nil {
		return err
	}
	if f.remote {
		f.readStacks(cmd.Context(), p, in)
	}
	if in.Answers, err = switching.Ask(cmd.Context(), p.Resolved, question); err != nil {
		return err
	}
	in.Behavior = switching.Behaviors(p.App, in.To, func(service string, t spec.Target, perMonth float64, share int) (*replay.Result, error) {
		return simulatedShare(cmd.Context(), io, p, service, t, perMonth, share)
	})
	if err := cmd.Context().Err(); err != nil {
		return err
	}
	plan := switching.New(*in)
	if f.asJSON {
		err = printJSON(io.out, SwitchDocument{switchFormat, *plan})
	} else {
		err = printText(io.out, switchText(plan, p.SpecName))
	}
	if err == nil && f.check && len(plan.Blocks()) > 0 {
		return &answerNo{}
	}
	return err
}

// read works out what the flags ask for. All of their problems come back at once.
func (f *switchFlags) read(cmd *cobra.Command, io streams, p *project.Project) (*switching.Input, switching.Question, error) {
	in := &switching.Input{
		Resolved: p.Resolved, Accepted: f.accept,
		Stacks: map[switching.Program]string{}, Outputs: map[switching.Program]switching.Outputs{}, Active: map[switching.Program]string{},
	}
	question := switching.Question{Addresses: map[spec.Target]string{}, Remote: f.remote, Routes: f.routes}
	if err := in.Check(p.SpecName); err != nil {
		return nil, question, err
	}
	if err := p.Refused(p.App.Targets...); err != nil {
		return nil, question, err
	}
	var problems problem.List
	to, err := flags.ParseTarget("to", f.to)
	problems.Add(err)
	if f.to == "" {
		problems.Add(problem.Flag("to", "must be given").Hint("it is the target to move to: lambda or kubernetes"))
	}
	in.To = to
	problems.Add(switching.CheckAccepted(p.Resolved, f.accept))
	programs := switching.Programs()
	problems.Add(keyed("stack", "PROGRAM=STACK", f.stack, programs, func(program switching.Program, name string) error {
		if !switching.IsStack(name) {
			return problem.Flag("stack", "must be the name of a stack, got %q", name)
		}
		in.Stacks[program] = name
		return nil
	}))
	problems.Add(keyed("outputs", "PROGRAM=FILE", f.outputs, programs, func(program switching.Program, file string) error {
		values, err := project.ReadOutputs(io.in, "outputs", file)
		in.Outputs[program] = switching.Outputs{Values: values}
		return err
	}))
	problems.Add(keyed("url", "TARGET=ADDRESS", f.url, spec.Targets(), func(t spec.Target, address string) error {
		question.Addresses[t] = address
		return nil
	}))
	problems.Add(question.Check())
	question.Params, err = pairs("param", f.params)
	problems.Add(err)
	idle := flags.IdleOf(cmd.Flags())
	if !f.remote && len(f.url) == 0 {
		idle.Refuse("applies to targets that are asked: --remote or --url asks them", "routes")
	}
	if !f.routes {
		idle.Refuse("fills in the paths of routes, and --routes asks for them", "param")
	}
	problems.Add(idle.Err())
	for _, t := range spec.Targets() {
		program := switching.Program(t)
		value, err := engine.Setting(p.Root, program.Folder(), in.Stack(program), "active")
		problems.Add(engineError(err))
		in.Active[program] = value
	}
	return in, question, problems.Err()
}

// keyed reads a flag that is KEY=VALUE, of few keys, each given once at most.
func keyed[K ~string](flag, form string, texts []string, keys []K, set func(key K, value string) error) error {
	var problems problem.List
	given := map[K]bool{}
	for _, text := range texts {
		key, value, ok := strings.Cut(text, "=")
		switch k := K(key); {
		case !ok || value == "":
			problems.Add(problem.Flag(flag, "must be %s, got %q", form, text))
		case !slices.Contains(keys, k):
			problems.Add(problem.Flag(flag, "must be %s, and there is no %q", form, key).Hint("there are %s", joined(keys)))
		case given[k]:
			problems.Add(problem.Flag(flag, "given twice for %s", key))
		default:
			given[k] = true
			problems.Add(set(k, value))
		}
	}
	return problems.Err()
}

func joined[K ~string](keys []K) string {
	var words []string
	for _, k := range keys {
		words = append(words, string(k))
	}
	return strings.Join(words, ", ")
}

// readStacks asks Pulumi for what the stacks export whose outputs no file has. What fails is in the
// plan.
func (f *switchFlags) readStacks(ctx context.Context, p *project.Project, in *switching.Input) {
	for _, program := range switching.Programs() {
		if _, given := in.Outputs[program]; given || !in.Has(program) {
			continue
		}
		values, err := engine.Outputs(ctx, p.Root, program.Folder(), in.Stack(program))
		outputs := switching.Outputs{Values: values}
		if err != nil {
			why := problem.All(err)[0]
			outputs.Failed = strings.Join(append([]string{why.Message}, why.Detail...), ": ")
		}
		in.Outputs[program] = outputs
	}
}

// simulatedShare is a target with a part of a service's usage, in percent.
func simulatedShare(ctx context.Context, io streams, p *project.Project, service string, t spec.Target, perMonth float64, share int) (*replay.Result, error) {
	var asked flags.Simulated
	set := pflag.NewFlagSet("", pflag.ContinueOnError)
	asked.Register(set)
	if err := set.Parse(switching.Simulate(p.App, service, t, perMonth, share)); err != nil {
		return nil, err
	}
	some, err := p.Simulated(service)
	if err != nil {
		return nil, err
	}
	s, err := asked.Simulation(some, flags.IdleOf(set), io.ends())
	if err != nil {
		return nil, err
	}
	in, err := s.Run(ctx)
	if err != nil {
		return nil, err
	}
	return in.Behavior.Of(t), nil
}
