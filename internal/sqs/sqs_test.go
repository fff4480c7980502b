package sqs_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"ambi/internal/sqs"
)

// api is a server that speaks SQS's JSON protocol.
type api struct {
	t      *testing.T
	url    string
	create func(name string, visibility time.Duration, maxReceives int, dead string) (url string)
}

// call makes a call, and returns the answer or the error's code.
func (a api) call(operation string, input map[string]any) (output map[string]any, code string) {
	a.t.Helper()
	body, err := json.Marshal(input)
	if err != nil {
		a.t.Fatal(err)
	}
	request, err := http.NewRequest(http.MethodPost, a.url, bytes.NewReader(body))
	if err != nil {
		a.t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/x-amz-json-1.0")
	request.Header.Set("X-Amz-Target", "AmazonSQS."+operation)
	request.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20350101/us-east-1/sqs/aws4_request, SignedHeaders=host, Signature=0")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		a.t.Fatal(err)
	}
	defer response.Body.Close()
	if err := json.NewDecoder(response.Body).Decode(&output); err != nil {
		a.t.Fatalf("%s: %d %v", operation, response.StatusCode, err)
	}
	if response.StatusCode != http.StatusOK {
		kind, _ := output["__type"].(string)
		return nil, kind[strings.LastIndexByte(kind, '#')+1:]
	}
	return output, ""
}

// must makes a call that succeeds.
func (a api) must(operation string, input map[string]any) map[string]any {
	a.t.Helper()
	output, code := a.call(operation, input)
	if code != "" {
		a.t.Fatalf("%s: %s", operation, code)
	}
	return output
}

// received is a message as a consumer sees it.
type received struct {
	MessageID     string `json:"MessageId"`
	ReceiptHandle string
	Body          string
	MD5OfBody     string
	Attributes    map[string]string
}

func (a api) receive(queue string, more map[string]any) []received {
	a.t.Helper()
	input := map[string]any{"QueueUrl": queue, "MaxNumberOfMessages": 10, "AttributeNames": []string{"All"}}
	for name, value := range more {
		input[name] = value
	}
	text, err := json.Marshal(a.must("ReceiveMessage", input))
	if err != nil {
		a.t.Fatal(err)
	}
	var output struct{ Messages []received }
	if err := json.Unmarshal(text, &output); err != nil {
		a.t.Fatal(err)
	}
	return output.Messages
}

// want holds one receipt to its body and its count.
func (a api) want(got []received, body string, receives int) received {
	a.t.Helper()
	if len(got) != 1 || got[0].Body != body || got[0].Attributes["ApproximateReceiveCount"] != strconv.Itoa(receives) {
		a.t.Fatalf("got %v, want %s for the %d. time", got, body, receives)
	}
	return got[0]
}

func (a api) wantCounts(queue string, visible, hidden int) {
	a.t.Helper()
	output := a.must("GetQueueAttributes", map[string]any{"QueueUrl": queue, "AttributeNames": []string{"ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"}})
	want := map[string]any{"ApproximateNumberOfMessages": strconv.Itoa(visible), "ApproximateNumberOfMessagesNotVisible": strconv.Itoa(hidden)}
	if fmt.Sprint(output["Attributes"]) != fmt.Sprint(want) {
		a.t.Errorf("got %v, want %v", output["Attributes"], want)
	}
}

// TestStandIn holds the stand-in to what AWS documents.
func TestStandIn(t *testing.T) {
	stand := sqs.New()
	server := httptest.NewServer(stand)
	t.Cleanup(server.Close)
	queues := map[string]*sqs.Queue{}
	a := api{t: t, url: server.URL, create: func(name string, visibility time.Duration, maxReceives int, dead string) string {
		queues[name] = stand.Create(name, sqs.Attributes{Visibility: visibility, MaxReceives: maxReceives, DeadLetters: queues[dead], FIFO: strings.HasSuffix(name, ".fifo")})
		return server.URL + queues[name].Path()
	}}
	behaves(a)
	keepsOrder(a)
}

// TestMoto holds another stand-in to the same, so that both agree on it.
func TestMoto(t *testing.T) {
	program, err := exec.LookPath("moto_server")
	if err != nil {
		t.Skip("moto_server is not on PATH: the stand-in is not compared with it (pip install 'moto[server]')")
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := listener.Addr().String()
	listener.Close()
	_, port, _ := net.SplitHostPort(address)
	moto := exec.Command(program, "-H", "127.0.0.1", "-p", port)
	if err := moto.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { moto.Process.Kill(); moto.Wait() })
	for start := time.Now(); ; time.Sleep(100 * time.Millisecond) {
		if connection, err := net.Dial("tcp", address); err == nil {
			connection.Close()
			break
		}
		if time.Since(start) > time.Minute {
			t.Fatal("moto_server does not start")
		}
	}
	a := api{t: t, url: "http://" + address}
	a.create = func(name string, visibility time.Duration, maxReceives int, dead string) string {
		attributes := map[string]string{"VisibilityTimeout": strconv.Itoa(int(visibility / time.Second))}
		if strings.HasSuffix(name, ".fifo") {
			attributes["FifoQueue"] = "true"
		}
		if dead != "" {
			attributes["RedrivePolicy"] = fmt.Sprintf(`{"deadLetterTargetArn":"arn:aws:sqs:us-east-1:123456789012:%s","maxReceiveCount":%d}`, dead, maxReceives)
		}
		url, _ := a.must("CreateQueue", map[string]any{"QueueName": name, "Attributes": attributes})["QueueUrl"].(string)
		return url
	}
	behaves(a)
	keepsOrder(a)
}

// keepsOrder holds a FIFO queue to the order of its groups.
func keepsOrder(a api) {
	a.t.Helper()
	dead := a.create("dead.fifo", visibility, 0, "")
	orders := a.create("orders.fifo", visibility, 2, "dead.fifo")
	send := func(group, dedup, body string) (code string) {
		input := map[string]any{"QueueUrl": orders, "MessageBody": body}
		for name, value := range map[string]string{"MessageGroupId": group, "MessageDeduplicationId": dedup} {
			if value != "" {
				input[name] = value
			}
		}
		_, code = a.call("SendMessage", input)
		return code
	}
	for _, unnamed := range [][2]string{{"", "x"}, {"a", ""}} {
		if code := send(unnamed[0], unnamed[1], "x"); code == "" {
			a.t.Errorf("a message of group %q called %q is taken", unnamed[0], unnamed[1])
		}
	}
	send("a", "a1", "one")
	if code := send("a", "a1", "one"); code != "" { // and is not delivered
		a.t.Errorf("a repeat is refused: %s", code)
	}
	send("a", "a2", "two")
	send("b", "b1", "other")
	first := a.want(a.receive(orders, map[string]any{"MaxNumberOfMessages": 1}), "one", 1)
	if first.Attributes["MessageGroupId"] != "a" {
		a.t.Errorf("got %v, want group a", first.Attributes)
	}
	other := a.want(a.receive(orders, nil), "other", 1) // the rest of group a waits
	a.must("DeleteMessage", map[string]any{"QueueUrl": orders, "ReceiptHandle": other.ReceiptHandle})
	a.must("DeleteMessage", map[string]any{"QueueUrl": orders, "ReceiptHandle": first.ReceiptHandle})
	send("a", "a3", "three")
	a.want(a.receive(orders, map[string]any{"MaxNumberOfMessages": 1}), "two", 1)
	if got := a.receive(orders, nil); got != nil {
		a.t.Fatalf("a group whose message is worked on goes on with %v", got)
	}
	a.want(a.receive(orders, map[string]any{"MaxNumberOfMessages": 1, "WaitTimeSeconds": 10}), "two", 2)
	time.Sleep(visibility + 100*time.Millisecond)
	a.want(a.receive(orders, map[string]any{"MaxNumberOfMessages": 1}), "three", 1) // the dead letter leaves the order
	a.want(a.receive(dead, nil), "two", 3)
}

const visibility = 2 * time.Second

func behaves(a api) {
	a.t.Helper()
	dead := a.create("dead", visibility, 0, "")
	jobs := a.create("jobs", visibility, 3, "dead")
	if got := a.receive(jobs, nil); got != nil {
		a.t.Fatalf("an empty queue has %v", got)
	}

	id := a.must("SendMessage", map[string]any{"QueueUrl": jobs, "MessageBody": "one"})["MessageId"]
	a.wantCounts(jobs, 1, 0)
	start := time.Now()
	first := a.want(a.receive(jobs, nil), "one", 1)
	if first.MessageID != id || first.MD5OfBody != "f97c5d29941bfb1b2fdab0874906ab82" {
		a.t.Errorf("got %+v, want message %v", first, id)
	}
	a.wantCounts(jobs, 0, 1)
	if got := a.receive(jobs, nil); got != nil {
		a.t.Fatalf("a hidden message is delivered: %v", got)
	}
	second := a.want(a.receive(jobs, map[string]any{"WaitTimeSeconds": 10}), "one", 2)
	if waited := time.Since(start); waited < visibility || waited > visibility+5*time.Second {
		a.t.Errorf("back after %v, want the visibility timeout of %v", waited, visibility)
	}

	a.must("ChangeMessageVisibility", map[string]any{"QueueUrl": jobs, "ReceiptHandle": second.ReceiptHandle, "VisibilityTimeout": 0})
	third := a.want(a.receive(jobs, nil), "one", 3)
	a.must("ChangeMessageVisibilityBatch", map[string]any{"QueueUrl": jobs, "Entries": []any{
		map[string]any{"Id": "a", "ReceiptHandle": third.ReceiptHandle, "VisibilityTimeout": 0},
	}})
	if got := a.receive(jobs, nil); got != nil {
		a.t.Fatalf("delivered once too often: %v", got)
	}
	a.wantCounts(jobs, 0, 0)
	a.wantCounts(dead, 1, 0)
	letters := a.receive(dead, nil)
	if len(letters) != 1 || letters[0].Body != "one" || letters[0].MessageID != id {
		a.t.Fatalf("dead letters: %v", letters)
	}
	a.must("DeleteMessage", map[string]any{"QueueUrl": dead, "ReceiptHandle": letters[0].ReceiptHandle})
	a.wantCounts(dead, 0, 0)

	a.must("SendMessageBatch", map[string]any{"QueueUrl": jobs, "Entries": []any{
		map[string]any{"Id": "a", "MessageBody": "two"}, map[string]any{"Id": "b", "MessageBody": "three"}, map[string]any{"Id": "c", "MessageBody": "four"},
	}})
	if got := a.receive(jobs, map[string]any{"MaxNumberOfMessages": 1}); len(got) != 1 {
		a.t.Errorf("got %v, want one", got)
	}
	a.wantCounts(jobs, 2, 1)
	var entries []any
	for i, m := range a.receive(jobs, nil) {
		entries = append(entries, map[string]any{"Id": strconv.Itoa(i), "ReceiptHandle": m.ReceiptHandle})
	}
	if done, _ := a.must("DeleteMessageBatch", map[string]any{"QueueUrl": jobs, "Entries": entries})["Successful"].([]any); len(done) != 2 {
		a.t.Errorf("deleted %v, want two", done)
	}
	a.wantCounts(jobs, 0, 1)

	for want, input := range map[string]map[string]any{
		"EmptyBatchRequest": {"QueueUrl": jobs, "Entries": []any{}},
		"QueueDoesNotExist": {"QueueUrl": jobs + "x", "Entries": entries},
	} {
		if _, code := a.call("DeleteMessageBatch", input); code != want {
			a.t.Errorf("got %q, want %s", code, want)
		}
	}

	sent := make(chan struct{})
	go func() {
		defer close(sent)
		time.Sleep(300 * time.Millisecond)
		a.must("SendMessage", map[string]any{"QueueUrl": dead, "MessageBody": "late"})
	}()
	start = time.Now()
	a.want(a.receive(dead, map[string]any{"WaitTimeSeconds": 20}), "late", 1)
	<-sent
	if waited := time.Since(start); waited > 10*time.Second {
		a.t.Errorf("a waiting receiver gets a message after %v", waited)
	}
}

// What moto does not do, or cannot: a receipt does not outlive the next one, a batch
// has ten entries at most, and the test can look inside.
func TestReceipts(t *testing.T) {
	stand := sqs.New()
	server := httptest.NewServer(stand)
	t.Cleanup(server.Close)
	q := stand.Create("jobs", sqs.Attributes{Visibility: time.Millisecond})
	a := api{t: t, url: server.URL}
	id := q.Send("one")
	old := a.want(a.receive(q.Path(), nil), "one", 1)
	time.Sleep(5 * time.Millisecond)
	newer := a.want(a.receive(q.Path(), nil), "one", 2)
	a.must("DeleteMessage", map[string]any{"QueueUrl": q.Path(), "ReceiptHandle": old.ReceiptHandle})
	if got := q.Bodies(); len(got) != 1 || !q.Deleted(id).IsZero() {
		t.Errorf("an old receipt deleted the message: %v", got)
	}
	a.must("DeleteMessage", map[string]any{"QueueUrl": q.Path(), "ReceiptHandle": newer.ReceiptHandle})
	if got := q.Bodies(); len(got) != 0 || q.Deleted(id).IsZero() || len(q.Deliveries()) != 2 {
		t.Errorf("left %v, deleted %v, delivered %v", got, q.Deleted(id), q.Deliveries())
	}
	var eleven []any
	for i := range 11 {
		eleven = append(eleven, map[string]any{"Id": strconv.Itoa(i), "ReceiptHandle": "x"})
	}
	for want, call := range map[string]struct {
		operation string
		input     map[string]any
	}{
		"TooManyEntriesInBatchRequest":   {"DeleteMessageBatch", map[string]any{"Entries": eleven}},
		"InvalidParameterValueException": {"ReceiveMessage", map[string]any{"MaxNumberOfMessages": 11}},
		"InvalidAction":                  {"PurgeQueue", map[string]any{}},
	} {
		call.input["QueueUrl"] = q.Path()
		if _, code := a.call(call.operation, call.input); code != want {
			t.Errorf("got %q, want %s", code, want)
		}
	}
}
