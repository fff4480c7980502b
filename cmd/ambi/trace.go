package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"regexp"
	"regexp/syntax"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"ambi/compare/demand"
	"ambi/compare/demand/trace"
	"ambi/compare/render/report"
	"ambi/internal/flags"
	"ambi/internal/outfile"
	"ambi/internal/problem"
	"ambi/internal/project"
	"ambi/internal/tracefile"
	"ambi/spec"
)

func newTraceCommand(io streams, options *project.Folder) *cobra.Command {
	var (
		given  traceFlags
		out    string
		usage  string
		asJSON bool
	)
	cmd := &cobra.Command{
		Use:   "trace [FILE|-]",
		Short: "Read or make a trace of requests, and show its figures",
		Long: `Read the moments at which requests arrived, and show the rate over time, the
peak against the mean, how bursty it is, and the gaps. "-" is standard input;
gzip is unpacked. The format is detected, or given by --format:

` + formatList() + `
If the columns do not show which one counts requests, ambi does not guess: name
them with --time-column and --count-column. The first rows are shown as they were
read. What a log says of its requests is shown, too: how long they took, and
their sizes; --usage SERVICE writes the means into the spec's usage, and shows
the difference.

Lines that cannot be read are skipped and counted, up to a tenth of them; with
--strict they are errors. Requests of an interval, or of a whole second, are
spread over it at random, by --seed.

With --shape there is no file: a trace is generated from --requests, for --span. The
same --seed gives the same trace on any machine. Bursty and sporadic traffic is a Poisson
process that changes between two rates at random (--peak-to-mean, --burst, or
--dispersion). "ambi simulate" generates the same requests from the same flags.

--out writes the trace to a file, a timestamp a line, gzipped when its name ends
in .gz; "-" is standard output. A first line keeps when the trace begins and ends.
This also converts any input into a trace that "ambi simulate --trace" and "ambi
compare --trace" accept directly.

Exit code 1: the trace cannot be read.`,
		Example: `  ambi trace requests.csv
  ambi trace access.log --format access-log --out requests.gz
  ambi trace --shape bursty --requests 100/s --span 1h --out bursty.gz`,
		Args: flags.AtMostOne("one file"),

		ValidArgsFunction: oneFile,
		RunE: func(cmd *cobra.Command, args []string) error {
			idle := flags.IdleOf(cmd.Flags())
			if out == "-" {
				idle.Refuse("--out - prints the trace, and nothing else", "json", "usage")
			}
			if out != "" && out != "-" {
				if err := outfile.Check("out", out); err != nil {
					return err
				}
			}
			if len(args) == 0 {
				idle.Refuse("applies to a trace that is read, and this one is generated", "usage")
			}
			if usage == "" {
				idle.Refuse("names the project that --usage writes to", "directory")
			}
			var p *project.Project
			if usage != "" && len(args) > 0 {
				var err error
				if p, err = projectWithService(options, usage); err != nil {
					return err
				}
			}
			source, err := given.open(cmd.Context(), io, args, idle)
			if err != nil {
				return flags.InFlags(cmd.Flags(), err)
			}
			defer source.Close()
			figures, err := measureTrace(cmd.Context(), io, source, out)
			if err != nil || out == "-" {
				return err
			}
			description := describe(source, figures)
			if p != nil {
				if description.UsageDiff, err = p.WriteUsage(usage, description.Usage); err != nil {
					return err
				}
			}
			return printTrace(io.out, description, asJSON)
		},
	}
	given.register(cmd)
	cmd.Flags().StringVar(&out, "out", "", "write the trace to this `FILE`, a timestamp a line; - is standard output, and then nothing else is printed")
	cmd.Flags().StringVar(&usage, "usage", "", "write the mean duration and sizes that a log says into the usage of this `SERVICE` in "+project.SpecFile)
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON, whose schema \"ambi schema trace\" prints")
	return cmd
}

// projectWithService loads the project, which must have a service.
func projectWithService(options *project.Folder, service string) (*project.Project, error) {
	p, err := options.Load()
	if err != nil {
		return nil, err
	}
	if _, is := p.App.Services[service]; !is {
		return nil, problem.Flag("usage", "there is no service %q", service).Hint("the services are %s", strings.Join(p.App.ServiceNames(), ", "))
	}
	return p, nil
}

// formatList describes the formats that can be read.
func formatList() string {
	var b strings.Builder
	for _, f := range trace.Formats() {
		b.WriteString(fold(fmt.Sprintf("  %-17s ", f.Format), f.What))
	}
	return b.String()
}

// fold breaks a text into lines of 80 columns, the first of which has a label.
func fold(label, text string) string {
	var b strings.Builder
	line := label
	for i, word := range strings.Fields(text) {
		if i > 0 && len(line)+1+len(word) > 80 {
			b.WriteString(line + "\n")
			line = strings.Repeat(" ", len(label)) + word
			continue
		}
		if i > 0 {
			line += " "
		}
		line += word
	}
	return b.String() + line + "\n"
}

// traceFlags are the flags that describe a trace.
type traceFlags struct {
	format, spread, match, interval string
	timeColumn, countColumn         string
	series                          []string
	strict, sort                    bool
	seed                            uint64

	// Of a trace that is made; span cuts one that is read, too.
	made           flags.Usage
	requests, span string
	dispersion     float64
}

// register defines the flags, those of reading first.
func (f *traceFlags) register(cmd *cobra.Command) {
	set := cmd.Flags()
	set.SortFlags = false
	set.StringVar(&f.format, "format", "", "the input's `FORMAT`; detected when not given")
	set.StringVar(&f.timeColumn, "time-column", "", "the `COLUMN` of a table that is the time, or the key of JSON lines, by name or number from 1")
	set.StringVar(&f.countColumn, "count-column", "", "the `COLUMN` that counts requests, likewise; none counts each row as one request")
	set.StringArrayVar(&f.series, "series", nil, "of several metrics or functions, the one with this `NAME`; given several times, their sum")
	set.StringVar(&f.interval, "interval", "", "the `TIME` that one count stands for, such as 1m, where the input does not say")
	set.StringVar(&f.match, "match", "", "read only lines that match this regular `EXPRESSION` (RE2)")
	set.StringVar(&f.spread, "spread", "", "the `RULE` that spreads the requests of an interval over it: poisson (the default) or even")
	set.BoolVar(&f.strict, "strict", false, "lines that cannot be read are errors")
	set.BoolVar(&f.sort, "sort", false, "sort the lines by their time first, in memory, up to 20 million")
	set.StringVar(&f.requests, "requests", "", flags.RequestsHelp)
	for _, text := range f.made.Figures() {
		if slices.Contains(flags.ShapeFlags(), text.Flag) {
			set.StringVar(text.Value, text.Flag, "", text.Help)
		}
	}
	set.Float64Var(&f.dispersion, "dispersion", 0, "instead of --peak-to-mean: the `INDEX` of dispersion in windows of a second")
	set.StringVar(&f.span, "span", "", flags.SpanHelp)
	set.Uint64Var(&f.seed, "seed", 1, flags.SeedHelp)
}

// open opens the trace that flags and arguments name. Flags that have no effect
// are an error.
func (f *traceFlags) open(ctx context.Context, io streams, args []string, idle *flags.Idle) (*tracefile.Trace, error) {
	switch {
	case len(args) > 0:
		idle.RefuseHinting("applies to a generated trace, and this one is read", "without a file, --shape makes one", append([]string{"requests", "dispersion"}, flags.ShapeFlags()...)...)
		return f.read(ctx, io, args[0], idle)
	case !idle.Typed("shape"):
		return nil, problem.New("no trace to read").Hint("name a file, or - for standard input, or make one: ambi trace --shape bursty --requests 100/s").Of(problem.Misuse)
	}
	idle.Refuse("applies to a trace that is read, and this one is generated", "format", "time-column", "count-column", "series", "interval", "match", "spread", "strict", "sort")
	return f.make(idle)
}

// read opens a trace's file, and ends it after --span.
func (f *traceFlags) read(ctx context.Context, io streams, name string, idle *flags.Idle) (*tracefile.Trace, error) {
	options, err := f.options()
	span, errSpan := flags.ParseSpan(f.span)
	if options.Spread == trace.Even {
		idle.Refuse("is not used: --spread even spreads nothing at random", "seed")
	}
	if err := errors.Join(err, errSpan, idle.Err()); err != nil {
		return nil, problem.As(problem.Misuse, err)
	}
	source, err := tracefile.Open(ctx, io.in, "", name, options)
	if err != nil {
		return nil, err
	}
	source.Cut(span)
	return source, nil
}

// options are those of reading. All problems come back at once.
func (f *traceFlags) options() (trace.Options, error) {
	options := trace.Options{Strict: f.strict, Sort: f.sort, Series: f.series, Seed: f.seed, TimeColumn: f.timeColumn, CountColumn: f.countColumn}
	var problems problem.List
	fail := func(flag string, err error) { problems.Add(problem.InFlag(flag, problem.As(problem.Misuse, err))) }
	var err error
	if f.format != "" {
		options.Format, err = trace.ParseFormat(f.format)
		fail("format", err)
	}
	if f.spread != "" {
		options.Spread, err = trace.ParseSpread(f.spread)
		fail("spread", err)
	}
	if f.match != "" {
		options.Match, err = regexp.Compile(f.match)
		var wrong *syntax.Error
		if errors.As(err, &wrong) {
			err = problem.New("must be a regular expression (RE2): %s: `%s`", wrong.Code, wrong.Expr)
		}
		fail("match", err)
	}
	if f.interval != "" {
		var d spec.Duration
		d, err = spec.ParseDuration(f.interval)
		fail("interval", err)
		options.Interval = d.Std()
	}
	return options, problems.Err()
}

// make starts a synthetic trace. All problems of flags come back at once.
func (f *traceFlags) make(idle *flags.Idle) (*tracefile.Trace, error) {
	usage, errShape := f.made.Shaped()
	problems := problem.All(errShape)
	if f.requests == "" {
		problems.Add(problem.Flag("requests", "must be given, such as 100/s"))
	} else if rate, err := spec.ParseRate(f.requests); err != nil {
		problems.Add(problem.InFlag("requests", err))
	} else {
		usage.Requests = demand.Known(rate.PerMonth())
	}
	span, err := flags.ParseSpan(f.span)
	problems.Add(err)
	if errShape == nil {
		idle.Usage(map[string]demand.Usage{"": usage})
	}
	if idle.Typed("dispersion") {
		idle.Refuse("--dispersion is given instead", "peak-to-mean")
	}
	problems.Add(idle.Err())
	if err := problems.Err(); err != nil {
		return nil, problem.As(problem.Misuse, err)
	}
	if idle.Typed("dispersion") {
		peak, err := trace.PeakFor(usage, f.dispersion)
		if err != nil {
			return nil, problem.As(problem.Misuse, err)
		}
		usage.PeakToMean = demand.Known(peak)
	}
	resolved, err := usage.Resolve()
	if err != nil {
		return nil, problem.As(problem.Misuse, err)
	}
	return tracefile.Make(resolved, span, f.seed)
}

// traceFormat names what trace --json prints.
const traceFormat = "ambi.trace/v1"

// TraceDocument is what trace prints as JSON.
type TraceDocument struct {
	Format string `json:"format"`
	report.Trace
}

// measureTrace goes through a trace, and writes it where out names a file.
func measureTrace(ctx context.Context, io streams, source *tracefile.Trace, out string) (figures trace.Figures, err error) {
	var w *tracefile.Writer
	if out != "" {
		if w, err = source.Create(out, io.out.Document()); err != nil {
			return figures, err
		}
	}
	if figures, err = source.Measure(ctx, w); err == nil {
		warn(io, source.Warnings())
	}
	return figures, err
}

// warn prints what is no error.
func warn(io streams, list problem.List) {
	for _, p := range list {
		fmt.Fprintln(io.err, p)
	}
}

// describe is what a trace is.
func describe(source *tracefile.Trace, figures trace.Figures) report.Trace {
	t := report.Trace{Name: filepath.ToSlash(source.Name), Made: source.Made, Figures: figures}
	if r := source.Reader; r != nil {
		t.Format, t.Columns, t.Began, t.Skipped = r.Format(), r.Columns(), r.Began(), r.Skipped()
		t.Samples, t.Usage = r.Samples(), r.Usage()
		t.Period, t.Assumed = r.Period()
	}
	return t
}

func printTrace(out io.Writer, t report.Trace, asJSON bool) error {
	if asJSON {
		if t.Skipped.First == nil {
			t.Skipped.First = []trace.Problem{}
		}
		return printJSON(out, TraceDocument{traceFormat, t})
	}
	if _, err := io.WriteString(out, report.TraceText(t)); err != nil {
		return problem.As(problem.Machine, err)
	}
	return nil
}
