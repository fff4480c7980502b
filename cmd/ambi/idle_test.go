package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/pflag"
)

// flagValues are values that differ from what holds where a flag is not given,
// for each flag of compare and simulate that says what is compared.
func flagValues() map[string]string {
	return map[string]string{
		"requests": "9M/month", "duration": "90ms", "report-duration": "900ms@512Mi", "cpu-time": "20ms", "shape": "bursty", "peak-to-mean": "5", "burst": "1m",
		"request-size": "900k", "batch-size": "2", "response-size": "50k", "log-size": "3k", "outbound-size": "20k", "start-time": "2s",
		"seed": "2", "failures": "0.1", "span": "30m", "variation": "0.5", "runtime": "java21", "placement": "3s", "concurrency": "1", "retry": "", "nodes": "cluster-autoscaler",
		"free-tier": "", "no-logs": "", "no-egress": "", "function-url": "", "front-door": "rest-api", "keep-alive": "20s", "lambda-nat-gateways": "2", "provisioned": "1",
		"shared": "0.2", "fargate": "", "auto-mode": "", "extended-support": "", "instance": "m7i.xlarge", "min-nodes": "3", "hourly-rate": "80", "lambda-hours": "2", "kubernetes-hours": "8", "write": "",
		"cdn": "80%", "savings-plan": "80%,1y,ec2=28%,fargate=20%,lambda=12%", "reserved-nodes": "2,1y,35%", "spot": "60%,65%", "copies": "stage=10%,dev=1%+shared+no-data+no-alarms",
		"disk": "50", "for-peak": "", "scale-in": "2h",
		"nat-gateways": "2", "private-nodes": "", "zones": "3", "requests-per-connection": "1", "connection-time": "10m", "cross-zone": "0.5",
		"region": "", "prices": "", "price": "", "discount": "", "resolution": "", "start": "", "utilization": "", // whether they have an effect is the prices' and the trace's to say
		"target": "lambda",
	}
}

// Each flag changes a figure, whatever other flags it stands beside, or is
// refused. What only echoes the flags is no figure.
func TestEveryFlagHasAnEffectOrIsRefused(t *testing.T) {
	const spec = `apiVersion: ambi/v1
name: thumbs
services:
  api:
    image: 123456789012.dkr.ecr.us-east-1.amazonaws.com/thumbs:1.4.2
    http: {routes: [POST /thumbnails]}
    timeout: 10s
    cpu: 1500m # a node each
    scale: {min: 1, max: 200, requests: 1/s}
    kubernetes: {metric: requests_per_second}
usage:
  {requests: 3M/month, duration: 40ms, cpuTime: 12ms, requestSize: 2k, responseSize: 6k, logSize: 300, outboundSize: 0, startTime: 120ms, shape: diurnal}
`
	dir := projectWith(t, spec)
	rush := filepath.Join(dir, "rush.csv")
	if err := os.WriteFile(rush, []byte("time,count\n2026-01-01T00:00:00Z,300\n2026-01-01T00:05:00Z,3000\n2026-01-01T00:10:00Z,300\n2026-01-01T00:15:00Z,9000\n2026-01-01T00:35:00Z,300\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	figures := func(args ...string) (string, bool) {
		var out, errs bytes.Buffer
		switch code := run(append([]string{"-C", dir}, args...), strings.NewReader(""), &out, &errs); code {
		case exitUsage:
			return errs.String(), false
		case exitDone:
		default:
			t.Fatalf("%v: exit code %d: %s", args, code, errs.String())
		}
		var document map[string]any
		if err := json.Unmarshal(out.Bytes(), &document); err != nil {
			t.Fatal(err)
		}
		for _, echo := range []string{"choices", "assumptions", "priceChanges"} {
			delete(document, echo)
		}
		if simulation, ok := document["simulation"].(map[string]any); ok {
			for _, echo := range []string{"settings", "assumptions", "source"} {
				delete(simulation, echo)
			}
		}
		text, err := json.Marshal(document)
		if err != nil {
			t.Fatal(err)
		}
		return string(text), true
	}
	values := flagValues()
	besides := []string{"", "--fargate", "--shared 0.5", "--no-logs --function-url", "--nat-gateways 1 --shape bursty", "--shape steady"}
	for command, besides := range map[string][]string{
		"compare":                  besides,
		"compare --trace " + rush:  besides[:2],
		"simulate --span 1h":       {"", "--shape bursty"},
		"simulate --trace " + rush: {"", "--fargate", "--target lambda", "--target kubernetes"},
	} {
		for _, beside := range besides {
			base := append(strings.Fields(command), append(strings.Fields(beside), "--json")...)
			before, ok := figures(base...)
			if !ok {
				t.Fatal(before)
			}
			root := newRootCommand(streams{})
			cmd, _, err := root.Find(base[:1])
			if err != nil {
				t.Fatal(err)
			}
			cmd.Flags().VisitAll(func(f *pflag.Flag) {
				value, known := values[f.Name]
				switch {
				case !known && !slices.Contains([]string{"trace", "require", "fail-if", "against", "full", "json", "markdown", "html", "serve", "service", "slo", "help", "directory"}, f.Name):
					t.Errorf("no value for --%s", f.Name)
				case !known || value == "" && f.Value.Type() != "bool" || slices.Contains(base, "--"+f.Name):
					return
				case command == "simulate --span 1h" && slices.Contains([]string{"retry", "nodes", "min-nodes", "for-peak"}, f.Name):
					return // whether it has an effect is the traffic's to say; under the trace it has
				}
				base, before := base, before
				if f.Name == "retry" && slices.Contains(base, rush) { // it matters where something is throttled
					base = append(slices.Clone(base), "--concurrency=1")
					before, _ = figures(base...)
				}
				flag := "--" + f.Name
				if value != "" {
					flag += "=" + value
				}
				after, ok := figures(append(slices.Clone(base), flag)...)
				if !ok && !strings.Contains(after, "--"+f.Name) {
					t.Errorf("%v %s: refused for another flag: %s", base, flag, after)
				}
				if ok && after == before {
					t.Errorf("%v %s changes nothing, and is not refused", base, flag)
				}
			})
		}
	}
}
