//go:build cluster

package cluster_test

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"ambi/internal/cluster"
)

// schedule lets the controllers of CronJobs and Jobs run the golden spec's service report, each minute.
// The test plays the kubelet: nothing runs in the pods, and it says how each of them ended.
func (p *proof) schedule(project *project) func(*testing.T) {
	return func(t *testing.T) {
		t.Parallel()
		project.begin(t, p.ctx)
		const namespace = "runs"
		var cron cluster.Object
		for _, o := range project.objects {
			if o.Name() != "nightly-report" || !slices.Contains([]string{"CronJob", "ServiceAccount"}, o.Kind()) {
				continue
			}
			o := clone(t, o)
			o.Field("metadata").(map[string]any)["namespace"] = namespace
			if o.Kind() == "CronJob" {
				cron = o
				continue
			}
			p.prepare(t, []cluster.Object{o})
			p.apply(t, o)
		}
		spec, ok := cron.Field("spec").(map[string]any)
		if !ok {
			t.Fatal("report has no CronJob")
		}
		attempts := cron.Number("spec", "jobTemplate", "spec", "backoffLimit") + 1
		if attempts != 2 || cron.Text("spec", "concurrencyPolicy") != "Forbid" || spec["suspend"] != true {
			t.Fatalf("%s is of another kind than this test", cron)
		}
		cron.List("spec", "jobTemplate", "spec", "template", "spec", "containers")[0]["image"] = cluster.Endless + ":1"
		spec["schedule"] = "* * * * *"

		// While a stack is not active, nothing runs: its CronJob is suspended. It is turned on once a
		// minute has gone by in which it would have run.
		p.apply(t, cron)
		p.sleep(t, time.Until(time.Now().Truncate(time.Minute).Add(time.Minute+5*time.Second)))
		if jobs := p.jobs(t, namespace); len(jobs) > 0 {
			t.Fatalf("a suspended CronJob has Jobs: %v", jobs)
		}
		spec["suspend"] = false
		p.apply(t, cron)

		// The first run: one attempt fails, the next one succeeds.
		job := p.nextJob(t, namespace, nil)
		checkRun(t, job)
		first := p.attempt(t, job, 1)
		p.end(t, first, "Failed", 22) // curl's exit code when the app answers 500
		second := p.attempt(t, job, 2)
		if first.Name() == second.Name() {
			t.Error("the second attempt is in the first one's pod")
		}
		p.sleep(t, time.Until(time.Now().Truncate(time.Minute).Add(time.Minute+5*time.Second)))
		if jobs := p.jobs(t, namespace); len(jobs) != 1 {
			t.Errorf("a run begins while another has not ended: %v", jobs)
		}
		p.end(t, second, "Succeeded", 0)
		p.ends(t, job, "Complete", "CompletionsReached", 1, 1)
		p.wait(t, "the CronJob to know of its success", func(ctx context.Context) error {
			have, err := p.Get(ctx, cron)
			if err == nil && have.Text("status", "lastSuccessfulTime") == "" {
				err = fmt.Errorf("its status is %v", have.Field("status"))
			}
			return err
		})

		// The next run: every attempt fails, and there are no more of them.
		next := p.nextJob(t, namespace, []cluster.Object{job})
		for n := range attempts {
			p.end(t, p.attempt(t, next, n+1), "Failed", 22)
		}
		p.ends(t, next, "Failed", "BackoffLimitExceeded", 0, attempts)
		if err := p.Delete(p.ctx, cron); err != nil {
			t.Error(err)
		}
	}
}

// checkRun holds the name of a run's Job to what the emitted program's post takes it for.
func checkRun(t *testing.T, job cluster.Object) {
	t.Helper()
	minute, err := strconv.ParseInt(job.Name()[strings.LastIndexByte(job.Name(), '-')+1:], 10, 64)
	due := time.Unix(60*minute, 0)
	if err != nil || time.Since(due) > 2*time.Minute || time.Until(due) > 0 {
		t.Errorf("%s does not end in the minute that it is for: %v", job, err)
	}
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	if at := job.Text("metadata", "annotations", "batch.kubernetes.io/cronjob-scheduled-timestamp"); at != due.In(zone).Format(time.RFC3339) {
		t.Errorf("%s is for %s, and its name says %s", job, at, due)
	}
}

// jobs lists the Jobs of a namespace.
func (p *proof) jobs(t *testing.T, namespace string) []cluster.Object {
	t.Helper()
	jobs, err := p.List(p.ctx, "batch/v1", "Job", namespace, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, job := range jobs {
		job["apiVersion"], job["kind"] = "batch/v1", "Job" // a list leaves that out
	}
	return jobs
}

// nextJob waits for a Job beside those that are known.
func (p *proof) nextJob(t *testing.T, namespace string, known []cluster.Object) (next cluster.Object) {
	t.Helper()
	p.wait(t, "a run", func(context.Context) error {
		for _, job := range p.jobs(t, namespace) {
			if !slices.ContainsFunc(known, func(o cluster.Object) bool { return o.Name() == job.Name() }) {
				next = job
				return nil
			}
		}
		return fmt.Errorf("there are %d Jobs", len(known))
	})
	return next
}

// attempt waits for the pod of a Job's n-th attempt, which knows the run by the Job's name.
func (p *proof) attempt(t *testing.T, job cluster.Object, n int) (pod cluster.Object) {
	t.Helper()
	p.wait(t, fmt.Sprintf("attempt %d of %s", n, job), func(ctx context.Context) error {
		pods, err := p.List(ctx, "v1", "Pod", job.Namespace(), map[string]any{"batch.kubernetes.io/job-name": job.Name()})
		if err != nil {
			return err
		}
		running := slices.IndexFunc(pods, func(o cluster.Object) bool { return o.Text("status", "phase") == "Running" })
		if len(pods) != n || running < 0 {
			return fmt.Errorf("it has %d pods%s", len(pods), podsSay(pods))
		}
		pod = pods[running]
		pod["apiVersion"], pod["kind"] = "v1", "Pod"
		return nil
	})
	return pod
}

// end says of a pod, in the kubelet's place, that its main container ended.
func (p *proof) end(t *testing.T, pod cluster.Object, phase string, code int) {
	t.Helper()
	now := time.Now().UTC().Format(time.RFC3339)
	container := pod.List("spec", "containers")[0]
	status := map[string]any{"phase": phase, "containerStatuses": []any{map[string]any{
		"name": container.Text("name"), "image": container.Text("image"), "imageID": "", "ready": false, "started": false, "restartCount": 0,
		"state": map[string]any{"terminated": map[string]any{"exitCode": code, "startedAt": now, "finishedAt": now}},
	}}}
	if _, err := p.Merge(p.ctx, "kubelet", pod, "status", cluster.Object{"status": status}); err != nil {
		t.Fatal(err)
	}
}

// ends waits until a Job has ended in a way.
func (p *proof) ends(t *testing.T, job cluster.Object, condition, reason string, succeeded, failed int) {
	t.Helper()
	p.wait(t, fmt.Sprintf("%s to be %s", job, condition), func(ctx context.Context) error {
		have, err := p.Get(ctx, job)
		if err != nil {
			return err
		}
		if !have.Condition(condition) || have.Reason(condition) != reason || have.Number("status", "succeeded") != succeeded || have.Number("status", "failed") != failed {
			return fmt.Errorf("its status is %v", have.Field("status"))
		}
		return nil
	})
}

// sleep waits for a time of day, where nothing tells that it has come.
func (p *proof) sleep(t *testing.T, d time.Duration) {
	t.Helper()
	select {
	case <-p.ctx.Done():
		t.Fatal(context.Cause(p.ctx))
	case <-time.After(d):
	}
}
