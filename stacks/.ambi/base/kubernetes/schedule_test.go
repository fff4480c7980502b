package kubernetes

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"ambi/stacks/stacktest"
)

const cronJobType = "kubernetes:batch/v1:CronJob"

// pod is the path of the pods that a service runs.
func (w wanted) pod() string {
	if w.schedule.cron != "" {
		return "spec.jobTemplate.spec.template.spec."
	}
	return "spec.template.spec."
}

// runsAt is when the app runs, and with what.
func runsAt(cron, zone, input string) check {
	return func(t stacktest.T, g *stacktest.Graph, w wanted, s expectations) {
		job := one(t, g, w, cronJobType, "batch/v1", "CronJob")
		checkTimeouts(t, job)
		if n := len(w.name()); n > 52 {
			t.Errorf("%s: its name has %d characters: Kubernetes takes 52, and appends the minute of a run", job, n)
		}
		job.Want(t, "spec.schedule", cron, "app.yaml says when it runs")
		job.Want(t, "spec.timeZone", zone, "without it, the zone is that of the cluster's controller")
		job.Want(t, "spec.suspend", w.rests(s), "two stacks would run it twice")
		job.Want(t, "spec.concurrencyPolicy", w.schedule.overlap, "app.yaml says whether two may be at work")
		within(t, job, "spec.startingDeadlineSeconds", 10, 3600, "without it, a CronJob that has missed a hundred runs never starts one again; with less than 10 s, it may never start one")
		within(t, job, "spec.successfulJobsHistoryLimit", 1, 100, "the last runs can be looked at")
		within(t, job, "spec.failedJobsHistoryLimit", 1, 100, "failed runs can be looked into")
		const of = "spec.jobTemplate.spec."
		job.Want(t, of+"backoffLimit", w.schedule.attempts-1, "app.yaml counts the first attempt too")
		job.Want(t, of+"activeDeadlineSeconds", w.schedule.deadlineSeconds, "a pod that never starts must not keep the next run from starting")
		if least := w.schedule.attempts * (w.timeoutSeconds + w.startSeconds); w.schedule.attempts < 1 || w.schedule.deadlineSeconds <= least {
			t.Errorf("%s: %d attempts in %d s, which at least %d s of start and work must have room in", job, w.schedule.attempts, w.schedule.deadlineSeconds, least)
		}
		for label, value := range w.allLabels() {
			job.Want(t, fmt.Sprintf("spec.jobTemplate.metadata.labels[%q]", label), value, "tools find the app's objects by the recommended labels")
			job.Want(t, fmt.Sprintf(of+"template.metadata.labels[%q]", label), value, "the NetworkPolicy finds the pods by it")
		}
		job.Want(t, of+`template.metadata.annotations["kubectl.kubernetes.io/default-container"]`, w.service, "kubectl logs shows the app's")
		job.Want(t, w.pod()+"restartPolicy", "Never", "each attempt is a pod, and the Job counts them")
		job.Want(t, w.pod()+"topologySpreadConstraints", nil, "a run is one pod")
		within(t, job, w.pod()+"terminationGracePeriodSeconds", 1, 300, "the app may finish what it writes, and the run is over only then")
		job.Want(t, w.container("restartPolicy"), "Always", "as an ordinary init container, the app would have to end before its run starts")
		job.Want(t, w.container("lifecycle"), nil, "no load balancer has to learn of its end")
		checkPost(t, job, w, s, input)
		if rules, _ := g.One(t, policyType, w.name()).Input("spec.ingress").([]any); len(rules) > 0 {
			t.Errorf("%s: lets %v in, and the run is posted from within the pod", job, rules)
		}
	}
}

// checkPost holds the container that starts a run to what the app gets on any target.
func checkPost(t stacktest.T, job *stacktest.Resource, w wanted, s expectations, input string) {
	at := w.pod() + "containers[name=run]."
	image := s.config["curlImage"]
	if image == "" {
		image = curlImage
	}
	job.Want(t, at+"image", image, "it is curl, with a shell")
	job.Want(t, at+"command", []string{"sh", "-c", strings.ReplaceAll(post, "$", "$$")}, "Kubernetes makes $ of it again")
	for _, part := range []string{"--fail-with-body", `--max-time "$TIMEOUT"`, `"{\"id\":\"$JOB\",\"time\":\"$time\",\"input\":$INPUT}" "$URL"`, "Content-Type: application/json"} {
		if strings.Count(post, part) != 1 {
			t.Errorf("%s: a run is posted without %s", job, part)
		}
	}
	if strings.Contains(post, "--retry") {
		t.Errorf("%s: each attempt is the Job's to count", job)
	}
	job.Want(t, at+"env[name=JOB].valueFrom.fieldRef.fieldPath", "metadata.labels['batch.kubernetes.io/job-name']", "the id of a run is the same for every attempt")
	job.Want(t, at+"env[name=INPUT].value", strings.ReplaceAll(input, "$", "$$"), "the app gets it")
	job.Want(t, at+"env[name=TIMEOUT].value", fmt.Sprint(w.timeoutSeconds), "it is the longest that the app may take")
	job.Want(t, at+"env[name=URL].value", fmt.Sprintf("http://127.0.0.1:%d%s", w.port, w.schedule.path), "the app listens there, in the same pod")
	if !json.Valid([]byte(input)) {
		t.Errorf("%s: its input is not JSON: %s", job, input)
	}
	matches(t, job, at+"resources.requests.cpu", `^[1-9][0-9]*m?$`, "the scheduler keeps it free")
	for _, of := range []string{"requests.memory", "limits.memory", "requests.ephemeral-storage", "limits.ephemeral-storage"} {
		matches(t, job, at+"resources."+of, size, "a pod that could take more than was kept free would take it from others")
	}
	job.Want(t, at+"resources.limits.cpu", nil, "a CPU limit throttles a pod while the node has CPU to spare")
	job.Want(t, at+"securityContext.readOnlyRootFilesystem", true, "nothing can be left in the container's files")
}

// A stack that is not active has all schedules, and runs none that another stack runs; the image of curl may come from
// a registry of the team's own.
func TestSchedules(t *testing.T) {
	for _, setting := range []string{"true", "false"} {
		changed := map[string]string{"active": setting, "curlImage": "registry.example.com/curl:8.16.0"}
		checkAll(t, deploy(t, changed), expectations{expected.services, configuration(changed)})
	}
}
