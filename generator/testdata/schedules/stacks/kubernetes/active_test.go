package kubernetes

// active is whether the stack runs its schedules.
func active(s expectations) bool { return s.config["active"] == "true" }
