package spectest

import (
	"bytes"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"ambi/spec"
)

// TestEverythingParses is what the package promises.
func TestEverythingParses(t *testing.T) {
	hostile := Hostile()
	used := map[string]bool{}
	for name, make := range map[string]func(*rand.Rand) []byte{"Generate": Generate, "Deployable": Deployable} {
		for seed := range uint64(600) {
			src := make(rand.New(rand.NewPCG(seed, 0)))
			app, err := spec.Parse("app.yaml", src)
			if err != nil {
				t.Fatalf("%s, seed %d: %v\n%s", name, seed, err, src)
			}
			if again := make(rand.New(rand.NewPCG(seed, 0))); !bytes.Equal(src, again) {
				t.Fatalf("%s, seed %d: two texts from one seed", name, seed)
			}
			for _, s := range app.Services {
				for _, value := range s.Env {
					if !slices.Contains(hostile, value) && !strings.HasPrefix(value, "very long ") {
						t.Fatalf("%s, seed %d: a value changed on its way: %q", name, seed, value)
					}
					used[value] = true
				}
			}
		}
	}
	for _, s := range hostile {
		if !used[s] {
			t.Errorf("never generated: %q", s)
		}
	}
}

// TestDeployable keeps to the limits of both targets that need no resolving.
func TestDeployable(t *testing.T) {
	for seed := range uint64(300) {
		app, err := spec.Parse("app.yaml", Deployable(rand.New(rand.NewPCG(seed, 1))))
		if err != nil {
			t.Fatal(err)
		}
		for name, s := range app.Services {
			env := 0
			for k, v := range s.Env {
				env += len(k) + len(v)
			}
			switch {
			case s.Image == "", s.Lambda.Image == "" && s.Lambda.Zip == "":
				t.Errorf("seed %d, %s: nothing to run on one target", seed, name)
			case s.Memory.Bytes() < 128<<20, s.Memory.Bytes() > 10240<<20, s.CPU.Milli() > 5000,
				s.Timeout.Std().Seconds() > 30, s.Scale.Min < 1, env > 3000:
				t.Errorf("seed %d, %s: beyond a target's limit: %+v", seed, name, s)
			}
		}
	}
}
