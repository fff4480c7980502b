package main

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

// commandsOnly refuses arguments that are no command, and names the nearest.
func commandsOnly(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	unknown := problem.New("unknown command %q", args[0])
	if cmd.HasParent() {
		unknown.Message += " of " + called(cmd)
	}
	cmd.SuggestionsMinimumDistance = 2
	if near := cmd.SuggestionsFor(args[0]); len(near) > 0 && args[0] != "" {
		unknown = unknown.Hint("did you mean %s?", near[0])
	}
	return problem.As(problem.Misuse, unknown)
}

// notEmpty refuses flags that were given without a value, such as a shell's
// variable that is not set: they would count as not given.
func notEmpty(cmd *cobra.Command, _ []string) error {
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

// flagError says in ambi's words what is wrong with a flag.
func flagError(cmd *cobra.Command, err error) error {
	var (
		unknown *pflag.NotExistError
		invalid *pflag.InvalidValueError
	)
	switch {
	case errors.As(err, &unknown):
		if name := nearestFlag(cmd.Flags(), unknown.GetSpecifiedName()); name != "" {
			return problem.New("%w", err).Hint("did you mean --%s?", name).Of(problem.Misuse)
		}
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
	return nearest(names, name)
}

// nearest is the name that is two letters away at most; empty for none.
func nearest(names []string, name string) string {
	found, distance := "", min(3, len(name)/2+1)
	for _, other := range names {
		if n := levenshtein.ComputeDistance(name, other); n < distance {
			found, distance = other, n
		}
	}
	return found
}

// exclusive refuses flags that exclude each other.
func exclusive(cmd *cobra.Command, names ...string) error {
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

// called is a command as a user calls it, without ambi.
func called(cmd *cobra.Command) string {
	return strings.TrimPrefix(cmd.CommandPath(), cmd.Root().Name()+" ")
}

// noArgs refuses arguments of a command that takes none.
func noArgs(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	extra := problem.New("%s takes no arguments, got %q", called(cmd), args[0])
	return problem.As(problem.Misuse, extra)
}

// specOrProject takes a spec by its path, or nothing: then it is the project's.
func specOrProject(cmd *cobra.Command, args []string) error {
	if err := atMostOne("a spec")(cmd, args); err != nil || len(args) == 0 {
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

// atMostOne takes one argument or none.
func atMostOne(what string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) > 1 {
			return problem.New("%s takes %s at most, got %d arguments", called(cmd), what, len(args)).Of(problem.Misuse)
		}
		return nil
	}
}

// exactlyOne takes one argument.
func exactlyOne(what string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) != 1 {
			return problem.New("%s takes %s, got %d arguments", called(cmd), what, len(args)).Of(problem.Misuse)
		}
		return nil
	}
}
