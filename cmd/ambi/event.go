package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"ambi/internal/cron"
	"ambi/internal/flags"
	"ambi/internal/problem"
	"ambi/internal/project"
)

func newEventCommand(io streams, options *project.Folder) *cobra.Command {
	var key, body string
	cmd := &cobra.Command{
		Use:   "event SERVICE",
		Short: "Print an event as it reaches a service, to try the service with",
		Long: `Print a sample event for a service that a queue or a bucket's uploads start: Lambda's
JSON for messages from SQS, with one record, on either target. Post it to the service's
path; the answer shows whether the message would be deleted: 2xx deletes it, unless
batchItemFailures names it, and any other status returns it to the queue. For a service
with a schedule, the event is a run, with id, time and input.

  ambi event resize | curl --json @- localhost:8080/events

For uploads, the message describes one object, whose key is encoded as S3 does.`,
		Example: `  ambi event resize > event.json
  ambi event resize --key "incoming/a picture.jpg"
  ambi event report --body '{"kind": "daily"}'`,
		Args: flags.ExactlyOne("the name of a service"),

		ValidArgsFunction: completions{options}.service,
		RunE: func(cmd *cobra.Command, args []string) error {
			p, err := options.Load()
			if err != nil {
				return err
			}
			text, err := event(p, args[0], key, body, cmd.Flags().Changed("body"))
			if err != nil {
				return err
			}
			fmt.Fprintln(io.out.Document(), text)
			return nil
		},
	}
	cmd.Flags().StringVar(&key, "key", "", "of uploads: the object's `KEY` (default: one that passes the filter)")
	cmd.Flags().StringVar(&body, "body", "", "of a queue: the message's `TEXT` (default: {})")
	return cmd
}

// sampleMessage is the ID of the message in a sample.
const sampleMessage = "059f36b4-87a3-44ab-83d2-661975830a7d"

// event is a sample of what starts a service.
func event(p *project.Project, name, key, body string, hasBody bool) (string, error) {
	s, err := p.Service(name)
	switch {
	case err != nil:
		return "", err
	case s.IsHTTP():
		return "", problem.File(p.SpecName, p.App.Position("services."+name).Line, "services.%s: requests start it, not events", name)
	case s.Worker != nil:
		return "", problem.File(p.SpecName, p.App.Position("services."+name).Line, "services.%s: %s, and gets no events", name, s.StartedBy())
	case s.Schedule != nil && (key != "" || hasBody):
		return "", problem.Flag(map[bool]string{true: "key", false: "body"}[key != ""], "is of a message or an object, but a schedule starts %s", name).Hint("what it gets is schedule.input")
	case s.Schedule != nil:
		return scheduledRun(p, name)
	case s.Queue != nil && key != "":
		return "", problem.Flag("key", "names an object, but messages start %s", name)
	case s.Uploads != nil && hasBody:
		return "", problem.Flag("body", "is the text of a message, but uploads start %s", name).Hint("--key names the object")
	}
	events, _ := p.App.Events(name)
	if s.Uploads != nil {
		if key == "" {
			key = s.Uploads.Prefix + "a picture" + s.Uploads.Suffix
		}
		if !strings.HasPrefix(key, s.Uploads.Prefix) || !strings.HasSuffix(key, s.Uploads.Suffix) {
			return "", problem.Flag("key", "%q does not pass the filter of %s: prefix %q, suffix %q", key, name, s.Uploads.Prefix, s.Uploads.Suffix)
		}
		text, err := json.Marshal(map[string]any{"Records": []any{uploadRecord(p.App.Name+"-"+s.Uploads.From, key)}})
		if err != nil {
			return "", err
		}
		body = string(text)
	} else if !hasBody {
		body = "{}"
	}
	const account, region = "123456789012", "us-east-1" // those of AWS's own examples
	text, err := json.MarshalIndent(map[string]any{"Records": []any{map[string]any{
		"messageId":      sampleMessage,
		"receiptHandle":  "AQEBwJnKyrHigUMZj6rYigCgxlaS3SLy0a",
		"body":           body,
		"attributes":     map[string]string{"ApproximateReceiveCount": "1"},
		"eventSource":    "aws:sqs",
		"eventSourceARN": fmt.Sprintf("arn:aws:sqs:%s:%s:%s-%s", region, account, p.App.Name, events.Queue),
		"awsRegion":      region,
	}}}, "", "  ")
	return string(text), err
}

// scheduledRun is a sample of the body of a scheduled run's request, on either target.
func scheduledRun(p *project.Project, name string) (string, error) {
	s := p.App.Services[name].Schedule
	zone, _ := cron.Zone(s.TimeZone) // which the spec has checked
	at := "2026-01-01T00:00:00Z"     // where none comes within years
	year := time.Date(2026, 1, 1, 0, 0, 0, 0, zone)
	if runs := s.Times().Runs(year.Add(-time.Second), 1); len(runs) > 0 {
		at = runs[0].At.UTC().Format(time.RFC3339)
	}
	text, err := json.MarshalIndent(struct {
		ID    string          `json:"id"`
		Time  string          `json:"time"`
		Input json.RawMessage `json:"input"`
	}{p.App.Name + "-" + name + "-" + at, at, json.RawMessage(s.CompactInput())}, "", "  ")
	return string(text), err
}

// uploadRecord is S3's event for a new object.
// Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html
func uploadRecord(bucket, key string) map[string]any {
	return map[string]any{
		"eventVersion": "2.1", "eventSource": "aws:s3", "awsRegion": "us-east-1",
		"eventTime": "2026-01-01T00:00:00.000Z", "eventName": "ObjectCreated:Put",
		"s3": map[string]any{
			"s3SchemaVersion": "1.0",
			"bucket":          map[string]any{"name": bucket, "arn": "arn:aws:s3:::" + bucket},
			"object":          map[string]any{"key": encodedKey(key), "size": 1024, "sequencer": "0055AED6DCD90281E5"},
		},
	}
}

// encodedKey is a key as S3's events have it: as in a form, but for slashes.
func encodedKey(key string) string {
	var b strings.Builder
	for i := range len(key) {
		switch c := key[i]; {
		case c == ' ':
			b.WriteByte('+')
		case c == '/' || c == '-' || c == '_' || c == '.' || c == '*' || c == '!' || c == '(' || c == ')' || c == '\'',
			c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9':
			b.WriteByte(c)
		default:
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	return b.String()
}
