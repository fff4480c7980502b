// Package importer makes a spec of what other tools read: Kubernetes manifests, Docker
// Compose files, templates of AWS SAM and CloudFormation, files of the Serverless Framework,
// and Score files. It never fails for a key that it does not know: the report says of each value of
// the source whether the spec says the same, says something near to it, or does not say it
// and why, each with its place.
//
//	result, err := importer.Import([]source.File{{Name: "web.yaml", Text: text}}, importer.Options{})
//	os.WriteFile("app/app.yaml", result.Spec, 0o644)
//
// The formats are packages below this one. Each turns documents into a draft; all of them
// set the spec's values by the spec's own paths.
package importer

import (
	"fmt"
	"slices"
	"strings"

	"ambi/importer/cloudformation"
	"ambi/importer/compose"
	"ambi/importer/draft"
	"ambi/importer/kubernetes"
	"ambi/importer/score"
	"ambi/importer/serverless"
	"ambi/importer/source"
	"ambi/internal/problem"
	"ambi/spec"
	"ambi/target"
)

// Options are what the files do not say.
type Options struct {
	Name   string        // the app's; empty for one that is made of the files
	Folder source.Folder // where the files are, for those that refer to others
}

// Result is a spec, and what became of the files.
type Result struct {
	Format   string       // such as Kubernetes manifests
	App      string       // the app's name
	Services []string     // by name, in the source's order
	Alone    []string     // of these, those that only Kubernetes can run
	Spec     []byte       // the text of an app.yaml
	Items    []draft.Item // in the order of the files
	Problems problem.List // what keeps the spec from being valid, or a target from taking it
}

// Changes reports whether anything was left out or approximated that may change what the
// app does.
func (r *Result) Changes() bool {
	return slices.ContainsFunc(r.Items, func(i draft.Item) bool { return i.Changes })
}

// format is one of the formats that are known.
type format struct {
	name      string
	recognize func(source.Document) bool
	read      func(documents []source.Document, o Options, report *draft.Report) *draft.App
	claim     func(names []string) []string // see Claim; nil for a format without names of its own
}

func formats() []format {
	return []format{
		{
			name: "Kubernetes manifests", recognize: kubernetes.Recognize,
			read: func(documents []source.Document, o Options, report *draft.Report) *draft.App {
				return kubernetes.Import(documents, o.Name, report)
			},
		},
		{
			name: "Serverless Framework", recognize: serverless.Recognize, claim: serverless.Claim,
			read: func(documents []source.Document, o Options, report *draft.Report) *draft.App {
				return serverless.Import(documents, o.Name, o.Folder, report)
			},
		},
		{
			name: "Docker Compose", recognize: compose.Recognize, claim: compose.Claim,
			read: func(documents []source.Document, o Options, report *draft.Report) *draft.App {
				return compose.Import(documents, o.Name, o.Folder, report)
			},
		},
		{
			name: "AWS SAM and CloudFormation", recognize: cloudformation.Recognize, claim: cloudformation.Claim,
			read: func(documents []source.Document, o Options, report *draft.Report) *draft.App {
				return cloudformation.Import(documents, o.Name, o.Folder, report)
			},
		},
		{
			name: "Score", recognize: score.Recognize,
			read: func(documents []source.Document, o Options, report *draft.Report) *draft.App {
				return score.Import(documents, o.Name, o.Folder, report)
			},
		},
	}
}

// Claim picks the files that stand for a whole folder by their names, such as compose.yaml;
// it picks all where none does. Names are paths from the folder.
func Claim(names []string) []string {
	for _, f := range formats() {
		if f.claim != nil {
			if claimed := f.claim(names); len(claimed) > 0 {
				return claimed
			}
		}
	}
	return names
}

// SpecName is what problems of the spec are said to be in.
const SpecName = "app/app.yaml"

// Import makes a spec of files, which are of one format and one app. An error says that
// nothing could be made of them at all.
func Import(files []source.File, o Options) (*Result, error) {
	var documents []source.Document
	var problems problem.List
	for _, f := range files {
		more, err := source.Read(f)
		problems.Add(err)
		documents = append(documents, more...)
	}
	if len(problems) > 0 {
		return nil, problems
	}
	if len(documents) == 0 {
		for _, f := range files {
			problems = append(problems, problem.File(f.Name, 0, "is empty").Hint("ambi import reads %s", strings.Join(Formats(), ", ")))
		}
		return nil, problems.Err()
	}
	found, left, err := detect(documents)
	if err != nil {
		return nil, err
	}
	report := &draft.Report{}
	app := found.read(documents, o, report)
	for _, d := range left {
		report.Object("document", d.Root).Leave(d.Root, "is none of the "+found.name, false)
	}
	if len(app.Services) == 0 {
		return nil, noServices(found, files, report)
	}
	app.Head = append([]string{"Imported by ambi from " + names(files) + " (" + found.name + ")."}, app.Head...)
	report.Sort()
	result := &Result{Format: found.name, App: app.Name, Spec: app.Text(), Items: report.Items}
	for _, s := range app.Services {
		result.Services = append(result.Services, s.Name)
		if s.Alone {
			result.Alone = append(result.Alone, s.Name)
		}
	}
	result.Problems = check(result.Spec)
	return result, nil
}

// check is what validate would say of a spec.
func check(text []byte) problem.List {
	app, err := spec.Parse(SpecName, text)
	if err != nil {
		return problem.All(target.WithRefusals(SpecName, text, problem.All(err)))
	}
	return target.Resolve(app).Problems(SpecName, app.Targets...)
}

// detect finds the format that the documents have, and those that are none of it.
func detect(documents []source.Document) (format, []source.Document, error) {
	var found []format
	var left []source.Document
	for _, f := range formats() {
		if slices.ContainsFunc(documents, f.recognize) {
			found = append(found, f)
		}
	}
	switch len(found) {
	case 0:
		return format{}, nil, problem.File(documents[0].File, 0, "is in no format that ambi imports").Hint("it reads %s", strings.Join(Formats(), ", "))
	case 1:
	default:
		return format{}, nil, problem.New("the files are of several formats: %s and %s", found[0].name, found[1].name).Of(problem.Misuse).
			Hint("import the files of one format, and write the rest into the spec")
	}
	for _, d := range documents {
		if !found[0].recognize(d) {
			left = append(left, d)
		}
	}
	return found[0], left, nil
}

// Formats lists the formats that are known, by name.
func Formats() []string {
	var all []string
	for _, f := range formats() {
		all = append(all, f.name)
	}
	return all
}

func names(files []source.File) string {
	if len(files) == 1 {
		return files[0].Name
	}
	if len(files) == 2 {
		return files[0].Name + " and " + files[1].Name
	}
	return fmt.Sprintf("%s and %d more files", files[0].Name, len(files)-1)
}

// noServices says why nothing became of the files.
func noServices(f format, files []source.File, report *draft.Report) error {
	list := problem.List{problem.File(files[0].Name, 0, "nothing in it becomes a service")}
	report.Sort()
	for _, item := range report.Items {
		if len(list) == 10 {
			break
		}
		if item.Fate == draft.LeftOut && item.Changes {
			list = append(list, problem.File(item.File, item.Line, "%s: left out: %s", item.Object, item.Why))
		}
	}
	return list
}
