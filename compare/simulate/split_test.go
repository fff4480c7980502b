package simulate

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"

	"ambi/compare/simulate/replay"
)

func drain(requests replay.Requests) []replay.Request {
	var all []replay.Request
	for batch := requests.Batch(); len(batch) > 0; batch = requests.Batch() {
		all = append(all, batch...)
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
	demand := replay.Demand{Wait: replay.Exponential(1e6), CPU: replay.Lognormal(1e6, 1), Seed: 3}
	for _, n := range []int64{0, 1, batchSize - 1, batchSize, batchSize + 1, 20 * batchSize} {
		for _, want := range []error{nil, broken} {
			seen := int64(0)
			s := newSplit(&numbers{n: n, err: want}, demand, 3, func(r []replay.Request) { seen += int64(len(r)) })
			var wait sync.WaitGroup
			all := make([][]replay.Request, 3)
			for i, r := range s.readers {
				wait.Go(func() {
					all[i] = drain(r)
					if !errors.Is(r.Err(), want) {
						t.Errorf("%d: %v", n, r.Err())
					}
				})
			}
			s.run(context.Background())
			wait.Wait()
			if seen != n || int64(len(all[0])) != n || !slices.Equal(all[0], all[1]) || !slices.Equal(all[0], all[2]) {
				t.Errorf("%d: %d seen, %d read", n, seen, len(all[0]))
			}
			for i, q := range all[0] {
				if wait, cpu := demand.Of(int64(i)); q != (replay.Request{At: int64(i) + 1, Wait: wait, CPU: cpu}) {
					t.Fatalf("%d: request %d is %+v", n, i, q)
				}
			}
		}
	}
}

// TestSplitEnds lets readers stop early, and the context end.
func TestSplitEnds(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	s := newSplit(&numbers{n: 1 << 40}, replay.Demand{}, 2, func([]replay.Request) {})
	ended := make(chan struct{})
	go func() { s.run(ctx); close(ended) }()
	close(s.readers[0].done)
	for range 100 * batchSize {
		if _, ok := s.readers[1].Next(); !ok {
			t.Fatal("it ended")
		}
	}
	cancel()
	<-ended
	drain(s.readers[1])

	s = newSplit(&numbers{n: 1 << 40}, replay.Demand{}, 1, func([]replay.Request) {})
	close(s.readers[0].done)
	// A reader's channel may take some batches before it is seen to be gone.
	s.run(context.Background())
}
