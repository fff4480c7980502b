package kubernetes

import (
	"encoding/json"
	"net/url"
	"slices"
	"strconv"
	"strings"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"

	"ambi/importer/draft"
	"ambi/importer/source"
	"ambi/internal/cron"
	"ambi/internal/lazyregexp"
)

const scheduleFile = "stacks/kubernetes/schedule.go"

// posts reports whether the pods of a CronJob post each run to the app, as those of ambi's own
// stacks do.
func (w *workload) posts() bool {
	return w.kind == "CronJob" && slices.ContainsFunc(w.template.Spec.Containers, func(c corev1.Container) bool {
		return c.Name == "run" && slices.ContainsFunc(c.Env, func(e corev1.EnvVar) bool { return e.Name == "JOB" }) &&
			slices.ContainsFunc(c.Env, func(e corev1.EnvVar) bool { return e.Name == "URL" })
	})
}

// schedule makes a service of a CronJob that runs at set times.
func (w *workload) schedule() {
	w.times()
	w.attempts()
	if w.posts() {
		w.run()
	} else {
		w.server()
		w.longest()
	}
	s, n := w.service, w.node.Get("spec")
	switch policy := n.Get("concurrencyPolicy"); policy.String() {
	case string(batchv1.ForbidConcurrent):
		s.Set("schedule.overlap", "forbid")
		w.Carry(policy, s.Path("schedule.overlap"))
	case string(batchv1.ReplaceConcurrent):
		s.Set("schedule.overlap", "forbid")
		w.Approximate(policy, s.Path("schedule.overlap"), "a run that is due while another is running is skipped, and does not replace it", true)
	default:
		w.Carry(policy, s.Path("schedule.overlap"))
	}
	if late := n.Get("startingDeadlineSeconds"); late.String() == "300" {
		w.Skip(late)
	} else {
		w.Leave(late, "a run that cannot start within 300 seconds is skipped: edit "+scheduleFile, true)
	}
	if off := n.Get("suspend"); off.String() == "true" {
		w.Leave(off, "no run starts while it is suspended: the setting active of each stack turns its schedules on and off", true)
	}
	switch again := w.pod.Get("restartPolicy"); again.String() {
	case string(corev1.RestartPolicyOnFailure):
		w.Leave(again, "each attempt of a run is a pod of its own", false)
	default:
		w.Skip(again)
	}
	if grace := w.pod.Get("terminationGracePeriodSeconds"); grace.String() == "30" {
		w.Skip(grace)
	} else {
		w.Leave(grace, "the app gets 30 seconds to stop when its run is over: edit "+scheduleFile, false)
	}
}

var zoned = lazyregexp.New(`^(?:CRON_)?TZ=(\S+)\s+(.*)$`)

// shorthands are the schedules that have a name.
// Source: https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/#schedule-syntax
func shorthands() map[string]string {
	return map[string]string{
		"@yearly": "0 0 1 1 *", "@annually": "0 0 1 1 *", "@monthly": "0 0 1 * *", "@weekly": "0 0 * * 0",
		"@daily": "0 0 * * *", "@midnight": "0 0 * * *", "@hourly": "0 * * * *",
	}
}

// times carries when it runs.
func (w *workload) times() {
	s, n := w.service, w.node.Get("spec")
	at, zone := n.Get("schedule"), n.Get("timeZone")
	to := s.Path("schedule.cron")
	text := strings.TrimSpace(at.String())
	inside := zoned.FindStringSubmatch(text)
	if inside != nil {
		text = inside[2]
	}
	if fields, known := shorthands()[text]; known {
		text = fields
	}
	text = strings.ReplaceAll(text, "?", "*") // alike in a CronJob
	s.Set("schedule.cron", text)
	switch _, err := cron.Parse(text); {
	case at == nil:
		s.Set("schedule.cron", draft.Unresolved{})
		w.note(to, "says no times: write them into the spec", true)
	case err != nil:
		const why = "has times that the two targets read differently"
		s.Comment("schedule.cron", why)
		w.Approximate(at, to, why+": write times that both read", true)
	default:
		w.Carry(at, to)
	}
	switch {
	case zone != nil:
		s.Set("schedule.timeZone", zone.String())
		w.Carry(zone, s.Path("schedule.timeZone"))
	case inside != nil:
		s.Set("schedule.timeZone", inside[1])
	default:
		w.note(s.Path("schedule.timeZone"), "names no time zone: it runs in UTC, and before in the zone of the cluster's control plane, which mostly is UTC too", false)
	}
}

// attempts carries how often a run is tried.
func (w *workload) attempts() {
	const most = 10 // of a spec
	s, to, at := w.service, w.service.Path("schedule.attempts"), w.runs.Get("backoffLimit")
	switch n, ok := at.Int(); {
	case at == nil:
		w.note(to, "says no backoffLimit, so that Kubernetes tries a run seven times: with ambi's default it is three", true)
	case ok && n >= 0 && n < most:
		s.Set("schedule.attempts", n+1)
		w.Carry(at, to)
	default:
		s.Set("schedule.attempts", most)
		w.Approximate(at, to, strconv.Itoa(most)+" attempts are the most", true)
	}
}

// run carries what the container that posts a run says of it.
func (w *workload) run() {
	s := w.service
	for i, c := range w.template.Spec.Containers {
		n := w.pod.Get("containers").List()[i]
		if c.Name != "run" {
			continue
		}
		for j, e := range c.Env {
			at := n.Get("env").List()[j].Get("value")
			value, _ := expand(e.Value, nil)
			switch e.Name {
			case "INPUT":
				if !json.Valid([]byte(value)) || draft.Secret("", value) {
					w.Leave(at, "is no JSON that a spec can hold: write it under schedule.input", true)
					continue
				}
				s.Set("schedule.input", value)
				w.Carry(at, s.Path("schedule.input"))
			case "TIMEOUT":
				s.Set("timeout", value+"s")
				w.Carry(at, s.Path("timeout"))
			case "URL":
				if u, err := url.Parse(value); err == nil {
					s.Set("schedule.path", u.Path)
					w.Carry(at, s.Path("schedule.path"))
				}
			}
		}
		w.Skip(n)
	}
	w.Skip(w.runs.Get("activeDeadlineSeconds")) // follows from timeout and attempts
}

// server says that the app must be a server: the CronJob runs a command to its end. The
// command stays open, since a server's container would run it again and again.
func (w *workload) server() {
	s := w.service
	const why = "it ran to its end for each run, and a service's app is a server that does the work when a run is posted to it at /events: name the command that starts one, or remove the key if the image starts one by itself"
	s.Set("command", draft.Unresolved{})
	s.Comment("command", "ran to its end: name what starts a server that answers POST /events, or remove this line if the image does")
	command, args := w.at.Get("command"), w.at.Get("args")
	if command == nil && args == nil {
		w.note(s.Path("command"), why, true)
	}
	w.Approximate(command, s.Path("command"), why, true)
	w.Approximate(args, s.Path("command"), why, true)
}

// longest is how long one attempt of a run may take, where a command ran to its end.
func (w *workload) longest() {
	const (
		onLambda = 900 // seconds
		most     = 3600
	)
	s, to := w.service, w.service.Path("timeout")
	bounds := []struct {
		at  *source.Node
		why string
	}{
		{w.pod.Get("activeDeadlineSeconds"), "the longest that the app may take to answer; starting it does not count"},
		{w.runs.Get("activeDeadlineSeconds"), "the longest that one attempt may take, and not all of them together"},
	}
	seconds := 0
	for _, b := range bounds {
		n, ok := b.at.Int()
		switch {
		case !ok || n < 1:
			continue
		case seconds > 0:
			w.Leave(b.at, "the pods' own activeDeadlineSeconds counts", true)
			continue
		case n > most:
			b.why = "one hour is the most"
		}
		seconds = min(n, most)
		w.Approximate(b.at, to, b.why, true)
	}
	if seconds == 0 {
		seconds = onLambda
		s.Comment("timeout", "nothing in the source bounds a run: the most that Lambda takes")
		w.note(to, "nothing bounds a run: it gets 15 minutes, the most that Lambda takes", true)
	}
	s.Set("timeout", strconv.Itoa(seconds)+"s")
}
