package main

import (
	"bytes"
	"os"
	"regexp"
	"strings"
	"testing"
)

const questionPage = "../../docs/serverless-or-kubernetes.md"

var (
	commandBlock = regexp.MustCompile("(?s)```sh\n(ambi (?:compare|simulate) [^\n]*)\n```\n\n```text\n(.*?)```\n")
	// pageFigure matches what may only stand on the page if ambi says it: dollars,
	// and amounts with a suffix, commas or decimals.
	pageFigure = regexp.MustCompile(`\$[0-9][0-9,]*(?:\.[0-9]+)?|\b[0-9]+(?:\.[0-9]+)?[MGk]\b|\b[0-9]{1,3}(?:,[0-9]{3})+\b|\b[0-9]+\.[0-9]+\b`)
)

// TestQuestion runs the commands on the page that answers the question, and
// holds it to what they say: each block is the head of its command's report, and
// each figure in the text is in one of the reports, or asked for in a command.
// go test ./cmd/ambi -run TestQuestion -update rewrites the blocks; read them.
func TestQuestion(t *testing.T) {
	page, err := os.ReadFile(questionPage)
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir("../..")
	text := string(page)
	var said strings.Builder
	commands := 0
	fresh := commandBlock.ReplaceAllStringFunc(text, func(block string) string {
		m := commandBlock.FindStringSubmatch(block)
		report := func(more ...string) string {
			var out, errs bytes.Buffer
			if code := run(append(strings.Fields(m[1])[1:], more...), strings.NewReader(""), &out, &errs); code != exitDone {
				t.Fatalf("%s: exit code %d: %s", m[1], code, errs.String())
			}
			return out.String()
		}
		commands++
		if strings.HasPrefix(m[1], "ambi compare") {
			said.WriteString(report("--full"))
		}
		whole := report()
		said.WriteString(whole)
		head, _, _ := strings.Cut(whole, "\n\n")
		return "```sh\n" + m[1] + "\n```\n\n```text\n" + head + "\n```\n"
	})
	if commands < 12 || strings.Count(text, "ambi compare -C")+strings.Count(text, "ambi simulate -C") != commands {
		t.Errorf("%d commands were run, and the page has %d", commands, strings.Count(text, "ambi compare -C"))
	}
	if fresh != text {
		if *update {
			if err := os.WriteFile("docs/serverless-or-kubernetes.md", []byte(fresh), 0o644); err != nil {
				t.Fatal(err)
			}
		} else {
			t.Error("docs/serverless-or-kubernetes.md is stale; run: go test ./cmd/ambi -run TestQuestion -update, and read the difference")
		}
	}
	for _, name := range []string{"docs/example/app/app.yaml", "docs/pipeline/app/app.yaml", "docs/nightly/app/app.yaml", "docs/shop/app/app.yaml", "docs/shop-database/app/app.yaml"} {
		app, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		said.Write(app)
	}
	prose := commandBlock.ReplaceAllStringFunc(text, func(block string) string {
		said.WriteString(commandBlock.FindStringSubmatch(block)[1] + "\n")
		return ""
	})
	reports := said.String()
	figures := pageFigure.FindAllString(prose, -1)
	if len(figures) < 12 {
		t.Errorf("only %d figures in the text", len(figures))
	}
	for _, figure := range figures {
		amount := strings.TrimPrefix(figure, "$")
		if !regexp.MustCompile(`(^|[^0-9.,])` + regexp.QuoteMeta(amount) + `($|[^0-9])`).MatchString(reports) {
			t.Errorf("the page says %s, and no report does", figure)
		}
	}
	// What the table sums up is what the reports answer.
	for _, want := range []struct{ row, command, heading string }{
		{"| sporadic | Lambda, by far |", "--shape sporadic", "Lambda"},
		{"| small and always on | Lambda, by far |", "ambi compare -C docs/example\n", "Lambda"},
		{"| steady and high | Kubernetes,", "--requests 100/s\n", "Kubernetes"},
		{"| the same with a function URL | Kubernetes,", "--requests 500/s --function-url", "Kubernetes"},
		{"| long requests that wait | Kubernetes,", "--requests 1/s", "Kubernetes"},
		{"| an image pipeline, fed by uploads and a queue | Lambda, by far;", "-C docs/pipeline\n", "Lambda"},
		{"| an image pipeline, fed by uploads and a queue | Lambda, by far; Kubernetes", "--requests print=20M/month", "Kubernetes"},
		{"| a nightly job | Lambda, by far;", "-C docs/nightly\n", "Lambda"},
		{"| a nightly job | Lambda, by far; hardly cheaper", "-C docs/nightly --shared 0.005", "Lambda"},
		{"| in a cluster that is there anyway | Kubernetes,", "--shared 0.02 --requests 30M/month", "Kubernetes"},
	} {
		if !strings.Contains(text, want.row) {
			t.Errorf("the table lacks %s", want.row)
		}
		_, after, _ := strings.Cut(fresh, want.command)
		if answer := regexp.MustCompile(`(?:shop|prints|nightly) in us-east-1: (\w+)`).FindStringSubmatch(after); answer == nil || answer[1] != want.heading {
			t.Errorf("%s: %v", want.command, answer)
		}
	}
}

// TestComparePage runs the commands that the page on compare tells to run, in a
// new project: none of them is a wrong use.
func TestComparePage(t *testing.T) {
	page, err := os.ReadFile("../../docs/compare.md")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	t.Chdir(dir)
	var out, errs bytes.Buffer
	if code := run([]string{"init", "--name", "shop"}, nil, &out, &errs); code != exitDone {
		t.Fatal(errs.String())
	}
	if err := os.WriteFile("monday.csv", []byte("time,requests\n2026-03-02T08:00:00Z,300\n2026-03-02T08:05:00Z,600\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	commands := 0
	for _, block := range regexp.MustCompile("(?s)```sh\n(.*?)```").FindAllStringSubmatch(string(page), -1) {
		for line := range strings.Lines(block[1]) {
			command, file, redirected := strings.Cut(strings.TrimSpace(line), " > ")
			if !redirected || strings.Contains(file, "'") { // a > within a condition
				command, file = strings.TrimSpace(line), ""
			}
			args := words(command)
			if args[1] != "compare" {
				continue // refresh reads the network
			}
			commands++
			out.Reset()
			errs.Reset()
			if code := run(args[1:], strings.NewReader(""), &out, &errs); code != exitDone && code != exitNo || out.Len() == 0 {
				t.Errorf("%s: exit code %d: %s", line, code, errs.String())
			}
			if file != "" {
				if err := os.WriteFile(file, out.Bytes(), 0o600); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	if commands < 6 {
		t.Errorf("only %d commands were run", commands)
	}
	if !bytes.Contains(page, []byte("  requestSize: 48Ki\n")) {
		t.Error("the page shows another usage than init writes")
	}
	spec, err := os.ReadFile("app/app.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(regexp.MustCompile("(?s)```yaml\nusage:\n(.*?)```").FindStringSubmatch(string(page))[1]) {
		if figure, _, _ := strings.Cut(line, "#"); !strings.Contains(string(spec), strings.TrimRight(figure, " \n")) {
			t.Errorf("the page shows %q, which init does not write", figure)
		}
	}
}

// words splits a command line at spaces, but for what is in single quotes.
func words(line string) []string {
	var list []string
	for i, part := range strings.Split(line, "'") {
		if i%2 == 1 {
			list = append(list, part)
		} else {
			list = append(list, strings.Fields(part)...)
		}
	}
	return list
}
