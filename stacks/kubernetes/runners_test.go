package kubernetes

// runner is the type of what runs a service's pods.
func (w wanted) runner() string {
	if w.schedule.cron != "" {
		return cronJobType
	}
	return deploymentType
}
