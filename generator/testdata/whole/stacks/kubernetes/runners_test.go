package kubernetes

// runner is the type of what runs a service's pods.
func (w wanted) runner() string {
	if w.replicas > 0 {
		return statefulSetType
	}
	if w.schedule.cron != "" {
		return cronJobType
	}
	return deploymentType
}
