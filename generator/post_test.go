package generator_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"ambi/templates"
)

// TestPost runs what starts a run in a CronJob's pod, with a curl that prints what it is
// given: the time is that in the Job's name, unless somebody made the Job by hand.
func TestPost(t *testing.T) {
	shell, err := exec.LookPath("sh")
	if err != nil {
		t.Skip("there is no shell")
	}
	text, err := templates.FS.ReadFile("kubernetes/features/schedule/schedule.go.txt")
	if err != nil {
		t.Fatal(err)
	}
	_, script, _ := strings.Cut(string(text), "const post = `")
	script, _, found := strings.Cut(script, "`")
	if !found {
		t.Fatal("the template has no script")
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "curl"), []byte("#!/bin/sh\nprintf '%s\\n' \"$@\"\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	for job, time := range map[string]string{"thumbs-report-29345678": `"2025-10-17T22:38:00Z"`, "by-hand": "", "by-hand-1": ""} {
		cmd := exec.Command(shell, "-c", script)
		cmd.Env = []string{"PATH=" + dir + ":" + os.Getenv("PATH"), "JOB=" + job, `INPUT={"a":"$(HOME) it's"}`, "TIMEOUT=7", "URL=http://127.0.0.1:80/x"}
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		said := string(out)
		for _, part := range []string{"--fail-with-body\n", "--max-time\n7\n", `{"id":"` + job + `","time":` + time, `,"input":{"a":"$(HOME) it's"}}` + "\nhttp://127.0.0.1:80/x\n"} {
			if !strings.Contains(said, part) {
				t.Errorf("%s: curl gets no %q:\n%s", job, part, said)
			}
		}
	}
}
