package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"strings"
	"sync"

	"github.com/aws/aws-lambda-go/events"
)

const (
	// eventsPath is where events arrive: the Lambda Web Adapter posts them there, and
	// so does what takes messages from the queue on Kubernetes.
	eventsPath = "/events"

	// maxEvent is the most bytes that an event may have, as many as a Lambda payload.
	maxEvent = 6 << 20

	// maxOriginal is the most bytes that an uploaded image may have. As many as work
	// at a time (uploads) fit into memory beside the pictures.
	maxOriginal = 10_000_000
)

// handleEvent makes thumbnails of what was uploaded. The body is the event that
// Lambda gets from SQS; each of its messages is a notification of S3. The answer
// lists the messages that failed, so that only those return to the queue:
//
//	{"batchItemFailures": [{"itemIdentifier": "the message's ID"}]}
//
// A message that can never succeed, such as one about a damaged image, fails every
// time, until the queue moves it to its dead-letter queue.
func (s *thumbs) handleEvent(w http.ResponseWriter, r *http.Request) error {
	body, err := readBody(w, r, "event", maxEvent)
	if err != nil {
		return err
	}
	event, err := parseEvent(body)
	if err != nil {
		return err
	}
	failed := make([]bool, len(event.Records))
	var all sync.WaitGroup
	for i, message := range event.Records {
		all.Go(func() {
			if err := s.handleMessage(r.Context(), message); err != nil {
				failed[i] = true
				s.log.Error("message failed", "message", message.MessageId, "error", err)
			}
		})
	}
	all.Wait()
	response := events.SQSEventResponse{BatchItemFailures: []events.SQSBatchItemFailure{}}
	for i, message := range event.Records {
		if failed[i] {
			response.BatchItemFailures = append(response.BatchItemFailures, events.SQSBatchItemFailure{ItemIdentifier: message.MessageId})
		}
	}
	answer, err := json.Marshal(response)
	if err != nil {
		return err
	}
	send(w, "application/json", answer)
	return nil
}

// parseEvent refuses an event whose failures could not be reported: Lambda takes an
// answer with an unknown or empty message ID for the failure of all messages, and
// one without a list of failures for success.
func parseEvent(body []byte) (events.SQSEvent, error) {
	var event events.SQSEvent
	if err := json.Unmarshal(body, &event); err != nil {
		return event, refuse(http.StatusBadRequest, "the event must be JSON as SQS sends it to Lambda: %v", err)
	}
	if event.Records == nil {
		return event, refuse(http.StatusBadRequest, "the event has no Records\nhint: send what SQS sends to Lambda")
	}
	for i, message := range event.Records {
		if message.MessageId == "" {
			return event, refuse(http.StatusBadRequest, "Records[%d] has no messageId", i)
		}
	}
	return event, nil
}

// handleMessage makes the thumbnails that one message asks for. Doing so twice does
// no harm: the queue may deliver a message again, and S3 may notify again.
func (s *thumbs) handleMessage(ctx context.Context, message events.SQSMessage) (err error) {
	defer func() { // a panic in a goroutine would end the process, and every other message with it
		if problem := recover(); problem != nil {
			s.log.Error("panic", "problem", problem, "stack", string(debug.Stack()))
			err = fmt.Errorf("panic: %v", problem)
		}
	}()
	var notification struct {
		Event   string // of a test
		Records []events.S3EventRecord
	}
	if err := json.Unmarshal([]byte(message.Body), &notification); err != nil {
		return fmt.Errorf("the body must be a notification of S3: %w", err)
	}
	if notification.Event == "s3:TestEvent" { // S3 sends one whenever notifications are configured
		return nil
	}
	if len(notification.Records) == 0 {
		return errors.New("the body must be a notification of S3, and has no Records")
	}
	for _, record := range notification.Records {
		if record.EventSource != "aws:s3" || record.S3.Bucket.Name == "" || record.S3.Object.URLDecodedKey == "" {
			return errors.New("the body must be a notification of S3, and names no object")
		}
		if !strings.HasPrefix(record.EventName, "ObjectCreated:") {
			s.log.Info("not an upload", "message", message.MessageId, "event", record.EventName)
			continue
		}
		if err := s.resize(ctx, record.S3.Bucket.Name, record.S3.Object.URLDecodedKey); err != nil {
			return fmt.Errorf("%s/%s: %w", record.S3.Bucket.Name, record.S3.Object.URLDecodedKey, err)
		}
	}
	return nil
}

// resize stores the thumbnail of an object under the object's key. Notifications of
// one key may come out of order and be worked on at the same time; to leave the
// newest thumbnail, it checks afterwards that the object is still what it read, and
// starts again if not.
func (s *thumbs) resize(ctx context.Context, bucket, key string) error {
	done, err := s.uploads.take(ctx, 1)
	if err != nil {
		return err
	}
	defer done()
	for {
		original, version, err := s.store.read(ctx, bucket, key)
		if errors.Is(err, errNoObject) { // deleted since; there is nothing left to do
			s.log.Info("the object is gone", "bucket", bucket, "key", key)
			return nil
		}
		if err != nil {
			return err
		}
		small, err := thumbnail(ctx, s.memory, original, defaultWidth)
		if err != nil {
			return err
		}
		if err := s.store.write(ctx, key, small); err != nil {
			return err
		}
		newest, err := s.store.version(ctx, bucket, key)
		if err != nil && !errors.Is(err, errNoObject) {
			return err
		}
		if newest == version || err != nil {
			s.log.LogAttrs(ctx, slog.LevelInfo, "thumbnail", slog.String("bucket", bucket), slog.String("key", key), slog.Int("bytes", len(small.data)))
			return nil
		}
	}
}
