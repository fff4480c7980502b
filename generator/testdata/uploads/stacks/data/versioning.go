package main

import (
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/s3"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// keepVersions keeps what objects were before they were replaced or deleted.
func keepVersions(ctx *pulumi.Context, f bucketFacts, bucket *s3.BucketV2) (*s3.BucketVersioningV2, error) {
	return s3.NewBucketVersioningV2(ctx, f.title(), &s3.BucketVersioningV2Args{
		Bucket:                  bucket.ID(),
		VersioningConfiguration: &s3.BucketVersioningV2VersioningConfigurationArgs{Status: pulumi.String("Enabled")},
	})
}
