package mutation

import (
	"fmt"
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
	// Tastes are numbers that a team may turn.
	Tastes []Taste
	// Harmless are edits that a team may make; none may be held against it.
	Harmless []Mutant
}

// Run tries the checks on every graph, and logs how many mutants they notice.
func (s Suite) Run(t *testing.T) {
	t.Helper()
	problems, log := s.try()
	t.Log(log)
	for _, problem := range problems {
		t.Error(problem)
	}
}

func (s Suite) try() (problems []string, log string) {
	if told := s.tell(s.Graph); len(told) > 0 {
		return []string{"the stack fails its own checks:\n" + strings.Join(told, "\n")}, ""
	}
	harmless := append(slices.Clone(s.Harmless), reworded(s.Graph))
	var derived []Mutant
	for _, m := range Derive(s.Graph) {
		if slices.ContainsFunc(s.Tastes, func(t Taste) bool { return t.allows(m) }) {
			harmless = append(harmless, m)
		} else {
			derived = append(derived, m)
		}
	}
	killed := 0
	for _, m := range slices.Concat(derived, s.Faults) {
		if len(s.tell(m.Graph)) > 0 {
			killed++
		} else {
			problems = append(problems, "nobody notices: "+m.Name)
		}
	}
	for _, m := range harmless {
		if told := s.tell(m.Graph); len(told) > 0 {
			problems = append(problems, "a harmless edit is held against a team: "+m.Name+":\n"+strings.Join(told, "\n"))
		}
	}
	all := len(derived) + len(s.Faults)
	return problems, fmt.Sprintf("killed %d of %d mutants (%d derived, %d by hand); %d harmless edits stay green",
		killed, all, len(derived), len(s.Faults), len(harmless))
}

func (s Suite) tell(g *stacktest.Graph) []string { return Complaints(s.Check, g) }

// Complaints is what a check says about a graph.
func Complaints(check func(t stacktest.T, g *stacktest.Graph), g *stacktest.Graph) []string {
	var told stacktest.Complaints
	check(&told, g)
	return told
}
