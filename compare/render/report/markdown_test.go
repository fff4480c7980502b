package report_test

import (
	"flag"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"ambi/compare"
	"ambi/compare/demand"
	"ambi/compare/format"
	"ambi/compare/price"
	"ambi/compare/price/cost"
	"ambi/compare/render/report"
)

var update = flag.Bool("update", false, "write the golden files anew")

// TestMarkdown compares whole comments with the golden files in testdata.
func TestMarkdown(t *testing.T) {
	before := compared(t, apps()["small"])
	for _, name := range slices.Sorted(maps.Keys(apps())) {
		t.Run(name, func(t *testing.T) {
			r := compared(t, apps()[name])
			options := report.Options{Spec: "app/app.yaml"}
			if name != "small" {
				d := compare.Against(before, r)
				options.Against = &d
				options.Failed = []string{"lambda > 1.2 * kubernetes: lambda is 300, kubernetes is 20"}
			}
			got := report.Markdown(r, options)
			wellFormed(t, got)
			golden := filepath.Join("testdata", name+".md")
			if *update {
				if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if got != string(want) {
				t.Errorf("%s differs (go test -update rewrites it)\n%s", golden, got)
			}
		})
	}
	files, err := filepath.Glob("testdata/*.md")
	if err != nil || len(files) != len(apps()) {
		t.Errorf("%d golden files for %d apps, %v", len(files), len(apps()), err)
	}
}

// What decides in practice has a row for each thing that was given, after the bills.
func TestPracticeInMarkdown(t *testing.T) {
	choices := cost.Defaults()
	for into, given := range map[interface{ Parse(string) error }]string{
		&choices.Commitments.Savings: "80%,1y,ec2=28%,lambda=12%", &choices.Commitments.Spot: "50%,60%", &choices.Copies: "stage=10%",
	} {
		if err := into.Parse(given); err != nil {
			t.Fatal(err)
		}
	}
	choices.Team = cost.TeamChoices{Rate: 500, Lambda: 40, Kubernetes: 1}
	r := comparedWith(t, apps()["small"], choices)
	got := report.Markdown(r, report.Options{})
	wellFormed(t, got)
	_, table, ok := strings.Cut(got, "| with | assumed | Lambda | change | Kubernetes | change | answer |\n|---|---|--:|--:|--:|--:|---|\n")
	if !ok || !strings.Contains(got, "<summary>What decides in practice: the answer turns with team</summary>") {
		t.Fatalf("no table, or another summary\n%s", got)
	}
	table, _, _ = strings.Cut(table, "\n\n")
	var rows []string
	for _, row := range strings.Split(table, "\n") {
		rows = append(rows, strings.Join(strings.Split(row, " | ")[2:], " | "))
	}
	var want []string
	add := func(costs compare.Costs, answer string) {
		money := func(total *price.USD, bill *price.USD) string {
			change := *total - *bill
			return format.Money(*total) + " | " + format.Rise(&change)
		}
		want = append(want, money(costs.Lambda, r.Verdict.Lambda)+" | "+money(costs.Kubernetes, r.Verdict.Kubernetes)+" | "+answer+" |")
	}
	if len(r.Practice) != 4 {
		t.Fatalf("%d lines of practice", len(r.Practice))
	}
	for _, p := range r.Practice {
		add(p.Costs, "Lambda")
	}
	add(*r.Team.Costs, "Kubernetes")
	if len(rows) < len(want)+1 || !slices.Equal(rows[1:len(want)+1], want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(rows, "\n"), strings.Join(want, "\n"))
	}
}

var cells = regexp.MustCompile(`[^\\]\|`)

// wellFormed checks what a reader would see broken: details that do not close,
// rows of another width than their table, and an unfolded part that is long.
func wellFormed(t *testing.T, text string) {
	t.Helper()
	if open, closed := strings.Count(text, "<details>"), strings.Count(text, "</details>"); open != closed || open < 3 {
		t.Errorf("%d details, %d closed", open, closed)
	}
	shown, depth, width := 0, 0, 0
	for i, line := range strings.Split(text, "\n") {
		switch {
		case strings.HasPrefix(line, "<details>"):
			depth++
		case line == "</details>":
			depth--
		case depth == 0 && line != "":
			shown++
		}
		if !strings.HasPrefix(line, "|") {
			width = 0
			continue
		}
		n := len(cells.FindAllString(" "+line, -1))
		if width > 0 && n != width {
			t.Errorf("line %d has %d cells, and its table %d: %s", i+1, n, width, line)
		}
		width = n
	}
	if shown > 25 {
		t.Errorf("%d lines are not folded", shown)
	}
}

func TestAgainstIsPrinted(t *testing.T) {
	before := compared(t, apps()["small"])
	after := compared(t, strings.Replace(apps()["small"], "3M/month", "6M/month", 1))
	d := compare.Against(before, after)
	printed := flat(report.Text(after, report.Options{Full: true, Against: &d}))
	for _, want := range []string{
		"What changed", "HTTP API requests $3.00 $6.00 +$3.00", "- the usage of api",
	} {
		if !strings.Contains(printed, want) {
			t.Errorf("no %q in\n%s", want, printed)
		}
	}
	d = compare.Against(after, before)
	if printed = flat(report.Text(before, report.Options{Full: true, Against: &d})); !strings.Contains(printed, "$6.00 $3.00 -$3.00") {
		t.Errorf("no fall in\n%s", printed)
	}
	unknown := compared(t, apps()["unknown"])
	d = compare.Against(before, unknown)
	printed = flat(report.Text(unknown, report.Options{Full: true, Against: &d, Give: map[demand.Input]string{}}))
	if !strings.Contains(printed, "HTTP API requests $3.00 ? ?") || !strings.Contains(printed, "The verdict was: Lambda. It is: no verdict yet.") {
		t.Errorf("an unknown cost is not told:\n%s", printed)
	}
}
