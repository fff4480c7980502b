package main

import (
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"ambi/compare"
	"ambi/compare/render/report"
	"ambi/internal/comparepage"
	"ambi/internal/flags"
	"ambi/internal/inputfile"
	"ambi/internal/outfile"
	"ambi/internal/problem"
	"ambi/internal/project"
	"ambi/internal/terminal"
)

func newCompareCommand(io streams, options *project.Folder) *cobra.Command {
	var (
		asked  flags.Comparison
		gate   flags.Gate
		output outputFlags
		serve  string
		write  bool
	)
	cmd := &cobra.Command{
		Use:   "compare [SPEC]",
		Short: "Compare both targets: what fits, what each costs, where the lines cross",
		Long: `Compare Lambda and Kubernetes (on EKS) for the app and its usage: which is
cheaper, what both pay for, what would change the answer, and which limits are
near. --full adds each line of both bills, other choices, what the team owns, and
every assumption.

Usage comes from the spec, and flags override it. ambi never guesses a missing
figure: what depends on it is shown as a formula, and there is no verdict until it
is known. In an app of several services, give requests and traces for each
service: --requests api=3M/month --requests web=1M/month. Without a name they are
those of the app's only service over HTTP.

Nothing is measured on AWS, and no account is needed. Prices are built into ambi;
"ambi prices refresh" writes newer ones to the project's app/prices.json.

With --trace, services whose duration, CPU time and start time are known are
simulated on both targets under the trace's requests, as "ambi simulate" does and
with its settings (--seed to --nodes below), and the simulated quantities are priced
instead of averages. Several services are simulated together, those without a trace
by their usage. With --requests too, or with a service that is not simulated, such
as a worker, nothing is: the trace only says how requests spread over time.

With --slo, each service is simulated on both targets, under traffic that is made
from its usage, and kept from a target on which it misses the objective: the mix is
then the cheapest one that keeps it.

For CI, --fail-if takes a condition such as 'lambda > 1.2 * kubernetes', of
figures, numbers, + - * / ( ) < <= > >= == != and, or, not. A condition that cannot
be decided because a figure is unknown fails too. Figures under --trace are those of
the service where they are worst, or with SERVICE=CONDITION those of one service. The
figures, in dollars a month unless stated otherwise:

` + flags.FiguresHelp() + `
--against compares with what "ambi compare --json" printed earlier, line by line.

Exit code 1: with --require, a limit keeps the app from that target; with
--fail-if, the condition holds; or the trace cannot be read. 130: the simulation
was interrupted, and what was printed is incomplete.`,
		Example: `  ambi compare
  ambi compare app/app.yaml --requests 100M/month --shape diurnal --html comparison.html
  ambi compare --require both --fail-if 'lambda > 1.2 * kubernetes'`,
		Args: flags.SpecOrProject,

		ValidArgsFunction: oneSpec,
		RunE: func(cmd *cobra.Command, args []string) error {
			idle := flags.IdleOf(cmd.Flags())
			for _, form := range []string{"json", "markdown", "html", "serve"} {
				if cmd.Flags().Changed(form) {
					idle.Refuse("applies to text, which --"+form+" does not print", "full")
				}
			}
			err := errors.Join(
				flags.Exclusive(cmd, "html", "json", "markdown", "serve"), flags.Exclusive(cmd, "serve", "require"), flags.Exclusive(cmd, "serve", "fail-if"),
				flags.Exclusive(cmd, "serve", "against"), flags.Exclusive(cmd, "serve", "write"), flags.Exclusive(cmd, "serve", "trace"), flags.Exclusive(cmd, "serve", "slo"), gate.Check(output.against != ""), idle.Err())
			if output.asPage != "" && output.asPage != "-" {
				err = errors.Join(err, outfile.Check("html", output.asPage))
			}
			if err != nil {
				return problem.As(problem.Misuse, err)
			}
			p, err := options.LoadSpec(args)
			if err != nil {
				return err
			}
			if p, err = asked.Priced(p); err != nil {
				return err
			}
			if len(p.App.Services) < 2 {
				idle.Refuse("places several services on the targets, and one is compared", "write")
			}
			result, err := asked.CompareUnderTrace(cmd.Context(), p, idle, io.ends())
			if err != nil {
				return flags.InFlags(cmd.Flags(), err)
			}
			if serve != "" {
				before := append(slices.Clone(args), flags.Given(cmd.Flags(), "region", "prices", "price", "discount", "directory")...)
				return servePage(cmd.Context(), io, &comparepage.Form{Project: p, Asked: asked, Before: before}, result, serve)
			}
			difference, err := output.difference(result)
			if err != nil {
				return err
			}
			output.command = flags.CommandLine(cmd, "html", "full", "require", "fail-if")
			failed := gate.Failed(result, difference)
			if err := output.print(io, p, result, difference, failed); err != nil {
				return err
			}
			if write {
				if err := writePlacement(io.err, p, result); err != nil {
					return err
				}
			}
			for _, condition := range failed {
				fmt.Fprintln(io.err, "ambi: --fail-if: "+condition)
			}
			if len(failed) > 0 || gate.Blocked(result) {
				return &answerNo{}
			}
			return partial(result)
		},
	}
	set := cmd.Flags()
	set.SortFlags = false // they stand by what they are for
	asked.Usage.Register(set)
	asked.Settings.Register(set)
	asked.Choices.Register(set)
	asked.Prices.Register(set)
	set.StringArrayVar(&asked.SLO, "slo", nil, "keep services from a target on which they miss an `OBJECTIVE` in a simulation, such as \"p99 < 300ms\", \"errors < 0.1%\" or, of messages, \"age < 5m\"; SERVICE=OBJECTIVE is that of one")
	gate.Register(set)
	output.register(set)
	set.BoolVar(&write, "write", false, "write the best mix of both targets into the spec, as targets of its services, and show the change")
	set.StringVar(&serve, "serve", "", "serve a page with a form for what-if questions, on this machine only, at this `PORT` or a free one")
	set.Lookup("serve").NoOptDefVal = anyPort
	return cmd
}

// outputFlags say what is printed.
type outputFlags struct {
	asJSON, asMarkdown, full bool
	asPage                   string
	against                  string
	command                  string // that gives the same, for a page to show
}

func (f *outputFlags) register(flags *pflag.FlagSet) {
	flags.BoolVar(&f.full, "full", false, "print everything: bills line by line, every break-even, other choices, duties, assumptions")
	flags.BoolVar(&f.asJSON, "json", false, "print JSON, whose schema \"ambi schema compare\" prints")
	flags.BoolVar(&f.asMarkdown, "markdown", false, "print Markdown for a comment on a pull request")
	flags.StringVar(&f.asPage, "html", "", "write a page to this `FILE` instead, - for standard output")
	flags.StringVar(&f.against, "against", "", "a `FILE` that --json wrote earlier: show what changed")
}

// maxComparison bounds an earlier comparison: some thousand services.
const maxComparison = 64 << 20

// difference is what changed since an earlier comparison; nil without one.
func (f *outputFlags) difference(result compare.Result) (*compare.Difference, error) {
	if f.against == "" {
		return nil, nil
	}
	file, err := inputfile.Open("against", f.against, fmt.Sprintf("\"ambi compare --json > %s\" writes one", f.against))
	if err != nil {
		return nil, err
	}
	defer file.Close()
	text, err := inputfile.Read(file, f.against, maxComparison)
	if err != nil {
		return nil, problem.InFlag("against", err)
	}
	before, err := compare.Read(text)
	if err != nil {
		return nil, problem.As(problem.Misuse, problem.InFlag("against", problem.In(f.against, err)))
	}
	d := compare.Against(before, result)
	return &d, nil
}

// print prints a comparison in the form that was asked for.
func (f *outputFlags) print(io streams, p *project.Project, result compare.Result, difference *compare.Difference, failed []string) error {
	options := report.Options{
		Spec: terminal.Line(p.SpecName), Give: flags.WaysToGive(len(p.App.Services) > 1), Full: f.full, Against: difference, Failed: failed,
	}
	switch {
	case f.asPage != "":
		result.Against = difference
		return writePage(io, p, result, f.command, f.asPage)
	case f.asJSON:
		result.Against = difference
		return printJSON(io.out, result)
	case f.asMarkdown:
		options.Spec = p.File // and not from where it is called
		return printText(io.out, report.Markdown(result, options))
	}
	return printText(io.out, report.Text(result, options))
}

// writePlacement writes a comparison's best mix into the spec, if it is worth it, and says what
// changed.
func writePlacement(out io.Writer, p *project.Project, result compare.Result) error {
	if !result.Placement.Clear() {
		fmt.Fprintln(out, "ambi: --write: no mix of both targets is worth it, so the spec stays as it is")
		return nil
	}
	diff, err := p.Edit(result.Placement.Write, true)
	if err != nil {
		return err
	}
	fmt.Fprint(out, diff)
	return nil
}

func printText(out io.Writer, text string) error {
	if _, err := io.WriteString(out, text); err != nil {
		return problem.As(problem.Machine, err)
	}
	return nil
}
