//go:build unix

package spec_test

import (
	"syscall"
	"testing"
	"time"
)

// cpuTime is the processor's time that the process has used, which unlike a clock does not
// count what other processes of a busy machine use.
func cpuTime(t *testing.T) time.Duration {
	t.Helper()
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		t.Fatal(err)
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}
