package main

import (
	"bytes"
	"encoding/json"
	"math"
	"os/exec"
	"path/filepath"
	"testing"

	"ambi/internal/project"
	"ambi/spec"
)

// TestExampleIsMeasured measures the app of a new project with the requests that come with it,
// and holds the sizes of its spec's usage to what was counted. Times are a machine's, and are
// not compared: docs/measure.md says where the spec's are from.
func TestExampleIsMeasured(t *testing.T) {
	dir := t.TempDir()
	runIn(t, dir, exitDone, "", "init", "--name", "thumbs")
	server := filepath.Join(dir, "server")
	if out, err := exec.Command("go", "build", "-o", server, "../../app").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	t.Chdir(dir)
	var out, errs bytes.Buffer
	if code := run([]string{
		"measure", "--json", "--service", "api", "--requests", "app/requests.txt",
		"--starts", "1", "--runs", "1", "--time", "2s", "--rates", "10/s", "--port", "18094", "--", server,
	}, nil, &out, &errs); code != exitDone {
		t.Fatalf("exit code %d: %s", code, errs.String())
	}
	var measured MeasureDocument
	if err := json.Unmarshal(out.Bytes(), &measured); err != nil {
		t.Fatal(err)
	}
	if sent := measured.Measured.Sent(); sent.Sent == 0 || sent.OK != sent.Sent {
		t.Errorf("not all requests went well: %+v", sent)
	}
	for _, route := range measured.Measured.Routes {
		if route.Share != .5 {
			t.Errorf("%s is %g of the requests, and app.yaml says that there are as many of one as of the other", route.Route, route.Share)
		}
	}
	p, err := (&project.Folder{Dir: dir}).Load()
	if err != nil {
		t.Fatal(err)
	}
	usage, means := p.App.Usage, measured.Measured.Means
	for _, size := range []struct {
		name  string
		given *spec.Quantity
		found *int64
		most  float64 // how far apart
	}{
		{"requestSize", usage.RequestSize, means.Request, .02},
		{"responseSize", usage.ResponseSize, means.Response, .02},
		{"logSize", usage.LogSize, means.Logged, .08}, // a line has its time and its port in digits
	} {
		if size.given == nil || size.found == nil {
			t.Fatalf("%s is not given or not measured", size.name)
		}
		if given, found := float64(size.given.Bytes()), float64(*size.found); math.Abs(given/found-1) > size.most {
			t.Errorf("app.yaml says %s %g, and %g was measured", size.name, given, found)
		}
	}
}
