package main

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"ambi/compare/demand/trace"
	"ambi/compare/price"
	"ambi/compare/simulate"
	"ambi/internal/flags"
	"ambi/internal/project"
	"ambi/internal/switching"
	"ambi/spec"
)

// completions tell a shell what may follow a flag.
type completions struct{ project *project.Folder }

// register completes the flags of a command and of those below it. A flag whose values cannot
// be listed has no completion, rather than the folder's files.
func (c completions) register(cmd *cobra.Command) {
	cmd.LocalFlags().VisitAll(func(f *pflag.Flag) {
		if f.Value.Type() == "bool" || f.Hidden {
			return
		}
		complete := c.of(f.Name)
		if complete == nil {
			complete = cobra.NoFileCompletions
		}
		_ = cmd.RegisterFlagCompletionFunc(f.Name, complete) // an error is one that is registered twice
	})
	if cmd.ValidArgs == nil && cmd.ValidArgsFunction == nil && !cmd.HasSubCommands() {
		cmd.ValidArgsFunction = cobra.NoFileCompletions
	}
	for _, below := range cmd.Commands() {
		c.register(below)
	}
}

// of completes a flag; nil where there is nothing to say. A flag has the same
// values wherever it is.
func (c completions) of(flag string) cobra.CompletionFunc {
	switch flag {
	case "target", "to":
		return fixed(targetNamesOf()...)
	case "stack", "outputs":
		return ofPrograms(flag == "outputs")
	case "accept":
		return workedOut(c.differences, cobra.ShellCompDirectiveNoFileComp)
	case "require":
		return fixed(append(targetNamesOf(), "both")...)
	case "shape":
		return fixed(string(spec.Steady), string(spec.Diurnal), string(spec.Bursty), string(spec.Sporadic))
	case "nodes":
		return fixed(string(simulate.Karpenter), string(simulate.ClusterAutoscaler))
	case "runtime":
		return workedOut(simulate.Runtimes, cobra.ShellCompDirectiveNoFileComp)
	case "resolution":
		return fixed("auto", "exact")
	case "format":
		var names []string
		for _, f := range trace.Formats() {
			names = append(names, string(f.Format))
		}
		return fixed(names...)
	case "spread":
		return fixed(string(trace.Poisson), string(trace.Even))
	case "region":
		return c.regions
	case "instance":
		return workedOut(instanceTypes, cobra.ShellCompDirectiveNoFileComp)
	case "price":
		return workedOut(func() []string { return suffixed("=", priceKeys()) }, cobra.ShellCompDirectiveNoFileComp|cobra.ShellCompDirectiveNoSpace)
	case "skip":
		return workedOut(priceKeys, cobra.ShellCompDirectiveNoFileComp)
	case "discount":
		return workedOut(func() []string { return suffixed("=", price.Services()) }, cobra.ShellCompDirectiveNoFileComp|cobra.ShellCompDirectiveNoSpace)
	case "service":
		return workedOut(c.services, cobra.ShellCompDirectiveNoFileComp)
	case "requests":
		return c.perService(false)
	case "trace":
		return c.perService(true)
	case "prices", "against":
		return extensions("json")
	case "html":
		return extensions("html")
	case "out":
		return files
	case "directory", "from":
		return folders
	}
	return nil
}

// services are the names of the project's; none where there is no project.
func (c completions) services() []string {
	p, err := c.project.Load()
	if err != nil {
		return nil
	}
	return p.App.ServiceNames()
}

// differences are the paths of the project's spec at which something differs for callers.
func (c completions) differences() []string {
	p, err := c.project.Load()
	if err != nil {
		return nil
	}
	var paths []string
	for _, d := range switching.Differences(p.Resolved, nil) {
		paths = append(paths, d.Path)
	}
	return paths
}

// ofPrograms completes PROGRAM=, and then a file where the value is one. Of a command whose stack is
// that of one program, it has nothing to say.
func ofPrograms(isFile bool) cobra.CompletionFunc {
	return func(cmd *cobra.Command, _ []string, typed string) ([]string, cobra.ShellCompDirective) {
		switch {
		case cmd.Name() != "switch" || strings.Contains(typed, "=") && !isFile:
			return nil, cobra.ShellCompDirectiveNoFileComp
		case strings.Contains(typed, "="):
			return nil, cobra.ShellCompDirectiveDefault
		}
		var names []string
		for _, p := range switching.Programs() {
			names = append(names, string(p)+"=")
		}
		return names, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
	}
}

// perService completes SERVICE= of an app with several, and else a file, where
// the value is one.
func (c completions) perService(isFile bool) cobra.CompletionFunc {
	return func(_ *cobra.Command, _ []string, typed string) ([]string, cobra.ShellCompDirective) {
		if names := c.services(); len(names) > 1 && !strings.Contains(typed, "=") {
			return suffixed("=", names), cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
		}
		if isFile {
			return nil, cobra.ShellCompDirectiveDefault
		}
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
}

// service completes a service's name as the only argument.
func (c completions) service(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	if len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	return c.services(), cobra.ShellCompDirectiveNoFileComp
}

// oneFile completes a file as the only argument.
func oneFile(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	if len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	return nil, cobra.ShellCompDirectiveDefault
}

// oneSpec completes a spec as the only argument.
func oneSpec(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	if len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	return []string{"yaml", "yml"}, cobra.ShellCompDirectiveFilterFileExt
}

func fixed(values ...string) cobra.CompletionFunc {
	return cobra.FixedCompletions(values, cobra.ShellCompDirectiveNoFileComp)
}

// workedOut are values that are computed when completion is requested.
func workedOut(values func() []string, directive cobra.ShellCompDirective) cobra.CompletionFunc {
	return func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		return values(), directive
	}
}

// regions are those that prices are known of: for a comparison, all that it needs.
func (c completions) regions(cmd *cobra.Command, _ []string, _ string) ([]string, cobra.ShellCompDirective) {
	root, err := c.project.Find()
	if err != nil {
		root = ""
	}
	book, _, err := (&flags.Prices{}).Books(root)
	if err != nil {
		book = bookOf()
	}
	if cmd.Name() == "compare" || cmd.Name() == "simulate" {
		return book.Complete(), cobra.ShellCompDirectiveNoFileComp
	}
	return book.Regions(), cobra.ShellCompDirectiveNoFileComp
}

func suffixed(suffix string, words []string) []string {
	list := slices.Clone(words)
	for i := range list {
		list[i] += suffix
	}
	return list
}

// extensions completes files by how their names end.
func extensions(names ...string) cobra.CompletionFunc {
	return cobra.FixedCompletions(names, cobra.ShellCompDirectiveFilterFileExt)
}

func files(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	return nil, cobra.ShellCompDirectiveDefault
}

func folders(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	return nil, cobra.ShellCompDirectiveFilterDirs
}

func targetNamesOf() []string {
	var names []string
	for _, t := range spec.Targets() {
		names = append(names, string(t))
	}
	return names
}

// bookOf is the price book that comes with ambi.
func bookOf() *price.Book {
	book, err := price.Embedded()
	if err != nil { // embedded, and read by a test
		return &price.Book{}
	}
	return book
}

// priceKeys are those of the region that has all of them.
func priceKeys() []string {
	var keys []string
	for _, r := range bookOf().List("us-east-1") {
		keys = append(keys, r.Key)
	}
	return keys
}

// instanceTypes are the EC2 types that have a price.
func instanceTypes() []string {
	var types []string
	for _, key := range priceKeys() {
		if t, ok := strings.CutPrefix(key, "ec2."); ok {
			types = append(types, t)
		}
	}
	return types
}
