package measure

import (
	"sync"
	"time"

	"github.com/shirou/gopsutil/v4/cpu"

	"ambi/internal/measure/process"
)

// watcher samples the app's processes all the time, for the most memory that they have.
type watcher struct {
	mutex sync.Mutex
	tree  *process.Tree
	last  process.Sample
	peak  int64
	stop  chan struct{}
	ended chan struct{}
}

// every is how often memory is looked at.
const every = 50 * time.Millisecond

func watch(tree *process.Tree) *watcher {
	w := &watcher{tree: tree, stop: make(chan struct{}), ended: make(chan struct{})}
	go func() {
		defer close(w.ended)
		ticker := time.NewTicker(every)
		defer ticker.Stop()
		for {
			select {
			case <-w.stop:
				return
			case <-ticker.C:
				w.now()
			}
		}
	}()
	return w
}

// now samples; of an app that has ended, it is the last sample.
func (w *watcher) now() process.Sample {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	s, err := w.tree.Sample()
	if err != nil {
		return w.last
	}
	w.last, w.peak = s, max(w.peak, s.Memory)
	return s
}

// fresh forgets the peak, and samples.
func (w *watcher) fresh() process.Sample {
	w.mutex.Lock()
	w.peak = 0
	w.mutex.Unlock()
	return w.now()
}

func (w *watcher) most() int64 {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	return w.peak
}

func (w *watcher) close() {
	close(w.stop)
	<-w.ended
}

// machineCPU is the time that all cores were busy, so far; 0 where the system does not say.
func machineCPU() time.Duration {
	all, err := cpu.Times(false)
	if err != nil || len(all) == 0 {
		return 0
	}
	t := all[0]
	busy := t.User + t.System + t.Nice + t.Irq + t.Softirq + t.Steal
	return time.Duration(busy * float64(time.Second))
}
