package main

import "context"

// budget is a number of units to share out. Whoever wants more than there is left
// waits, in the order of asking.
type budget struct {
	turn  chan struct{} // held while taking, so that two takers cannot block each other half way
	taken chan struct{} // one element a unit that is taken
}

func newBudget(units int) budget {
	return budget{turn: make(chan struct{}, 1), taken: make(chan struct{}, units)}
}

// take waits for units, but no longer than ctx lasts, and returns how to give them
// back. Whoever asks for more than the whole budget gets it to itself.
func (b budget) take(ctx context.Context, units int) (giveBack func(), err error) {
	select {
	case b.turn <- struct{}{}:
		defer func() { <-b.turn }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	units = min(units, cap(b.taken))
	for n := range units {
		select {
		case b.taken <- struct{}{}:
		case <-ctx.Done():
			b.give(n)
			return nil, ctx.Err()
		}
	}
	return func() { b.give(units) }, nil
}

func (b budget) give(units int) {
	for range units {
		<-b.taken
	}
}
