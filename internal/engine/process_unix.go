//go:build unix

package engine

import (
	"os/exec"
	"syscall"
)

func separate(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }

func apart(cmd *exec.Cmd) bool { return cmd.SysProcAttr != nil && cmd.SysProcAttr.Setpgid }

// interrupt does what Ctrl-C does: it reaches the whole group.
func interrupt(cmd *exec.Cmd) error {
	if apart(cmd) {
		return syscall.Kill(-cmd.Process.Pid, syscall.SIGINT)
	}
	return cmd.Process.Signal(syscall.SIGINT)
}

// killGroup finds no one to kill after an orderly end.
func killGroup(cmd *exec.Cmd) {
	if apart(cmd) && cmd.Process != nil {
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
	}
}
