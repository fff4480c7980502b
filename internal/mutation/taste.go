package mutation

import (
	"regexp"
	"strings"
)

// Taste is a number that is a matter of taste within bounds: a mutant that only turns it,
// and stays within them, must not be held against a team.
type Taste struct {
	Type        string // of the resource
	Name        string // that the resource's name ends with
	Path        string // of the input, as a regular expression
	Least, Most float64
}

func (t Taste) allows(m Mutant) bool {
	return m.resource != nil && m.resource.Type == t.Type && strings.HasSuffix(m.resource.Name, t.Name) &&
		m.number.path != "" && regexp.MustCompile("^(?:"+t.Path+")$").MatchString(m.number.path) &&
		m.number.value >= t.Least && m.number.value <= t.Most
}

// KubernetesTastes are those of every service on Kubernetes.
func KubernetesTastes() []Taste {
	const (
		deployment = "kubernetes:apps/v1:Deployment"
		pod        = `spec\.template\.spec\.`
		probe      = pod + `(?:containers|initContainers)\[\d+\]\.(?:readiness|liveness)Probe\.`
		startup    = pod + `(?:containers|initContainers)\[\d+\]\.startupProbe\.`
	)
	return []Taste{
		{Type: deployment, Path: probe + "periodSeconds", Least: 1, Most: 60},
		{Type: deployment, Path: probe + "timeoutSeconds", Least: 1, Most: 30},
		{Type: deployment, Path: probe + "failureThreshold", Least: 1, Most: 1000},
		{Type: deployment, Path: startup + "timeoutSeconds", Least: 1, Most: 30},
		{Type: deployment, Path: startup + "periodSeconds", Least: 2, Most: 60},
		{Type: deployment, Path: startup + "failureThreshold", Least: 30, Most: 1000},
		{Type: deployment, Path: pod + `securityContext\.runAs(User|Group)`, Least: 1, Most: 1 << 31},
		{Type: "kubernetes:autoscaling/v2:HorizontalPodAutoscaler", Path: `spec\.behavior\.\w+\.stabilizationWindowSeconds`, Least: 0, Most: 3600},
		{Type: "kubernetes:keda.sh/v1alpha1:ScaledObject", Path: `spec\.advanced\..*\.stabilizationWindowSeconds`, Least: 0, Most: 3600},
		{Type: "kubernetes:keda.sh/v1alpha1:ScaledObject", Path: `spec\.pollingInterval`, Least: 1, Most: 300},
		{Type: "kubernetes:keda.sh/v1alpha1:ScaledObject", Path: `spec\.cooldownPeriod`, Least: 0, Most: 86400},
	}
}

// LambdaTastes are those of every service on Lambda.
func LambdaTastes() []Taste {
	const alarm = "aws:cloudwatch/metricAlarm:MetricAlarm"
	return []Taste{
		{Type: alarm, Name: "-5xx", Path: "threshold", Least: 0, Most: 1000},
		{Type: alarm, Name: "-errors", Path: "threshold", Least: 0, Most: 1000},
		{Type: alarm, Name: "-throttles", Path: "threshold", Least: 0, Most: 1000},
		{Type: alarm, Name: "-duration", Path: "threshold", Least: 0, Most: 30_000},
		{Type: alarm, Path: "evaluationPeriods", Least: 1, Most: 24},
	}
}
