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
	cors       *cors    // what pages of other origins may do; nil for nothing
	uploads    []upload // for which new objects S3 notifies a queue
}

// title is what the bucket's resources are called in Pulumi. The bucket's own name begins
// with it; it must be unique among all accounts, so Pulumi adds to it.
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
// policy or an access control list says. The bucket's rules are passed on to its policy.
func closeToPublic(ctx *pulumi.Context, s *stack, f bucketFacts, bucket *s3.BucketV2, rules ...pulumi.Resource) error {
	closed, err := s3.NewBucketPublicAccessBlock(ctx, f.title(), &s3.BucketPublicAccessBlockArgs{
		Bucket:                bucket.ID(),
		BlockPublicAcls:       pulumi.Bool(true),
		BlockPublicPolicy:     pulumi.Bool(true),
		IgnorePublicAcls:      pulumi.Bool(true),
		RestrictPublicBuckets: pulumi.Bool(true),
	}, s.kept())
	if err != nil {
		return err
	}
	return onlyOverTLS(ctx, s, f, bucket, append(rules, closed))
}

// onlyOverTLS refuses requests without TLS. A bucket has one policy: add statements of
// your own here. S3 refuses to change it while it changes what is public. It waits for the
// bucket's rules, so that Pulumi would delete it before them, and refuses before any has gone.
func onlyOverTLS(ctx *pulumi.Context, s *stack, f bucketFacts, bucket *s3.BucketV2, after []pulumi.Resource) error {
	_, err := s3.NewBucketPolicy(ctx, f.title(), &s3.BucketPolicyArgs{
		Bucket: bucket.ID(),
		Policy: pulumi.JSONMarshal(pulumi.Map{
			"Version": pulumi.String("2012-10-17"),
			"Statement": pulumi.Array{pulumi.Map{
				"Effect":    pulumi.String("Deny"),
				"Principal": pulumi.String("*"),
				"Action":    pulumi.String("s3:*"),
				"Resource":  pulumi.Array{bucket.Arn, pulumi.Sprintf("%s/*", bucket.Arn)},
				"Condition": pulumi.Map{"Bool": pulumi.StringMap{"aws:SecureTransport": pulumi.String("false")}},
			}},
		}),
	}, s.kept(), pulumi.DependsOn(after))
	return err
}

// encrypt has S3 encrypt objects with keys of its own, which costs nothing and needs no
// rights of the services.
func encrypt(ctx *pulumi.Context, s *stack, f bucketFacts, bucket *s3.BucketV2) error {
	_, err := s3.NewBucketServerSideEncryptionConfigurationV2(ctx, f.title(), &s3.BucketServerSideEncryptionConfigurationV2Args{
		Bucket: bucket.ID(),
		Rules: s3.BucketServerSideEncryptionConfigurationV2RuleArray{s3.BucketServerSideEncryptionConfigurationV2RuleArgs{
			ApplyServerSideEncryptionByDefault: &s3.BucketServerSideEncryptionConfigurationV2RuleApplyServerSideEncryptionByDefaultArgs{
				SseAlgorithm: pulumi.String("AES256"),
			},
		}},
	}, s.kept())
	return err
}
