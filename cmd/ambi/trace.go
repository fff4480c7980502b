package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"regexp/syntax"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"ambi/compare/demand"
	"ambi/compare/demand/trace"
	"ambi/compare/render/report"
	"ambi/compare/simulate/replay"
	"ambi/internal/problem"
	"ambi/spec"
)

func newTraceCommand(io streams, options *projectOptions) *cobra.Command {
	var (
		flags  traceFlags
		out    string
		usage  string
		asJSON bool
	)
	cmd := &cobra.Command{
		Use:   "trace [FILE|-]",
		Short: "Read or make a trace of requests, and show its figures",
		Long: `Read the moments at which requests arrived, and show the rate over time, the
peak against the mean, how bursty it is, and the gaps. "-" is standard input;
gzip is unpacked. The format is found out, or given by --format:

` + formatList() + `
Where the columns do not say which one counts requests, nothing is guessed:
--time-column and --count-column say it. The first rows are shown as they were
read. What a log says of its requests is shown, too: how long they took, and
their sizes; --usage SERVICE writes the means into the spec's usage, and shows
the difference.

Lines that cannot be read are skipped and counted, up to a tenth of them; with
--strict they are errors. Requests of an interval, or of a whole second, are
spread over it at random, by --seed.

With --shape there is no file: a trace is made of --requests, for --span, the same
one for the same --seed on any machine. Bursty and sporadic traffic is a Poisson
process that changes between two rates at random (--peak-to-mean, --burst, or
--dispersion). "ambi simulate" makes the same requests of the same flags.

--out writes the trace to a file, a timestamp a line, gzipped when its name ends
in .gz; "-" is standard output. A first line keeps when the trace begins and ends.
That also turns any input into one that "ambi simulate --trace" and "ambi compare
--trace" take as it is.

Exit code 1: the trace cannot be read.`,
		Example: `  ambi trace requests.csv
  ambi trace access.log --format access-log --out requests.gz
  ambi trace --shape bursty --requests 100/s --span 1h --out bursty.gz`,
		Args: atMostOne("a file"),

		ValidArgsFunction: oneFile,
		RunE: func(cmd *cobra.Command, args []string) error {
			idle := idleOf(cmd.Flags())
			if out == "-" {
				idle.refuse("--out - prints the trace, and nothing else", "json", "usage")
			}
			if out != "" && out != "-" {
				if err := checkOutput("out", out); err != nil {
					return err
				}
			}
			if len(args) == 0 {
				idle.refuse("is of a trace that is read, and one is made", "usage")
			}
			if usage == "" {
				idle.refuse("is about the project that --usage writes to", "directory")
			}
			var p *project
			if usage != "" && len(args) > 0 {
				var err error
				if p, err = checkUsage(options, usage); err != nil {
					return err
				}
			}
			source, err := flags.open(cmd.Context(), io, args, idle)
			if err != nil {
				return inFlags(cmd.Flags(), err)
			}
			defer source.close()
			figures, err := source.measure(cmd.Context(), io, out)
			if err != nil {
				return err
			}
			if out == "-" {
				return nil
			}
			description := source.describe()
			description.Figures = figures
			if p != nil {
				if description.UsageDiff, err = writeUsage(p, usage, description.Usage); err != nil {
					return err
				}
			}
			return printTrace(io.out, description, asJSON)
		},
	}
	flags.register(cmd)
	cmd.Flags().StringVar(&out, "out", "", "write the trace to this `FILE`, a timestamp a line; - is standard output, and then nothing else is printed")
	cmd.Flags().StringVar(&usage, "usage", "", "write the mean duration and sizes that a log says into the usage of this `SERVICE` in "+specFile)
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON, whose schema \"ambi schema trace\" prints")
	return cmd
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

// traceFlags are how somebody gives a trace.
type traceFlags struct {
	format, spread, match, interval string
	timeColumn, countColumn         string
	series                          []string
	strict, sort                    bool
	seed                            uint64

	// Of a trace that is made; span cuts one that is read, too.
	made           usageFlags
	requests, span string
	dispersion     float64
}

// register defines the flags, those of reading first.
func (f *traceFlags) register(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.StringVar(&f.format, "format", "", "the input's `FORMAT`; found out when not given")
	flags.StringVar(&f.timeColumn, "time-column", "", "the `COLUMN` of a table that is the time, or the key of JSON lines, by name or number from 1")
	flags.StringVar(&f.countColumn, "count-column", "", "the `COLUMN` that counts requests, likewise; none takes each row for a request")
	flags.StringArrayVar(&f.series, "series", nil, "of several metrics or functions, the one with this `NAME`; given several times, their sum")
	flags.StringVar(&f.interval, "interval", "", "the `TIME` that one count stands for, such as 1m, where the input does not say")
	flags.StringVar(&f.match, "match", "", "read only lines that match this regular `EXPRESSION` (RE2)")
	flags.StringVar(&f.spread, "spread", "", "the `RULE` that spreads the requests of an interval over it: poisson (the default) or even")
	flags.BoolVar(&f.strict, "strict", false, "lines that cannot be read are errors")
	flags.BoolVar(&f.sort, "sort", false, "sort the lines by their time first, in memory, up to 20 million")
	flags.StringVar(&f.requests, "requests", "", requestsUsage)
	for _, text := range f.made.texts() {
		if slices.Contains(shapeFlags(), text.flag) {
			flags.StringVar(text.value, text.flag, "", text.usage)
		}
	}
	flags.Float64Var(&f.dispersion, "dispersion", 0, "instead of --peak-to-mean: the `INDEX` of dispersion in windows of a second")
	flags.StringVar(&f.span, "span", "", spanUsage)
	flags.Uint64Var(&f.seed, "seed", 1, seedUsage)
}

// shapeFlags say how requests spread over time.
func shapeFlags() []string { return []string{"shape", "peak-to-mean", "burst"} }

// traceSource is a trace on its way: one that is read, or one that is made.
type traceSource struct {
	trace.Source
	name   string
	reader *trace.Reader // nil for one that is made
	made   string        // how
	err    func() error
	span   func() time.Duration
	close  func()

	whole time.Duration // of the trace, where that is known
	input *counted      // of a file of a known size
	size  int64
}

// part is how far a trace has been used, from 0 to 1; -1 when nobody can tell.
func (s *traceSource) part(at time.Duration) float64 {
	switch {
	case s.whole > 0:
		return float64(at) / float64(s.whole)
	case s.size > 0:
		return float64(s.input.n.Load()) / float64(s.size)
	}
	return -1
}

// Err and Span complete replay.Source.
func (s *traceSource) Err() error          { return s.err() }
func (s *traceSource) Span() time.Duration { return s.span() }

// description says in a few words what the trace is.
func (s *traceSource) description() string {
	if s.made != "" {
		return s.made
	}
	return "requests from " + filepath.Base(s.name)
}

// open opens the trace that flags and arguments name. Flags that have no effect
// are an error.
func (f *traceFlags) open(ctx context.Context, io streams, args []string, idle *idle) (*traceSource, error) {
	switch {
	case len(args) > 0:
		idle.refuseHinting("is of a trace that is made, and one is read", "without a file, --shape makes one", append([]string{"requests", "dispersion"}, shapeFlags()...)...)
		return f.read(ctx, io, args[0], idle)
	case f.made.shape == "":
		return nil, usageError{problem.New("no trace to read").Hint("name a file, or - for standard input, or make one: ambi trace --shape bursty --requests 100/s")}
	}
	idle.refuse("is of a trace that is read, and one is made", "format", "time-column", "count-column", "series", "interval", "match", "spread", "strict", "sort")
	return f.make(idle)
}

// read opens a trace's file, and ends it after --span.
func (f *traceFlags) read(ctx context.Context, io streams, name string, idle *idle) (*traceSource, error) {
	options, err := f.options()
	span, errSpan := parseSpan(f.span)
	if options.Spread == trace.Even {
		idle.refuse("spreads nothing at random: --spread is even", "seed")
	}
	if err := errors.Join(err, errSpan, idle.err()); err != nil {
		return nil, usageError{err}
	}
	source, err := openTrace(ctx, io, "", name, options)
	if err != nil {
		return nil, err
	}
	source.cut(span)
	return source, nil
}

// cut ends a trace after some time; 0 is never.
func (s *traceSource) cut(span time.Duration) {
	if span == 0 {
		return
	}
	length := s.span
	s.span = func() time.Duration { return min(length(), span) }
	part := &until{Source: s.Source, end: int64(span), span: s.span}
	if skipper, ok := s.Source.(replay.Skipper); ok {
		s.Source = &untilSkipper{part, skipper}
		return
	}
	s.Source = part
}

// until is a trace up to a time.
type until struct {
	trace.Source
	end  int64
	span func() time.Duration
}

// Next is false from the end on.
func (u *until) Next() (at int64, ok bool) {
	at, ok = u.Source.Next()
	return at, ok && at < u.end
}

// Span is how long the part is.
func (u *until) Span() time.Duration { return u.span() }

// untilSkipper is one that can skip.
type untilSkipper struct {
	*until
	skipper replay.Skipper
}

// Skip goes on to a time, or to the end.
func (u *untilSkipper) Skip(to int64) float64 { return u.skipper.Skip(min(to, u.end)) }

// Err is the whole trace's.
func (u *untilSkipper) Err() error { return u.skipper.Err() }

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

// openTrace opens a trace's file, that a flag names unless what is empty; "-" is
// standard input.
func openTrace(ctx context.Context, streams streams, what, name string, options trace.Options) (*traceSource, error) {
	options.Name = name
	input, closeInput := &counted{Reader: streams.in}, func() {}
	size := int64(0)
	if name == "-" {
		options.Name = "standard input"
	} else {
		file, err := openInput(what, name)
		if err != nil {
			return nil, err
		}
		if info, err := file.Stat(); err == nil && info.Mode().IsRegular() {
			size = info.Size()
		}
		input.Reader, closeInput = file, func() { file.Close() }
	}
	input.Reader = interruptible(ctx, input.Reader)
	reader, err := trace.Open(input, options)
	if err != nil {
		closeInput()
		return nil, traceError(err)
	}
	return &traceSource{
		Source: reader, name: options.Name, reader: reader, close: closeInput, span: reader.Span, input: input, size: size,
		err: func() error { return traceError(reader.Err()) },
	}, nil
}

// traceError says of what is not the trace's fault that the machine failed.
func traceError(err error) error {
	if errors.Is(err, context.Canceled) {
		return err
	}
	return problem.As(problem.Machine, err)
}

// make starts a synthetic trace. All problems of flags come back at once.
func (f *traceFlags) make(idle *idle) (*traceSource, error) {
	usage, errShape := f.made.shaped()
	problems := problem.All(errShape)
	if f.requests == "" {
		problems.Add(problem.Flag("requests", "must be given, such as 100/s"))
	} else if rate, err := spec.ParseRate(f.requests); err != nil {
		problems.Add(problem.InFlag("requests", err))
	} else {
		usage.Requests = demand.Known(rate.PerMonth())
	}
	span, err := parseSpan(f.span)
	problems.Add(err)
	if errShape == nil {
		idle.usage(map[string]demand.Usage{"": usage})
	}
	if idle.typed("dispersion") {
		idle.refuse("--dispersion is given instead", "peak-to-mean")
	}
	problems.Add(idle.err())
	if err := problems.Err(); err != nil {
		return nil, usageError{err}
	}
	if idle.typed("dispersion") {
		peak, err := trace.PeakFor(usage, f.dispersion)
		if err != nil {
			return nil, usageError{err}
		}
		usage.PeakToMean = demand.Known(peak)
	}
	resolved, err := usage.Resolve()
	if err != nil {
		return nil, usageError{err}
	}
	return makeTrace(resolved, span, f.seed)
}

// makeTrace makes a trace of some traffic, as long as is usual for it where
// span is 0.
func makeTrace(t demand.Traffic, span time.Duration, seed uint64) (*traceSource, error) {
	span = cmp.Or(span, usualSpan(t.Shape))
	made, err := trace.Synthesize(t, span, seed)
	if err != nil {
		return nil, usageError{err}
	}
	return &traceSource{
		Source: made, name: string(t.Shape) + " traffic", made: trace.Describe(t, span, seed),
		close: func() {}, span: made.Span, err: made.Err, whole: span,
	}, nil
}

// measure goes through the trace, and writes it when out names a file.
func (s *traceSource) measure(ctx context.Context, io streams, out string) (trace.Figures, error) {
	write, finish, err := traceWriter(io, out, s)
	if err != nil {
		return trace.Figures{}, err
	}
	meter := trace.NewMeter()
	for n := 0; ; n++ {
		at, ok := s.Next()
		if !ok {
			break
		}
		if n%(1<<16) == 0 && ctx.Err() != nil {
			return trace.Figures{}, errors.Join(ctx.Err(), finish(false))
		}
		meter.Observe(at)
		if out == "" {
			meter.PassBusy(s.Source)
		}
		if err := write(at); err != nil {
			return trace.Figures{}, errors.Join(machineError{err}, finish(false))
		}
	}
	if err := s.err(); err != nil {
		return trace.Figures{}, errors.Join(err, finish(false))
	}
	if s.reader != nil {
		warnSkipped(io, s)
	}
	return meter.Figures(s.span()), finish(true)
}

// warnSkipped says which lines were left out, and what else is missing.
func warnSkipped(io streams, s *traceSource) {
	for _, warning := range s.reader.Warnings() {
		fmt.Fprintln(io.err, problem.File(s.name, 0, "%s", warning))
	}
	text := s.reader.Skipped().String()
	for line := range strings.Lines(text) {
		fmt.Fprintln(io.err, problem.File(s.name, 0, "%s", strings.TrimSuffix(line, "\n")))
	}
}

// describe is what a trace is, without its figures.
func (s *traceSource) describe() report.Trace {
	t := report.Trace{Name: filepath.ToSlash(s.name), Made: s.made}
	if s.reader != nil {
		t.Format, t.Columns, t.Began, t.Skipped = s.reader.Format(), s.reader.Columns(), s.reader.Began(), s.reader.Skipped()
		t.Samples, t.Usage = s.reader.Samples(), s.reader.Usage()
		t.Period, t.Assumed = s.reader.Period()
	}
	return t
}

// began is when a trace begins that is written: 2024, for one without a date.
func (s *traceSource) began() time.Time {
	if s.reader != nil && !s.reader.Began().IsZero() {
		return s.reader.Began()
	}
	return time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)
}

// traceFormat names what trace --json prints.
const traceFormat = "ambi.trace/v1"

// TraceDocument is what trace prints as JSON.
type TraceDocument struct {
	Format string `json:"format"`
	report.Trace
}

func printTrace(out io.Writer, t report.Trace, asJSON bool) error {
	if asJSON {
		if t.Skipped.First == nil {
			t.Skipped.First = []trace.Problem{}
		}
		return printJSON(out, TraceDocument{traceFormat, t})
	}
	if _, err := io.WriteString(out, report.TraceText(t)); err != nil {
		return machineError{err}
	}
	return nil
}

// interruptible is a reader that ends when a context does, even while it waits
// for a terminal.
func interruptible(ctx context.Context, r io.Reader) io.Reader {
	return &interruptibleReader{ctx: ctx, reader: r, results: make(chan readResult, 1)}
}

type interruptibleReader struct {
	ctx     context.Context
	reader  io.Reader
	buffer  []byte
	results chan readResult
}

type readResult struct {
	n   int
	err error
}

func (r *interruptibleReader) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	if _, plain := r.reader.(*os.File); !plain {
		return r.reader.Read(p)
	}
	if len(r.buffer) < len(p) {
		r.buffer = make([]byte, len(p))
	}
	// The buffer is the reader's own: a read that is given up may still end.
	go func(buffer []byte) {
		n, err := r.reader.Read(buffer)
		r.results <- readResult{n, err}
	}(r.buffer[:len(p)])
	select {
	case <-r.ctx.Done():
		return 0, r.ctx.Err()
	case result := <-r.results:
		return copy(p, r.buffer[:result.n]), result.err
	}
}
