package main

import (
	"bytes"
	"encoding/json"
	"path/filepath"
	"testing"

	"ambi/generator"
)

// TestTypesFitTheirColumn holds the names of types that "ambi plan" prints to the column's
// width, for whatever the golden specs have.
func TestTypesFitTheirColumn(t *testing.T) {
	specs, err := filepath.Glob("../../generator/testdata/*/app.yaml")
	if err != nil || len(specs) < 5 {
		t.Fatalf("%d golden specs, %v", len(specs), err)
	}
	types := map[string]bool{}
	for _, file := range specs {
		var plan struct {
			Targets []struct{ Resources []generator.Resource }
			Data    []generator.Resource
		}
		if err := json.NewDecoder(bytes.NewReader(command(t, "plan", file, "--json"))).Decode(&plan); err != nil {
			t.Fatal(err)
		}
		for _, target := range plan.Targets {
			plan.Data = append(plan.Data, target.Resources...)
		}
		for _, r := range plan.Data {
			types[r.Type] = true
		}
	}
	for token := range types {
		if short := shortType(token); len(short) > typeColumn {
			t.Errorf("%s is printed as %s, which is longer than %d letters", token, short, typeColumn)
		}
	}
	if len(types) < 30 {
		t.Errorf("only %d types", len(types))
	}
}
