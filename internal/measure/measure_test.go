package measure_test

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"ambi/internal/measure"
	"ambi/internal/measure/load"
	"ambi/internal/measure/process"
	"ambi/internal/problem"
)

// known builds the server of known figures.
func known(t *testing.T) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "known.exe")
	if out, err := exec.Command("go", "build", "-o", file, "./testdata/known").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return file
}

// port is one that nothing listens on.
func port(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "localhost:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return strconv.Itoa(listener.Addr().(*net.TCPAddr).Port)
}

// options are those of a short measurement of a command.
func options(t *testing.T, args []string, env ...string) measure.Options {
	t.Helper()
	at := port(t)
	return measure.Options{
		Command: &process.Command{Args: args, Env: append(env, "PORT="+at)},
		URL:     "http://localhost:" + at, Health: "/healthz", Startup: time.Minute, Timeout: 20 * time.Second,
		Starts: 2, Runs: 2, Time: 600 * time.Millisecond, Rate: 20, Rates: []float64{20, 40},
	}
}

func work(route, query string) load.Request {
	return load.Request{Method: "GET", Path: "/task?" + query, Route: route}
}

// Every request that was sent is in exactly one count, and the server got as many.
func TestCountsAreKept(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("programs cannot be asked to stop here, so the server does not write its count")
	}
	file := filepath.Join(t.TempDir(), "counts")
	o := options(t, []string{known(t)}, "COUNTS="+file)
	o.Requests = []load.Request{work("a", "wait=1ms"), work("b", "status=404"), work("c", "status=503")}
	result, err := measure.Run(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	sent := result.Sent()
	if sum := sent.OK + sent.Refused + sent.Failed + sent.Unanswered + sent.Unfinished; sum != sent.Sent || sum == 0 {
		t.Errorf("the counts are %d together, and %d were sent", sum, sent.Sent)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got, _ := strconv.ParseInt(string(text), 10, 64); got != sent.Sent {
		t.Errorf("the server got %d requests, and %d were sent", got, sent.Sent)
	}
	for i, want := range []struct{ ok, refused, failed bool }{{ok: true}, {refused: true}, {failed: true}} {
		c := result.Routes[i].Counts
		if (c.OK == c.Sent) != want.ok || (c.Refused == c.Sent) != want.refused || (c.Failed == c.Sent) != want.failed {
			t.Errorf("%s: %+v", result.Routes[i].Route, c)
		}
		if planned := int64(o.Rate * o.Time.Seconds() * float64(o.Runs)); c.Sent != planned {
			t.Errorf("%s: %d were sent, and %d planned", result.Routes[i].Route, c.Sent, planned)
		}
	}
	wrong := int64(0)
	for _, p := range result.Problems {
		wrong += p.Times
	}
	if wrong != sent.Refused+sent.Failed {
		t.Errorf("%d problems, and %d requests that did not go well", wrong, sent.Refused+sent.Failed)
	}
	if len(result.Missing) > 0 || !strings.Contains(strings.Join(result.Distrust, "\n"), "did not go well") {
		t.Errorf("missing %v, distrust %q", result.Missing, result.Distrust)
	}
}

// What a server is known to take is measured: CPU time, waiting, sizes, memory, its start, also
// of a child process that does the work. A loaded machine makes durations longer, never shorter.
func TestKnownFigures(t *testing.T) {
	program := known(t)
	for _, child := range []string{"", "CHILD=1"} {
		o := options(t, []string{program}, "START=80ms", "MEMORY=50000000", child)
		o.Rates = nil
		o.Requests = []load.Request{work("r", "cpu=8ms&wait=12ms&out=3000&log=100")}
		result, err := measure.Run(t.Context(), o)
		if err != nil {
			t.Fatal(err)
		}
		r := result.Routes[0]
		within := func(name string, got, low, high float64) {
			if got < low || got > high {
				t.Errorf("%s%s: %.4g, want %.4g to %.4g", child, name, got, low, high)
			}
		}
		const ms = 1e6
		within("CPU time", r.CPU.Low/ms, 7.9, 16)
		within("duration", r.Mean.Low/ms, 20, 2000)
		within("start", result.StartTime.Low/ms, 80, 30_000)
		within("response", r.Response.Mean, 3000, 3200)
		within("request", r.Request.Mean, 50, 200)
		within("log", r.Logged.Mean, 85, 110) // the end of it may still be on its way
		within("memory", result.Rest.Mean, 50e6, 200e6)
		within("peak", float64(*result.Peak), 50e6, 300e6)
		if m := result.Means; m.CPUTime == nil || float64(*m.CPUTime) != float64(int64(r.CPU.Mean+.5)) {
			t.Errorf("without a reference, usage has %v and not %v", m.CPUTime, r.CPU.Mean)
		}
	}
}

// Usage has one figure for all routes: where they are much unlike, that is said.
func TestUnlikeRoutes(t *testing.T) {
	const said = "heavy takes "
	for light, want := range map[string]bool{"cpu=1ms": true, "cpu=20ms": false} {
		o := options(t, []string{known(t)})
		o.Rates, o.Starts, o.Runs = nil, 1, 1
		o.Requests = []load.Request{work("light", light), work("heavy", "cpu=30ms")}
		result, err := measure.Run(t.Context(), o)
		if err != nil {
			t.Fatal(err)
		}
		if text := strings.Join(result.Distrust, "\n"); strings.Contains(text, said) != want {
			t.Errorf("%s beside 30ms: %s", light, text)
		}
	}
}

// The latency of a server that works on two requests at once doubles with four.
func TestConcurrency(t *testing.T) {
	o := options(t, []string{known(t)}, "SLOTS=2")
	o.Starts, o.Runs, o.Rates, o.Time = 1, 1, nil, 2*time.Second
	o.Requests = []load.Request{work("r", "wait=60ms")}
	result, err := measure.Run(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	if d := result.Doubles; d == nil || d.Mean < 2.5 || d.Mean > 5.5 {
		t.Errorf("the latency doubles at %+v, levels %+v", d, result.Levels)
	}
}

// A message that is given back has failed, though the answer is 200.
func TestMessagesGivenBack(t *testing.T) {
	o := options(t, []string{known(t)})
	o.Starts, o.Runs, o.Rates = 1, 1, nil
	event := func(route, body string) load.Request {
		return load.Request{Method: "POST", Path: "/events", Route: route, Body: []byte(body), Event: true}
	}
	o.Requests = []load.Request{event("kept", "{}"), event("given back", "fail")}
	result, err := measure.Run(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	if kept, back := result.Routes[0].Counts, result.Routes[1].Counts; kept.OK != kept.Sent || back.Failed != back.Sent {
		t.Errorf("kept %+v, given back %+v", kept, back)
	}
}

// An interrupted measurement gives what it has, says what is missing, and stops the app.
func TestInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	if runtime.GOOS == "windows" {
		t.Skip("programs cannot be asked to stop here, so the server does not write its count")
	}
	file := filepath.Join(t.TempDir(), "counts")
	o := options(t, []string{known(t)}, "COUNTS="+file)
	o.Requests = []load.Request{work("r", "wait=1ms"), work("never", "wait=1ms")}
	o.Time = time.Minute
	o.Progress = func(_ float64, text string) {
		if text == "r" {
			time.AfterFunc(300*time.Millisecond, cancel)
		}
	}
	result, err := measure.Run(ctx, o)
	if err != nil {
		t.Fatal(err)
	}
	if result.StartTime == nil || strings.Join(result.Missing, " ") != "routes rates concurrency" || result.Why != "interrupted" {
		t.Errorf("missing %v, %s, start %v", result.Missing, result.Why, result.StartTime)
	}
	if m := result.Means; m.Duration != nil || m.StartTime == nil {
		t.Errorf("half of a run is a figure: %+v", m)
	}
	if _, err := os.ReadFile(file); err != nil {
		t.Errorf("the app was not asked to stop: %v", err)
	}
	if _, err := net.Dial("tcp", strings.TrimPrefix(o.URL, "http://")); err == nil {
		t.Error("the app still runs")
	}
}

// An app that does not get ready is the answer no, with what it printed.
func TestNotReady(t *testing.T) {
	program := known(t)
	for name, c := range map[string]struct {
		options func(*measure.Options)
		want    string
		kind    problem.Kind
	}{
		"ends":    {func(o *measure.Options) { o.Command.Env = append(o.Command.Env, "PORT=x") }, "the app ended before it was ready, with exit status 1", problem.Invalid},
		"late":    {func(o *measure.Options) { o.Startup, o.Health = 300*time.Millisecond, "/never" }, "did not answer 200 within 300ms", problem.Invalid},
		"missing": {func(o *measure.Options) { o.Command.Args = []string{"./no-such-program"} }, "cannot start ./no-such-program", problem.Misuse},
		"remote":  {func(o *measure.Options) { o.Command, o.URL = nil, "http://192.0.2.1:80" }, "192.0.2.1 may be another machine", problem.Misuse},
		"name":    {func(o *measure.Options) { o.Command, o.URL = nil, "http://no-such-host.invalid:80" }, "no-such-host.invalid may be another machine", problem.Misuse},
		"path":    {func(o *measure.Options) { o.Command, o.URL = nil, "http://localhost/x" }, "must end after the port", problem.Misuse},
	} {
		o := options(t, []string{program})
		o.Requests = []load.Request{work("r", "")}
		c.options(&o)
		_, err := measure.Run(t.Context(), o)
		if err == nil || !strings.Contains(err.Error(), c.want) || problem.All(err).Kind() != c.kind {
			t.Errorf("%s: %v, of kind %v", name, err, problem.All(err).Kind())
		}
	}
}

// An app that runs is left as it is; without its process there are no figures of CPU time.
func TestRunningApp(t *testing.T) {
	var got atomic.Int64
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/healthz" {
			return
		}
		got.Add(1)
		if r.Header.Get("X-Vegeta-Seq") != "" {
			w.WriteHeader(http.StatusTeapot)
		}
		http.Redirect(w, r, "http://192.0.2.1/elsewhere", http.StatusFound)
	}))
	defer server.Close()
	o := measure.Options{
		URL: server.URL, Health: "/healthz", Startup: time.Second, Timeout: time.Second, Runs: 1, Time: time.Second, Rate: 10,
		Requests: []load.Request{{Method: "GET", Path: "/", Route: "GET /"}},
		Logged:   []measure.Logged{{}, {At: 200 * time.Millisecond}, {At: 300 * time.Millisecond}},
	}
	result, err := measure.Run(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	sent := result.Sent()
	if sent.Sent != got.Load() || sent.OK != sent.Sent {
		t.Errorf("sent %+v, and the server got %d", sent, got.Load())
	}
	if l := result.Loads; len(l) != 1 || l[0].Counts.Sent != 3 {
		t.Errorf("the log's requests: %+v", l)
	}
	if m := result.Means; m.CPUTime != nil || m.StartTime != nil || m.Duration == nil {
		t.Errorf("%+v", m)
	}
	if text := fmt.Sprint(result.Distrust); !strings.Contains(text, "without --pid") {
		t.Error(text)
	}
	if _, err := http.Get(server.URL + "/healthz"); err != nil {
		t.Error("the app was stopped:", err)
	}
}
