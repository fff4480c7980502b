// Package flags has the flags that several commands share, as groups: each is defined
// by Register and read by a method that gives all of its problems at once.
//
//	var asked flags.Comparison
//	asked.Usage.Register(cmd.Flags())
//	...
//	result, err := asked.Compare(p)
//
// A group holds what the user typed. What it means together with the spec is worked out here
// too, so that a command line and a page's form mean the same. What a command prints is no
// matter of this package.
package flags

import (
	"errors"
	"os"
	"slices"
	"strings"

	"github.com/agnivade/levenshtein"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"ambi/internal/problem"
)

// CommandsOnly refuses arguments that are no command, and names the nearest.
func CommandsOnly(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	unknown := problem.New("unknown command %q", args[0])
	if cmd.HasParent() {
		unknown.Message += " of " + Called(cmd)
	}
	cmd.SuggestionsMinimumDistance = 2
	if near := cmd.SuggestionsFor(args[0]); len(near) > 0 && args[0] != "" {
		unknown = unknown.Hint("did you mean %s?", near[0])
	} else {
		unknown = unknown.Hint("\"%s --help\" lists the commands", cmd.CommandPath())
	}
	return problem.As(problem.Misuse, unknown)
}

// NotEmpty refuses flags that were given without a value, such as a shell's
// variable that is not set: they would count as not given.
func NotEmpty(cmd *cobra.Command, _ []string) error {
	var problems problem.List
	cmd.Flags().Visit(func(f *pflag.Flag) {
		values := []string{f.Value.String()}
		if several, ok := f.Value.(pflag.SliceValue); ok {
			values = several.GetSlice()
		}
		if slices.Contains(values, "") {
			problems = append(problems, problem.Flag(f.Name, "must not be empty"))
		}
	})
	return problem.As(problem.Misuse, problems.Err())
}

// Error says in ambi's words what is wrong with a flag.
func Error(cmd *cobra.Command, err error) error {
	var (
		unknown *pflag.NotExistError
		invalid *pflag.InvalidValueError
	)
	switch {
	case errors.As(err, &unknown):
		if name := nearestFlag(cmd.Flags(), unknown.GetSpecifiedName()); name != "" {
			return problem.New("%w", err).Hint("did you mean --%s?", name).Of(problem.Misuse)
		}
		return problem.New("%w", err).Hint("\"%s --help\" lists the flags", cmd.CommandPath()).Of(problem.Misuse)
	case errors.As(err, &invalid):
		f := invalid.GetFlag()
		must := map[string]string{
			"bool": "true or false", "int": "a whole number", "int64": "a whole number", "uint64": "a whole number from 0", "float64": "a number",
		}[f.Value.Type()]
		if must != "" {
			return problem.Flag(f.Name, "must be %s, got %q", must, invalid.GetValue())
		}
	}
	return problem.As(problem.Misuse, err)
}

// nearestFlag is the flag whose name is two letters away at most; empty for none.
func nearestFlag(flags *pflag.FlagSet, name string) string {
	var names []string
	flags.VisitAll(func(f *pflag.Flag) {
		if !f.Hidden {
			names = append(names, f.Name)
		}
	})
	return Nearest(names, name)
}

// Nearest is the name that is two letters away at most; empty for none.
func Nearest(names []string, name string) string {
	found, distance := "", min(3, len(name)/2+1)
	for _, other := range names {
		if n := levenshtein.ComputeDistance(name, other); n < distance {
			found, distance = other, n
		}
	}
	return found
}

// Exclusive refuses flags that exclude each other.
func Exclusive(cmd *cobra.Command, names ...string) error {
	var given []string
	for _, name := range names {
		if cmd.Flags().Changed(name) {
			given = append(given, "--"+name)
		}
	}
	if len(given) < 2 {
		return nil
	}
	return problem.Field(strings.Join(given, " and "), "give one of them")
}

// Called is a command as a user calls it, without ambi.
func Called(cmd *cobra.Command) string {
	return strings.TrimPrefix(cmd.CommandPath(), cmd.Root().Name()+" ")
}

// NoArgs refuses arguments of a command that takes none.
func NoArgs(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	extra := problem.New("%s takes no arguments, got %q", Called(cmd), args[0])
	return problem.As(problem.Misuse, extra)
}

// SpecOrProject takes a spec by its path, or nothing: then it is the project's.
func SpecOrProject(cmd *cobra.Command, args []string) error {
	if err := AtMostOne("one spec")(cmd, args); err != nil || len(args) == 0 {
		return err
	}
	if _, err := os.Stat(args[0]); err == nil {
		return nil
	}
	missing := problem.New("no file %s", args[0])
	// The value of a flag that may have none stands after an equals sign.
	cmd.Flags().Visit(func(f *pflag.Flag) {
		if f.NoOptDefVal != "" && f.Value.Type() != "bool" && f.Value.String() == f.NoOptDefVal {
			missing = missing.Hint("did you mean --%s=%s?", f.Name, args[0])
		}
	})
	return problem.As(problem.Misuse, missing)
}

// AtMostOne takes one argument or none.
func AtMostOne(what string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) > 1 {
			return problem.New("%s takes at most %s, got %d arguments", Called(cmd), what, len(args)).Of(problem.Misuse)
		}
		return nil
	}
}

// ExactlyOne takes one argument.
func ExactlyOne(what string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) != 1 {
			return problem.New("%s takes %s, got %d arguments", Called(cmd), what, len(args)).Of(problem.Misuse)
		}
		return nil
	}
}

// Given are those of some flags that were typed, as words of a command line.
func Given(set *pflag.FlagSet, names ...string) []string {
	var list []string
	for _, name := range names {
		if f := set.Lookup(name); f != nil {
			list = append(list, asTyped(f)...)
		}
	}
	return list
}

// CommandLine is the command line of a command, without some flags.
func CommandLine(cmd *cobra.Command, without ...string) string {
	words := append(strings.Fields(cmd.CommandPath()), cmd.Flags().Args()...)
	cmd.Flags().Visit(func(f *pflag.Flag) {
		if !slices.Contains(without, f.Name) {
			words = append(words, asTyped(f)...)
		}
	})
	return Quote(words)
}

// asTyped returns a flag as words of a command line; none if it was not given.
func asTyped(f *pflag.Flag) []string {
	if !f.Changed {
		return nil
	}
	if f.Value.Type() == "bool" {
		if f.Value.String() == "true" {
			return []string{"--" + f.Name}
		}
		return []string{"--" + f.Name + "=false"}
	}
	values := []string{f.Value.String()}
	if several, ok := f.Value.(pflag.SliceValue); ok {
		values = several.GetSlice()
	}
	var list []string
	for _, value := range values {
		list = append(list, "--"+f.Name, value)
	}
	return list
}

// Quote is a command as a shell takes it.
func Quote(words []string) string {
	quoted := make([]string, len(words))
	for i, word := range words {
		quoted[i] = word
		if strings.Trim(word, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./=:,@%+") != "" || word == "" {
			quoted[i] = "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
		}
	}
	return strings.Join(quoted, " ")
}
