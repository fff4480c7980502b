package kubernetes

import (
	"fmt"

	batchv1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/batch/v1"
	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	metav1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/meta/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// curlImage is curl, which posts each run to the app: https://github.com/curl/curl-container.
// A stack may name a mirror of it.
const curlImage = "docker.io/curlimages/curl:8.16.0"

// schedule is when the app runs, and how often a run is tried.
type schedule struct {
	cron, timeZone  string
	input           string // of each run, as JSON
	path            string // that a run is posted to
	attempts        int    // in all
	overlap         string // whether two runs may be at work: Allow or Forbid
	deadlineSeconds int    // that a run gets with all its attempts: for pods to be placed, started and stopped too
	graceSeconds    int    // that the app gets to stop once its run is over
}

// lateSeconds is how late a run may start; after that it is left out. Without a limit, a
// CronJob that has missed a hundred runs never starts one again.
const lateSeconds = 300

// post tells the app of a run. Its id is the Job's name, the same for every attempt; the name
// ends in the minute that the run is for, in minutes since 1970, unless the Job was created by hand.
const post = `minute=${JOB##*-}
case $minute in
[0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9]) time=$(date -u -d "@$((minute * 60))" +%Y-%m-%dT%H:%M:%SZ) ;;
*) time=$(date -u +%Y-%m-%dT%H:%M:%SZ) ;;
esac
exec curl --silent --show-error --fail-with-body --max-time "$TIMEOUT" \
  --header "Content-Type: application/json" --data "{\"id\":\"$JOB\",\"time\":\"$time\",\"input\":$INPUT}" "$URL"
`

// cronJobOf runs a pod at set times. The app is its native sidecar (Kubernetes 1.29): it is
// ready before curl posts the run to it, and stops once curl has the answer.
func cronJobOf(s *stack, f facts, pod *corev1.PodSpecArgs, container *corev1.ContainerArgs) *batchv1.CronJobSpecArgs {
	container.RestartPolicy = pulumi.String("Always")
	container.Lifecycle = nil // no load balancer knows the pod
	pod.InitContainers = corev1.ContainerArray{container}
	pod.Containers = corev1.ContainerArray{curlContainer(s, f)}
	pod.RestartPolicy = pulumi.String("Never") // each attempt is a pod, whose logs stay
	pod.TerminationGracePeriodSeconds = pulumi.Int(f.schedule.graceSeconds)
	pod.TopologySpreadConstraints = nil // a run is one pod
	return &batchv1.CronJobSpecArgs{
		Schedule:                   pulumi.String(f.schedule.cron),
		TimeZone:                   pulumi.String(f.schedule.timeZone),
		Suspend:                    pulumi.Bool(f.paused),
		ConcurrencyPolicy:          pulumi.String(f.schedule.overlap),
		StartingDeadlineSeconds:    pulumi.Int(lateSeconds),
		SuccessfulJobsHistoryLimit: pulumi.Int(3),
		FailedJobsHistoryLimit:     pulumi.Int(1),
		JobTemplate: &batchv1.JobTemplateSpecArgs{
			Metadata: &metav1.ObjectMetaArgs{Labels: labels(f)},
			Spec: &batchv1.JobSpecArgs{
				BackoffLimit:          pulumi.Int(f.schedule.attempts - 1),
				ActiveDeadlineSeconds: pulumi.Int(f.schedule.deadlineSeconds),
				Template: &corev1.PodTemplateSpecArgs{
					Metadata: &metav1.ObjectMetaArgs{
						Labels:      labels(f),
						Annotations: pulumi.StringMap{"kubectl.kubernetes.io/default-container": pulumi.String(f.service)},
					},
					Spec: pod,
				},
			},
		},
	}
}

// curlContainer posts a run to the app, and fails unless it answers 2xx in time.
func curlContainer(s *stack, f facts) *corev1.ContainerArgs {
	return &corev1.ContainerArgs{
		Name:    pulumi.String("run"),
		Image:   pulumi.String(s.curlImage),
		Command: pulumi.StringArray{pulumi.String("sh"), pulumi.String("-c"), pulumi.String(literal(post))},
		Env: corev1.EnvVarArray{
			corev1.EnvVarArgs{Name: pulumi.String("JOB"), ValueFrom: &corev1.EnvVarSourceArgs{
				FieldRef: &corev1.ObjectFieldSelectorArgs{FieldPath: pulumi.String("metadata.labels['batch.kubernetes.io/job-name']")},
			}},
			corev1.EnvVarArgs{Name: pulumi.String("INPUT"), Value: pulumi.String(literal(f.schedule.input))},
			corev1.EnvVarArgs{Name: pulumi.String("TIMEOUT"), Value: pulumi.String(fmt.Sprint(f.timeoutSeconds))},
			corev1.EnvVarArgs{Name: pulumi.String("URL"), Value: pulumi.String(fmt.Sprintf("http://127.0.0.1:%d%s", f.port, f.schedule.path))},
		},
		Resources: &corev1.ResourceRequirementsArgs{
			Requests: pulumi.ToStringMap(map[string]string{"cpu": "10m", "memory": "32Mi", "ephemeral-storage": "16Mi"}),
			Limits:   pulumi.ToStringMap(map[string]string{"memory": "32Mi", "ephemeral-storage": "64Mi"}), // the app's answer, in the logs
		},
		SecurityContext: restricted(),
	}
}

// newCronJob declares a CronJob. Its name leaves room for what Kubernetes appends: a CronJob's
// may have 52 characters.
func newCronJob(ctx *pulumi.Context, f facts, spec *batchv1.CronJobSpecArgs, options ...pulumi.ResourceOption) error {
	_, err := batchv1.NewCronJob(ctx, f.name(), &batchv1.CronJobArgs{Metadata: metadata(f), Spec: spec}, append(options, f.timeouts)...)
	return err
}
