package core

import (
	"time"

	"golang.org/x/sys/unix"
)

// threadTime is the CPU time of this thread: others on the same core do not count.
func threadTime() time.Duration {
	var t unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_THREAD_CPUTIME_ID, &t); err != nil {
		return time.Duration(time.Now().UnixNano())
	}
	return time.Duration(t.Nano())
}
