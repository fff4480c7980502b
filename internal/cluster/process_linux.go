package cluster

import (
	"os/exec"
	"syscall"
)

// dieWithParent has the kernel end the program when the test's process ends,
// however that came about. The program is in a process group of its own, so that
// Ctrl-C reaches the test alone, which then closes the cluster in order.
func dieWithParent(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL, Setpgid: true}
}
