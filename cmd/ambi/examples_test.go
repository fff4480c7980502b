package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"ambi/internal/engine"
	"ambi/internal/pricelist"
	"ambi/internal/project"
	"ambi/internal/terminal"
)

// TestExamples runs the examples in the help of every command, each in a project
// of its own.
func TestExamples(t *testing.T) {
	started, minimal := t.TempDir(), t.TempDir()
	runIn(t, started, exitDone, "", "init", "--name", "thumbs")
	runIn(t, minimal, exitDone, "", "init", "--name", "thumbs", "--minimal")
	for name, text := range exampleFilesBeside() {
		writeFile(t, filepath.Join(started, name), []byte(text))
	}
	silent := terminal.NewWriter(&strings.Builder{})
	root := newRootCommand(streams{in: strings.NewReader(""), out: silent, err: silent})
	root.InitDefaultHelpCmd()
	each(root, func(cmd *cobra.Command) {
		examples := strings.Split(cmd.Example, "\n")
		if len(examples) < 2 || len(examples) > 3 {
			t.Errorf("%s has %d examples", cmd.CommandPath(), len(examples))
		}
		for _, example := range examples {
			t.Run(strings.TrimSpace(example), func(t *testing.T) {
				if !strings.HasPrefix(example, "  "+cmd.Root().Name()+" ") {
					t.Fatalf("is no example of ambi: %q", example)
				}
				dir := t.TempDir()
				switch cmd.Name() {
				case "init":
				case "preview", "render": // in one folder, where the program compiles once
					if _, err := engine.Find("../.."); err != nil {
						t.Skip(err)
					}
					if dir = started; cmd.Name() == "render" { // which is told where data is
						dir = minimal
					}
				default:
					if err := os.CopyFS(dir, os.DirFS(started)); err != nil {
						t.Fatal(err)
					}
				}
				switch cmd.Name() {
				case "import": // there is no spec yet
					if err := os.Remove(filepath.Join(dir, project.SpecFile)); err != nil {
						t.Fatal(err)
					}
				case "package": // the example app is an image
					spec := filepath.Join(dir, project.SpecFile)
					text, err := os.ReadFile(spec)
					if err != nil {
						t.Fatal(err)
					}
					zipped := strings.Replace(string(text), "    lambda:\n", "    lambda:\n      zip: app/build/api.zip\n", 1)
					writeFile(t, spec, []byte(zipped))
				case "event", "schedule", "switch": // an app that has what the command is about
					name := map[string]string{"event": "uploads", "schedule": "schedules", "switch": "switching"}[cmd.Name()]
					writeFile(t, filepath.Join(dir, project.SpecFile), []byte(golden(t, name)))
				case "measure": // a server of known figures, for a moment
					build := exec.Command("go", "build", "-o", filepath.Join(dir, "server"), "../../internal/measure/testdata/known")
					if out, err := build.CombinedOutput(); err != nil {
						t.Fatalf("%v\n%s", err, out)
					}
					writeFile(t, filepath.Join(dir, project.SpecFile), []byte("apiVersion: ambi/v1\nname: known\nservices:\n  api: {image: \"known:1\", http: {routes: [GET /task]}}\n"))
					if strings.Contains(example, " -- ") {
						example = strings.Replace(example, "measure", "measure --time 500ms --runs 1 --starts 1 --rates 10/s --port 18093", 1)
					}
				case "refresh": // from files and not from AWS
					for flag, value := range map[string]string{"--from": "price-list", "--instance": "m7g.large,m7i.large"} {
						if !strings.Contains(example, flag) {
							example += " " + flag + " " + value
						}
					}
				}
				shell := exec.Command("sh", "-c", example)
				shell.Dir = dir
				shell.Env = append(os.Environ(), "NO_COLOR=1")
				if out, err := shell.CombinedOutput(); err != nil {
					t.Errorf("%v\n%s", err, out)
				}
			})
		}
	})
}

// golden is one of the specs whose programs are held as they are emitted.
func golden(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile("../../generator/testdata/" + name + "/app.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// each calls f for a command and for all below it.
func each(cmd *cobra.Command, f func(*cobra.Command)) {
	f(cmd)
	for _, below := range cmd.Commands() {
		each(below, f)
	}
}

// reportLines are what Lambda logs of two invocations.
const reportLines = `REPORT RequestId: 79104a2e-9bd2-4d3b-ae37-4ac5bdcf2a2f	Duration: 61.50 ms	Billed Duration: 62 ms	Memory Size: 256 MB	Max Memory Used: 88 MB	Init Duration: 310.20 ms
REPORT RequestId: 0c6f3a4d-52a7-4a4e-8d2a-2f7c4f0b8f55	Duration: 58.10 ms	Billed Duration: 59 ms	Memory Size: 256 MB	Max Memory Used: 88 MB
`

// exampleFilesBeside are files that examples name.
func exampleFilesBeside() map[string]string {
	var requests, log strings.Builder
	requests.WriteString("time,count\n")
	for minute := range 60 {
		fmt.Fprintf(&requests, "2026-03-01T10:%02d:00Z,%d\n", minute, 20+minute%7)
		fmt.Fprintf(&log, "203.0.113.7 - - [01/Mar/2026:10:%02d:01 +0000] \"GET / HTTP/1.1\" 200 5\n", minute)
	}
	files := map[string]string{"requests.csv": requests.String(), "access.log": log.String(), "dist/bootstrap": "#!/bin/sh\n"}
	files["report.log"] = reportLines
	files["requests.txt"] = "GET /task?wait=1ms\n"
	files["web.yaml"] = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n  template: {spec: {containers: [{name: web, image: \"example.com/web:1\"}]}}\n"
	for service, items := range pricelist.Offers() {
		files["price-list/"+service+".json"] = string(pricelist.File(service, items))
	}
	return files
}
