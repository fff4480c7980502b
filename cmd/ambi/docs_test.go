package main

import (
	"bytes"
	"fmt"
	"go/version"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"ambi/compare/demand/trace"
	"ambi/internal/project"
)

// TestFolderMap holds the table that CONTRIBUTING opens with to the folders.
func TestFolderMap(t *testing.T) {
	text, err := os.ReadFile("../../CONTRIBUTING.md")
	if err != nil {
		t.Fatal(err)
	}
	rows := regexp.MustCompile("(?m)^\\| `([^`]+)/` \\|").FindAllStringSubmatch(string(text), -1)
	if len(rows) < 10 {
		t.Fatalf("only %d rows in the map", len(rows))
	}
	listed := map[string]bool{}
	for _, row := range rows {
		listed[strings.SplitN(row[1], "/", 2)[0]] = true
		if info, err := os.Stat(filepath.Join("../..", row[1])); err != nil || !info.IsDir() {
			t.Errorf("the map names %s, which is no folder", row[1])
		}
	}
	folders, err := os.ReadDir("../..")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range folders {
		if f.IsDir() && !strings.HasPrefix(f.Name(), ".") && !listed[f.Name()] && f.Name() != "bin" {
			t.Errorf("the map lacks %s", f.Name())
		}
	}
}

// TestReadmeShowsRealOutput compares the heads of the plan and the comparison in
// README's tour with those that a new project has.
func TestReadmeShowsRealOutput(t *testing.T) {
	const readme = "../../README.md"
	text, err := os.ReadFile(readme)
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(t.TempDir(), "shop")
	said := func(args ...string) string {
		var out, errors bytes.Buffer
		if code := run(append(args, "-C", dir), nil, &out, &errors); code != exitDone {
			t.Fatalf("%s: %s", args, errors.String())
		}
		return out.String()
	}
	said("init")
	verdict, _, _ := strings.Cut(said("compare"), "\n\n")
	changed := text
	cpu := regexp.MustCompile(`(?m)^.*: services\.api\.cpu\b.*\n.*\n.*\n`).FindString(said("validate"))
	cpu = cpu[strings.Index(cpu, project.SpecFile):] // README names the file as it is from the project's folder
	// The faults that README's spec has: a key that is mistyped, and a number without its unit.
	file := filepath.Join(dir, project.SpecFile)
	sound, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	faulty := strings.Replace(string(sound), "memory: 512Mi", "memroy: 512Mi", 1)
	faulty = strings.Replace(faulty, "timeout: 10s", "timeout: 10", 1)
	// Of the plan, what is shared and the first service.
	plan := strings.Join(strings.SplitN(said("plan"), "\n\n", 4)[:3], "\n\n") + "\n"
	if err := os.WriteFile(file, []byte(faulty), 0o600); err != nil {
		t.Fatal(err)
	}
	wrong := strings.ReplaceAll(string(complaints(t, dir, exitNo, "validate")), dir+string(filepath.Separator), "")
	for begin, want := range map[string]string{
		`lambda: \d+ resources`: plan, `shop in us-east-1: `: verdict + "\n", `app/app\.yaml:\d+: services\.api\.cpu`: cpu, `app/app\.yaml:\d+:\d+: `: wrong,
	} {
		found := regexp.MustCompile("(?s)```\\n(" + begin + ".*?)```").FindSubmatchIndex(changed)
		if found == nil {
			t.Fatalf("README shows no %s", begin)
		}
		changed = slices.Concat(changed[:found[2]], []byte(want), changed[found[3]:])
	}
	if bytes.Equal(changed, text) {
		return
	}
	if !*update {
		t.Fatalf("README does not show what ambi prints; run: go test ./cmd/ambi -run TestReadmeShowsRealOutput -update")
	}
	if err := os.WriteFile(readme, changed, 0o644); err != nil {
		t.Fatal(err)
	}
}

// TestExitCodesAreDocumented holds the table of docs/json.md to the help, and both
// to the codes that there are.
func TestExitCodesAreDocumented(t *testing.T) {
	page, err := os.ReadFile("../../docs/json.md")
	if err != nil {
		t.Fatal(err)
	}
	var help, table []string
	for line := range strings.Lines(exitCodeHelp) {
		code, means := strings.TrimSpace(line[:7]), strings.TrimSpace(line[7:])
		if code == "" {
			help[len(help)-1] += " " + means
			continue
		}
		help = append(help, code+" "+means)
	}
	for _, row := range regexp.MustCompile(`(?m)^\| (\d+) \| (.*) \|$`).FindAllStringSubmatch(string(page), -1) {
		table = append(table, row[1]+" "+row[2])
	}
	if !slices.Equal(help, table) {
		t.Errorf("the help says %q, and docs/json.md %q", help, table)
	}
	for i, code := range []int{exitDone, exitNo, exitUsage, exitMachine, exitFault, exitInterrupted} {
		if i >= len(help) || !strings.HasPrefix(help[i], fmt.Sprintf("%d ", code)) {
			t.Errorf("the help lacks exit code %d", code)
		}
	}
}

// TestChangelog holds the version that ambi knows of itself to the changelog's
// newest, and the changelog's sections to their form.
func TestChangelog(t *testing.T) {
	text, err := os.ReadFile("../../CHANGELOG.md")
	if err != nil {
		t.Fatal(err)
	}
	versions := regexp.MustCompile(`(?m)^## \[(\d+\.\d+\.\d+)\] - \d{4}-\d{2}-\d{2}$`).FindAllSubmatch(text, -1)
	if len(versions) == 0 || string(versions[0][1]) != release {
		t.Errorf("the newest version is %q, and ambi says %s", versions, release)
	}
	if sections := bytes.Count(text, []byte("\n## ")); sections != len(versions)+bytes.Count(text, []byte("\n## [Unreleased]\n")) {
		t.Errorf("%d sections for %d versions", sections, len(versions))
	}
}

// complaints are what a command says on its error output, and nothing elsewhere.
func complaints(t *testing.T, dir string, wantCode int, args ...string) []byte {
	t.Helper()
	var out, errs bytes.Buffer
	if code := run(append([]string{"-C", dir}, args...), strings.NewReader(""), &out, &errs); code != wantCode || out.Len() > 0 {
		t.Fatalf("ambi %s: exit code %d, want %d; %s", strings.Join(args, " "), code, wantCode, out.String())
	}
	return errs.Bytes()
}

// TestDocsAreFound requires that the list of pages has every page, and that every
// link from one file of the repository to another leads somewhere.
func TestDocsAreFound(t *testing.T) {
	pages, err := filepath.Glob("../../docs/*.md")
	if err != nil {
		t.Fatal(err)
	}
	index, err := os.ReadFile("../../docs/README.md")
	if err != nil {
		t.Fatal(err)
	}
	link := regexp.MustCompile(`\]\(([^)#\s]+)[^)]*\)`)
	for _, page := range append(pages, "../../README.md", "../../CONTRIBUTING.md", "../../CHANGELOG.md") {
		if name := filepath.Base(page); filepath.Base(filepath.Dir(page)) == "docs" && name != "README.md" && !bytes.Contains(index, []byte("("+name+")")) {
			t.Errorf("docs/README.md does not list %s", name)
		}
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		for _, found := range link.FindAllSubmatch(text, -1) {
			to := string(found[1])
			if strings.Contains(to, ":") {
				continue // elsewhere
			}
			if _, err := os.Stat(filepath.Join(filepath.Dir(page), filepath.FromSlash(to))); err != nil {
				t.Errorf("%s links to %s, which is not there", page, to)
			}
		}
	}
}

// TestDocsShowRealOutput compares each block in docs/ below a comment such as
// <!-- merge.txtar: kept.txt --> with the output that the script expects.
func TestDocsShowRealOutput(t *testing.T) {
	pages, err := filepath.Glob("../../docs/*.md")
	if err != nil {
		t.Fatal(err)
	}
	block := regexp.MustCompile("(?ms)^( *)<!-- ([\\w-]+\\.txtar): ([\\w.-]+) -->\n *```\n(.*?)^ *```$")
	shown := 0
	for _, page := range pages {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		changed := block.ReplaceAllFunc(text, func(found []byte) []byte {
			shown++
			parts := block.FindSubmatch(found)
			indent, want := string(parts[1]), output(t, string(parts[2]), string(parts[3]))
			want = strings.TrimSuffix(indent+strings.ReplaceAll(want, "\n", "\n"+indent), indent)
			head, _, _ := strings.Cut(string(found), "```\n")
			return []byte(head + "```\n" + want + indent + "```")
		})
		if bytes.Equal(text, changed) {
			continue
		}
		if !*update {
			t.Errorf("%s does not show what ambi prints; run: go test ./cmd/ambi -update", page)
			continue
		}
		if err := os.WriteFile(page, changed, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if shown == 0 {
		t.Error("no page shows any output")
	}
}

// output returns a file of a script.
func output(t *testing.T, script, name string) string {
	t.Helper()
	archive, err := txtar.ParseFile(filepath.Join("testdata/script", script))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range archive.Files {
		if f.Name == name {
			return string(f.Data)
		}
	}
	t.Fatalf("%s has no %s", script, name)
	return ""
}

// TestReadmeShowsTheTrace compares README's excerpt of a simulation with the
// lines of the real output, for who has the trace.
func TestReadmeShowsTheTrace(t *testing.T) {
	data := os.Getenv("AMBI_DATA")
	if data == "" {
		t.Skip("AMBI_DATA names no folder with trace-azure-code.csv: AzureLLMInferenceTrace_code.csv of github.com/Azure/AzurePublicDataset")
	}
	const readme = "../../README.md"
	text, err := os.ReadFile(readme)
	if err != nil {
		t.Fatal(err)
	}
	block := regexp.MustCompile("(?s)<!-- ambi simulate ([^>]*) --trace [^ ]+ -->\n```\n(.*?)```")
	found := block.FindSubmatchIndex(text)
	if found == nil {
		t.Fatal("README shows no simulation")
	}
	command := []string{"simulate", "-C", "../..", "--trace", filepath.Join(data, "trace-azure-code.csv")}
	var out, errors bytes.Buffer
	if code := run(append(command, strings.Fields(string(text[found[2]:found[3]]))...), nil, &out, &errors); code != exitDone {
		t.Fatalf("simulate: %s", errors.String())
	}
	// What a reader wants first: from the heads of the columns on, some of the rows.
	shown := regexp.MustCompile(`^ +Lambda +Kubernetes$|^latency |^  (p50|p99|p99\.9|served|cold starts|waited for a place|environments or replicas|nodes|places idle|cost of a month like it) |^(requests|capacity|paid for)$`)
	var lines []string
	for line := range strings.Lines(out.String()) {
		if strings.HasPrefix(line, "Over time") {
			break
		}
		if shown.MatchString(strings.TrimSuffix(line, "\n")) {
			lines = append(lines, line)
		}
	}
	want := strings.Join(lines, "")
	if string(text[found[4]:found[5]]) == want {
		return
	}
	if !*update {
		t.Fatalf("README's simulation is not what ambi simulate prints; run: go test ./cmd/ambi -update")
	}
	changed := append(append(append([]byte{}, text[:found[4]]...), want...), text[found[5]:]...)
	if err := os.WriteFile(readme, changed, 0o644); err != nil {
		t.Fatal(err)
	}
}

// TestDockerfile holds the compiler that builds the example's image to one version,
// which must be one that the project's go.mod takes.
func TestDockerfile(t *testing.T) {
	file, err := os.ReadFile("../../app/Dockerfile")
	if err != nil {
		t.Fatal(err)
	}
	module, err := os.ReadFile("../../templates/project/go.mod.tmpl")
	if err != nil {
		t.Fatal(err)
	}
	image := regexp.MustCompile(`(?m)^FROM .*golang:([0-9]+\.[0-9]+\.[0-9]+) AS build$`).FindSubmatch(file)
	least := regexp.MustCompile(`(?m)^go (\S+)$`).FindSubmatch(module)
	if image == nil || least == nil || version.Compare("go"+string(image[1]), "go"+string(least[1])) < 0 {
		t.Errorf("the image is built with Go %s, and go.mod asks for %s", image, least)
	}
}

// TestFormatsAreDocumented holds the table of a trace's formats in docs/simulate.md to
// the one that is read by.
func TestFormatsAreDocumented(t *testing.T) {
	const page, begin, end = "../../docs/simulate.md", "<!-- formats -->\n", "<!-- end of formats -->"
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, _ := strings.Cut(string(text), begin)
	_, after, found := strings.Cut(rest, end)
	if !found {
		t.Fatalf("%s has no table of formats", page)
	}
	var table strings.Builder
	table.WriteString("| format | what it is | how to get it |\n|---|---|---|\n")
	for _, f := range trace.Formats() {
		name := "`" + string(f.Format) + "`"
		if f.Page != "" {
			name = "[" + name + "](" + f.Page + ")"
		}
		fmt.Fprintf(&table, "| %s | %s | %s |\n", name, f.What, f.From)
	}
	want := before + begin + table.String() + end + after
	if *update {
		if err := os.WriteFile(page, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	} else if want != string(text) {
		t.Errorf("%s is stale; run: go test ./cmd/ambi -run TestFormatsAreDocumented -update", page)
	}
}
