package main

import (
	"errors"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// thumbnailsBucket is what app.yaml says of the bucket thumbnails.
var thumbnailsBucket = bucketFacts{
	name: "thumbnails",
}

// deployThumbnailsBucket declares the bucket and what belongs to it. Change a part here for this
// bucket alone, or in bucket.go for every one.
func deployThumbnailsBucket(ctx *pulumi.Context, s *stack) error {
	f := thumbnailsBucket
	bucket, err := newBucket(ctx, s, f)
	if err != nil {
		return err
	}
	return errors.Join(
		encrypt(ctx, s, f, bucket),
		closeToPublic(ctx, s, f, bucket),
	)
}
