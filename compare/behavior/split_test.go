package behavior

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"

	"ambi/compare/simulate"
)

func drain(source simulate.Source) []int64 {
	var all []int64
	for at, ok := source.Next(); ok; at, ok = source.Next() {
		all = append(all, at)
	}
	return all
}

// numbers is a source of n arrivals that may end with an error.
type numbers struct {
	at, n int64
	err   error
}

func (s *numbers) Next() (int64, bool) {
	if s.at == s.n {
		return 0, false
	}
	s.at++
	return s.at, true
}

func (s *numbers) Err() error {
	if s.at < s.n {
		return nil
	}
	return s.err
}

func TestSplitGivesEachReaderEverything(t *testing.T) {
	broken := errors.New("broken")
	for _, n := range []int64{0, 1, batch - 1, batch, batch + 1, 20 * batch} {
		for _, want := range []error{nil, broken} {
			seen := int64(0)
			s := newSplit(&numbers{n: n, err: want}, 3, func(int64) { seen++ })
			var wait sync.WaitGroup
			all := make([][]int64, 3)
			for i, r := range s.readers {
				wait.Go(func() {
					all[i] = drain(r)
					if r.Err() != want {
						t.Errorf("%d: %v", n, r.Err())
					}
				})
			}
			s.run(context.Background())
			wait.Wait()
			if seen != n || int64(len(all[0])) != n || !slices.Equal(all[0], all[1]) || !slices.Equal(all[0], all[2]) || !slices.IsSorted(all[0]) {
				t.Errorf("%d: %d seen, %d read", n, seen, len(all[0]))
			}
		}
	}
}

// TestSplitEnds lets readers stop early, and the context end.
func TestSplitEnds(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	s := newSplit(&numbers{n: 1 << 40}, 2, func(int64) {})
	ended := make(chan struct{})
	go func() { s.run(ctx); close(ended) }()
	close(s.readers[0].done)
	for range 100 * batch {
		if _, ok := s.readers[1].Next(); !ok {
			t.Fatal("it ended")
		}
	}
	cancel()
	<-ended
	drain(s.readers[1])

	s = newSplit(&numbers{n: 1 << 40}, 1, func(int64) {})
	close(s.readers[0].done)
	// A reader's channel may take some batches before it is seen to be gone.
	s.run(context.Background())
}
