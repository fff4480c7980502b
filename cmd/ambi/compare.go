package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"ambi/compare"
	"ambi/compare/demand"
	"ambi/compare/price/cost"
	"ambi/compare/price/nodes"
	"ambi/compare/render/report"
	"ambi/compare/simulate"
	"ambi/internal/inputfile"
	"ambi/internal/outfile"
	"ambi/internal/problem"
	"ambi/internal/project"
	"ambi/internal/terminal"
	"ambi/target"
)

func newCompareCommand(io streams, options *project.Folder) *cobra.Command {
	var (
		given  usageFlags
		chosen choiceFlags
		priced priceFlags
		gate   gateFlags
		output outputFlags
		serve  string

		settings settingFlags
	)
	cmd := &cobra.Command{
		Use:   "compare [SPEC]",
		Short: "Compare both targets: what fits, what each costs, where the lines cross",
		Long: `Compare Lambda and Kubernetes (on EKS) for the app and its usage: which is
cheaper, what both pay for, what would change the answer, and which limits are
near. --full adds each line of both bills, other choices, what the team owns, and
every assumption.

Usage comes from the spec, and flags go before it. Nothing is taken for a figure
that nobody gave: what depends on it is shown as a formula, and there is no
verdict until it is known. In an app of several services, requests and traces
are each service's: --requests api=3M/month --requests web=1M/month.

Nothing is measured on AWS, and no account is needed: prices are in ambi, or in
the project's app/prices.json, which "ambi prices refresh" writes.

With --trace, an app of one service whose duration, CPU time and start time are
known is simulated on both targets under the trace's requests, as "ambi simulate"
does and with its settings (--seed to --nodes below), and what that finds is priced
in place of averages. With --requests too, or several services, nothing is
simulated: the trace says how requests spread over time.

For CI, --fail-if takes a condition such as 'lambda > 1.2 * kubernetes', of
figures, numbers, + - * / ( ) < <= > >= == != and, or, not. One that cannot be
decided, for a figure is unknown, fails too. The figures, in dollars a month
where nothing else is said:

` + figuresHelp() + `
--against compares with what "ambi compare --json" printed earlier, line by line.

Exit code 1: with --require, something keeps the app from that target; with
--fail-if, the condition holds; or the trace cannot be read. 130: the simulation
was interrupted, and is a part.`,
		Example: `  ambi compare
  ambi compare app/app.yaml --requests 100M/month --shape diurnal --html comparison.html
  ambi compare --require both --fail-if 'lambda > 1.2 * kubernetes'`,
		Args: specOrProject,

		ValidArgsFunction: oneSpec,
		RunE: func(cmd *cobra.Command, args []string) error {
			idle := idleOf(cmd.Flags())
			for _, form := range []string{"json", "markdown", "html", "serve"} {
				if cmd.Flags().Changed(form) {
					idle.refuse("is about text, which --"+form+" does not print", "full")
				}
			}
			err := errors.Join(
				exclusive(cmd, "html", "json", "markdown", "serve"), exclusive(cmd, "serve", "require"), exclusive(cmd, "serve", "fail-if"),
				exclusive(cmd, "serve", "against"), exclusive(cmd, "serve", "trace"), gate.check(output.against != ""), idle.err())
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
			under := &comparing{project: p, given: &given, settings: &settings, chosen: &chosen, priced: &priced, idle: idle}
			result, err := under.run(cmd.Context(), io)
			if err != nil {
				return inFlags(cmd.Flags(), err)
			}
			if serve != "" {
				return servePage(cmd.Context(), io, &whatIf{
					project: p, given: &given, chosen: &chosen, before: append(slices.Clone(args), otherFlags(cmd, "region", "prices", "price", "discount", "directory")...),
					compare: func(given *usageFlags, chosen *choiceFlags) (compare.Result, error) {
						return comparison(p, given, chosen, &priced)
					},
				}, result, serve)
			}
			difference, err := output.difference(result)
			if err != nil {
				return err
			}
			output.command = typed(cmd, "directory", "html", "full", "require", "fail-if")
			failed := gate.failed(result, difference)
			if err := output.print(io, p, result, difference, failed); err != nil {
				return err
			}
			for _, condition := range failed {
				fmt.Fprintln(io.err, "ambi: --fail-if: "+condition)
			}
			if len(failed) > 0 || gate.blocked(result) {
				return &answerNo{}
			}
			return partial(result)
		},
	}
	flags := cmd.Flags()
	flags.SortFlags = false // they stand by what they are for
	given.register(flags)
	settings.register(flags)
	chosen.register(flags)
	priced.register(flags)
	gate.register(flags)
	output.register(flags)
	flags.StringVar(&serve, "serve", "", "show a page that can be asked what if, on this machine alone, at this `PORT` or a free one")
	flags.Lookup("serve").NoOptDefVal = anyPort
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
	text, err := io.ReadAll(io.LimitReader(file, maxComparison+1))
	if err != nil {
		return nil, problem.As(problem.Machine, err)
	}
	if len(text) > maxComparison {
		return nil, problem.Flag("against", "%s: must have at most %d bytes", f.against, maxComparison)
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
		Spec: terminal.Line(p.SpecName), Give: waysToGive(len(p.App.Services) > 1), Full: f.full, Against: difference, Failed: failed,
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

func printText(out io.Writer, text string) error {
	if _, err := io.WriteString(out, text); err != nil {
		return problem.As(problem.Machine, err)
	}
	return nil
}

// comparison compares an app, at what the flags say over what the spec and the
// project's prices say. All problems of flags come back at once.
func comparison(p *project.Project, given *usageFlags, chosen *choiceFlags, priced *priceFlags) (compare.Result, error) {
	in, err := comparisonInput(p, given, chosen, priced)
	if err != nil {
		return compare.Result{}, err
	}
	return compared(in)
}

// compared compares. An error is a wrong use; of a month that costs more than
// ambi counts it says where the inputs of the dearest component are given.
func compared(in compare.Input) (compare.Result, error) {
	result, err := compare.Compare(in)
	if err == nil {
		return result, nil
	}
	problems, ways := problem.All(problem.As(problem.Misuse, err)), waysToGive(len(in.Resolved.Services()) > 1)
	last := &problems[len(problems)-1]
	said := map[demand.Input]bool{}
	for _, p := range problems {
		var excess *cost.Excess
		if !errors.As(p, &excess) {
			continue
		}
		for _, input := range excess.Inputs {
			if !said[input] {
				*last = last.Hint("check %s: %s", input, ways[input])
			}
			said[input] = true
		}
		if len(excess.Inputs) == 0 {
			*last = last.Hint("check the choices and prices of %s", excess.Component)
		}
	}
	return compare.Result{}, problems
}

// comparisonInput is what a comparison is made of.
func comparisonInput(p *project.Project, given *usageFlags, chosen *choiceFlags, priced *priceFlags) (compare.Input, error) {
	usage, errUsage := given.over(p.App)
	choices, errChoices := chosen.over(cost.Defaults())
	app, errApp := chosen.overApp(p.App)
	sheet, book, errPrices := priced.sheet(p.Root)
	if err := errors.Join(errUsage, errChoices, errApp, errPrices); err != nil {
		return compare.Input{}, problem.As(problem.Misuse, err)
	}
	catalog, err := nodes.Embedded()
	if err != nil {
		return compare.Input{}, problem.As(problem.Machine, err)
	}
	resolved := p.Resolved
	if app != p.App {
		resolved = target.Resolve(app)
	}
	return compare.Input{Resolved: resolved, Usage: usage, Sheet: sheet, Book: book, Catalog: catalog, Choices: choices}, nil
}

// comparing is one comparison that flags ask for.
type comparing struct {
	project  *project.Project
	given    *usageFlags
	settings *settingFlags
	chosen   *choiceFlags
	priced   *priceFlags
	idle     *idle
}

// run compares; under the trace that flags name, if they name one: by simulation
// where that can be, and else by the trace's minutes. All problems of flags come
// back at once.
func (c *comparing) run(ctx context.Context, io streams) (compare.Result, error) {
	settings, errSettings := c.settings.settings()
	service := c.project.App.ServiceNames()[0]
	// A trace that is run is not counted.
	given, simulated := *c.given, len(c.given.traces) > 0 && len(c.given.requests) == 0 && len(c.project.App.Services) == 1
	file := ""
	var errTrace error
	if simulated {
		file, errTrace = c.given.traceOf(c.project.App, service)
		given.traces = nil
	}
	in, errInput := comparisonInput(c.project, &given, c.chosen, c.priced)
	if len(c.given.traces) > 0 {
		c.idle.refuse("--trace says how requests spread over time", shapeFlags()...)
	}
	why := ""
	switch {
	case len(c.given.traces) == 0:
		why = "give --trace"
	case len(c.project.App.Services) > 1:
		why = "of several services none is simulated"
	case len(c.given.requests) > 0:
		why = "with --requests nothing is simulated"
	case errInput == nil && len(simulate.Missing(in.Usage[service])) > 0:
		simulated, errTrace = false, nil
		why = fmt.Sprintf("nothing is simulated while no one has given %s", list(simulate.Missing(in.Usage[service])))
		in, errInput = comparisonInput(c.project, c.given, c.chosen, c.priced)
	}
	if errInput == nil {
		if len(c.given.traces) == 0 {
			c.idle.usage(in.Usage)
			c.idle.averages(in.Usage)
		}
		c.idle.choices(in.Choices, c.project.App)
		c.idle.settings(why, in.Choices, c.project.App, service, file)
	}
	if err := errors.Join(errSettings, errTrace, errInput, c.idle.err()); err != nil {
		return compare.Result{}, problem.As(problem.Misuse, err)
	}
	if !simulated {
		return compared(in)
	}
	s, err := newSimulation(in, service, file, settings, io)
	if err != nil {
		return compare.Result{}, err
	}
	return runSimulation(ctx, s)
}

// list are words as a sentence has them.
func list[T ~string](words []T) string {
	text := ""
	for i, w := range words {
		switch {
		case i > 0 && i == len(words)-1:
			text += " and "
		case i > 0:
			text += ", "
		}
		text += string(w)
	}
	return text
}

// waysToGive says where each figure of usage can be given.
func waysToGive(several bool) map[demand.Input]string {
	ways := map[demand.Input]string{
		demand.Requests: "--requests RATE, or usage.requests in the spec",
		demand.Duration: "--duration TIME, or usage.duration in the spec",
		demand.CPUTime:  "--cpu-time TIME, or usage.cpuTime in the spec",
		demand.Shape:    "--shape SHAPE, or usage.shape in the spec",
		demand.Request:  "--request-size BYTES, or usage.requestSize in the spec",
		demand.Response: "--response-size BYTES, or usage.responseSize in the spec",
		demand.Log:      "--log-size BYTES, or usage.logSize in the spec",
		demand.Outbound: "--outbound-size BYTES, or usage.outboundSize in the spec",
		demand.Start:    "--start-time TIME, or usage.startTime in the spec",
	}
	if several {
		ways[demand.Requests] = "--requests SERVICE=RATE, or services.SERVICE.usage.requests in the spec, of all services but one"
	}
	return ways
}
