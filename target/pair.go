package target

import (
	"fmt"

	"ambi/spec"
)

// Pair is one value for each target. Embedded, it gives a struct the JSON keys lambda and
// kubernetes.
type Pair[T any] struct {
	Lambda     T `json:"lambda"`
	Kubernetes T `json:"kubernetes"`
}

// PairOf makes a pair by calling of for each target.
func PairOf[T any](of func(spec.Target) T) Pair[T] {
	return Pair[T]{Lambda: of(spec.Lambda), Kubernetes: of(spec.Kubernetes)}
}

// Of returns a target's value.
func (p Pair[T]) Of(t spec.Target) T { return *p.At(t) }

// At returns a pointer to a target's value, to set it.
func (p *Pair[T]) At(t spec.Target) *T {
	switch t {
	case spec.Lambda:
		return &p.Lambda
	case spec.Kubernetes:
		return &p.Kubernetes
	}
	panic(fmt.Sprintf("no target %q", t))
}
