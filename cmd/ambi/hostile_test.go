package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"ambi/internal/project"
	"ambi/internal/terminal"
)

// forged would start a line of its own if the text around it were printed as it is:
// a workflow of GitHub's takes such a line for a command.
const forged = "x\n::error::forged"

// noForgedLine runs ambi and requires that no line of what it prints is forged. It
// returns what was printed.
func noForgedLine(t *testing.T, args ...string) string {
	t.Helper()
	var out bytes.Buffer
	code := run(args, strings.NewReader(forged+"\n"), &out, &out)
	if code == exitFault {
		t.Errorf("%q: a fault of ambi's own:\n%s", args, &out)
	}
	for line := range strings.Lines(out.String()) {
		if strings.HasPrefix(strings.TrimSpace(line), "::error::") {
			t.Errorf("%q forges a line:\n%s", args, &out)
			break
		}
	}
	return out.String()
}

// TestNoFlagForgesALine gives each flag of each command, and each argument, a value
// with a line break in it.
func TestNoFlagForgesALine(t *testing.T) {
	dir := projectWith(t, pageSpec)
	t.Chdir(dir)
	silent := terminal.NewWriter(&strings.Builder{})
	root := newRootCommand(streams{in: strings.NewReader(""), out: silent, err: silent})
	root.InitDefaultHelpCmd()
	tried := 0
	each(root, func(cmd *cobra.Command) {
		words := strings.Fields(cmd.CommandPath())[1:]
		noForgedLine(t, append(words, forged)...)
		noForgedLine(t, append(words, "--"+forged)...)
		cmd.Flags().VisitAll(func(f *pflag.Flag) {
			if f.Name == "serve" || f.Name == "stack" { // a server, and the engine
				return
			}
			for _, value := range []string{forged, "api=" + forged, forged + "=1"} {
				if strings.Contains(noForgedLine(t, append(words[:len(words):len(words)], "--"+f.Name+"="+value)...), "::error") {
					tried++
				}
			}
		})
	})
	if tried < 50 {
		t.Errorf("only %d values were printed", tried)
	}
}

// TestNoFileForgesALine reads files whose names and texts have line breaks where
// nobody expects any.
func TestNoFileForgesALine(t *testing.T) {
	quoted, err := json.Marshal(forged)
	if err != nil {
		t.Fatal(err)
	}
	rate := func(key, unit, price, source string) string {
		return fmt.Sprintf(`{"key": %s, "unit": %s, "tiers": [{"from": 0, "price": %s}], "source": %s, "status": "override"}`, key, unit, price, source)
	}
	book := func(region, rate string) string {
		return fmt.Sprintf(`{"currency": "USD", "compiled": "2026-01-01", "regions": {%s: [%s]}}`, region, rate)
	}
	const region, key, unit, price = `"us-east-1"`, `"nat.hours"`, `"hour"`, `"0.05"`
	hostile := string(quoted)
	type file struct {
		text string
		args []string // before the file's name
	}
	files := []file{
		{`{"currency": ` + hostile + `}`, []string{"compare", "--prices"}},
		{`{` + hostile + `: 1}`, []string{"compare", "--prices"}},
		{book(hostile, rate(key, unit, price, `"us"`)), []string{"prices", "--region", "nowhere", "--prices"}},
		{book(region, rate(hostile, unit, price, `"us"`)), []string{"compare", "--prices"}},
		{book(region, rate(key, hostile, price, `"us"`)), []string{"compare", "--prices"}},
		{book(region, rate(key, unit, hostile, `"us"`)), []string{"compare", "--prices"}},
		{book(region, rate(key, unit, price, hostile)), []string{"prices", "--prices"}},
		{strings.Replace(book(region, rate(key, unit, price, `"us"`)), `"2026-01-01"`, hostile, 1), []string{"prices", "--prices"}},
		{strings.Replace(book(region, rate(key, unit, price, `"us"`)), `"override"`, `"override", "effective": `+hostile, 1), []string{"prices", "--prices"}},
		{book(region, rate(key, unit, price, hostile)), []string{"compare", "--full", "--prices"}},
		{`{"format": ` + hostile + `}`, []string{"compare", "--against"}},
		{`{` + hostile + `: 1}`, []string{"compare", "--against"}},
		{"\"ti" + forged + "me\",\"" + forged + "\"\n1,2\n", []string{"trace"}},
		{"\"time\",\"" + forged + "\"\n2026-01-01T00:00:00Z,\"" + forged + "\"\n", []string{"trace", "--strict"}},
		{"\"time\",\"" + forged + "\"\n2026-01-01T00:00:00Z,\"" + forged + "\"\n", []string{"compare", "--trace"}},
		{`{"MetricDataResults": [{"Label": ` + hostile + `, "Timestamps": ["2026-01-01T00:00:00Z"], "Values": [1, 2]}]}`, []string{"trace"}},
		{`{"MetricDataResults": [{"Label": ` + hostile + `, "Timestamps": [` + hostile + `], "Values": [1]}]}`, []string{"trace"}},
		{`{"MetricDataResults": [{"Label": ` + hostile + `, "Timestamps": [], "Values": []}, {"Label": "b", "Timestamps": [], "Values": []}]}`, []string{"trace"}},
		{`{"Label": ` + hostile + `, "Datapoints": [{"Timestamp": "2026-01-01T00:00:00Z", "Average": 1}]}`, []string{"trace"}},
		{forged + "\n", []string{"trace"}},
		{forged + "\n", []string{"trace", "--format", "azure-functions"}},
		{forged + "\n", []string{"trace", "--format", "cloudwatch-csv"}},
		{"name: " + hostile + "\n" + hostile + ": 1\n", []string{"validate"}},
		{"apiVersion: " + hostile + "\nservices: {" + hostile + ": {port: " + hostile + "}}\n", []string{"validate"}},
		{"a: *" + forged + "\n", []string{"compare"}},
		{strings.Replace(pageSpec, "services:", "targets: [lambda]\nservices:", 1), []string{"validate"}},
		{strings.Replace(pageSpec, "timeout: 10s", "timeout: 20m", 1), []string{"plan"}},
		{strings.Replace(pageSpec, "timeout: 10s", "timeout: 20m", 1), []string{"validate"}},
	}
	for i, f := range files {
		t.Run(fmt.Sprintf("%d %s", i, strings.Join(f.args, " ")), func(t *testing.T) {
			dir := projectWith(t, pageSpec)
			t.Chdir(dir)
			for _, name := range []string{"plain", "n" + forged} {
				writeFile(t, name, []byte(f.text))
				noForgedLine(t, append(f.args[:len(f.args):len(f.args)], name)...)
			}
		})
	}
}

// TestNoProjectForgesALine works in a folder with a hostile name, with a hostile
// go.mod and hostile files in stacks/.
func TestNoProjectForgesALine(t *testing.T) {
	for _, module := range []string{"module \"example.com/" + `x\n::error::forged` + "\"\n", "module `" + forged + "`\n", forged + "\n", "module example.com/thumbs\n"} {
		dir := filepath.Join(t.TempDir(), "n"+forged)
		writeFile(t, filepath.Join(dir, project.SpecFile), []byte(pageSpec))
		writeFile(t, filepath.Join(dir, "go.mod"), []byte(module))
		noForgedLine(t, "-C", dir, "validate")
		noForgedLine(t, "-C", dir, "compare", "--full")
		noForgedLine(t, "-C", dir, "compare", "--markdown")
		noForgedLine(t, "-C", dir, "generate")
		writeFile(t, filepath.Join(dir, "Pulumi.yaml"), []byte("name: x\nconfig: {"+forged+"\n"))
		noForgedLine(t, "-C", dir, "generate", "--check")
		noForgedLine(t, "-C", dir, "init")
		if main := filepath.Join(dir, "stacks", "main.go"); os.Remove(main) == nil {
			if err := os.Symlink(forged, main); err != nil {
				t.Fatal(err)
			}
		}
		noForgedLine(t, "-C", dir, "generate")
		noForgedLine(t, "-C", dir, "diff")
		noForgedLine(t, "-C", filepath.Join(dir, "nowhere"), "plan")
	}
}
