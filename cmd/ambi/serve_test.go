package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"ambi/compare/render/page"
	"ambi/internal/comparepage"
	"ambi/internal/flags"
	"ambi/internal/project"
	"ambi/internal/terminal"
)

// asked is the form of a project in a folder.
func asked(t *testing.T, dir string) *comparepage.Form {
	t.Helper()
	p, err := project.Folder{Dir: dir}.Load()
	if err != nil {
		t.Fatal(err)
	}
	return &comparepage.Form{
		Project: p, Before: []string{"-C", dir},
		Asked: flags.Comparison{Choices: *flags.NewChoices(), Prices: flags.Prices{Region: "us-east-1"}},
	}
}

const shopSpec = `apiVersion: ambi/v1
name: shop
services:
  api: {image: "123456789012.dkr.ecr.us-east-1.amazonaws.com/shop:1", http: {routes: [GET /]}}
  web:
    image: 123456789012.dkr.ecr.us-east-1.amazonaws.com/web:1
    http: {routes: [GET /web]}
    usage: {requests: 1M/month, duration: 90ms}
usage: {requests: 3M/month, duration: 40ms, cpuTime: 12ms, requestSize: 2k, responseSize: 6k, logSize: 300, outboundSize: 0, startTime: 120ms, shape: diurnal, peakToMean: 3}
`

// What a form gives is what the command line that it shows gives, to the byte.
func TestAnswersAreTheCommandLines(t *testing.T) {
	for name, test := range map[string]struct{ spec, flags string }{
		"nothing":      {pageSpec, ``},
		"usage":        {pageSpec, `requests=500M/month duration=60ms cpu-time=20ms request-size=1k response-size=100k log-size=0 outbound-size=10 start-time=2s nat-gateways=1`},
		"shape":        {pageSpec, `shape=bursty peak-to-mean=20 burst=1m`},
		"another peak": {pageSpec, `shape=steady`},
		"lambda":       {pageSpec, `function-url=true keep-alive=1h provisioned=5 lambda-nat-gateways=1`},
		"front door":   {pageSpec, `front-door=rest-api`},
		"fargate":      {pageSpec, `fargate=true shared=0.1 nat-gateways=2 zones=3`},
		"nodes":        {pageSpec, `auto-mode=true extended-support=true instance=m7i.xlarge min-nodes=3 disk=50 for-peak=true private-nodes=true`},
		"connections":  {pageSpec, `requests-per-connection=100 connection-time=1m cross-zone=0.5 scale-in=30m`},
		"both":         {pageSpec, `free-tier=true no-logs=true no-egress=true`},
		"as usual":     {pageSpec, `requests=3M/month duration=40ms shape=diurnal keep-alive=6m min-nodes=2 shared=0 provisioned=0`},
		"services":     {shopSpec, `requests.api=5M/month requests.web=70M/month duration=100ms`},
		"one service":  {shopSpec, `requests.web=2.5M/month`},
	} {
		t.Run(name, func(t *testing.T) {
			dir := projectWith(t, test.spec)
			values := map[string]string{}
			for _, pair := range strings.Fields(test.flags) {
				name, value, _ := strings.Cut(pair, "=")
				values[name] = value
			}
			answer := asked(t, dir).Answer(maps.Clone(values))
			if answer.Content == nil {
				t.Fatalf("%+v", answer.Errors)
			}
			words := strings.Fields(answer.Command)
			if strings.Join(words[:4], " ") != "ambi compare -C "+dir {
				t.Fatalf("command %s", answer.Command)
			}
			if name == "nothing" || name == "as usual" {
				if len(words) > 4 {
					t.Errorf("what is usual anyway is in the command: %s", answer.Command)
				}
			} else if got := strings.Count(answer.Command, "--"); got != len(values) {
				t.Errorf("%d flags of %d fields: %s", got, len(values), answer.Command)
			}
			html := runIn(t, dir, exitDone, "", append(append([]string{"compare"}, words[4:]...), "--html", "-")...)
			for _, section := range answer.Content.Sections {
				if !bytes.Contains(html, []byte(section.HTML)) {
					t.Errorf("%s: section %s is another one", answer.Command, section.ID)
				}
			}
			figures, err := json.Marshal(answer.Content.Figures)
			if err != nil || !bytes.Contains(html, figures) {
				t.Errorf("%s: the figures are others, %v", answer.Command, err)
			}
		})
	}
}

// Fields without an effect beside the others are no flags: the command would
// refuse them.
func TestIdleFieldsAreNoFlags(t *testing.T) {
	dir := projectWith(t, pageSpec)
	answer := asked(t, dir).Answer(map[string]string{
		"shape": "steady", "burst": "1m", "for-peak": "true", "fargate": "true", "instance": "m7i.large", "min-nodes": "4", "no-logs": "true", "no-egress": "true", "log-size": "9k", "outbound-size": "9k", "zones": "3",
	})
	// What the app sends goes through the NAT gateway that comes with Fargate.
	if want := "ambi compare -C " + dir + " --shape steady --outbound-size 9k --no-logs --no-egress --fargate --zones 3"; answer.Command != want {
		t.Errorf("the page shows %s, want %s; %+v", answer.Command, want, answer.Errors)
	}
	html := runIn(t, dir, exitDone, "", "compare", "--shape", "steady", "--outbound-size", "9k", "--no-logs", "--no-egress", "--fargate", "--zones", "3", "--html", "-")
	for _, section := range answer.Content.Sections {
		if !bytes.Contains(html, []byte(section.HTML)) {
			t.Errorf("section %s is another one than the command's", section.ID)
		}
	}
}

// Each problem stands at its field, whoever finds it.
func TestWrongFieldsOfAForm(t *testing.T) {
	one, several := asked(t, projectWith(t, pageSpec)), asked(t, projectWith(t, shopSpec))
	for name, test := range map[string]struct {
		form   *comparepage.Form
		values map[string]string
		want   map[string]string
	}{
		"texts": {one, map[string]string{"duration": "fast", "requests": "many", "log-size": "-1", "shape": "wavy", "peak-to-mean": "x", "zones": "?", "shared": "half", "provisioned": "some", "keep-alive": "long"}, map[string]string{
			"duration": "must be a duration", "requests": "must be a rate", "log-size": "must be a quantity", "shape": "must be steady", "peak-to-mean": "must be a ratio",
			"zones": "must be a whole number", "shared": "must be a number", "provisioned": "must be a whole number", "keep-alive": "must be a duration",
		}},
		"bounds": {one, map[string]string{"zones": "9", "shared": "2", "min-nodes": "5000", "disk": "99999", "cross-zone": "1.5", "requests-per-connection": "0", "keep-alive": "0s"}, map[string]string{
			"zones": "must be 1 to 6, got 9", "shared": "must be 0 to 1", "min-nodes": "must be 0 to 1000", "disk": "must be 0 to 16384", "cross-zone": "must be 0 to 1",
			"requests-per-connection": "must be 1 to 1000000000, got 0", "keep-alive": "must be more than 0s",
		}},
		"agreement":    {one, map[string]string{"cpu-time": "2s"}, map[string]string{"cpu-time": "must be at most duration"}},
		"peak":         {one, map[string]string{"shape": "diurnal", "peak-to-mean": "50"}, map[string]string{"peak-to-mean": "must be 1 to 12"}},
		"choices":      {one, map[string]string{"fargate": "true", "auto-mode": "true"}, map[string]string{"auto-mode": "manages EC2 nodes"}},
		"instance":     {one, map[string]string{"instance": "m99.huge"}, map[string]string{"instance": `instance type "m99.huge" is not known`}},
		"architecture": {one, map[string]string{"instance": "m7g.large"}, map[string]string{"instance": "instance type m7g.large is arm64"}},
		"a service":    {several, map[string]string{"requests.web": "many", "requests.api": "1M/month"}, map[string]string{"requests.web": "must be a rate"}},
		"no field":     {one, map[string]string{"directory": "/etc"}, map[string]string{"": `no field "directory"`}},
		"no service":   {several, map[string]string{"requests.x": "1/s"}, map[string]string{"": `no field "requests.x"`}},
	} {
		t.Run(name, func(t *testing.T) {
			answer := test.form.Answer(test.values)
			got := map[string]string{}
			for _, e := range answer.Errors {
				got[e.Name] = e.Message
				if !strings.Contains(e.Message, test.want[e.Name]) || test.want[e.Name] == "" || strings.Contains(e.Message, "\n") {
					t.Errorf("at %q: %s", e.Name, e.Message)
				}
			}
			if answer.Content != nil || len(got) != len(test.want) {
				t.Errorf("errors %v, want %v", got, test.want)
			}
		})
	}
}

// A form starts with what counts, and its command line is the one that was
// typed.
func TestFormStartsWithWhatCounts(t *testing.T) {
	w := asked(t, projectWith(t, pageSpec))
	w.Asked.Usage.Requests = []string{"20M/month"}
	w.Asked.Usage.Set("shape", "bursty")
	w.Asked.Choices.Set("fargate", "true")
	w.Asked.Choices.Set("keep-alive", "10m")
	form := w.Shown()
	if want := w.Before[1] + " --requests 20M/month --shape bursty --keep-alive 10m --fargate"; form.Command != "ambi compare -C "+want {
		t.Errorf("command %s", form.Command)
	}
	values := map[string]string{}
	for _, g := range form.Groups {
		for _, f := range g.Fields {
			values[f.Name] = f.Value
			if len(f.Stops) > 0 && f.Value == f.Stops[f.At] {
				values[f.Name] += " at a stop"
			}
		}
	}
	for name, want := range map[string]string{
		"requests": "20M/month at a stop", "duration": "40ms at a stop", "cpu-time": "12ms", "shape": "bursty", "peak-to-mean": "", "request-size": "2k at a stop",
		"outbound-size": "0 at a stop", "fargate": "true", "auto-mode": "", "keep-alive": "10m at a stop", "provisioned": "0 at a stop", "min-nodes": "2 at a stop", "instance": "",
	} {
		if values[name] != want {
			t.Errorf("%s starts with %q, want %q", name, values[name], want)
		}
	}
	// Services that differ have no value in common.
	for _, g := range asked(t, projectWith(t, shopSpec)).Shown().Groups {
		for _, f := range g.Fields {
			if f.Name == "duration" && f.Value != "" || f.Name == "requests.web" && f.Value != "1M/month" || f.Name == "requests.api" && f.Value != "2M/month" {
				t.Errorf("%s starts with %q", f.Name, f.Value)
			}
		}
	}
}

// The command itself: it says where it is, answers, and stops when interrupted.
func TestServe(t *testing.T) {
	dir := projectWith(t, pageSpec)
	reader, writer := io.Pipe()
	ctx, interrupt := context.WithCancel(t.Context())
	done := make(chan error)
	go func() {
		root := newRootCommand(streams{strings.NewReader(""), terminal.NewWriter(writer), terminal.NewWriter(io.Discard)})
		root.SetArgs([]string{"compare", "-C", dir, "--serve"})
		err := root.ExecuteContext(ctx)
		writer.Close()
		done <- err
	}()
	line, err := bufio.NewReader(reader).ReadString('\n')
	if err != nil || !regexp.MustCompile(`^http://127\.0\.0\.1:\d+/\n$`).MatchString(line) {
		t.Fatalf("said %q, %v", line, err)
	}
	go io.Copy(io.Discard, reader)
	address := strings.TrimSpace(line)
	client := &http.Client{Timeout: 20 * time.Second}
	get := func(response *http.Response, err error) string {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		defer response.Body.Close()
		text, err := io.ReadAll(response.Body)
		if err != nil {
			t.Fatal(err)
		}
		return fmt.Sprint(response.StatusCode, " ", string(text))
	}
	html := get(client.Get(address))
	for _, want := range []string{"200 <!doctype html>", `id="whatif"`, `name="requests" value="3M/month"`, "connect-src &#39;self&#39;"} {
		if !strings.Contains(html, want) {
			t.Errorf("the page lacks %s", want)
		}
	}
	answer := get(client.Post(address+"compare", "application/json", strings.NewReader(`{"requests":"500M/month","shape":"steady"}`)))
	var a page.Answer
	if err := json.Unmarshal([]byte(strings.TrimPrefix(answer, "200 ")), &a); err != nil || a.Content == nil {
		t.Fatalf("%v: %.200s", err, answer)
	}
	if !strings.HasPrefix(a.Content.Title, "Kubernetes is cheaper") || a.Command != "ambi compare --directory "+dir+" --requests 500M/month --shape steady" {
		t.Errorf("%s: %s", a.Command, a.Content.Title)
	}
	interrupt()
	if err := <-done; err != nil {
		t.Errorf("ended with %v", err)
	}
	if _, err := client.Get(address); err == nil {
		t.Error("still answers")
	}
}

func TestServeIsRefused(t *testing.T) {
	dir := projectWith(t, pageSpec)
	for _, test := range []struct{ flags, want string }{
		{"--serve=0.0.0.0:8080", "--serve: must be on 127.0.0.1"},
		{"--serve=example.com:80", "hint: the page is for this machine alone"},
		{"--serve=99999", "--serve: must be a port from 0 to 65535"},
		{"--serve --json", "--json and --serve: give one of them"},
		{"--serve --html x", "--html and --serve: give one of them"},
		{"--serve --require both", "--serve and --require: give one of them"},
		{"--serve --zones 9", "--zones: must be 1 to 6"},
	} {
		runIn(t, dir, exitUsage, test.want, append([]string{"compare"}, strings.Fields(test.flags)...)...)
	}
	// A port that is taken is the machine's fault.
	taken, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	runIn(t, dir, exitMachine, "address already in use", "compare", "--serve="+taken.Addr().String())
}
