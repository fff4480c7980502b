package main

import (
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/s3"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// cors is what pages of other origins may do with a bucket's objects, by addresses that the
// app signs for them.
type cors struct {
	origins, methods, headers []string
	maxAgeSeconds             int // that browsers remember the answer; 0 leaves it to them
}

// allowPages has the bucket answer browsers that ask what a page may do.
func allowPages(ctx *pulumi.Context, f bucketFacts, bucket *s3.BucketV2) (*s3.BucketCorsConfigurationV2, error) {
	rule := s3.BucketCorsConfigurationV2CorsRuleArgs{
		AllowedOrigins: pulumi.ToStringArray(f.cors.origins),
		AllowedMethods: pulumi.ToStringArray(f.cors.methods),
	}
	if len(f.cors.headers) > 0 {
		rule.AllowedHeaders = pulumi.ToStringArray(f.cors.headers)
	}
	if f.cors.maxAgeSeconds > 0 {
		rule.MaxAgeSeconds = pulumi.Int(f.cors.maxAgeSeconds)
	}
	return s3.NewBucketCorsConfigurationV2(ctx, f.title(), &s3.BucketCorsConfigurationV2Args{
		Bucket:    bucket.ID(),
		CorsRules: s3.BucketCorsConfigurationV2CorsRuleArray{rule},
	})
}
