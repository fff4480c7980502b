package main

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

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
		region  string
		require string
		asJSON  bool
		asPage  string
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
		RunE: func(*cobra.Command, []string) error {
			required, err := requiredTargets(require)
			if err != nil {
				return err
			}
			p, err := options.load()
			if err != nil {
				return err
			}
			usage, err := given.over(p.app)
			if err != nil {
				return err
			}
			result, err := comparison(p.app, usage, region)
			if err != nil {
				return err
			}
			if asPage != "" {
				err = writePage(io, p, result, asPage)
			} else {
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
	flags.StringArrayVar(&given.requests, "requests", nil, "the mean request rate, such as 3M/month or 100/s; SERVICE=RATE with several services")
	flags.StringVar(&given.duration, "duration", "", "the mean time of one request, waiting included, such as 40ms")
	flags.StringVar(&given.cpuTime, "cpu-time", "", "the mean CPU time of one request on a full core, such as 12ms")
	flags.StringVar(&given.shape, "shape", "", "how requests spread over time: steady, diurnal, bursty or sporadic")
	flags.StringVar(&given.request, "request-size", "", "bytes of a mean request, such as 2Ki")
	flags.StringVar(&given.response, "response-size", "", "bytes of a mean response, such as 6Ki")
	flags.StringVar(&given.log, "log-size", "", "bytes that the app logs for a request, such as 300")
	flags.StringVar(&given.outbound, "outbound-size", "", "bytes that the app itself exchanges with the internet for a request")
	flags.StringVar(&given.start, "start-time", "", "what an instance takes to start, runtime and app, such as 120ms")
	flags.StringVar(&region, "region", "us-east-1", "the AWS region whose prices count")
	flags.StringVar(&require, "require", "", "exit with code 1 when the app does not fit: lambda, kubernetes or both")
	flags.BoolVar(&asJSON, "json", false, "print JSON")
	flags.StringVar(&asPage, "html", "", "write a page to this file instead, - for standard output")
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

// comparison compares an app with the prices that come with ambi.
func comparison(app *spec.App, usage map[string]traffic.Usage, region string) (compare.Result, error) {
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
	return compare.Compare(compare.Input{App: app, Usage: usage, Sheet: sheet, Catalog: catalog, Choices: cost.Defaults()})
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

// usageFlags are the figures of usage as somebody typed them.
type usageFlags struct {
	requests                         []string
	duration, cpuTime, start         string
	request, response, log, outbound string
	shape                            string
}

// over is what the spec says about usage, with the flags put over it. All
// problems of flags come back at once.
func (f *usageFlags) over(app *spec.App) (map[string]traffic.Usage, error) {
	var every traffic.Usage // what the flags say about each service alike
	var shape spec.Shape
	problems := []error{
		parseTime("duration", f.duration, &every.Duration),
		parseTime("cpu-time", f.cpuTime, &every.CPUTime),
		parseTime("start-time", f.start, &every.Start),
		parseSize("request-size", f.request, &every.Request),
		parseSize("response-size", f.response, &every.Response),
		parseSize("log-size", f.log, &every.Log),
		parseSize("outbound-size", f.outbound, &every.Outbound),
	}
	switch shape = spec.Shape(f.shape); shape {
	case "", spec.Steady, spec.Diurnal, spec.Bursty, spec.Sporadic:
	default:
		problems = append(problems, fmt.Errorf("--shape: must be steady, diurnal, bursty or sporadic, got %q", f.shape))
	}
	requests, err := f.requestsOf(app)
	if err := errors.Join(append(problems, err)...); err != nil {
		return nil, usageError{err}
	}
	usage := compare.UsageOf(app)
	for service, u := range usage {
		put(&u.Requests, requests[service])
		put(&u.Duration, every.Duration)
		put(&u.CPUTime, every.CPUTime)
		put(&u.Start, every.Start)
		put(&u.Request, every.Request)
		put(&u.Response, every.Response)
		put(&u.Log, every.Log)
		put(&u.Outbound, every.Outbound)
		if shape != "" {
			u.Shape = shape
		}
		usage[service] = u
	}
	return usage, nil
}

// requestsOf reads --requests: RATE for an app's only service, or SERVICE=RATE.
func (f *usageFlags) requestsOf(app *spec.App) (map[string]traffic.Maybe[float64], error) {
	requests := map[string]traffic.Maybe[float64]{}
	services := app.ServiceNames()
	var problems []error
	fail := func(format string, args ...any) {
		problems = append(problems, fmt.Errorf("--requests: "+format, args...))
	}
	for _, text := range f.requests {
		service, rate, named := strings.Cut(text, "=")
		if !named {
			service, rate = services[0], text
		}
		parsed, err := spec.ParseRate(rate)
		switch {
		case err != nil:
			fail("%w", err)
		case !named && len(services) > 1:
			fail("the app has several services\nhint: give each its own, such as --requests %s=%s", services[0], rate)
		case !slices.Contains(services, service):
			fail("no service %q\nhint: the services are %s", service, strings.Join(services, ", "))
		case requests[service].IsKnown():
			fail("given twice for %s", service)
		default:
			requests[service] = traffic.Known(parsed.PerMonth())
		}
	}
	return requests, errors.Join(problems...)
}

// put replaces a figure by one that is known.
func put[T any](figure *traffic.Maybe[T], by traffic.Maybe[T]) {
	if by.IsKnown() {
		*figure = by
	}
}

// parseTime reads a flag's duration; an empty one is not given.
func parseTime(flag, text string, into *traffic.Maybe[time.Duration]) error {
	if text == "" {
		return nil
	}
	d, err := spec.ParseDuration(text)
	if err != nil {
		return fmt.Errorf("--%s: %w", flag, err)
	}
	*into = traffic.Known(d.Std())
	return nil
}

// parseSize reads a flag's number of bytes; an empty one is not given.
func parseSize(flag, text string, into *traffic.Maybe[int64]) error {
	if text == "" {
		return nil
	}
	q, err := spec.ParseQuantity(text)
	if err != nil {
		return fmt.Errorf("--%s: %w", flag, err)
	}
	*into = traffic.Known(q.Bytes())
	return nil
}
