//go:build unix

package process

import (
	"os/exec"
	"syscall"
)

// separate starts the program in a group of its own: a terminal's Ctrl-C does not reach it,
// and a signal to the group reaches whatever it started.
func separate(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }

// ask asks the group to end.
func ask(cmd *exec.Cmd) { _ = syscall.Kill(-cmd.Process.Pid, syscall.SIGTERM) }

// kill ends the group. The group's number is not given to another one as long as a process is
// in it, and without one there is nothing to kill.
func kill(cmd *exec.Cmd) { _ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
