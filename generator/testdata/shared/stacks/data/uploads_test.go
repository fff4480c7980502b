package main

import (
	"strings"

	"example.com/golden/stacks/stacktest"
)

const (
	notificationType = "aws:s3/bucketNotification:BucketNotification"
	queuePolicyType  = "aws:sqs/queuePolicy:QueuePolicy"
)

// A second notification of a bucket would take the place of the first one, and S3 refuses
// one whose queue it may not send to yet.
func checkNotifications(t stacktest.T, g *stacktest.Graph, f bucketFacts) {
	bucket := g.One(t, bucketType, f.title())
	for _, r := range g.Resources {
		if r.Type == notificationType && r.Name != f.title() && r.Input("bucket") == bucket.Output("id") {
			t.Errorf("%s: is a second notification of %s: the two overwrite each other", r, bucket)
		}
	}
	if len(f.uploads) == 0 {
		return
	}
	notification := g.One(t, notificationType, f.title())
	notification.Want(t, "bucket", bucket.Output("id"), "it is this bucket's", bucket)
	wantBefore(t, g.One(t, policyType, f.title()), notification, "Pulumi deletes the policy first, and refuses before the bucket has lost anything")
	for _, told := range f.uploads {
		queue, policy := g.One(t, queueType, app+"-"+told.queue), g.One(t, queuePolicyType, app+"-"+told.queue)
		at := "queues[id=" + told.queue + "]."
		notification.Want(t, at+"queueArn", queue.Output("arn"), "the service gets its events from there", queue)
		notification.Want(t, at+"events", []string{"s3:ObjectCreated:*"}, "an object may come in several ways")
		notification.Want(t, at+"filterPrefix", given(told.prefix), "S3 notifies the service of these objects only")
		notification.Want(t, at+"filterSuffix", given(told.suffix), "S3 notifies the service of these objects only")
		wantBefore(t, notification, policy, "S3 tries at once whether it may send")

		policy.Want(t, "queueUrl", queue.Output("url"), "it is this queue's", queue)
		policy.Want(t, "policy", policy.Input("policy"), "it names the bucket", queue, bucket)
		account := ""
		if parts := strings.Split(queue.Output("arn").(string), ":"); len(parts) > 4 {
			account = parts[4]
		}
		only := document(t, policy, "policy")
		only.Want(t, "Version", "2012-10-17", "older ones read variables as text")
		only.Want(t, "Statement", []any{map[string]any{
			"Effect": "Allow", "Principal": map[string]string{"Service": "s3.amazonaws.com"}, "Action": "sqs:SendMessage", "Resource": queue.Output("arn"),
			"Condition": map[string]any{
				"ArnEquals":    map[string]any{"aws:SourceArn": bucket.Output("arn")},
				"StringEquals": map[string]any{"aws:SourceAccount": account},
			},
		}}, "this bucket of this account may send, and nothing else")
	}
}

// given is what becomes of a text: no input when it is empty.
func given(text string) any {
	if text == "" {
		return nil
	}
	return text
}
