//go:build !linux

package process

import (
	"slices"
	"time"

	"github.com/shirou/gopsutil/v4/process"
)

// cpuTime is a process's own CPU time.
func cpuTime(p *process.Process) (time.Duration, error) {
	times, err := p.Times()
	if err != nil {
		return 0, err
	}
	return time.Duration((times.User + times.System) * float64(time.Second)), nil
}

// cpuOfEnded remembers what each process had used when it was last seen.
type cpuOfEnded map[int32]time.Duration

func (c cpuOfEnded) saw(pid int32, cpu time.Duration) { c[pid] = cpu }

// sum adds up those that no longer run.
func (c cpuOfEnded) sum(running []*process.Process) (sum time.Duration) {
	for pid, cpu := range c {
		if !slices.ContainsFunc(running, func(p *process.Process) bool { return p.Pid == pid }) {
			sum += cpu
		}
	}
	return sum
}
