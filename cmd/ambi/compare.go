package main

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"ambi/compare"
	"ambi/compare/cost"
	"ambi/compare/nodes"
	"ambi/compare/prices"
	"ambi/compare/report"
	"ambi/compare/traffic"
	"ambi/spec"
)

func newCompareCommand(io streams, options *projectOptions) *cobra.Command {
	var (
		given   usageFlags
		chosen  choiceFlags
		region  string
		require string
		asJSON  bool
		asPage  string
		serve   string
	)
	cmd := &cobra.Command{
		Use:   "compare",
		Short: "Compare both targets: what fits, what each costs, where the lines cross",
		Long: `Compare Lambda and Kubernetes (on EKS) for the app and its usage: which is
cheaper, what each line of both bills is, at how many requests the answer
changes, which limits are near, what the team owns, and every assumption.

Usage comes from the spec, and flags go before it. Nothing is taken for a figure
that nobody gave: what depends on it is shown as a formula, and there is no
verdict until it is known. An app of several services has its requests given
for each: --requests api=3M/month --requests web=1M/month.

Nothing is measured on AWS, and no account is needed: prices are in ambi.

Exit code 1: with --require, something keeps the app from that target.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			required, err := requiredTargets(require)
			if err != nil {
				return err
			}
			p, err := options.load()
			if err != nil {
				return err
			}
			result, err := comparison(p.app, &given, &chosen, region)
			if err != nil {
				return err
			}
			switch {
			case serve != "":
				err = servePage(cmd.Context(), io, &whatIf{
					project: p, given: &given, chosen: &chosen, before: otherFlags(cmd, "region", "directory"),
					compare: func(given *usageFlags, chosen *choiceFlags) (compare.Result, error) {
						return comparison(p.app, given, chosen, region)
					},
				}, result, serve)
			case asPage != "":
				err = writePage(io, p, result, asPage)
			default:
				err = printComparison(io.out, p, result, asJSON)
			}
			if err != nil {
				return err
			}
			if slices.ContainsFunc(required, func(t spec.Target) bool { return len(result.Fit.Blocked(t)) > 0 }) {
				return &answerNo{}
			}
			return nil
		},
	}
	flags := cmd.Flags()
	given.register(flags)
	chosen.register(flags)
	flags.StringVar(&region, "region", "us-east-1", "the AWS region whose prices count")
	flags.StringVar(&require, "require", "", "exit with code 1 when the app does not fit: lambda, kubernetes or both")
	flags.BoolVar(&asJSON, "json", false, "print JSON")
	flags.StringVar(&serve, "serve", "", "show a page that can be asked what if, on this machine alone, at this `port` or a free one")
	flags.Lookup("serve").NoOptDefVal = anyPort
	flags.StringVar(&asPage, "html", "", "write a page to this file instead, - for standard output")
	cmd.MarkFlagsMutuallyExclusive("serve", "html", "json")
	cmd.MarkFlagsMutuallyExclusive("serve", "require")
	return cmd
}

// requiredTargets are the targets that --require names.
func requiredTargets(require string) ([]spec.Target, error) {
	t := spec.Target(require)
	switch {
	case require == "":
		return nil, nil
	case require == "both":
		return spec.Targets(), nil
	case slices.Contains(spec.Targets(), t):
		return []spec.Target{t}, nil
	default:
		return nil, usageError{fmt.Errorf("--require: must be lambda, kubernetes or both, got %q", require)}
	}
}

// comparison compares an app, at what the flags say over what the spec says,
// with the prices that come with ambi.
func comparison(app *spec.App, given *usageFlags, chosen *choiceFlags, region string) (compare.Result, error) {
	usage, errUsage := given.over(app)
	choices, errChoices := chosen.over(cost.Defaults())
	app, errApp := chosen.overApp(app)
	if err := errors.Join(errUsage, errChoices, errApp); err != nil {
		return compare.Result{}, usageError{err}
	}
	book, err := prices.Embedded()
	if err != nil {
		return compare.Result{}, machineError{err}
	}
	sheet, err := book.In(region)
	if err != nil {
		return compare.Result{}, usageError{fmt.Errorf("--region: ambi has no sourced prices for %q\nhint: it has them for %s",
			region, strings.Join(book.Complete(), ", "))}
	}
	catalog, err := nodes.Embedded()
	if err != nil {
		return compare.Result{}, machineError{err}
	}
	return compare.Compare(compare.Input{App: app, Usage: usage, Sheet: sheet, Catalog: catalog, Choices: choices})
}

func printComparison(out io.Writer, p *project, result compare.Result, asJSON bool) error {
	if asJSON {
		return printJSON(out, result)
	}
	text := report.Text(result, report.Options{Spec: p.specName, Give: waysToGive(len(p.app.Services) > 1)})
	if _, err := io.WriteString(out, text); err != nil {
		return machineError{err}
	}
	return nil
}

// waysToGive says where each figure of usage can be given.
func waysToGive(several bool) map[traffic.Input]string {
	ways := map[traffic.Input]string{
		traffic.Requests: "--requests RATE, or usage.requests in the spec",
		traffic.Duration: "--duration TIME, or usage.duration in the spec",
		traffic.CPUTime:  "--cpu-time TIME, or usage.cpuTime in the spec",
		traffic.Shape:    "--shape SHAPE, or usage.shape in the spec",
		traffic.Request:  "--request-size BYTES, or usage.requestSize in the spec",
		traffic.Response: "--response-size BYTES, or usage.responseSize in the spec",
		traffic.Log:      "--log-size BYTES, or usage.logSize in the spec",
		traffic.Outbound: "--outbound-size BYTES, or usage.outboundSize in the spec",
		traffic.Start:    "--start-time TIME, or usage.startTime in the spec",
	}
	if several {
		ways[traffic.Requests] = "--requests SERVICE=RATE, or usage.requests of each service"
	}
	return ways
}
