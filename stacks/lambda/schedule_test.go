package lambda

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"ambi/stacks/stacktest"
)

const (
	scheduleType     = "aws:scheduler/schedule:Schedule"
	invokeConfigType = "aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig"
	deadLettersType  = "aws:sqs/queue:Queue"
)

// runsAt is when a function runs, and with what.
func runsAt(times, zone, input string) check {
	return func(t stacktest.T, g *stacktest.Graph, w wanted, s expectations) {
		alias, dead := g.One(t, aliasType, w.name()), g.One(t, deadLettersType, w.name()+"-dead-letters")
		role, policy := g.One(t, roleType, w.name()+"-schedule"), g.One(t, policyType, w.name()+"-schedule")
		timed := g.One(t, scheduleType, w.name())
		timed.Want(t, "scheduleExpression", times, "app.yaml says when it runs")
		timed.Want(t, "scheduleExpressionTimezone", zone, "the same time is another moment elsewhere")
		timed.Want(t, "flexibleTimeWindow", map[string]any{"mode": "OFF"}, "runs would come late by as much as the window")
		state := "ENABLED"
		if w.rests(s) {
			state = "DISABLED"
		}
		timed.Want(t, "state", state, "two stacks would run it twice")
		timed.Want(t, "target.arn", alias.Output("arn"), "it must go to the alias, or a published version would never be used", alias)
		timed.Want(t, "target.roleArn", role.Output("arn"), "Scheduler acts as it", role)
		timed.Want(t, "target.input", input, "the app gets it")
		checkInput(t, timed, input)
		within(t, timed, "target.retryPolicy.maximumEventAgeInSeconds", 60, 86400, "AWS takes no other")
		within(t, timed, "target.retryPolicy.maximumRetryAttempts", 1, 185, "a run is lost that Lambda could not take at once")
		timed.Want(t, "target.deadLetterConfig.arn", dead.Output("arn"), "a run that cannot be handed over would be lost unseen", dead)
		if needs := timed.Needs[""]; !strings.Contains(strings.Join(needs, "\n"), policy.URN) {
			t.Errorf("%s: does not depend on %s: a first run may come before the right to invoke", timed, policy)
		}
		checkInvokeConfig(t, g, w, alias, dead)
		checkScheduleRole(t, g, s, role, policy, alias, dead)
		checkDeadLetters(t, g, w, s, dead)
	}
}

// checkInput holds what a run gets to its three parts: its id is the same for every attempt.
func checkInput(t stacktest.T, timed *stacktest.Resource, input string) {
	var run map[string]any
	if err := json.Unmarshal([]byte(input), &run); err != nil {
		t.Errorf("%s: its input is not JSON: %v", timed, err)
	}
	const time = "<aws.scheduler.scheduled-time>"
	if id, _ := run["id"].(string); run["time"] != time || !strings.HasSuffix(id, "-"+time) || len(run) != 3 {
		t.Errorf("%s: a run gets %v, want id and time as Scheduler fills them in, and input", timed, run)
	}
}

// Scheduler only hands a run over: its own retries end there.
func checkInvokeConfig(t stacktest.T, g *stacktest.Graph, w wanted, alias, dead *stacktest.Resource) {
	config := g.One(t, invokeConfigType, w.name())
	config.Want(t, "functionName", alias.Output("functionName"), "it is about this function", alias)
	config.Want(t, "qualifier", alias.Output("name"), "it counts for what is invoked, the alias", alias)
	config.Want(t, "maximumRetryAttempts", w.schedule.attempts-1, "app.yaml counts the first attempt too")
	config.Want(t, "maximumEventAgeInSeconds", w.schedule.eventAgeSeconds, "the last attempt must come before it is too old")
	config.Want(t, "destinationConfig.onFailure.destination", dead.Output("arn"), "a run that failed would be lost unseen", dead)
	if least := w.schedule.attempts * w.timeoutSeconds; w.schedule.attempts < 1 || w.schedule.attempts > 3 || w.schedule.eventAgeSeconds < max(60, least) || w.schedule.eventAgeSeconds > 21600 {
		t.Errorf("%s: %d attempts within %d s: Lambda takes 1 to 3, and 60 s to 6 hours, in which %d s of work must have room", config, w.schedule.attempts, w.schedule.eventAgeSeconds, least)
	}
}

func checkScheduleRole(t stacktest.T, g *stacktest.Graph, s expectations, role, policy, alias, dead *stacktest.Resource) {
	role.Want(t, "assumeRolePolicy", role.Input("assumeRolePolicy"), "it names the account", dead)
	role.Want(t, "permissionsBoundary", given(s.config["permissionsBoundaryArn"]), "the account's owners bound what any role may do")
	account := ""
	if parts := strings.SplitN(fmt.Sprint(dead.Output("arn")), ":", 6); len(parts) > 4 {
		account = parts[4]
	}
	trust := statement{
		Effect: "Allow", Principal: map[string]any{"Service": "scheduler.amazonaws.com"}, Action: names{"sts:AssumeRole"},
		Condition: map[string]any{"StringEquals": map[string]any{"aws:SourceAccount": account}},
	}
	if got := parsePolicy(t, role, "assumeRolePolicy"); len(got) != 1 || !got[0].is(trust) {
		t.Errorf("%s: assumeRolePolicy is %+v, want %+v: Scheduler for this account, and nothing else, may act as it", role, got, trust)
	}
	policy.Want(t, "role", role.Output("name"), "the policy is this role's", role)
	policy.Want(t, "policy", policy.Input("policy"), "it names the alias", alias)
	policy.Want(t, "policy", policy.Input("policy"), "it names the dead letters", dead)
	want := []statement{
		{Effect: "Allow", Action: names{"lambda:InvokeFunction"}, Resource: names{fmt.Sprint(alias.Output("arn"))}},
		{Effect: "Allow", Action: names{"sqs:SendMessage"}, Resource: names{fmt.Sprint(dead.Output("arn"))}},
	}
	got := parsePolicy(t, policy, "policy")
	if len(got) != len(want) || !got[0].is(want[0]) || !got[1].is(want[1]) {
		t.Errorf("%s: allows %+v, want %+v", policy, got, want)
	}
}

func checkDeadLetters(t stacktest.T, g *stacktest.Graph, w wanted, s expectations, dead *stacktest.Resource) {
	dead.Want(t, "sqsManagedSseEnabled", true, "runs are not kept in plain text")
	within(t, dead, "messageRetentionSeconds", 24*3600, 14*24*3600, "they must be found in time")
	g.Exports.Want(t, fmt.Sprintf("[%q]", w.service+".deadLettersUrl"), dead.Output("url"), "it is where they are found")
	lost := g.One(t, alarmType, w.name()+"-dead-letters")
	checkAlarm(t, lost, s, "AWS/SQS", "ApproximateNumberOfMessagesVisible", 0)
	lost.Want(t, "statistic", "Maximum", "a sum would count one run each minute again")
	lost.Want(t, "dimensions.QueueName", dead.Output("name"), "it watches this queue", dead)
}

// sendsDeadLetters is the right to send runs that failed to their queue: Lambda does so as
// the function.
func sendsDeadLetters(f facts) rights {
	return func(t stacktest.T, g *stacktest.Graph, policy *stacktest.Resource) statement {
		dead := g.One(t, deadLettersType, f.name()+"-dead-letters")
		policy.Want(t, "policy", policy.Input("policy"), "it names the dead letters", dead)
		return statement{Effect: "Allow", Action: names{"sqs:SendMessage"}, Resource: names{fmt.Sprint(dead.Output("arn"))}}
	}
}

// A stack that is not active has all schedules, and runs none that another stack runs.
func TestSchedulesRest(t *testing.T) {
	for _, setting := range []string{"true", "false"} {
		changed := map[string]string{"active": setting}
		checkAll(t, deploy(t, changed), expectations{expected.services, configuration(changed)})
	}
}
