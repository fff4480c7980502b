package main

import (
	"strings"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/s3"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/sqs"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// upload says for which new objects S3 notifies a queue: no object matches two of them.
type upload struct{ queue, prefix, suffix string }

// newNotifications has a bucket tell queues of new objects, each what its upload says. A
// bucket has one such resource: a second one would take the first one's place. The queues'
// policies come first, since S3 tries at once whether it may send.
func newNotifications(ctx *pulumi.Context, f bucketFacts, bucket *s3.BucketV2, queues ...*sqs.Queue) (*s3.BucketNotification, error) {
	var told s3.BucketNotificationQueueArray
	var allowed []pulumi.Resource
	for i, queue := range queues {
		policy, err := sqs.NewQueuePolicy(ctx, app+"-"+f.uploads[i].queue, &sqs.QueuePolicyArgs{
			QueueUrl: queue.Url,
			Policy:   onlyFrom(bucket, queue),
		})
		if err != nil {
			return nil, err
		}
		allowed = append(allowed, policy)
		filter := s3.BucketNotificationQueueArgs{
			Id:       pulumi.String(f.uploads[i].queue),
			QueueArn: queue.Arn,
			Events:   pulumi.StringArray{pulumi.String("s3:ObjectCreated:*")},
		}
		if f.uploads[i].prefix != "" {
			filter.FilterPrefix = pulumi.String(f.uploads[i].prefix)
		}
		if f.uploads[i].suffix != "" {
			filter.FilterSuffix = pulumi.String(f.uploads[i].suffix)
		}
		told = append(told, filter)
	}
	return s3.NewBucketNotification(ctx, f.title(), &s3.BucketNotificationArgs{Bucket: bucket.ID(), Queues: told}, pulumi.DependsOn(allowed))
}

// onlyFrom lets S3 send one bucket's events to a queue. The bucket must be in this account: after
// its deletion, another account could take its name.
func onlyFrom(bucket *s3.BucketV2, queue *sqs.Queue) pulumi.StringOutput {
	account := queue.Arn.ApplyT(func(arn string) string { return strings.SplitN(arn, ":", 6)[4] }).(pulumi.StringOutput)
	return pulumi.JSONMarshal(pulumi.Map{
		"Version": pulumi.String("2012-10-17"),
		"Statement": pulumi.Array{pulumi.Map{
			"Effect":    pulumi.String("Allow"),
			"Principal": pulumi.StringMap{"Service": pulumi.String("s3.amazonaws.com")},
			"Action":    pulumi.String("sqs:SendMessage"),
			"Resource":  queue.Arn,
			"Condition": pulumi.Map{
				"ArnEquals":    pulumi.StringMap{"aws:SourceArn": bucket.Arn},
				"StringEquals": pulumi.StringMap{"aws:SourceAccount": account},
			},
		}},
	})
}
