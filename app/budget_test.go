package main

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

func TestBudgetWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBudget(3)
		giveBack, err := b.take(t.Context(), 2)
		if err != nil {
			t.Fatal(err)
		}
		time.AfterFunc(time.Second, giveBack)
		start := time.Now()
		if _, err := b.take(t.Context(), 2); err != nil {
			t.Fatal(err)
		}
		if waited := time.Since(start); waited != time.Second {
			t.Errorf("waited %v, want 1s", waited)
		}
	})
}

// Who gives up leaves everything to the others.
func TestBudgetGivesUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBudget(3)
		giveBack, err := b.take(t.Context(), 2)
		if err != nil {
			t.Fatal(err)
		}
		for range 2 { // one waits for units, one for its turn
			go func() {
				ctx, cancel := context.WithTimeout(t.Context(), time.Second)
				defer cancel()
				if _, err := b.take(ctx, 2); !errors.Is(err, context.DeadlineExceeded) {
					t.Errorf("got %v, want a deadline", err)
				}
			}()
		}
		time.Sleep(2 * time.Second)
		giveBack()
		if _, err := b.take(t.Context(), 3); err != nil {
			t.Error(err)
		}
	})
}

func TestBudgetIsNeverExceeded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const units = 10
		b := newBudget(units)
		var inUse, most atomic.Int64
		var all sync.WaitGroup
		for i := range 100 {
			wanted := 1 + i%15 // more than there is, at times
			all.Go(func() {
				giveBack, err := b.take(t.Context(), wanted)
				if err != nil {
					t.Error(err)
					return
				}
				now := inUse.Add(int64(min(wanted, units)))
				for before := most.Load(); now > before && !most.CompareAndSwap(before, now); before = most.Load() {
				}
				time.Sleep(time.Millisecond)
				inUse.Add(-int64(min(wanted, units)))
				giveBack()
			})
		}
		all.Wait()
		if most.Load() > units || most.Load() < units/2 {
			t.Errorf("up to %d in use at a time, want nearly %d", most.Load(), units)
		}
	})
}
