//go:build !unix

package process

import (
	"os/exec"

	"github.com/shirou/gopsutil/v4/process"
)

// separate does nothing: there are no process groups here.
func separate(*exec.Cmd) {}

// ask does nothing: a program cannot be asked to end here.
func ask(cmd *exec.Cmd) { kill(cmd) }

// kill ends the program and its descendants, the youngest last: a process that is gone starts
// no others.
func kill(cmd *exec.Cmd) {
	root, err := process.NewProcess(int32(cmd.Process.Pid))
	if err == nil {
		below := descendants(root)
		_ = cmd.Process.Kill()
		for _, p := range below {
			_ = p.Kill()
		}
	}
}
