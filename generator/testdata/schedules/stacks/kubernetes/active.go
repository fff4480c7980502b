package kubernetes

import "example.com/golden/stacks/settings"

// readActive reads whether this stack runs the schedules. It has no default: the stacks of two
// targets would run each of them twice.
func readActive(read *settings.Settings) bool {
	read.Demand("active", "true or false: whether this stack, and not that of another target, runs the schedules")
	return read.Bool("active", false)
}
