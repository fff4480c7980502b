// Package delivery shows that messages of a queue reach an app as the stacks have
// it, on real parts:
//
//	make test-delivery
//
// Bento, with the configuration that is emitted for Kubernetes, takes messages from
// a stand-in for SQS (internal/sqs) and posts them to the example app, which reads
// and writes a stand-in for S3. The same messages reach the same app as a Lambda
// function, under AWS's Runtime Interface Emulator, and must leave the same objects.
//
// In front of both forms of the app, a stand-in for Route 53 (internal/route53) answers over DNS by the
// records of the emitted program for traffic, while steady requests move from one to the other and back.
//
// What it does not show: the queue, the bucket's notifications and the event source
// mapping of AWS itself, nor the Lambda Web Adapter. The example speaks Lambda's
// runtime API, and answers the same events in the same way.
package delivery
