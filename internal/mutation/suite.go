package mutation

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"ambi/stacks/stacktest"
)

// Suite is what a stack's checks are tried on.
type Suite struct {
	// Graph is what the stack declares; it passes.
	Graph *stacktest.Graph
	// Check is everything that the stack's tests hold a graph to.
	Check func(t stacktest.T, g *stacktest.Graph)
	// Faults are mutants that no machine would think of; all must be noticed.
	Faults []Mutant
	// Harmless are edits that a team may make; none may be held against it.
	Harmless []Mutant
	// Survivors are the mutants that need not be noticed, by what their names begin
	// with, and the reasons. An entry that lets no mutant survive is an error.
	Survivors map[string]string
}

// Run tries the checks on every graph, and logs how many mutants they notice and
// which they do not.
func (s Suite) Run(t *testing.T) {
	t.Helper()
	problems, log := s.try()
	for _, line := range log {
		t.Log(line)
	}
	for _, problem := range problems {
		t.Error(problem)
	}
}

func (s Suite) try() (problems, log []string) {
	if told := s.tell(s.Graph); len(told) > 0 {
		return []string{"the stack fails its own checks:\n" + strings.Join(told, "\n")}, nil
	}
	derived := Derive(s.Graph)
	killed := 0
	unused := maps.Clone(s.Survivors)
	for _, m := range slices.Concat(derived, s.Faults) {
		reason := ""
		for name := range s.Survivors {
			if strings.HasPrefix(m.Name, name) {
				reason = s.Survivors[name]
				delete(unused, name)
			}
		}
		switch noticed := len(s.tell(m.Graph)) > 0; {
		case noticed && reason != "":
			problems = append(problems, "noticed, although it is listed as a survivor: "+m.Name)
		case noticed:
			killed++
		case reason != "":
			log = append(log, fmt.Sprintf("survives: %s (%s)", m.Name, reason))
		default:
			problems = append(problems, "nobody notices: "+m.Name)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(unused)) {
		problems = append(problems, "listed as a survivor, but there is no such mutant: "+name)
	}
	for _, m := range s.Harmless {
		if told := s.tell(m.Graph); len(told) > 0 {
			problems = append(problems, "a harmless edit is held against a team: "+m.Name+":\n"+strings.Join(told, "\n"))
		}
	}
	all := len(derived) + len(s.Faults)
	return problems, append(log, fmt.Sprintf("killed %d of %d mutants (%d derived, %d by hand); %d harmless edits stay green",
		killed, all, len(derived), len(s.Faults), len(s.Harmless)))
}

func (s Suite) tell(g *stacktest.Graph) []string { return Complaints(s.Check, g) }

// Complaints is what a check says about a graph.
func Complaints(check func(t stacktest.T, g *stacktest.Graph), g *stacktest.Graph) []string {
	var told stacktest.Complaints
	check(&told, g)
	return told
}
