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
	const cronJob = "kubernetes:batch/v1:CronJob"
	tastes := []Taste{
		{Type: "kubernetes:autoscaling/v2:HorizontalPodAutoscaler", Path: `spec\.behavior\.\w+\.stabilizationWindowSeconds`, Least: 0, Most: 3600},
		{Type: "kubernetes:keda.sh/v1alpha1:ScaledObject", Path: `spec\.advanced\..*\.stabilizationWindowSeconds`, Least: 0, Most: 3600},
		{Type: "kubernetes:keda.sh/v1alpha1:ScaledObject", Path: `spec\.pollingInterval`, Least: 1, Most: 300},
		{Type: "kubernetes:keda.sh/v1alpha1:ScaledObject", Path: `spec\.cooldownPeriod`, Least: 0, Most: 86400},
		{Type: cronJob, Path: `spec\.startingDeadlineSeconds`, Least: 10, Most: 3600},
		{Type: cronJob, Path: `spec\.(successful|failed)JobsHistoryLimit`, Least: 1, Most: 100},
		{Type: cronJob, Path: `spec\.jobTemplate\.spec\.template\.spec\.terminationGracePeriodSeconds`, Least: 1, Most: 300},
	}
	for runs, pod := range map[string]string{"kubernetes:apps/v1:Deployment": `spec\.template\.spec\.`, "kubernetes:apps/v1:StatefulSet": `spec\.template\.spec\.`, cronJob: `spec\.jobTemplate\.spec\.template\.spec\.`} {
		probe := pod + `(?:containers|initContainers)\[\d+\]\.(?:readiness|liveness)Probe\.`
		startup := pod + `(?:containers|initContainers)\[\d+\]\.startupProbe\.`
		tastes = append(tastes,
			Taste{Type: runs, Path: probe + "periodSeconds", Least: 1, Most: 60},
			Taste{Type: runs, Path: probe + "timeoutSeconds", Least: 1, Most: 30},
			Taste{Type: runs, Path: probe + "failureThreshold", Least: 1, Most: 1000},
			Taste{Type: runs, Path: startup + "timeoutSeconds", Least: 1, Most: 30},
			Taste{Type: runs, Path: startup + "periodSeconds", Least: 2, Most: 60},
			Taste{Type: runs, Path: startup + "failureThreshold", Least: 30, Most: 1000},
			Taste{Type: runs, Path: pod + `securityContext\.(?:runAs(?:User|Group)|fsGroup)`, Least: 1, Most: 1 << 31})
	}
	return tastes
}

// LambdaTastes are those of every service on Lambda.
func LambdaTastes() []Taste {
	const (
		alarm   = "aws:cloudwatch/metricAlarm:MetricAlarm"
		slowest = .9 * 15 * 60_000 // ms, where the alarm of the longest timeout that Lambda has goes off
	)
	return []Taste{
		{Type: alarm, Name: "-5xx", Path: "threshold", Least: 0, Most: 1000},
		{Type: alarm, Name: "-errors", Path: "threshold", Least: 0, Most: 1000},
		{Type: alarm, Name: "-throttles", Path: "threshold", Least: 0, Most: 1000},
		{Type: alarm, Name: "-duration", Path: "threshold", Least: 0, Most: slowest + 1},
		{Type: alarm, Path: "evaluationPeriods", Least: 1, Most: 24},
		{Type: "aws:scheduler/schedule:Schedule", Path: `target\.retryPolicy\.maximumEventAgeInSeconds`, Least: 60, Most: 86400},
		{Type: "aws:scheduler/schedule:Schedule", Path: `target\.retryPolicy\.maximumRetryAttempts`, Least: 1, Most: 185},
		{Type: "aws:sqs/queue:Queue", Path: "messageRetentionSeconds", Least: 24 * 3600, Most: 14 * 24 * 3600},
	}
}
