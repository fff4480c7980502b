package process

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
	"time"

	"github.com/shirou/gopsutil/v4/process"
	"golang.org/x/sys/unix"
)

// cpuTime is a process's CPU time, to the nanosecond, and that of the children that it has
// waited for, in ticks.
func cpuTime(p *process.Process) (time.Duration, error) {
	var t unix.Timespec
	// The clock of another process, as clock_getcpuclockid(3) makes its number.
	clock := int32(^uint32(p.Pid))<<3 | 2
	if err := unix.ClockGettime(clock, &t); err != nil {
		return 0, err
	}
	children, err := waitedFor(p.Pid)
	return time.Duration(t.Nano()) + children, err
}

// tick is the unit of times in /proc: 100 a second on all architectures that Go has.
const tick = 10 * time.Millisecond

// waitedFor reads cutime and cstime, fields 16 and 17 of proc_pid_stat(5).
func waitedFor(pid int32) (time.Duration, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0, err
	}
	fields := bytes.Fields(text[bytes.LastIndexByte(text, ')')+1:]) // from the third on
	if len(fields) < 15 {
		return 0, fmt.Errorf("/proc/%d/stat: has %d fields", pid, len(fields)+2)
	}
	user, errUser := strconv.ParseInt(string(fields[13]), 10, 64)
	system, errSystem := strconv.ParseInt(string(fields[14]), 10, 64)
	if errUser != nil || errSystem != nil {
		return 0, fmt.Errorf("/proc/%d/stat: has no times", pid)
	}
	return time.Duration(user+system) * tick, nil
}

// cpuOfEnded has nothing to do: parents have the time of the children that they waited for.
type cpuOfEnded struct{}

func (cpuOfEnded) saw(int32, time.Duration) {}

func (cpuOfEnded) sum([]*process.Process) time.Duration { return 0 }
