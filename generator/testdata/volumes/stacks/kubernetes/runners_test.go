package kubernetes

// runner is the type of what runs a service's pods.
func (w wanted) runner() string {
	if w.replicas > 0 {
		return statefulSetType
	}
	return deploymentType
}
