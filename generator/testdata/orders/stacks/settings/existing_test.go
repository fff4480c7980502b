package settings_test

import (
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"example.com/golden/stacks/settings"
	"example.com/golden/stacks/stacktest"
)

func TestExisting(t *testing.T) {
	const queue = "arn:aws:sqs:us-east-1:123456789012:jobs"
	for _, c := range []struct{ key, value, problem string }{
		{"bucket", "arn:aws:s3:::my-bucket.1", ""},
		{"bucket", "arn:aws-cn:s3:::my-bucket", ""},
		{"bucket", "", "must be set"},
		{"bucket", "my-bucket", "the ARN of a bucket"},
		{"bucket", "arn:aws:s3:::my-bucket/key", "the ARN of a bucket"},
		{"queue", queue, ""},
		{"queue", "", "must be set"},
		{"queue", "jobs", "the ARN of a queue"},
		{"queue", queue + ":more", "the ARN of a queue"},
		{"queue", queue + strings.Repeat("s", 77), "the ARN of a queue"},
		{"queue", queue + ".fifo", "a standard queue"},
		{"queue", "arn:aws:sqs:eu-west-1:123456789012:jobs", "must be in aws:region us-east-1"},
		{"fifo", queue + ".fifo", ""},
		{"fifo", queue, "a FIFO queue"},
	} {
		given := map[string]string{"aws:region": "us-east-1", "bucket": "arn:aws:s3:::b1b", "queue": queue, "fifo": queue + ".fifo"}
		given[c.key] = c.value
		_, err := stacktest.Deploy(t, func(ctx *pulumi.Context) error {
			set := settings.Read(ctx)
			arns := map[string]string{"bucket": set.BucketARN("bucket"), "queue": set.QueueARN("queue", false), "fifo": set.QueueARN("fifo", true)}
			if arns[c.key] != c.value {
				t.Errorf("%s %q is read as %q", c.key, c.value, arns[c.key])
			}
			return set.Err()
		}, given)
		if c.problem == "" && err != nil || c.problem != "" && (err == nil || !strings.Contains(err.Error(), c.problem)) {
			t.Errorf("%s %q: %v", c.key, c.value, err)
		}
	}
}
