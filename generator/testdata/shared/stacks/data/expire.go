package main

import (
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/s3"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// expire deletes objects once they are old, earlier versions once they have been earlier ones
// for as long, and what is left of uploads that never ended.
func expire(ctx *pulumi.Context, f bucketFacts, bucket *s3.BucketV2) (*s3.BucketLifecycleConfigurationV2, error) {
	days := pulumi.Int(f.expireDays)
	return s3.NewBucketLifecycleConfigurationV2(ctx, f.title(), &s3.BucketLifecycleConfigurationV2Args{
		Bucket: bucket.ID(),
		Rules: s3.BucketLifecycleConfigurationV2RuleArray{s3.BucketLifecycleConfigurationV2RuleArgs{
			Id:                             pulumi.String("expire"),
			Status:                         pulumi.String("Enabled"),
			Filter:                         &s3.BucketLifecycleConfigurationV2RuleFilterArgs{Prefix: pulumi.String("")}, // all objects
			Expiration:                     &s3.BucketLifecycleConfigurationV2RuleExpirationArgs{Days: days},
			NoncurrentVersionExpiration:    &s3.BucketLifecycleConfigurationV2RuleNoncurrentVersionExpirationArgs{NoncurrentDays: days},
			AbortIncompleteMultipartUpload: &s3.BucketLifecycleConfigurationV2RuleAbortIncompleteMultipartUploadArgs{DaysAfterInitiation: days},
		}},
	})
}
