package engine

import (
	"context"
	"os/exec"
	"time"
)

// grace is how long a process may take to end after it was asked to.
const grace = 10 * time.Second

// command returns a command that ends with the context: asked first, then killed.
// Apart puts it into a process group of its own, so that runAll can be sure that
// nothing it started outlives it; such a command must not read from a terminal.
func command(ctx context.Context, apart bool, name string, arguments ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, name, arguments...)
	if apart {
		separate(cmd)
	}
	cmd.Cancel = func() error { return interrupt(cmd) }
	cmd.WaitDelay = grace
	return cmd
}

// runAll runs a command and then ends what is left of its process group.
func runAll(cmd *exec.Cmd) error {
	err := cmd.Run()
	killGroup(cmd)
	return err
}
