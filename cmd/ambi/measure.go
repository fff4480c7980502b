package main

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"ambi/compare/demand"
	"ambi/internal/flags"
	"ambi/internal/inputfile"
	"ambi/internal/measure"
	"ambi/internal/measure/core"
	"ambi/internal/measure/load"
	"ambi/internal/measure/process"
	"ambi/internal/problem"
	"ambi/internal/project"
	"ambi/internal/terminal"
	"ambi/spec"
)

// measureFlags say what to measure, and how.
type measureFlags struct {
	service, url  string
	pid, port     int
	remote        bool
	requests, log string
	params        []string
	starts, runs  int
	time, limit   string
	rate          string
	rates         []string
	reference     string
	write, asJSON bool
}

func newMeasureCommand(io streams, options *project.Folder) *cobra.Command {
	var f measureFlags
	cmd := &cobra.Command{
		Use:   "measure [flags] -- COMMAND...",
		Short: "Measure the app on this machine, and bring the spec's usage to it",
		Long: `Start the app, wait until it is healthy, send it requests, and report what the spec's
usage needs: the start time, the duration and the CPU time of a request by route,
the sizes of requests, responses and logs, the memory, and how many requests at once
take twice as long as one. Each figure is measured several times, and its range is
shown, with reasons to distrust it.

The command gets the service's env, and its port as PORT. It runs in a process group
of its own, and that group, and only that, is stopped at the end. With --url, an app
that runs already is measured; --pid says which process it is. Requests do not leave
this machine unless --remote allows it.

Without --requests, one request is sent to each route of the spec, whose parameters
--param gives. A service that events start gets its sample event (see "ambi event"),
each with an ID of its own.

CPU time is told in time of a reference core (--reference), by a calibration loop.

Nothing is written without --write, which then edits the spec. After Ctrl-C, what was
measured until then is shown, marked as a part, and nothing is written.

Exit code 1: the app does not start, or most requests fail, or the time limit has passed.`,
		Example: `  ambi measure --service api --requests requests.txt -- ./server
  ambi measure --write -- ./server`,
		Args: cobra.ArbitraryArgs,

		RunE: func(cmd *cobra.Command, args []string) error {
			p, err := options.Load()
			if err != nil {
				return err
			}
			return f.measure(cmd, io, p, args)
		},
	}
	f.register(cmd)
	return cmd
}

func (f *measureFlags) register(cmd *cobra.Command) {
	set := cmd.Flags()
	set.SortFlags = false
	set.StringVar(&f.service, "service", "", "the `NAME` of the service, of an app with several")
	set.StringVar(&f.url, "url", "", "the `ADDRESS` of an app that runs, such as http://localhost:8080")
	set.IntVar(&f.pid, "pid", 0, "the process `ID` of the app that runs, for its CPU time and memory")
	set.BoolVar(&f.remote, "remote", false, "let requests leave this machine")
	set.IntVar(&f.port, "port", 0, "the `PORT` that the command listens on (default: the service's)")
	set.StringVar(&f.requests, "requests", "", "a `FILE` of requests: a method and a path, then headers, then @BODYFILE")
	set.StringArrayVar(&f.params, "param", nil, "the value of a path's parameter, as `NAME=VALUE`; repeat it (default: 1)")
	set.IntVar(&f.starts, "starts", 5, "how `OFTEN` the command is started")
	set.IntVar(&f.runs, "runs", 3, "how `OFTEN` each figure is measured")
	set.StringVar(&f.time, "time", "3s", "the `TIME` of one run")
	set.StringVar(&f.rate, "rate", "10/s", "the `RATE` of requests to one route alone")
	set.StringSliceVar(&f.rates, "rates", []string{"10/s", "20/s", "50/s"}, "the `RATES` of requests to all routes together")
	set.StringVar(&f.limit, "limit", "10m", "the longest `TIME` that all of it may take")
	set.StringVar(&f.reference, "reference", core.References()[0].Name, "the `CORE` in whose time CPU time is told: c7g, c7i, or none for this machine's")
	set.BoolVar(&f.write, "write", false, "write the figures into the usage of "+project.SpecFile)
	set.BoolVar(&f.asJSON, "json", false, "print JSON, whose schema \"ambi schema measure\" prints")
}

// measureFormat names what measure --json prints.
const measureFormat = "ambi.measure/v1"

// MeasureDocument is what measure prints as JSON.
type MeasureDocument struct {
	Format  string `json:"format"`
	Service string `json:"service"`
	measure.Result
	// Edits bring the spec's usage to what was measured.
	Edits []spec.Edit `json:"edits"`
	// Written says that the spec has them now.
	Written bool `json:"written"`
}

// measure measures a service, and prints what came out.
func (f *measureFlags) measure(cmd *cobra.Command, io streams, p *project.Project, command []string) error {
	name, o, limit, err := f.read(cmd, p, command)
	if err != nil {
		return err
	}
	progress := terminal.NewProgress(io.err, "measuring")
	o.Progress = progress.At
	ctx, cancel := context.WithTimeout(cmd.Context(), limit)
	defer cancel()
	result, err := measure.Run(ctx, o)
	progress.Done()
	if err != nil {
		return err
	}
	document := MeasureDocument{Format: measureFormat, Service: name, Result: *result, Edits: usageEdits(p, name, result.Means)}
	whole := len(result.Missing) == 0
	sent := result.Sent()
	failing := sent.OK*2 < sent.Sent
	diff := ""
	if len(document.Edits) > 0 {
		document.Written = f.write && whole && !failing
		if diff, err = p.Edit(document.Edits, document.Written); err != nil {
			return err
		}
	}
	if f.asJSON {
		err = printJSON(io.out, document)
	} else {
		err = printText(io.out, measureText(document, diff))
	}
	switch {
	case err != nil:
		return err
	case cmd.Context().Err() != nil:
		return cmd.Context().Err()
	case !whole || failing:
		if f.write {
			return problem.New("nothing is written: %s", map[bool]string{true: "most requests did not go well", false: "this is a part"}[whole]).Of(problem.Invalid)
		}
		return &answerNo{}
	}
	return nil
}

// read works out what the flags ask for. All of their problems come back at once.
func (f *measureFlags) read(cmd *cobra.Command, p *project.Project, command []string) (string, measure.Options, time.Duration, error) {
	var o measure.Options
	var problems problem.List
	idle := flags.IdleOf(cmd.Flags())
	name, err := measuredService(p, f.service)
	problems.Add(err)
	switch {
	case len(command) == 0 && f.url == "":
		problems.Add(problem.New("nothing to measure").Hint("give the command that starts the app: ambi measure -- ./server").
			Hint("or where it runs: ambi measure --url http://localhost:8080").Of(problem.Misuse))
	case len(command) > 0:
		idle.Refuse("names an app that runs, and the command starts one", "url", "pid")
	default:
		idle.Refuse("applies to a command that is started", "port", "starts")
	}
	if f.url == "" {
		idle.Refuse("applies to --url: a command runs on this machine", "remote")
	}
	if f.requests != "" {
		idle.Refuse("fills in the spec's routes, and --requests has the requests", "param")
	}
	between := func(flag string, n, most int) {
		if n < 1 || n > most {
			problems.Add(problem.Flag(flag, "must be 1 to %d, got %d", most, n))
		}
	}
	between("starts", f.starts, measure.MaxStarts)
	between("runs", f.runs, measure.MaxRuns)
	length := func(flag, text string, least, most time.Duration) time.Duration {
		d, err := spec.ParseDuration(text)
		if err == nil && (d.Std() < least || d.Std() > most) {
			err = problem.New("must be %s to %s, got %s", spec.Duration(least), spec.Duration(most), text)
		}
		problems.Add(problem.InFlag(flag, problem.As(problem.Misuse, err)))
		return d.Std()
	}
	o.Time = length("time", f.time, 500*time.Millisecond, 10*time.Minute)
	limit := length("limit", f.limit, time.Second, measure.MaxTime)
	rate := func(flag, text string) float64 {
		r, err := spec.ParseRate(text)
		second := r.PerMonth() / demand.SecondsPerMonth
		if err == nil && (second <= 0 || second > measure.MaxRate) {
			err = problem.New("must be more than 0, at most %d/s, got %s", measure.MaxRate, text)
		}
		problems.Add(problem.InFlag(flag, problem.As(problem.Misuse, err)))
		return second
	}
	o.Rate = rate("rate", f.rate)
	for _, text := range f.rates {
		o.Rates = append(o.Rates, rate("rates", text))
	}
	if f.reference != "none" {
		reference, err := core.Find(f.reference)
		problems.Add(problem.InFlag("reference", problem.As(problem.Misuse, err)))
		o.Reference = &reference
	}
	params, err := pairs("param", f.params)
	problems.Add(err, idle.Err())
	if name == "" {
		return "", o, 0, problems.Err()
	}
	s := p.App.Services[name]
	o.Runs, o.Starts, o.URL, o.PID, o.Remote = f.runs, f.starts, f.url, f.pid, f.remote
	o.Health, o.Startup, o.Timeout = s.Health.Path, s.Health.Startup.Std(), s.Timeout.Std()
	if len(command) > 0 {
		port := s.Port
		if f.port != 0 {
			port = f.port
			between("port", port, 65535)
		}
		o.URL = fmt.Sprintf("http://localhost:%d", port)
		o.Command = &process.Command{Args: command}
		for _, key := range slices.Sorted(maps.Keys(s.Env)) {
			o.Command.Env = append(o.Command.Env, key+"="+s.Env[key])
		}
		o.Command.Env = append(o.Command.Env, fmt.Sprintf("PORT=%d", port))
	}
	o.Requests, err = f.requestsOf(p, name, params)
	problems.Add(err)
	if err := problems.Err(); err != nil {
		return "", o, 0, err
	}
	if planned := o.Planned(); planned > limit {
		return "", o, 0, problem.Flag("limit", "the runs take %s, and the limit is %s", spec.Duration(planned.Round(time.Second)), f.limit).
			Hint("--runs, --time and --rates make it shorter")
	}
	return name, o, limit, nil
}

// measuredService is the service of a name, or the only one.
func measuredService(p *project.Project, name string) (string, error) {
	names := p.App.ServiceNames()
	switch {
	case name == "" && len(names) == 1:
		return names[0], nil
	case name == "":
		return "", problem.Flag("service", "must be given").Hint("the services are %s", strings.Join(names, ", "))
	case p.App.Services[name] == nil:
		return "", problem.Flag("service", "there is no service %q", name).Hint("the services are %s", strings.Join(names, ", "))
	}
	return name, nil
}

// requestsOf are those that a service gets.
func (f *measureFlags) requestsOf(p *project.Project, name string, params map[string]string) ([]load.Request, error) {
	s := p.App.Services[name]
	var routes []spec.Route
	for _, place := range p.App.Places() {
		if place.Service == name {
			routes = append(routes, place.Route)
		}
	}
	if f.requests != "" {
		file, err := inputfile.Open("requests", f.requests)
		if err != nil {
			return nil, err
		}
		defer file.Close()
		return measure.ReadRequests(file, f.requests, routes)
	}
	if s.IsHTTP() {
		return measure.OfRoutes(routes, params), nil
	}
	body, err := event(p, name, "", "", false)
	if err != nil {
		return nil, err
	}
	r := load.Request{Method: "POST", Header: map[string][]string{"Content-Type": {"application/json"}}, Body: []byte(body), Event: true}
	if events, ok := p.App.Events(name); ok {
		r.Path, r.Fresh = events.Path, sampleMessage
	} else {
		r.Path = s.Schedule.Path
	}
	r.Route = "POST " + r.Path
	return []load.Request{r}, nil
}

// pairs reads NAME=VALUE.
func pairs(flag string, list []string) (map[string]string, error) {
	all := map[string]string{}
	var problems problem.List
	for _, text := range list {
		name, value, ok := strings.Cut(text, "=")
		if !ok || name == "" || value == "" || strings.ContainsAny(value, " /?#") {
			problems.Add(problem.Flag(flag, "must be NAME=VALUE, a value for one part of a path, got %q", text))
			continue
		}
		all[name] = value
	}
	return all, problems.Err()
}
