package process

import (
	"fmt"
	"os"
	"slices"
	"time"

	"github.com/shirou/gopsutil/v4/process"

	"ambi/internal/problem"
)

// Sample is what a tree of processes has used at one moment.
type Sample struct {
	CPU       time.Duration // user and system time of all processes so far
	Memory    int64         // bytes in RAM of those that run; what they share counts for each
	Processes int
}

// Tree is a process and its descendants.
type Tree struct {
	root    *process.Process
	members []*process.Process
	next    time.Time // when to look for new members again
	ended   cpuOfEnded
	most    time.Duration // CPU time never falls
}

// lookAgain is how often a tree looks for new processes.
const lookAgain = 500 * time.Millisecond

// NewTree watches a process that runs, and its descendants.
func NewTree(pid int) (*Tree, error) {
	root, err := process.NewProcess(int32(pid))
	if err != nil {
		return nil, problem.New("no process with the ID %d", pid).Of(problem.Misuse)
	}
	return &Tree{root: root, ended: cpuOfEnded{}}, nil
}

// Sample adds up the tree. CPU time is that of the processes that run and, on Linux, of those
// that they waited for; elsewhere, of those that were seen before they ended.
func (t *Tree) Sample() (Sample, error) {
	now := time.Now()
	if !now.Before(t.next) {
		t.next = now.Add(lookAgain)
		for _, p := range append(descendants(t.root), t.root) {
			if !slices.ContainsFunc(t.members, func(m *process.Process) bool { return m.Pid == p.Pid }) {
				t.members = append(t.members, p)
			}
		}
	}
	var s Sample
	t.members = slices.DeleteFunc(t.members, func(p *process.Process) bool {
		cpu, errCPU := cpuTime(p)
		memory, errMemory := p.MemoryInfo()
		if errCPU != nil || errMemory != nil {
			return true
		}
		t.ended.saw(p.Pid, cpu)
		s.CPU += cpu
		s.Memory += int64(memory.RSS)
		s.Processes++
		return false
	})
	if s.Processes == 0 {
		return s, fmt.Errorf("process %d has ended", t.root.Pid)
	}
	s.CPU += t.ended.sum(t.members)
	t.most = max(t.most, s.CPU)
	s.CPU = t.most
	return s, nil
}

// descendants are those of a process, parents first.
func descendants(of *process.Process) []*process.Process {
	all := []*process.Process{of}
	for i := 0; i < len(all) && len(all) < 10_000; i++ {
		children, err := all[i].Children()
		if err != nil {
			continue // it has none, or is gone
		}
		all = append(all, children...)
	}
	return all[1:]
}

// Own is the CPU time of this process so far, without what it started.
func Own() time.Duration {
	p, err := process.NewProcess(int32(os.Getpid()))
	if err != nil {
		return 0
	}
	times, err := p.Times()
	if err != nil {
		return 0
	}
	return time.Duration((times.User + times.System) * float64(time.Second))
}
