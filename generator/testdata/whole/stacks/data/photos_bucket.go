package main

import (
	"errors"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// photosBucket is what app.yaml says of the bucket photos.
var photosBucket = bucketFacts{
	name:       "photos",
	expireDays: 365,
	cors: &cors{
		origins: []string{"https://bazaar.example.com"},
		methods: []string{"PUT"},
	},
	uploads: []upload{
		{queue: resizeUploadsQueue.name, prefix: "incoming/", suffix: ".jpg"}, // starts resize
	},
}

// deployPhotosBucket declares the bucket and what belongs to it. Change a part here for this
// bucket alone, or in bucket.go for every one.
func deployPhotosBucket(ctx *pulumi.Context, s *stack) error {
	f := photosBucket
	bucket, err := newBucket(ctx, s, f)
	if err != nil {
		return err
	}
	expiry, err := expire(ctx, f, bucket)
	if err != nil {
		return err
	}
	pages, err := allowPages(ctx, f, bucket)
	if err != nil {
		return err
	}
	notifications, err := newNotifications(ctx, f, bucket, s.resizeUploadsQueue)
	if err != nil {
		return err
	}
	return errors.Join(
		encrypt(ctx, s, f, bucket),
		closeToPublic(ctx, s, f, bucket, expiry, pages, notifications),
	)
}
