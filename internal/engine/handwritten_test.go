//go:build unix

package engine

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	startproject "ambi/internal/project"
	"ambi/spec"
)

// programs are the stacks that ambi writes for "ambi init --minimal", and a program with
// the same resources that was written by hand.
func programs(t *testing.T) map[string]string {
	t.Helper()
	dir := filepath.Join(resolved(t.TempDir()), "thumbs")
	if _, err := startproject.Start(t.Context(), dir, startproject.StartOptions{Name: "thumbs", Minimal: true}); err != nil {
		t.Fatal(err)
	}
	return map[string]string{"emitted": dir, "by hand": "../../bench/handwritten"}
}

// measured is one preview in a process of its own.
type measured struct {
	Seconds float64
	CPU     float64 // seconds of all its processes, which a busy machine stretches less
	MB      float64 // the largest of its processes had at most
	Types   []string
}

// TestAgainstHandWritten previews both, in turns. They register the same kinds of
// resources and compile the same packages of the SDKs, so that what differs is how they are written.
// With AMBI_BENCH=9 it takes the medians of so many rounds and prints the table of
// docs/performance.md; what a busy machine does to them, the ratios show less.
func TestAgainstHandWritten(t *testing.T) {
	if job := os.Getenv("AMBI_BENCH_PREVIEW"); job != "" {
		measure(t, job)
		return
	}
	needsEngine(t)
	if raceDetector {
		t.Skip("long, and the detector does not see what happens in the engine's process")
	}
	programs := programs(t)
	if emitted, byHand := sdkPackages(t, programs["emitted"]), sdkPackages(t, programs["by hand"]); !slices.Equal(emitted, byHand) {
		t.Errorf("the emitted program compiles\n%s\nand the one by hand\n%s", emitted, byHand)
	}
	rounds, _ := strconv.Atoi(os.Getenv("AMBI_BENCH"))
	for _, target := range spec.Targets() {
		results := map[string][]measured{}
		for round := range max(rounds, 1) + 1 {
			for _, name := range []string{"emitted", "by hand"} {
				m := preview(t, programs[name], target)
				if round > 0 { // the first one compiles
					results[name] = append(results[name], m)
				}
			}
		}
		if emitted, byHand := results["emitted"][0].Types, results["by hand"][0].Types; !slices.Equal(emitted, byHand) {
			t.Errorf("on %s the emitted program registers\n%s\nand the one by hand\n%s", target, emitted, byHand)
		}
		if rounds > 0 {
			print(t, string(target)+", nothing changed", results)
		}
	}
	if rounds == 0 {
		return
	}
	for _, target := range spec.Targets() {
		results := map[string][]measured{}
		for range rounds {
			for _, name := range []string{"emitted", "by hand"} {
				if err := os.RemoveAll(filepath.Join(programs[name], "stacks", "bin")); err != nil {
					t.Fatal(err)
				}
				results[name] = append(results[name], preview(t, programs[name], target))
			}
		}
		print(t, string(target)+", linked anew", results)
	}
}

// TestCompileAgainstHandWritten prints what compiling takes, in the same way.
func TestCompileAgainstHandWritten(t *testing.T) {
	rounds, _ := strconv.Atoi(os.Getenv("AMBI_BENCH"))
	if rounds == 0 {
		t.Skip("AMBI_BENCH is not set")
	}
	results, programs := map[string][]measured{}, programs(t)
	for range rounds {
		for _, name := range []string{"emitted", "by hand"} {
			results[name] = append(results[name], compileOwn(t, programs[name]))
		}
	}
	print(t, "own packages compiled anew", results)
}

// compileOwn compiles a program's own packages anew, and nothing of the SDKs: a flag
// that says nothing, and something else each time, is for these packages only. What
// the same command takes when there is nothing to compile is left out of the times.
func compileOwn(t *testing.T, dir string) (m measured) {
	t.Helper()
	flag := fmt.Sprintf("-gcflags=./stacks/...=-D=/%d", time.Now().UnixNano())
	for _, sign := range []float64{1, -1} {
		cmd := exec.CommandContext(t.Context(), "go", "list", "-export", "-deps", flag, "./stacks")
		cmd.Dir = dir
		start := time.Now()
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		m.Seconds += sign * time.Since(start).Seconds()
		m.CPU += sign * (cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()).Seconds()
		if usage, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
			m.MB = max(m.MB, float64(usage.Maxrss)/1e3)
		}
	}
	return m
}

// print prints the medians, and the ratio of the emitted program to the other.
func print(t *testing.T, what string, results map[string][]measured) {
	t.Helper()
	median := func(name string, of func(measured) float64) float64 {
		var values []float64
		for _, m := range results[name] {
			values = append(values, of(m))
		}
		slices.Sort(values)
		return values[len(values)/2]
	}
	row := "| " + what + " |"
	for _, of := range []func(measured) float64{
		func(m measured) float64 { return m.Seconds }, func(m measured) float64 { return m.CPU }, func(m measured) float64 { return m.MB },
	} {
		emitted, byHand := median("emitted", of), median("by hand", of)
		row += fmt.Sprintf(" %.3g | %.3g | %.2f |", emitted, byHand, emitted/byHand)
	}
	t.Log(row)
}

// preview previews a project in a process of its own, whose children's memory the
// kernel counts.
func preview(t *testing.T, dir string, target spec.Target) (m measured) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestAgainstHandWritten$", "-test.v")
	cmd.Env = append(os.Environ(), "AMBI_BENCH_PREVIEW="+string(target)+" "+dir)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	result := regexp.MustCompile(`(?m)^measured: (.*)$`).FindSubmatch(out)
	if result == nil {
		t.Fatalf("nothing was measured:\n%s", out)
	}
	if err := json.Unmarshal(result[1], &m); err != nil {
		t.Fatal(err)
	}
	return m
}

// measure is what that process does.
func measure(t *testing.T, job string) {
	target, dir, _ := strings.Cut(job, " ")
	start := time.Now()
	result, err := Preview(t.Context(), Options{Dir: dir, Target: target, Offline: true})
	if err != nil {
		t.Fatal(err)
	}
	m := measured{Seconds: time.Since(start).Seconds()}
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_CHILDREN, &usage); err != nil {
		t.Fatal(err)
	}
	m.CPU = float64(usage.Utime.Nano()+usage.Stime.Nano()) / 1e9
	m.MB = float64(usage.Maxrss) / 1e3 // kilobytes on Linux
	for _, r := range result.Resources {
		m.Types = append(m.Types, r.Type)
	}
	text, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	fmt.Printf("\nmeasured: %s\n", text)
}

// sdkPackages lists the packages of the provider SDKs that a project's program has.
func sdkPackages(t *testing.T, dir string) []string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", "list", "-deps", "./stacks")
	cmd.Dir = dir
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	packages := regexp.MustCompile(`(?m)^github\.com/pulumi/pulumi-\S+$`).FindAllString(string(out), -1)
	slices.Sort(packages)
	return packages
}
