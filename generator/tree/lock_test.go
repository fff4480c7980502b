package tree

import (
	"errors"
	"maps"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"
)

func TestLock(t *testing.T) {
	dir := t.TempDir()
	unlock, err := lock(open(t, dir), exclusive, 0)
	if err != nil {
		t.Fatal(err)
	}
	_, err = lock(open(t, dir), exclusive, 20*time.Millisecond)
	if !errors.Is(err, errLocked) || !strings.HasPrefix(err.Error(), "another ambi is at work in this project\nhint: wait until it ends, then run this again") {
		t.Errorf("a second writer: got %v", err)
	}
	if lockHint == "" { // where there are shared locks
		if _, err := lock(open(t, dir), shared, 0); !errors.Is(err, errLocked) {
			t.Errorf("a reader beside a writer: got %v", err)
		}
	}

	// One that waits gets its turn.
	waiting := make(chan error)
	go func() {
		unlock, err := lock(open(t, dir), exclusive, time.Minute)
		if err == nil {
			unlock()
		}
		waiting <- err
	}()
	unlock()
	if err := <-waiting; err != nil {
		t.Errorf("one that waited: %v", err)
	}

	first, err := lock(open(t, dir), shared, 0)
	if err != nil {
		t.Fatal(err)
	}
	second, err := lock(open(t, dir), shared, 0)
	if err != nil {
		t.Fatalf("two readers: %v", err)
	}
	first()
	second()
	same(t, "after the locks", reading(t, dir), project{})
}

// Runs at once end in what one of them wrote, and a comparison beside them sees
// whole states only.
func TestRunsAtOnce(t *testing.T) {
	dir := fastDir(t)
	sets := []project{oldSet, newSet, otherSet}
	users.lay(t, dir)
	written(oldSet).lay(t, dir)

	var wg sync.WaitGroup
	stop := make(chan struct{})
	for i := range 6 {
		root := open(t, dir)
		wg.Go(func() {
			for n := range 10 {
				if _, err := Write(root, emitted(sets[(i+n)%3]), Options{}); err != nil {
					t.Errorf("Write: %v", err)
					return
				}
			}
		})
	}
	var reader sync.WaitGroup
	root := open(t, dir)
	reader.Go(func() {
		for {
			select {
			case <-stop:
				return
			default:
			}
			changes, err := Compare(root, nil, Options{})
			if err != nil {
				t.Errorf("Compare: %v", err)
				return
			}
			// Nothing is wanted: what is there is what some run wrote.
			got := make(project)
			for _, c := range changes {
				got[c.Path] = string(c.Have)
				if c.Kind != Remove {
					t.Errorf("%s is %s, want %s", c.Path, c.Kind, Remove)
				}
			}
			if !maps.Equal(got, oldSet) && !maps.Equal(got, newSet) && !maps.Equal(got, otherSet) {
				t.Errorf("Compare saw a state that no run wrote: %q", got)
			}
			runtime.Gosched()
		}
	})
	wg.Wait()
	close(stop)
	reader.Wait()

	got := reading(t, dir)
	for _, set := range sets {
		if maps.Equal(got, written(set).with(users).folders()) {
			return
		}
	}
	t.Errorf("the last state is none that a run wrote: %q", got)
}
