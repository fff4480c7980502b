package main

import (
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/s3"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// bucketFacts are what app.yaml says of one bucket. The rest of this file makes of them what
// every bucket has.
type bucketFacts struct {
	name       string   // in app.yaml, which begins its exports: originals in originals.arn
	expireDays int      // that objects are kept; 0 for ever
	uploads    []upload // which new objects a queue is told of
}

// title is what the bucket's resources are called in Pulumi. The bucket's own name begins
// with it; AWS wants one that nobody else in the world has, so Pulumi adds to it.
func (f bucketFacts) title() string { return app + "-" + f.name }

// newBucket declares a bucket, and what the other stacks need to know of it.
func newBucket(ctx *pulumi.Context, s *stack, f bucketFacts) (*s3.BucketV2, error) {
	bucket, err := s3.NewBucketV2(ctx, f.title(), &s3.BucketV2Args{
		ForceDestroy: pulumi.Bool(!s.keep), // or AWS refuses to delete it while it has objects
		Tags:         tags(f.name),
	}, s.kept())
	if err != nil {
		return nil, err
	}
	ctx.Export(f.name+".name", bucket.Bucket)
	ctx.Export(f.name+".arn", bucket.Arn)
	return bucket, nil
}

// closeToPublic keeps the bucket's objects from everyone outside the account, whatever a
// policy or an access control list says.
func closeToPublic(ctx *pulumi.Context, f bucketFacts, bucket *s3.BucketV2) error {
	_, err := s3.NewBucketPublicAccessBlock(ctx, f.title(), &s3.BucketPublicAccessBlockArgs{
		Bucket:                bucket.ID(),
		BlockPublicAcls:       pulumi.Bool(true),
		BlockPublicPolicy:     pulumi.Bool(true),
		IgnorePublicAcls:      pulumi.Bool(true),
		RestrictPublicBuckets: pulumi.Bool(true),
	})
	return err
}

// encrypt has S3 encrypt objects with keys of its own, which costs nothing and needs no
// rights of the services.
func encrypt(ctx *pulumi.Context, f bucketFacts, bucket *s3.BucketV2) error {
	_, err := s3.NewBucketServerSideEncryptionConfigurationV2(ctx, f.title(), &s3.BucketServerSideEncryptionConfigurationV2Args{
		Bucket: bucket.ID(),
		Rules: s3.BucketServerSideEncryptionConfigurationV2RuleArray{s3.BucketServerSideEncryptionConfigurationV2RuleArgs{
			ApplyServerSideEncryptionByDefault: &s3.BucketServerSideEncryptionConfigurationV2RuleApplyServerSideEncryptionByDefaultArgs{
				SseAlgorithm: pulumi.String("AES256"),
			},
		}},
	})
	return err
}
