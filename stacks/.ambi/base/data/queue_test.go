package main

import "ambi/stacks/stacktest"

const (
	queueType        = "aws:sqs/queue:Queue"
	redriveAllowType = "aws:sqs/redriveAllowPolicy:RedriveAllowPolicy"
	queueAlarmType   = "aws:cloudwatch/metricAlarm:MetricAlarm"
)

func checkQueue(t stacktest.T, g *stacktest.Graph, s expectations, f queueFacts) {
	queue, dead := g.One(t, queueType, f.title()), g.One(t, queueType, f.title()+"-dead-letters")
	for _, q := range []*stacktest.Resource{queue, dead} {
		checkKept(t, q, s, f.name)
		q.Want(t, "sqsManagedSseEnabled", true, "messages are not kept in plain text, and S3 may send without rights on a key")
	}
	queue.Want(t, "messageRetentionSeconds", f.retentionSeconds, "app.yaml keeps a message for as long")
	queue.Want(t, "visibilityTimeoutSeconds", f.visibilitySeconds, "a message that is worked on would come a second time")
	within(t, queue, "receiveWaitTimeSeconds", 1, 20, "each receive of an empty queue is paid for")
	dead.Want(t, "messageRetentionSeconds", deadLetterSeconds, "the age of a message counts on when it moves")
	if f.retentionSeconds >= deadLetterSeconds || f.visibilitySeconds > 43200 {
		t.Errorf("%s: keeps messages %d s and hides them %d s: dead letters must be kept longer than %d s, and SQS hides none for more than 12 hours", queue, f.retentionSeconds, f.visibilitySeconds, deadLetterSeconds)
	}
	redrive := document(t, queue, "redrivePolicy")
	redrive.Want(t, "deadLetterTargetArn", dead.Output("arn"), "a message that always fails would come back until it is too old")
	redrive.Want(t, "maxReceiveCount", f.attempts, "app.yaml gives a message so many attempts")
	queue.Want(t, "redrivePolicy", queue.Input("redrivePolicy"), "it names the queue of the dead letters", dead)
	wantExport(t, g, f.name+".url", queue.Output("url"))
	wantExport(t, g, f.name+".arn", queue.Output("arn"))
	wantExport(t, g, f.name+".deadLettersUrl", dead.Output("url"))
	wantExport(t, g, f.name+".deadLettersArn", dead.Output("arn"))

	allow := g.One(t, redriveAllowType, f.title()+"-dead-letters")
	checkProtected(t, allow, s)
	allow.Want(t, "queueUrl", dead.Output("url"), "it is about the dead letters", dead)
	only := document(t, allow, "redriveAllowPolicy")
	only.Want(t, "redrivePermission", "byQueue", "another queue's dead letters do not belong here")
	only.Want(t, "sourceQueueArns", []any{queue.Output("arn")}, "these are this queue's dead letters")
	allow.Want(t, "redriveAllowPolicy", allow.Input("redriveAllowPolicy"), "it names the queue", queue)
}

// checkQueueAlarms holds the alarms to what they watch. When they go off is a matter of taste
// within bounds.
func checkQueueAlarms(t stacktest.T, g *stacktest.Graph, s expectations, f queueFacts) {
	for suffix, watched := range map[string]struct {
		queue, metric string
		most          float64
	}{
		"-late":         {f.title(), "ApproximateAgeOfOldestMessage", float64(f.retentionSeconds)},
		"-dead-letters": {f.title() + "-dead-letters", "ApproximateNumberOfMessagesVisible", 0},
	} {
		alarm, queue := g.One(t, queueAlarmType, f.title()+suffix), g.One(t, queueType, watched.queue)
		checkProtected(t, alarm, s)
		alarm.Want(t, "namespace", "AWS/SQS", "AWS keeps the metric there")
		alarm.Want(t, "metricName", watched.metric, "it is what the alarm watches")
		alarm.Want(t, "dimensions", map[string]any{"QueueName": queue.Output("name")}, "it watches this queue", queue)
		alarm.Want(t, "statistic", "Maximum", "a sum would count one message each minute again")
		alarm.Want(t, "comparisonOperator", "GreaterThanThreshold", "more of it is worse")
		alarm.Want(t, "treatMissingData", "notBreaching", "nothing is measured while a queue is idle")
		within(t, alarm, "threshold", 0, watched.most, "the alarm must go off before a message is lost")
		within(t, alarm, "period", 60, 3600, "a fault is found out within the hour")
		within(t, alarm, "evaluationPeriods", 1, 24, "AWS looks back one day at most")
		var topics any
		if s.topics != nil {
			topics = s.topics
		}
		alarm.Want(t, "alarmActions", topics, "it tells whom the stack names")
		if text, _ := alarm.Inputs["alarmDescription"].(string); text == "" {
			t.Errorf("%s does not say what it is about", alarm.Name)
		}
		alarm.Want(t, "tags", map[string]string{"app": app, "data": f.name}, "bills and tools go by them")
	}
}

// within requires a number within bounds, both included: which one is a matter of taste.
func within(t stacktest.T, r *stacktest.Resource, path string, least, most float64, why string) {
	if got, ok := r.Input(path).(float64); !ok || got < least || got > most {
		t.Errorf("%s: %s is %v, want a number from %v to %v: %s", r, path, r.Input(path), least, most, why)
	}
}
