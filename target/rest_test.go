package target_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"go.yaml.in/yaml/v3"

	"ambi/internal/problem"
	"ambi/internal/spectest"
	"ambi/spec"
	"ambi/target"
)

// An error in one service hides nothing that targets refuse of others, unless they refer to it, and makes
// nothing up: what is said beside it is said without it, too.
func TestErrorsOfSpecAndTargets(t *testing.T) {
	shown, hidden := 0, 0
	for seed := range uint64(100) {
		text := spectest.Generate(rand.New(rand.NewPCG(seed, 1)))
		app, err := spec.Parse("app.yaml", text)
		if err != nil {
			t.Fatal(err)
		}
		names := app.ServiceNames()
		broken := names[seed%uint64(len(names))]
		refused := target.Resolve(app).Problems("app.yaml", app.Targets...)
		wrong := withTimeout(t, text, broken, "soon")
		if _, err = spec.Parse("app.yaml", wrong); err == nil {
			t.Fatalf("seed %d: a timeout of soon is no error", seed)
		}
		invalid := problem.All(err)
		all := problem.All(target.WithRefusals("app.yaml", wrong, slices.Clone(invalid)))
		if n := len(all) - len(invalid); n > 0 {
			shown++
		}
		said := func(list problem.List, p problem.Problem) bool {
			return slices.ContainsFunc(list, func(q problem.Problem) bool { return p.Field == q.Field && p.Message == q.Message })
		}
		for _, p := range all {
			if !said(invalid, p) && !said(refused, p) {
				t.Errorf("seed %d: with an error in %s, %s %s", seed, broken, p.Field, p.Message)
			}
		}
		for _, p := range refused {
			if !said(all, p) {
				hidden++
			}
		}
	}
	if shown < 20 {
		t.Errorf("of 100 specs with an error, %d show refusals beside it: too few to tell", shown)
	}
	t.Logf("%d specs show refusals beside an error; %d refusals are of a service that has one, or refers to it", shown, hidden)
}

// withTimeout is a spec with another timeout of a service.
func withTimeout(t *testing.T, text []byte, service, timeout string) []byte {
	t.Helper()
	var document map[string]any
	if err := yaml.Unmarshal(text, &document); err != nil {
		t.Fatal(err)
	}
	document["services"].(map[string]any)[service].(map[string]any)["timeout"] = timeout
	text, err := yaml.Marshal(document)
	if err != nil {
		t.Fatal(err)
	}
	return text
}
