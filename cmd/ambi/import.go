package main

import (
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"ambi/compare/format"
	"ambi/importer"
	"ambi/importer/draft"
	"ambi/importer/source"
	"ambi/internal/flags"
	"ambi/internal/inputfile"
	"ambi/internal/problem"
	"ambi/internal/project"
	"ambi/internal/terminal"
	"ambi/spec"
)

func newImportCommand(io streams, options *project.Folder) *cobra.Command {
	var name string
	var force, stdout, asJSON, strict bool
	cmd := &cobra.Command{
		Use:   "import FILE...",
		Short: "Create a spec from an existing app: " + strings.Join(importer.Formats(), ", "),
		Long: `Create a spec, app/app.yaml, from the files of an existing app: ` + strings.Join(importer.Formats(), ", ") + `.
The contents of the files determine the format. A folder stands for its compose.yaml and
its override file, or else for all YAML and JSON files in and below it; - is standard
input. Several files of one app become one spec.

Then report on each value of the files. Values that the spec has too are counted; those
that it approximates or leaves out are listed with their place and the difference or
reason. An exclamation mark marks those that may change how the app behaves. A key that
ambi does not know never fails an import.

  helm template shop ./chart | ambi import -

Values that look like secrets become references to secrets; the spec never contains
them. Required values that the files do not have stay open in the spec, and "ambi
validate" lists them.

Exit code 1: app/app.yaml exists, or the files have no service. With --strict also if
the spec is not valid yet, or if a value that may change how the app behaves was
approximated or left out; app/app.yaml is written all the same.`,
		Example: `  ambi import .
  ambi import web.yaml --name shop --stdout > shop.yaml
  ambi import - --stdout < web.yaml`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return problem.New("%s takes the files of an app", flags.Called(cmd)).Of(problem.Misuse).Hint("it reads %s", strings.Join(importer.Formats(), ", "))
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := flags.Exclusive(cmd, "stdout", "json"); err != nil {
				return err
			}
			if cmd.Flags().Changed("name") {
				if err := spec.CheckName(name); err != nil {
					return problem.InFlag("name", problem.As(problem.Misuse, err))
				}
			}
			files, err := sources(io.in, args)
			if err != nil {
				return err
			}
			folder, done := besides(files)
			defer done()
			result, err := importer.Import(files, importer.Options{Name: name, Folder: folder})
			if err != nil {
				return err
			}
			written := ""
			if !stdout {
				if written, err = project.WriteSpec(options.Dir, result.Spec, force); err != nil {
					return err
				}
			}
			switch {
			case asJSON:
				err = printJSON(io.out, documentOf(result, written))
			case stdout:
				if _, err = io.out.Document().Write(result.Spec); err == nil {
					err = printImport(io.err, result, written)
				}
			default:
				err = printImport(io.out, result, written)
			}
			if err != nil {
				return problem.As(problem.Machine, err)
			}
			if why := notStrict(result); strict && why != "" {
				if written != "" {
					why += "; " + filepath.ToSlash(written) + " is written"
				}
				fmt.Fprintln(io.err, "exit code 1, as --strict asks: "+why)
				return &answerNo{}
			}
			return nil
		},
	}
	cmd.Flags().StringVar(&name, "name", "", "the app's `NAME` (default: from the files)")
	cmd.Flags().BoolVar(&force, "force", false, "replace an existing app/app.yaml")
	cmd.Flags().BoolVar(&stdout, "stdout", false, "print the spec, and the report to standard error; write nothing")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON, whose schema \"ambi schema import\" prints")
	cmd.Flags().BoolVar(&strict, "strict", false, "exit 1 if the app may behave differently; write the spec all the same")
	return cmd
}

// notStrict is why --strict fails an import; empty where it does not.
func notStrict(r *importer.Result) string {
	var why []string
	if n := len(r.Problems); n > 0 {
		why = append(why, format.Plural(n, "problem")+" of the spec")
	}
	if r.Changes() {
		why = append(why, "the app may behave differently")
	}
	return strings.Join(why, " and ")
}

// standardInput is the name of standard input in problems and reports.
const standardInput = "standard input"

// maxSources bounds the files of one import.
const maxSources = 2000

// sources reads the files that the arguments name.
func sources(stdin io.Reader, args []string) ([]source.File, error) {
	var files []source.File
	var problems problem.List
	read := func(name string, from io.Reader) {
		text, err := inputfile.Read(from, name, source.MaxSize)
		problems.Add(err)
		files = append(files, source.File{Name: filepath.ToSlash(name), Text: text})
	}
	for _, arg := range args {
		if arg == "-" {
			read(standardInput, stdin)
			continue
		}
		names := []string{arg}
		if info, err := os.Stat(arg); err == nil && info.IsDir() {
			if names, err = within(arg); err != nil {
				return nil, problem.New("cannot read %s: %w", arg, inputfile.Cause(err)).Of(problem.Machine)
			}
			names = claimed(arg, names)
			if len(names) == 0 {
				problems = append(problems, problem.New("%s has no YAML and no JSON files", arg).Of(problem.Misuse))
			}
		}
		for _, name := range names {
			if len(files) == maxSources {
				return nil, problem.New("more than %d files", maxSources).Of(problem.Misuse)
			}
			file, err := inputfile.Open("", name)
			if err != nil {
				problems.Add(err)
				continue
			}
			read(name, file)
			_ = file.Close()
		}
	}
	return files, problems.Err()
}

// within lists the YAML and JSON files in and below a folder, except hidden ones.
func within(folder string) ([]string, error) {
	var names []string
	err := filepath.WalkDir(folder, func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case name != folder && strings.HasPrefix(d.Name(), "."):
			if d.IsDir() {
				return fs.SkipDir
			}
		case d.Type().IsRegular() && (strings.HasSuffix(name, ".yaml") || strings.HasSuffix(name, ".yml") || strings.HasSuffix(name, ".json")):
			names = append(names, name)
		}
		return nil
	})
	return names, err
}

// claimed picks the files of a folder to import, given the names of all.
func claimed(folder string, names []string) []string {
	paths := make([]string, len(names))
	for i, name := range names {
		path, err := filepath.Rel(folder, name)
		if err != nil {
			return names
		}
		paths[i] = filepath.ToSlash(path)
	}
	picked := importer.Claim(paths)
	for i, path := range picked {
		picked[i] = filepath.Join(folder, filepath.FromSlash(path))
	}
	return picked
}

// besides opens the folder of the first file, from which other files may be read: only regular
// files in and below it, also through links. done closes it.
func besides(files []source.File) (folder source.Folder, done func()) {
	first := files[0].Name
	if first == standardInput {
		return source.Folder{}, func() {}
	}
	folder.Path = path.Dir(first)
	if whole, err := filepath.Abs(filepath.FromSlash(folder.Path)); err == nil {
		folder.Name = filepath.Base(whole)
	}
	root, err := os.OpenRoot(filepath.FromSlash(folder.Path))
	if err != nil {
		return folder, func() {}
	}
	folder.Open = func(name string) ([]byte, error) {
		info, err := root.Stat(filepath.FromSlash(name))
		if err != nil {
			return nil, err
		}
		if !info.Mode().IsRegular() {
			return nil, fs.ErrInvalid
		}
		file, err := root.Open(filepath.FromSlash(name))
		if err != nil {
			return nil, err
		}
		defer file.Close()
		return inputfile.Read(file, name, source.MaxSize)
	}
	return folder, func() { _ = root.Close() }
}

// importFormat names what import --json prints.
const importFormat = "ambi.import/v1"

// ImportDocument is what import prints as JSON.
type ImportDocument struct {
	Format   string       `json:"format"`
	Source   string       `json:"source"`         // the format of the files, such as Kubernetes manifests
	App      string       `json:"app"`            // its name
	Services []string     `json:"services"`       // their names
	Spec     string       `json:"spec"`           // the text of the spec
	File     string       `json:"file,omitempty"` // where it was written; none with --stdout
	Valid    bool         `json:"valid"`          // and no target refuses it
	Problems []SpecError  `json:"problems"`       // what keeps the spec from being valid
	Items    []draft.Item `json:"items"`          // what became of each value of the files, in their order
}

func documentOf(r *importer.Result, written string) ImportDocument {
	d := ImportDocument{
		Format: importFormat, Source: r.Format, App: r.App, Services: r.Services, Spec: string(r.Spec), File: filepath.ToSlash(written),
		Valid: len(r.Problems) == 0, Problems: []SpecError{}, Items: r.Items,
	}
	for _, p := range r.Problems {
		d.Problems = append(d.Problems, SpecError{Line: p.Line, Column: p.Column, Path: p.Field, Message: p.Message, Hints: p.Hints})
	}
	return d
}

// foldedItem is an item, with those of other objects that say the same.
type foldedItem struct {
	draft.Item
	also []int // their lines
}

// folded lists the items of a fate: one for all objects of a kind in a file that have the same
// key and the same reason, or that lack the same field of a service.
func folded(items []draft.Item, fate draft.Fate) []foldedItem {
	type alike struct {
		file, kind, key, field, why string
		changes                     bool
	}
	var all []foldedItem
	at := map[alike]int{}
	for _, item := range items {
		if item.Fate != fate {
			continue
		}
		kind, _, _ := strings.Cut(item.Object, " ")
		key := alike{item.File, kind, item.Key, "", item.Why, item.Changes}
		if item.Key == "" {
			_, key.field = inService(item.To)
		}
		if i, found := at[key]; found && all[i].Object != item.Object && item.Key+key.field != "" {
			all[i].also = append(all[i].also, item.Line)
			continue
		}
		at[key] = len(all)
		all = append(all, foldedItem{Item: item})
	}
	return all
}

// alsoIn names more lines of which a reason holds.
func alsoIn(lines []int) string {
	switch len(lines) {
	case 0:
		return ""
	case 1:
		return fmt.Sprintf("; the same in line %d", lines[0])
	}
	text := make([]string, len(lines))
	for i, line := range lines {
		text[i] = strconv.Itoa(line)
	}
	return "; the same in lines " + strings.Join(text[:len(text)-1], ", ") + " and " + text[len(text)-1]
}

// printImport shows what became of the files.
func printImport(out io.Writer, r *importer.Result, written string) error {
	count := map[draft.Fate]int{}
	changes := 0
	for _, item := range r.Items {
		count[item.Fate]++
		if item.Changes {
			changes++
		}
	}
	for _, fate := range []draft.Fate{draft.Approximated, draft.LeftOut} {
		if count[fate] == 0 {
			continue
		}
		fmt.Fprintf(out, "%s:\n", fate)
		w := tabwriter.NewWriter(out, 0, 0, 1, ' ', 0)
		for _, item := range folded(r.Items, fate) {
			mark := " "
			if item.Changes {
				mark = "!"
			}
			what := item.Object
			if item.Key != "" {
				what += ": " + item.Key
			}
			if item.To != "" {
				what += " -> " + item.To
			}
			fmt.Fprintf(w, "%s %s:%d:\t%s\n", mark, terminal.Line(item.File), item.Line, terminal.Line(what))
			fmt.Fprintf(w, "  \t  %s\n", terminal.Line(item.Why+alsoIn(item.also)))
		}
		if err := w.Flush(); err != nil {
			return err
		}
		fmt.Fprintln(out)
	}
	fmt.Fprintf(out, "%s: %d carried over, %d approximated, %d left out; %d may change how the app behaves (!)\n",
		r.Format, count[draft.Carried], count[draft.Approximated], count[draft.LeftOut], changes)
	where := "the spec"
	if written != "" {
		where = written
		fmt.Fprintf(out, "wrote %s: %s, with %s\n", written, r.App, strings.Join(r.Services, ", "))
	}
	if len(r.Problems) > 0 {
		fmt.Fprintf(out, "\n%s is not ready yet:\n%s\n", where, r.Problems.Error())
		return nil
	}
	switch {
	case len(r.Alone) == len(r.Services):
		where += " is valid, for Kubernetes alone"
	case len(r.Alone) > 0:
		where += " is valid; " + strings.Join(r.Alone, ", ") + " can run on Kubernetes alone, and both targets take the rest"
	default:
		where += " is valid, and both targets take it"
	}
	_, err := fmt.Fprintln(out, where)
	return err
}
