//go:build !unix

package engine

import "os/exec"

func separate(*exec.Cmd) {}

// interrupt ends the process: there is no gentler way that reaches it.
func interrupt(cmd *exec.Cmd) error { return cmd.Process.Kill() }

func killGroup(*exec.Cmd) {}
