package main

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"ambi/compare/demand"
	"ambi/compare/demand/records"
	"ambi/compare/demand/trace"
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
	"ambi/target/lambda"
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
	report        []string
	memory        string

	bodiless, skipped int64 // of the access log
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

With --report, what the cloud has recorded is read instead, and nothing is started: REPORT
lines of Lambda, results of Logs Insights, metrics of Lambda as the AWS CLI prints them, and
Prometheus' range queries. A duration of Lambda's goes into usage.reportDuration as it
is, with the function's memory.

Without --requests, one request is sent to each route of the spec, whose parameters
--param gives. A service that events start gets its sample event (see "ambi event"),
each with an ID of its own.

CPU time is told in time of a reference core (--reference), by a calibration loop.

Nothing is written without --write, which then edits the spec. After Ctrl-C, what was
measured until then is shown, marked as a part, and nothing is written.

Exit code 1: the app does not start, or most requests fail, or the time limit has passed.`,
		Example: `  ambi measure --service api --requests requests.txt -- ./server
  ambi measure --write -- ./server
  ambi measure --service api --report report.log`,
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
	set.StringVar(&f.log, "access-log", "", "a `FILE`, an access log, whose requests are sent at their own times, instead of --rates")
	set.StringArrayVar(&f.params, "param", nil, "the value of a path's parameter, as `NAME=VALUE`; repeat it (default: 1)")
	set.IntVar(&f.starts, "starts", 5, "how `OFTEN` the command is started")
	set.IntVar(&f.runs, "runs", 3, "how `OFTEN` each figure is measured")
	set.StringVar(&f.time, "time", "3s", "the `TIME` of one run")
	set.StringVar(&f.rate, "rate", "10/s", "the `RATE` of requests to one route alone")
	set.StringSliceVar(&f.rates, "rates", []string{"10/s", "20/s", "50/s"}, "the `RATES` of requests to all routes together")
	set.StringVar(&f.limit, "limit", "10m", "the longest `TIME` that all of it may take")
	set.StringVar(&f.reference, "reference", core.References()[0].Name, "the `CORE` in whose time CPU time is told: c7g, c7i, or none for this machine's")
	set.StringArrayVar(&f.report, "report", nil, "a `FILE` of what was recorded in the cloud, instead of measuring; repeat it; of Prometheus cpu=FILE and requests=FILE")
	set.StringVar(&f.memory, "memory", "", "the function's `MEMORY` where a report does not say it, such as 512Mi")
	set.BoolVar(&f.write, "write", false, "write the figures into the usage of "+project.SpecFile)
	set.BoolVar(&f.asJSON, "json", false, "print JSON, whose schema \"ambi schema measure\" prints")
}

// quietEnough is the part of the machine that others may take for durations to be written.
const quietEnough = .25

// measureFormat names what measure --json prints.
const measureFormat = "ambi.measure/v1"

// MeasureDocument is what measure prints as JSON.
type MeasureDocument struct {
	Format  string `json:"format"`
	Service string `json:"service"`
	// Measured is what was measured on this machine; null with --report.
	Measured *measure.Result `json:"measured"`
	// Recorded is what the cloud's records say; null without --report.
	Recorded *records.Usage `json:"recorded"`
	// Edits bring the spec's usage to what was measured.
	Edits []spec.Edit `json:"edits"`
	// Written says that the spec has them now.
	Written bool `json:"written"`
}

// measure measures a service, and prints what came out.
func (f *measureFlags) measure(cmd *cobra.Command, io streams, p *project.Project, command []string) error {
	if len(f.report) > 0 {
		return f.recorded(cmd, io, p, command)
	}
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
	result.Distrust = append(result.Distrust, f.distrust(p, name)...)
	sent := result.Sent()
	refused := ""
	switch {
	case len(result.Missing) > 0:
		refused = "this is a part"
	case sent.OK*2 < sent.Sent:
		refused = "most requests did not go well"
	}
	document := MeasureDocument{Format: measureFormat, Service: name, Measured: result, Edits: usageEdits(p, name, result.Means)}
	if err := f.print(io, p, document, refused); err != nil {
		return err
	}
	if err := cmd.Context().Err(); err != nil {
		return err
	}
	switch {
	case refused != "" && f.write:
		return problem.New("nothing is written: %s", refused).Of(problem.Invalid)
	case refused != "":
		return &answerNo{}
	}
	return nil
}

// print prints what was found, and writes it into the spec where that is asked for and not
// refused.
func (f *measureFlags) print(io streams, p *project.Project, d MeasureDocument, refused string) (err error) {
	diff := ""
	var unfit error // the spec cannot take the figures
	if len(d.Edits) > 0 {
		d.Written = f.write && refused == ""
		if diff, unfit = p.Edit(d.Edits, d.Written); unfit != nil {
			d.Written = false
			if problem.All(unfit).Kind() != problem.Invalid {
				return unfit
			}
			if diff = unfit.Error() + "\n"; f.write {
				diff = ""
			}
		}
	}
	if f.asJSON {
		err = printJSON(io.out, d)
	} else {
		err = printText(io.out, measureText(d, diff))
	}
	if err == nil && f.write && refused == "" {
		return unfit
	}
	return err
}

// recorded reads the cloud's records, and prints what they say.
func (f *measureFlags) recorded(cmd *cobra.Command, io streams, p *project.Project, command []string) error {
	idle := flags.IdleOf(cmd.Flags())
	cmd.LocalNonPersistentFlags().VisitAll(func(flag *pflag.Flag) {
		if !slices.Contains([]string{"service", "report", "memory", "write", "json"}, flag.Name) {
			idle.Refuse("applies to an app that is measured, and --report reads what was recorded", flag.Name)
		}
	})
	name, err := measuredService(p, f.service)
	problems := problem.All(problem.Join(err, idle.Err()))
	if len(command) > 0 {
		problems.Add(problem.New("--report reads what was recorded, and %s is not started", command[0]).Of(problem.Misuse))
	}
	memory := 0
	if f.memory != "" {
		q, err := spec.ParseQuantity(f.memory)
		if err == nil && (q.Bytes() < lambda.MinMemoryMB<<20 || q.Bytes() > lambda.MaxMemoryMB<<20) {
			err = problem.New("must be a function's memory, %dMi to 10Gi, got %s", lambda.MinMemoryMB, f.memory)
		}
		problems.Add(problem.InFlag("memory", problem.As(problem.Misuse, err)))
		memory = int(q.Bytes() >> 20)
	}
	var all records.Report
	for _, text := range f.report {
		role, file := records.Detect, text
		for _, r := range []records.Role{records.CPU, records.Requests} {
			if rest, is := strings.CutPrefix(text, string(r)+"="); is {
				role, file = r, rest
			}
		}
		problems.Add(addRecords(&all, io, file, role))
	}
	if err := problems.Err(); err != nil {
		return err
	}
	u, err := all.Usage()
	if err != nil {
		return problem.Each(err, func(p *problem.Problem) { p.Flag = "report" })
	}
	switch {
	case memory != 0 && u.MemoryMB != 0 && memory != u.MemoryMB:
		return problem.Flag("memory", "is %d MB, and the records say %d MB", memory, u.MemoryMB)
	case memory != 0:
		u.MemoryMB = memory
	case u.MemoryMB == 0 && u.Duration != nil:
		for _, s := range p.Resolved.Lambda.Services {
			if s.Name == name {
				u.MemoryMB = s.MemoryMB
				u.Distrust = append(u.Distrust, fmt.Sprintf("the records do not say the function's memory: it is taken to be the spec's, %d MB; --memory says otherwise", s.MemoryMB))
			}
		}
	}
	return f.print(io, p, MeasureDocument{Format: measureFormat, Service: name, Recorded: &u, Edits: recordedEdits(p, name, u)}, "")
}

// addRecords reads a file, or standard input.
func addRecords(all *records.Report, io streams, name string, role records.Role) error {
	if name == "-" {
		return all.Add(io.in, "standard input", role)
	}
	file, err := inputfile.Open("report", name)
	if err != nil {
		return err
	}
	defer file.Close()
	return all.Add(file, name, role)
}

// distrust says what the spec makes doubtful.
func (f *measureFlags) distrust(p *project.Project, name string) (list []string) {
	s := p.App.Services[name]
	if f.requests == "" && f.log == "" && s.IsHTTP() && len(s.HTTP.Routes) > 1 {
		list = append(list, "each route counts alike: --requests or --access-log says how often each is asked for")
	}
	if len(s.Uses) > 0 || len(s.Needs) > 0 {
		list = append(list, "what the service calls answers otherwise in the cloud than here: durations change with it, CPU time hardly")
	}
	if f.bodiless > 0 {
		list = append(list, fmt.Sprintf("%d requests of the log had a body, which a log does not keep: they were sent without; --requests gives one for their route", f.bodiless))
	}
	if f.skipped > 0 {
		list = append(list, fmt.Sprintf("%d lines of the log could not be read", f.skipped))
	}
	return list
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
	if f.requests != "" || f.log != "" {
		idle.Refuse("fills in the spec's routes, and a file has the requests", "param")
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
	if f.log == "" || idle.Typed("rates") {
		for _, text := range f.rates {
			o.Rates = append(o.Rates, rate("rates", text))
		}
	}
	idle.Refuse("is of a function that --report is about", "memory")
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
	o.Busy = quietEnough
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
		problems.Add(o.Command.Check())
		for _, key := range slices.Sorted(maps.Keys(s.Env)) {
			o.Command.Env = append(o.Command.Env, key+"="+s.Env[key])
		}
		o.Command.Env = append(o.Command.Env, fmt.Sprintf("PORT=%d", port))
	}
	o.Requests, err = f.requestsOf(p, name, params)
	problems.Add(err)
	if f.log != "" && err == nil {
		if !s.IsHTTP() {
			problems.Add(problem.Flag("access-log", "has requests, and %s is started by events", name))
		} else {
			problems.Add(f.logged(&o, routesOf(p, name)))
		}
	}
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

// routesOf are a service's routes, in the order in which they answer.
func routesOf(p *project.Project, name string) []spec.Route {
	var routes []spec.Route
	for _, place := range p.App.Places() {
		if place.Service == name {
			routes = append(routes, place.Route)
		}
	}
	return routes
}

// logged takes the requests of an access log. Those that have a body get that of a request
// which --requests has for the same route.
func (f *measureFlags) logged(o *measure.Options, routes []spec.Route) error {
	file, err := inputfile.Open("access-log", f.log)
	if err != nil {
		return err
	}
	defer file.Close()
	all, skipped, err := trace.ReadAccesses(file, f.log, measure.MaxLogged)
	if err != nil {
		return err
	}
	f.skipped = skipped
	bodies := map[string]load.Request{}
	if f.requests != "" {
		for _, r := range o.Requests {
			bodies[r.Route] = r
		}
	}
	o.Requests = nil
	at := map[string]int{}
	for _, a := range all {
		key := a.Method + " " + a.Path
		i, known := at[key]
		if !known {
			r := load.Request{Method: a.Method, Path: a.Path, Route: measure.RouteOf(routes, a.Method, a.Path)}
			if like, is := bodies[r.Route]; is {
				r.Header, r.Body = like.Header, like.Body
			}
			i = len(o.Requests)
			at[key] = i
			o.Requests = append(o.Requests, r)
		}
		if o.Requests[i].Body == nil && slices.Contains([]string{"POST", "PUT", "PATCH"}, a.Method) {
			f.bodiless++
		}
		o.Logged = append(o.Logged, measure.Logged{At: a.At, Request: i})
	}
	return nil
}

// requestsOf are those that a service gets.
func (f *measureFlags) requestsOf(p *project.Project, name string, params map[string]string) ([]load.Request, error) {
	s := p.App.Services[name]
	routes := routesOf(p, name)
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
