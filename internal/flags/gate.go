package flags

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"ambi/compare"
	"ambi/compare/condition"
	"ambi/compare/price/cost"
	"ambi/internal/problem"
	"ambi/spec"
)

// Gate say when a comparison ends with exit code 1.
type Gate struct {
	require string
	failIf  []string

	required   []spec.Target
	conditions []gated
}

// gated is a condition, of a service's figures where it names one.
type gated struct {
	*condition.Condition
	text, service string
}

// Register defines the flags.
func (f *Gate) Register(flags *pflag.FlagSet) {
	flags.StringVar(&f.require, "require", "", "exit with code 1 when the app does not fit the `TARGET`: lambda, kubernetes or both")
	flags.StringArrayVar(&f.failIf, "fail-if", nil, "exit with code 1 when a `CONDITION` holds, such as 'lambda > 1.2 * kubernetes'")
}

// Check reads the flags, for a run with or without an earlier comparison. All
// problems come back at once.
func (f *Gate) Check(against bool) error {
	var problems problem.List
	switch t := spec.Target(f.require); {
	case f.require == "":
	case f.require == "both":
		f.required = spec.Targets()
	case slices.Contains(spec.Targets(), t):
		f.required = []spec.Target{t}
	default:
		problems.Add(problem.Flag("require", "must be lambda, kubernetes or both, got %q", f.require))
	}
	var names []string
	for _, figure := range figures(nil, "") {
		names = append(names, figure.Name)
	}
	for _, text := range f.failIf {
		service, rest, named := strings.Cut(text, "=")
		if !named || slices.Contains(names, service) || strings.HasPrefix(rest, "=") || strings.ContainsAny(service, " \t\n<>!()+*/&|.") {
			service, rest = "", text // the = is an operator's
		}
		condition, err := condition.Parse(rest, names)
		problems.Add(problem.InFlag("fail-if", err))
		if err == nil && !against && slices.ContainsFunc(condition.Names(), func(name string) bool { return strings.HasPrefix(name, "old.") }) {
			problems.Add(problem.Flag("fail-if", "%s: figures of old need --against", text))
		}
		f.conditions = append(f.conditions, gated{condition, text, service})
	}
	return problems.Err()
}

// figures are those of a comparison; without one they have names only.
func figures(result *compare.Result, service string) []compare.Figure {
	if result == nil {
		result = &compare.Result{}
	}
	return result.FiguresOf(service, result.Against)
}

// FiguresHelp lists the figures that conditions are made of.
func FiguresHelp() string {
	var b strings.Builder
	var parts []string
	for _, category := range cost.Categories() {
		first, _, _ := strings.Cut(string(category), " ")
		parts = append(parts, first)
	}
	for _, figure := range figures(nil, "") {
		target, part, isPart := strings.Cut(figure.Name, ".")
		switch {
		case isPart && target == string(spec.Lambda): // listed with Kubernetes'
		case slices.Contains(parts, part):
			if part == parts[0] {
				fmt.Fprintf(&b, "  TARGET.PART           its part for %s\n", strings.Join(parts[:6], ", ")+",")
				fmt.Fprintf(&b, "                        %s\n", strings.Join(parts[6:], ", "))
			}
		case isPart && target == string(spec.Kubernetes):
			fmt.Fprintf(&b, "  %-21s %s\n", "TARGET."+part, figure.Means)
		default:
			fmt.Fprintf(&b, "  %-21s %s\n", figure.Name, figure.Means)
		}
	}
	return b.String()
}

// Blocked reports whether something keeps the app from a target that it must
// fit.
func (f *Gate) Blocked(result compare.Result) bool {
	return slices.ContainsFunc(f.required, func(t spec.Target) bool { return !result.Fit.Fits(t) })
}

// Failed are the conditions that hold or cannot be decided, each with its
// figures.
func (f *Gate) Failed(result compare.Result, difference *compare.Difference) []string {
	result.Against = difference
	var list []string
	for _, condition := range f.conditions {
		values := map[string]compare.Figure{}
		for _, figure := range figures(&result, condition.service) {
			values[figure.Name] = figure
		}
		holds, unknown := condition.Holds(func(name string) (float64, bool) { return values[name].Value, values[name].Known })
		switch {
		case condition.service != "" && !slices.ContainsFunc(result.Services, func(s compare.Service) bool { return s.Name == condition.service }):
			list = append(list, fmt.Sprintf("%s: cannot be decided: there is no service %q", condition.text, condition.service))
		case len(unknown) > 0:
			list = append(list, fmt.Sprintf("%s: cannot be decided without %s", condition.text, strings.Join(unknown, ", ")))
		case holds:
			var parts []string
			for _, name := range condition.Names() {
				parts = append(parts, fmt.Sprintf("%s is %.6g", name, values[name].Value))
			}
			list = append(list, fmt.Sprintf("%s: %s", condition.text, strings.Join(parts, ", ")))
		}
	}
	return list
}
