package generator_test

import (
	"bytes"
	"go/format"
	"math/rand/v2"
	"testing"

	"github.com/aymanbagabas/go-udiff"

	"ambi/generator"
	"ambi/internal/spectest"
)

// TestFormatted holds what any spec generates to gofmt: a function of a template
// that is not written formatted needs a mark.
func TestFormatted(t *testing.T) {
	for seed := range uint64(300) {
		in, _ := resolveLoosely(t, spectest.Generate(rand.New(rand.NewPCG(seed, 7))))
		files, err := generator.Generate(in)
		if err != nil {
			t.Fatal(err)
		}
		if requireFormatted(t, files); t.Failed() {
			return
		}
	}
}

func requireFormatted(t *testing.T, files []generator.File) {
	t.Helper()
	for _, f := range files {
		want, err := format.Source(f.Content)
		if err != nil {
			t.Fatalf("%s: %v", f.Path, err)
		}
		if !bytes.Equal(f.Content, want) {
			t.Error(udiff.Unified(f.Path, "formatted", string(f.Content), string(want)))
		}
	}
}
