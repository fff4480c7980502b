//go:build delivery

package delivery_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"ambi/internal/sqs"
)

// visibility is the queue's timeout. Nothing that fails may come back earlier.
const visibility = 4 * time.Second

// attempts is how often a message is delivered before it is a dead letter.
const attempts = 3

// uploads are the messages of one bucket, by what they are about, and the objects.
type upload struct {
	name, body string
	object     []byte
	fails      bool // at every attempt
}

func uploads(t *testing.T) []upload {
	return []upload{
		{name: "plain", body: uploaded("incoming/plain.png"), object: picture(t, 1)},
		{name: "a b+c é", body: uploaded("incoming/a+b%2Bc+%C3%A9.png"), object: picture(t, 2)},
		{name: "refused once", body: uploaded("incoming/refused+once.png"), object: picture(t, 3)},
		{name: "slow once", body: uploaded("incoming/slow+once.png"), object: picture(t, 4)},
		{name: "failed once", body: uploaded("incoming/failed+once.png"), object: picture(t, 5)},
		{name: "noise", body: uploaded("incoming/noise.png"), object: []byte("no image"), fails: true},
		{name: "", body: "no notification", fails: true},
		{name: "", body: testEvent},
	}
}

// key is where the app reads what a message is about.
func (u upload) key() string { return "incoming/" + u.name + ".png" }

// trouble stands before the app and makes attempts fail that the app would not.
type trouble struct {
	app   http.Handler
	mutex sync.Mutex
	seen  map[string]int // by kind
}

func (h *trouble) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	var event events.SQSEvent
	if err := json.Unmarshal(body, &event); err != nil || len(event.Records) != 1 || r.Method != http.MethodPost || r.URL.Path != "/events" ||
		r.Header.Get("Content-Type") != "application/json" || event.Records[0].EventSource != "aws:sqs" || event.Records[0].Attributes["ApproximateReceiveCount"] == "" {
		http.Error(w, "no event of one message", http.StatusTeapot)
		return
	}
	tenant, ok := event.Records[0].MessageAttributes["tenant"]
	if !ok || tenant.StringValue == nil || *tenant.StringValue != "seven" || len(event.Records[0].MessageAttributes) != 1 || event.Records[0].AWSRegion == "" {
		http.Error(w, "no event with the message's attributes", http.StatusTeapot)
		return
	}
	for kind, fail := range map[string]func(){
		"refused+once": func() { http.Error(w, "on purpose", http.StatusInternalServerError) },
		"slow+once":    func() { <-r.Context().Done() },
		"failed+once": func() {
			fmt.Fprintf(w, `{"batchItemFailures":[{"itemIdentifier":%q}]}`, event.Records[0].MessageId)
		},
	} {
		if !strings.Contains(event.Records[0].Body, kind) {
			continue
		}
		h.mutex.Lock()
		h.seen[kind]++
		first := h.seen[kind] == 1
		h.mutex.Unlock()
		if first {
			fail()
			return
		}
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	h.app.ServeHTTP(w, r)
}

// Success deletes a message. A 500, an answer that does not come in time and a reported
// failure come back, after the queue's visibility timeout and not before, and the last
// attempt ends among the dead letters. The Lambda form leaves the same objects.
func TestDelivery(t *testing.T) {
	stand := sqs.New()
	queues := httptest.NewServer(stand)
	t.Cleanup(queues.Close)
	dead := stand.Create("dead", sqs.Attributes{})
	jobs := stand.Create("jobs", sqs.Attributes{Visibility: visibility, MaxReceives: attempts, DeadLetters: dead})
	s3, endpoint := newBucket(t, 0)
	ids := map[string]upload{}
	for _, u := range uploads(t) {
		if u.object != nil {
			s3.set("originals/"+u.key(), u.object)
		}
		ids[jobs.SendWith(u.body, map[string]sqs.Attribute{"tenant": {DataType: "String", StringValue: "seven"}})] = u
	}
	_, appPort := startApp(t, endpoint)
	front := httptest.NewServer(&trouble{
		app:  httputil.NewSingleHostReverseProxy(&url.URL{Scheme: "http", Host: "127.0.0.1:" + strconv.Itoa(appPort)}),
		seen: map[string]int{},
	})
	t.Cleanup(front.Close)
	startDelivery(t, jobs, queues.URL, facts{port: front.Listener.Addr().(*net.TCPAddr).Port, timeoutSeconds: 2, atOnce: 4})

	eventually(t, "the queue is empty", func() bool { return len(jobs.Bodies()) == 0 })
	received := map[string][]time.Time{}
	for _, d := range jobs.Deliveries() {
		received[d.MessageID] = append(received[d.MessageID], d.At)
	}
	var letters []string
	for id, u := range ids {
		want := 1
		switch {
		case u.fails:
			want = attempts
			letters = append(letters, u.body)
		case strings.HasSuffix(u.name, " once"):
			want = 2
		}
		if len(received[id]) != want {
			t.Errorf("%s was delivered %d times, want %d", u.body, len(received[id]), want)
		}
		for i := 1; i < len(received[id]); i++ {
			if after := received[id][i].Sub(received[id][i-1]); after < visibility {
				t.Errorf("%s came back after %v, before the visibility timeout of %v", u.body, after, visibility)
			} else if after > 6*visibility {
				t.Errorf("%s came back after %v, long after the visibility timeout of %v", u.body, after, visibility)
			}
		}
		if deleted := jobs.Deleted(id); deleted.IsZero() != u.fails {
			t.Errorf("%s was deleted: %v", u.body, deleted)
		}
	}
	slices.Sort(letters)
	if got := slices.Sorted(slices.Values(dead.Bodies())); !slices.Equal(got, letters) {
		t.Errorf("dead letters:\n%q, want\n%q", got, letters)
	}
	made := s3.thumbnails()
	for _, u := range uploads(t) {
		if _, exists := made["thumbnails/"+u.key()]; exists != (u.object != nil && !u.fails) {
			t.Errorf("%s has a thumbnail: %t", u.name, exists)
		}
	}
	t.Run("on Lambda", func(t *testing.T) { onLambda(t, made) })
}

// onLambda sends the same messages as one event to the app as a Lambda function.
func onLambda(t *testing.T, want map[string][]byte) {
	s3, endpoint := newBucket(t, 0)
	var event events.SQSEvent
	var fail []string
	for i, u := range uploads(t) {
		if u.object != nil {
			s3.set("originals/"+u.key(), u.object)
		}
		id := "m" + strconv.Itoa(i)
		event.Records = append(event.Records, events.SQSMessage{MessageId: id, Body: u.body, EventSource: "aws:sqs"})
		if u.fails {
			fail = append(fail, id)
		}
	}
	front, runtime := freePort(t), freePort(t)
	newProgram(t, tool(t, "aws-lambda-rie"), append(credentials(endpoint), "THUMBNAILS_BUCKET=thumbnails", "AWS_LAMBDA_FUNCTION_TIMEOUT=60"),
		"--runtime-interface-emulator-address", fmt.Sprintf("127.0.0.1:%d", front), "--runtime-api-address", fmt.Sprintf("127.0.0.1:%d", runtime), app(t))
	body, err := json.Marshal(event)
	if err != nil {
		t.Fatal(err)
	}
	function := fmt.Sprintf("http://127.0.0.1:%d/2015-03-31/functions/function/invocations", front)
	var answer []byte
	eventually(t, "the emulator answers", func() bool {
		response, err := http.Post(function, "application/json", bytes.NewReader(body))
		if err != nil {
			return false
		}
		defer response.Body.Close()
		answer, err = io.ReadAll(response.Body)
		return err == nil && response.StatusCode == http.StatusOK
	})
	var reported events.SQSEventResponse
	if err := json.Unmarshal(answer, &reported); err != nil {
		t.Fatalf("%s: %v", answer, err)
	}
	var failed []string
	for _, failure := range reported.BatchItemFailures {
		failed = append(failed, failure.ItemIdentifier)
	}
	if !slices.Equal(failed, fail) {
		t.Errorf("the function answers %s, want failures of %v", answer, fail)
	}
	if got := s3.thumbnails(); !maps.EqualFunc(got, want, bytes.Equal) {
		t.Errorf("on Lambda: %v, in a pod: %v", slices.Sorted(maps.Keys(got)), slices.Sorted(maps.Keys(want)))
	}
}

// The app and its delivery are killed at random moments, as nodes fail. At the end
// each thumbnail is there, and no message was deleted before its thumbnail was.
func TestKills(t *testing.T) {
	const messages, kills = 100, 12
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))

	stand := sqs.New()
	queues := httptest.NewServer(stand)
	t.Cleanup(queues.Close)
	dead := stand.Create("dead", sqs.Attributes{})
	jobs := stand.Create("jobs", sqs.Attributes{Visibility: visibility, MaxReceives: 10 * kills, DeadLetters: dead})
	s3, endpoint := newBucket(t, 100*time.Millisecond)
	ids := map[string]string{} // the thumbnail, by the message
	for i := range messages {
		key := fmt.Sprintf("incoming/%d.png", i)
		s3.set("originals/"+key, picture(t, i))
		ids[jobs.Send(uploaded(key))] = "thumbnails/" + key
	}
	thumbs, port := startApp(t, endpoint)
	bento := startDelivery(t, jobs, queues.URL, facts{port: port, timeoutSeconds: 10, atOnce: 4})
	for range kills {
		time.Sleep(time.Duration(random.IntN(1500)) * time.Millisecond)
		victim := thumbs
		if random.IntN(2) == 0 {
			victim = bento
		}
		victim.kill()
		time.Sleep(time.Duration(random.IntN(500)) * time.Millisecond)
		victim.start()
	}
	eventually(t, "the queue is empty", func() bool { return len(jobs.Bodies()) == 0 })
	if letters := dead.Bodies(); len(letters) > 0 {
		t.Errorf("dead letters: %q", letters)
	}
	for id, thumbnail := range ids {
		put, deleted := s3.firstPut(thumbnail), jobs.Deleted(id)
		if put.IsZero() || deleted.Before(put) {
			t.Errorf("%s was put at %v, its message deleted at %v", thumbnail, put, deleted)
		}
	}
	again := len(jobs.Deliveries()) - messages
	if again == 0 {
		t.Error("no message was delivered twice: the kills hit nothing, and this test proves nothing")
	}
	t.Logf("%d messages, %d kills, %d deliveries more than one each", messages, kills, again)
}

// Two pods take messages of a FIFO queue, several at once. Those of one group are done in
// their order all the same, also when one of them fails at first: the rest waits for it.
func TestOrder(t *testing.T) {
	const groups, each = 4, 5
	stand := sqs.New()
	queues := httptest.NewServer(stand)
	t.Cleanup(queues.Close)
	dead := stand.Create("dead.fifo", sqs.Attributes{FIFO: true})
	orders := stand.Create("orders.fifo", sqs.Attributes{Visibility: visibility, MaxReceives: 3, DeadLetters: dead, FIFO: true})
	for i := range each {
		for g := range groups {
			body := fmt.Sprintf("%d.%d", g, i)
			orders.SendInOrder(strconv.Itoa(g), body, body)
		}
	}
	var mutex sync.Mutex
	tried := map[string][]string{} // by group
	app := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var event events.SQSEvent
		if err := json.NewDecoder(r.Body).Decode(&event); err != nil || len(event.Records) != 1 {
			t.Errorf("got %+v, %v", event, err)
			return
		}
		group, message, _ := strings.Cut(event.Records[0].Body, ".")
		time.Sleep(20 * time.Millisecond)
		mutex.Lock()
		defer mutex.Unlock()
		tried[group] = append(tried[group], message)
		if message == "1" && len(tried[group]) == 2 {
			w.WriteHeader(http.StatusInternalServerError)
		}
	}))
	t.Cleanup(app.Close)
	for range 2 {
		startDelivery(t, orders, queues.URL, facts{port: app.Listener.Addr().(*net.TCPAddr).Port, timeoutSeconds: 2, atOnce: 4, fifo: true})
	}
	eventually(t, "the queue is empty", func() bool { return len(orders.Bodies()) == 0 })
	mutex.Lock()
	defer mutex.Unlock()
	for group, messages := range tried {
		if got := strings.Join(messages, " "); got != "0 1 1 2 3 4" {
			t.Errorf("group %s: %s, want 0, 1 twice, and the rest in order", group, got)
		}
	}
	if len(tried) != groups || len(dead.Bodies()) > 0 {
		t.Errorf("%d groups, dead letters %v", len(tried), dead.Bodies())
	}
}
