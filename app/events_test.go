package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"image"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-lambda-go/events"
)

// batch is an event of SQS, and which of its messages must fail.
type batch struct {
	name     string
	messages []string // bodies; the IDs are m0, m1, ...
	fail     []string // IDs
}

// event is what SQS sends to Lambda.
func (b batch) event() []byte {
	event := events.SQSEvent{Records: []events.SQSMessage{}}
	for i, body := range b.messages {
		event.Records = append(event.Records, events.SQSMessage{
			MessageId: fmt.Sprint("m", i), ReceiptHandle: "handle", Body: body,
			Attributes:     map[string]string{"ApproximateReceiveCount": "1"},
			EventSource:    "aws:sqs",
			EventSourceARN: "arn:aws:sqs:eu-central-1:123456789012:resize", AWSRegion: "eu-central-1",
		})
	}
	text, err := json.Marshal(event)
	if err != nil {
		panic(err)
	}
	return text
}

// uploaded is what S3 sends about a new object. The key is encoded, as S3 does.
func uploaded(bucket, encodedKey string) string {
	return notification("aws:s3", "ObjectCreated:Put", bucket, encodedKey)
}

func notification(source, name, bucket, encodedKey string) string {
	return fmt.Sprintf(`{"Records":[{"eventVersion":"2.1","eventSource":%q,"awsRegion":"eu-central-1","eventTime":"2035-10-21T07:28:00.000Z","eventName":%q,`+
		`"userIdentity":{"principalId":"EXAMPLE"},"requestParameters":{"sourceIPAddress":"127.0.0.1"},"responseElements":{"x-amz-request-id":"C3D13FE58DE4C810"},`+
		`"s3":{"s3SchemaVersion":"1.0","configurationId":"resize","bucket":{"name":%q,"ownerIdentity":{"principalId":"EXAMPLE"},"arn":"arn:aws:s3:::originals"},`+
		`"object":{"key":%q,"size":1024,"eTag":"d41d8cd98f00b204e9800998ecf8427e","sequencer":"0055AED6DCD90281E5"}}}]}`, source, name, bucket, encodedKey)
}

const testEvent = `{"Service":"Amazon S3","Event":"s3:TestEvent","Time":"2035-10-21T07:28:00.000Z","Bucket":"originals","RequestId":"5582815E1AEA5ADF","HostId":"8cLeGAmw098X5cv4Zkwcmo8vvZa3eH3eKxsPzbB9wrR+YstdA6Knx4Ip8EXAMPLE"}`

// originals are the uploaded images.
func originals(t *testing.T) map[string]object {
	t.Helper()
	wide := pngOf(t, gradient(600, 400))
	return map[string]object{
		"originals/incoming/wide.png":    {"image/png", wide},
		"originals/incoming/photo.jpg":   {"image/jpeg", withOrientation(jpegOf(t, gradient(600, 400)), 6)},
		"originals/incoming/a b+c é.gif": {"image/gif", gifOf(t, gradient(30, 20))},
		"originals/incoming/noise.png":   {"image/png", []byte("\x00\xff\xfe hello")},
		"originals/incoming/damaged.png": {"image/png", damaged(wide)},
		"originals/incoming/large.png":   {"image/png", padded(wide, maxOriginal+1)},
		"originals/incoming/limit.png":   {"image/png", padded(wide, maxOriginal)},
		"thumbnails/own.png":             {"image/png", wide},
	}
}

func batches() []batch {
	return []batch{
		{name: "one", messages: []string{uploaded("originals", "incoming/wide.png")}},
		{name: "again", messages: []string{uploaded("originals", "incoming/wide.png"), uploaded("originals", "incoming/wide.png")}},
		{name: "encoded key", messages: []string{uploaded("originals", "incoming/a+b%2Bc+%C3%A9.gif")}},
		{name: "upright", messages: []string{uploaded("originals", "incoming/photo.jpg")}},
		{name: "largest", messages: []string{uploaded("originals", "incoming/limit.png")}},
		{name: "none", messages: nil},
		{name: "S3's test", messages: []string{testEvent}},
		{name: "deleted since", messages: []string{uploaded("originals", "incoming/gone.png")}},
		{name: "not an upload", messages: []string{notification("aws:s3", "ObjectRemoved:Delete", "originals", "incoming/wide.png")}},
		{
			name: "some fail",
			messages: []string{
				uploaded("originals", "incoming/noise.png"),
				uploaded("originals", "incoming/wide.png"),
				"not JSON", `{"Records":[]}`, `{}`, `null`, `[]`, `"text"`,
				uploaded("originals", "incoming/damaged.png"),
				uploaded("originals", "incoming/large.png"),
				uploaded("originals", ""),
				uploaded("", "incoming/wide.png"),
				uploaded("originals", "incoming/%zz"),
				notification("aws:ses", "ObjectCreated:Put", "originals", "incoming/wide.png"),
				uploaded("thumbnails", "own.png"),
				uploaded("forbidden", "a.png"),
				uploaded("missing", "a.png"),
				uploaded("busy", "a.png"),
				uploaded("originals", "incoming/read-only.png"),
			},
			fail: []string{"m0", "m2", "m3", "m4", "m5", "m6", "m7", "m8", "m9", "m10", "m11", "m12", "m13", "m14", "m15", "m16", "m17", "m18"},
		},
	}
}

// Every batch goes to the service twice, over HTTP and as Lambda invokes a function.
// Both must report the same failures, and leave the same objects.
func TestEvents(t *testing.T) {
	t.Parallel()
	var pod, function buckets
	for _, b := range []*buckets{&pod, &function} {
		b.objects = originals(t)
		b.objects["originals/incoming/read-only.png"] = b.objects["originals/incoming/wide.png"]
		b.fails = map[string]string{
			"forbidden/a.png": "AccessDenied", "missing/a.png": "NoSuchBucket", "busy/a.png": "SlowDown",
			"thumbnails/incoming/read-only.png": "AccessDenied",
		}
	}
	onPort, server := startOnPort(t, "thumbs", pod.start(t)...)
	onLambda, gateway := startOnLambda(t, patience, "thumbs", function.start(t)...)
	for _, batch := range batches() {
		t.Run(batch.name, func(t *testing.T) {
			overHTTP := postEvent(t, server, batch.event(), http.StatusOK)
			checkFailures(t, overHTTP, batch.fail)
			answer, status := gateway.run(batch.event())
			if status != http.StatusOK {
				t.Fatalf("on Lambda: %d", status)
			}
			if !bytes.Equal(overHTTP, answer) {
				t.Errorf("over HTTP %s, on Lambda %s", overHTTP, answer)
			}
		})
	}
	for _, p := range []*process{onPort, onLambda} {
		for line := range strings.Lines(p.log()) {
			if !json.Valid([]byte(line)) {
				t.Errorf("a line in the log that is not the service's own: %s", line)
			}
		}
	}
	left := pod.all()
	if other := function.all(); !maps.EqualFunc(left, other, sameObject) {
		t.Errorf("over HTTP %v, on Lambda %v", slices.Sorted(maps.Keys(left)), slices.Sorted(maps.Keys(other)))
	}
	for name, want := range map[string]struct {
		format string
		size   image.Point
	}{
		"incoming/wide.png":    {"png", image.Pt(defaultWidth, 213)},
		"incoming/limit.png":   {"png", image.Pt(defaultWidth, 213)},
		"incoming/photo.jpg":   {"jpeg", image.Pt(defaultWidth, 480)},
		"incoming/a b+c é.gif": {"png", image.Pt(30, 20)},
	} {
		got := left["thumbnails/"+name]
		config, format, err := image.DecodeConfig(bytes.NewReader(got.data))
		if err != nil || format != want.format || image.Pt(config.Width, config.Height) != want.size || got.contentType != "image/"+format {
			t.Errorf("%s: %s, %s of %d x %d, %v; want %v", name, got.contentType, format, config.Width, config.Height, err, want)
		}
		delete(left, "thumbnails/"+name)
	}
	delete(left, "originals/incoming/read-only.png")
	if want := originals(t); !maps.EqualFunc(left, want, sameObject) {
		t.Errorf("objects changed or were made beside the thumbnails: %v", slices.Sorted(maps.Keys(left)))
	}
}

func sameObject(a, b object) bool {
	return a.contentType == b.contentType && bytes.Equal(a.data, b.data)
}

// postEvent sends an event over HTTP, and returns the answer.
func postEvent(t *testing.T, base string, event []byte, status int) []byte {
	t.Helper()
	response, err := newClient().Post(base+eventsPath, "application/json", bytes.NewReader(event))
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	if response.StatusCode != status {
		t.Fatalf("status %d %s, want %d", response.StatusCode, answer, status)
	}
	return answer
}

// checkFailures reads an answer as Lambda does.
func checkFailures(t *testing.T, answer []byte, want []string) {
	t.Helper()
	var response struct {
		BatchItemFailures []events.SQSBatchItemFailure `json:"batchItemFailures"`
	}
	decoder := json.NewDecoder(bytes.NewReader(answer))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&response); err != nil || response.BatchItemFailures == nil {
		t.Fatalf("%s: %v", answer, err)
	}
	var got []string
	for _, failure := range response.BatchItemFailures {
		got = append(got, failure.ItemIdentifier)
	}
	if !slices.Equal(got, want) {
		t.Errorf("failed: %v, want %v", got, want)
	}
}

// What is no event of SQS gives everything back to the queue, in either form.
func TestWrongEvents(t *testing.T) {
	t.Parallel()
	var s3 buckets
	environment := s3.start(t)
	_, server := startOnPort(t, "thumbs", environment...)
	_, gateway := startOnLambda(t, patience, "thumbs", environment...)
	for _, test := range []struct{ name, event, want string }{
		{"no list", `{"Records": 1}`, "must be JSON as SQS sends it to Lambda"},
		{"null", `{"Records": null}`, "the event has no Records"},
		{"straight from S3", uploaded("originals", "a.png"), "Records[0] has no messageId"},
		{"a body that is no text", `{"Records":[{"messageId":"a","body":{}}]}`, "must be JSON as SQS sends it to Lambda"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := postEvent(t, server, []byte(test.event), http.StatusBadRequest); !strings.Contains(string(got), test.want) {
				t.Errorf("over HTTP: %s, want %s in it", got, test.want)
			}
			if payload, status := gateway.run([]byte(test.event)); status != http.StatusInternalServerError {
				t.Fatalf("on Lambda: %d %s", status, payload)
			}
			if failure := <-gateway.failures; !strings.Contains(failure, test.want) {
				t.Errorf("on Lambda: %s, want %s in it", failure, test.want)
			}
		})
	}
	postEvent(t, server, []byte(`{`), http.StatusBadRequest)
	postEvent(t, server, nil, http.StatusBadRequest)
	postEvent(t, server, bytes.Repeat([]byte(" "), maxEvent+1), http.StatusRequestEntityTooLarge)
}

// Without a bucket for thumbnails there are no events: nothing is taken for done.
func TestEventsWithoutBucket(t *testing.T) {
	t.Parallel()
	event := batch{messages: []string{uploaded("originals", "a.png")}}.event()
	_, server := startOnPort(t, "thumbs")
	postEvent(t, server, event, http.StatusNotFound)
	_, gateway := startOnLambda(t, patience, "thumbs")
	if payload, status := gateway.run(event); status != http.StatusInternalServerError {
		t.Fatalf("on Lambda: %d %s", status, payload)
	}
	if failure := <-gateway.failures; !strings.Contains(failure, "POST /events answered 404") {
		t.Error(failure)
	}
}

// When time runs out, what is not done is reported, and what is done stays done.
func TestEventsOutOfTime(t *testing.T) {
	t.Parallel()
	s3 := buckets{objects: map[string]object{
		"originals/slow.jpg": {"image/jpeg", progressive(4000, 4000, maxScans)},
		"originals/fast.png": {"image/png", pngOf(t, gradient(6, 4))},
	}}
	_, server := startOnPort(t, "thumbs", append(s3.start(t), "REQUEST_TIMEOUT=500ms")...)
	event := batch{messages: []string{uploaded("originals", "slow.jpg"), uploaded("originals", "fast.png")}}.event()
	checkFailures(t, postEvent(t, server, event, http.StatusOK), []string{"m0"})
	if all := s3.all(); len(all) != 3 || all["thumbnails/fast.png"].data == nil {
		t.Errorf("left %v", slices.Sorted(maps.Keys(all)))
	}
}

// The image is replaced while its thumbnail is made: the thumbnail of the new one stays.
func TestReplacedMeanwhile(t *testing.T) {
	t.Parallel()
	s3 := buckets{objects: map[string]object{"originals/a.png": {"image/png", pngOf(t, gradient(60, 40))}}}
	newest := object{"image/png", pngOf(t, gradient(40, 60))}
	s3.afterPut = func(b *buckets) { b.objects["originals/a.png"] = newest }
	_, server := startOnPort(t, "thumbs", s3.start(t)...)
	event := batch{messages: []string{uploaded("originals", "a.png")}}.event()
	checkFailures(t, postEvent(t, server, event, http.StatusOK), nil)
	config, _, err := image.DecodeConfig(bytes.NewReader(s3.all()["thumbnails/a.png"].data))
	if err != nil || config.Width != 40 || config.Height != 60 {
		t.Errorf("the thumbnail has %d x %d pixels, %v; want 40 x 60", config.Width, config.Height, err)
	}

	s3.afterPut = func(b *buckets) { delete(b.objects, "originals/a.png") }
	checkFailures(t, postEvent(t, server, event, http.StatusOK), nil)
}

// A panic fails one message, not the process with every other message.
func TestPanicFailsMessage(t *testing.T) {
	var log bytes.Buffer
	service := &thumbs{log: slog.New(slog.NewTextHandler(&log, nil)), uploads: newBudget(1), memory: newBudget(1)} // and no store
	message := events.SQSMessage{MessageId: "a", Body: uploaded("originals", "a.png")}
	if err := service.handleMessage(t.Context(), message); err == nil || !strings.Contains(err.Error(), "panic: ") {
		t.Errorf("got %v, want the panic", err)
	}
	if done, err := service.uploads.take(t.Context(), 1); err != nil {
		t.Error("the panic kept its turn")
	} else {
		done()
	}
}

// Several events at a time do not stand in each other's way.
func TestManyEvents(t *testing.T) {
	t.Parallel()
	s3 := buckets{objects: map[string]object{}}
	var many batch
	for i := range 3 * uploads {
		name := fmt.Sprintf("%d.png", i)
		s3.objects["originals/"+name] = object{"image/png", pngOf(t, gradient(60+i, 40))}
		many.messages = append(many.messages, uploaded("originals", name))
	}
	_, server := startOnPort(t, "thumbs", s3.start(t)...)
	answers := make(chan string)
	for range 3 {
		go func() {
			response, err := newClient().Post(server+eventsPath, "application/json", bytes.NewReader(many.event()))
			if err != nil {
				answers <- err.Error()
				return
			}
			defer response.Body.Close()
			answer, _ := io.ReadAll(response.Body)
			answers <- string(answer)
		}()
	}
	for range 3 {
		if answer := <-answers; answer != `{"batchItemFailures":[]}` {
			t.Error(answer)
		}
	}
	if got := len(s3.all()); got != 2*3*uploads {
		t.Errorf("%d objects, want %d", got, 2*3*uploads)
	}
}

func TestStoreSettings(t *testing.T) {
	t.Setenv("AWS_REGION", "")
	t.Setenv("AWS_DEFAULT_REGION", "")
	t.Setenv("AWS_CONFIG_FILE", "/nowhere")
	for bucket, want := range map[string]string{"": "THUMBNAILS_BUCKET: is set, but empty\nhint: ", "thumbnails": "AWS_REGION: must be set"} {
		if _, err := openStore(t.Context(), lookupIn(map[string]string{"THUMBNAILS_BUCKET": bucket})); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v, want %s", bucket, err, want)
		}
	}
}
