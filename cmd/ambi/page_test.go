package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// projectWith is a folder with a spec in it.
func projectWith(t *testing.T, spec string) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "app"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "app", "app.yaml"), []byte(spec), 0o600); err != nil {
		t.Fatal(err)
	}
	return dir
}

const pageSpec = `apiVersion: ambi/v1
name: thumbs
services:
  api:
    image: 123456789012.dkr.ecr.us-east-1.amazonaws.com/thumbs:1.4.2
    http: {routes: [POST /thumbnails]}
    timeout: 10s
    scale: {max: 200}
usage:
  {requests: 3M/month, duration: 40ms, cpuTime: 12ms, requestSize: 2k, responseSize: 6k, logSize: 300, outboundSize: 0, startTime: 120ms, shape: diurnal}
`

// runIn runs a command in a folder; its error output must be as expected.
func runIn(t *testing.T, dir string, wantCode int, wantErr string, args ...string) []byte {
	t.Helper()
	var out, errs bytes.Buffer
	code := run(append([]string{"-C", dir}, args...), strings.NewReader(""), &out, &errs)
	if code != wantCode || !strings.Contains(errs.String(), wantErr) || wantErr == "" && errs.Len() > 0 {
		t.Fatalf("ambi %s: exit code %d, want %d; %s", strings.Join(args, " "), code, wantCode, errs.String())
	}
	return out.Bytes()
}

func TestPageIsWritten(t *testing.T) {
	dir := projectWith(t, pageSpec)
	file := filepath.Join(t.TempDir(), "page.html")
	write := func(to string) []byte {
		return runIn(t, dir, exitDone, "", "compare", "--html", to)
	}
	if out := write(file); len(out) > 0 {
		t.Errorf("said %s", out)
	}
	first, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"<!doctype html>",
		"Lambda is cheaper for thumbs",
		// What both targets would make is the plan's.
		`title="aws:lambda/function:Function">Function</span> <code>thumbs-api</code>`,
		`title="kubernetes:apps/v1:Deployment">Deployment</span> <code>thumbs-api</code>`,
		">app/app.yaml:2", // from wherever it is written
	} {
		if !bytes.Contains(first, []byte(want)) {
			t.Errorf("the page lacks %q", want)
		}
	}
	// Written again it takes the old one's place, with the same bytes.
	write(file)
	if second, err := os.ReadFile(file); err != nil || !bytes.Equal(first, second) {
		t.Errorf("the second page differs, %v", err)
	}
	if !bytes.Equal(write("-"), first) {
		t.Error("standard output gets another page")
	}
	if entries, err := os.ReadDir(filepath.Dir(file)); err != nil || len(entries) != 1 {
		t.Errorf("left %v behind, %v", entries, err)
	}
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o644 {
		t.Errorf("the page has mode %v, %v", info.Mode(), err)
	}
}

// A page says how to get it again, and without what only says where it goes.
func TestPageShowsItsCommandLine(t *testing.T) {
	dir := projectWith(t, pageSpec)
	html := string(runIn(t, dir, exitDone, "", "compare", "--requests", "5M/month", "--fargate", "--html", "-", "--price", "eks.cluster=0.2", "--price", "alb.hours=0.03"))
	if want := "<code>ambi compare --directory " + dir + " --requests 5M/month --fargate --price eks.cluster=0.2 --price alb.hours=0.03</code>"; !strings.Contains(html, want) {
		_, after, _ := strings.Cut(html, "How to reproduce this")
		t.Errorf("the page shows %.200s", after)
	}
}

func TestPageThatCannotBeWritten(t *testing.T) {
	dir := projectWith(t, pageSpec)
	runIn(t, dir, exitUsage, "--html: no folder", "compare", "--html", filepath.Join(dir, "nowhere", "page.html"))
	if entries, err := os.ReadDir(dir); err != nil || len(entries) != 1 {
		t.Errorf("left %v behind, %v", entries, err)
	}
	// A folder is in the way, and stays as it is.
	runIn(t, dir, exitUsage, "is a folder", "compare", "--html", filepath.Join(dir, "app"))
	if entries, err := os.ReadDir(dir); err != nil || len(entries) != 1 {
		t.Errorf("left %v behind, %v", entries, err)
	}
}

func TestPageOfWhatIsRequired(t *testing.T) {
	dir := projectWith(t, strings.Replace(pageSpec, "timeout: 10s", "timeout: 20m", 1))
	page := runIn(t, dir, exitNo, "", "compare", "--require", "lambda", "--html", "-")
	if !bytes.Contains(page, []byte("does not fit with this spec")) {
		t.Error("the page does not say that Lambda is blocked")
	}
}
