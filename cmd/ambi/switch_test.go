package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"ambi/internal/switching"
)

const switchedSpec = `apiVersion: ambi/v1
name: shop
image: 123456789012.dkr.ecr.us-east-1.amazonaws.com/shop:1
switch: {}
services:
  api:
    http: {routes: ["GET /items/{id}", "POST /items"], domain: shop.example.com}
    kubernetes: {ingress: {class: alb, scheme: internet-facing}}
    usage: {requests: 3M/month, duration: 40ms, cpuTime: 12ms, startTime: 120ms, shape: diurnal}
`

// switched is what switch says of a project, and whether its answer is yes.
func switched(t *testing.T, dir string, args ...string) (switching.Plan, int) {
	t.Helper()
	var out, errs bytes.Buffer
	code := run(append([]string{"-C", dir, "switch", "--json"}, args...), strings.NewReader(""), &out, &errs)
	var p switching.Plan
	if err := json.Unmarshal(out.Bytes(), &p); err != nil {
		t.Fatalf("%v: exit code %d: %v: %s", args, code, err, errs.String())
	}
	return p, code
}

// What a step expects is what "ambi simulate" prints for its part of the usage.
func TestSwitchExpectsWhatIsSimulated(t *testing.T) {
	dir := projectWith(t, switchedSpec)
	writeFile(t, filepath.Join(dir, "go.mod"), []byte("module example.com/shop\n"))
	p, _ := switched(t, dir, "--to", "lambda")
	seen := 0
	for _, s := range p.Steps {
		for _, w := range s.Watch {
			if w.Figure != switching.P99 {
				continue
			}
			seen++
			command, ok := strings.CutPrefix(w.By, "ambi simulate ")
			if !ok {
				t.Fatalf("%s: no command prints what is expected: %q", s.Title, w.By)
			}
			var document SimulationDocument
			text := runIn(t, dir, exitDone, "", append(append([]string{"simulate"}, strings.Fields(command)...), "--json")...)
			if err := json.Unmarshal(text, &document); err != nil {
				t.Fatal(err)
			}
			run := document.Simulation.Of(w.Target)
			if run == nil || document.Simulation.Of(w.Target.Other()) != nil {
				t.Fatalf("%s: %s is not about %s", s.Title, w.By, w.Target)
			}
			if got, want := fmt.Sprintf("%.3g", *w.Expected), fmt.Sprintf("%.3g", float64(run.Latency.P99)/1e6); got != want {
				t.Errorf("%s: expects a p99 of %s ms, and %s prints %s", s.Title, got, w.By, want)
			}
		}
	}
	if seen != 7 { // both targets at 1, 10 and 50 %, and the new one at 100
		t.Errorf("%d steps expect a latency", seen)
	}
}

// With --remote, Pulumi is asked for what each stack exports, in the program's folder and by the
// stack's name, and the targets where they answer.
func TestSwitchRemote(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("the stand-in for Pulumi is a shell script")
	}
	dir := projectWith(t, switchedSpec)
	writeFile(t, filepath.Join(dir, "go.mod"), []byte("module example.com/shop\n"))
	for _, folder := range []string{"stacks/traffic", "bin"} {
		if err := os.MkdirAll(filepath.Join(dir, folder), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	script := `#!/bin/sh
echo "$(basename "$PWD") $*" >> "` + dir + `/asked"
case "$*" in
*prod-lambda*) echo '{"dns:lambda.shop.example.com": "d-1.execute-api.us-east-1.amazonaws.com"}' ;;
*kubernetes*) echo '{"api.address": "http://shop-api.default.svc"}' ;;
*traffic-main*) echo '{"lambda": 50, "kubernetes": 50}' ;;
*traffic-begun*) echo '{}' ;;
*) echo "error: no stack named 'main' found" >&2; exit 255 ;;
esac
`
	if err := os.WriteFile(filepath.Join(dir, "bin", "pulumi"), []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", filepath.Join(dir, "bin")+string(filepath.ListSeparator)+os.Getenv("PATH"))
	app := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Host == "kubernetes.shop.example.com" && r.URL.Path == "/items/7" {
			w.WriteHeader(http.StatusNotFound)
		}
	}))
	defer app.Close()
	p, code := switched(t, dir, "--to", "kubernetes", "--accept", "services.api", "--stack", "lambda=acme/prod-lambda", "--remote",
		"--url", "lambda="+app.URL, "--url", "kubernetes="+app.URL, "--routes", "--param", "id=7", "--check")
	if code != exitNo {
		t.Errorf("exit code %d", code)
	}
	// What a stack exports says how far it is, and not its settings: it may have been begun, and never
	// deployed.
	for name, text := range map[string]string{
		"Pulumi.yaml": "name: shop-traffic\nruntime: go\n", "Pulumi.traffic-begun.yaml": "config:\n  shop-traffic:lambda: \"50\"\n  shop-traffic:kubernetes: \"50\"\n",
	} {
		writeFile(t, filepath.Join(dir, "stacks/traffic", name), []byte(text))
	}
	for stack, done := range map[string]int{"traffic-main": 5, "traffic-begun": 1} {
		moving, _ := switched(t, dir, "--to", "kubernetes", "--remote", "--stack", "lambda=prod-lambda", "--stack", "traffic="+stack, "--url", "lambda="+app.URL, "--url", "kubernetes="+app.URL)
		for i, s := range moving.Steps {
			if s.Done != (i < done) {
				t.Errorf("with the stack %s, %q is done: %t", stack, s.Title, s.Done)
			}
		}
	}
	var blocks []string
	for _, c := range p.Blocks() {
		blocks = append(blocks, c.Subject+": "+c.Text)
	}
	want := []string{
		"stack main of stacks/traffic: it cannot be read: pulumi stack output: exit status 255: error: no stack named 'main' found",
		"kubernetes.shop.example.com: GET /items/7 answered 404, and lambda answers 200",
	}
	if !slices.Equal(blocks, want) {
		t.Errorf("blocked by\n%s", strings.Join(blocks, "\n"))
	}
	if !p.Steps[0].Done || p.Steps[1].Done {
		t.Errorf("both targets are deployed, and the traffic's stack is not: %t, %t", p.Steps[0].Done, p.Steps[1].Done)
	}
	asked, err := os.ReadFile(filepath.Join(dir, "asked"))
	if err != nil {
		t.Fatal(err)
	}
	base := filepath.Base(dir)
	const command = " stack output --json --non-interactive --stack "
	if got, want := string(asked), base+command+"acme/prod-lambda\n"+base+command+"kubernetes\ntraffic"+command+"main\n"; !strings.HasPrefix(got, want) {
		t.Errorf("Pulumi was asked\n%s, want\n%s", got, want)
	}
}
