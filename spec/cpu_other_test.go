//go:build !unix

package spec_test

import (
	"testing"
	"time"
)

// cpuTime is a clock where the processor's time is not known.
func cpuTime(*testing.T) time.Duration { return time.Duration(time.Now().UnixNano()) }
