package main

import (
	"bytes"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"
)

// tables stands in for DynamoDB: it keeps what is put into the table reports, by its day, and
// refuses everything else.
type tables struct {
	mutex sync.Mutex
	items map[string]string
	fails bool
}

// start returns the environment in which the AWS SDK asks the stand-in.
func (d *tables) start(t *testing.T) []string {
	t.Helper()
	server := httptest.NewServer(d)
	t.Cleanup(server.Close)
	return []string{"REPORTS_TABLE=reports", "AWS_ENDPOINT_URL_DYNAMODB=" + server.URL, "AWS_MAX_ATTEMPTS=1"}
}

func (d *tables) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	d.mutex.Lock()
	defer d.mutex.Unlock()
	var put struct {
		TableName string
		Item      map[string]struct{ S, N string }
	}
	if err := json.Unmarshal(body, &put); err != nil || d.fails || put.TableName != "reports" || put.Item["day"].S == "" ||
		r.Header.Get("X-Amz-Target") != "DynamoDB_20120810.PutItem" || !strings.Contains(r.Header.Get("Authorization"), "/eu-central-1/dynamodb/aws4_request,") {
		w.WriteHeader(http.StatusBadRequest)
		io.WriteString(w, `{"__type":"com.amazonaws.dynamodb.v20120810#ResourceNotFoundException","message":"on purpose"}`)
		return
	}
	item := put.Item
	d.items[item["day"].S] = item["thumbnails"].N + " of " + item["bytes"].N + " bytes, by " + item["run"].S
	io.WriteString(w, "{}")
}

// made is a bucket of thumbnails of three days.
func made() *buckets {
	b := &buckets{objects: map[string]object{}, modified: map[string]time.Time{}}
	for name, at := range map[string]string{
		"a": "2026-03-28T23:59:59Z", "b": "2026-03-29T00:00:00Z", "c": "2026-03-29T12:00:00Z", "d": "2026-03-29T23:59:59Z", "e": "2026-03-30T00:00:00Z",
	} {
		name = "thumbnails/" + name + ".png"
		b.objects[name] = object{"image/png", bytes.Repeat([]byte("x"), 10)}
		b.modified[name], _ = time.Parse(time.RFC3339, at)
	}
	b.objects["originals/b.png"] = object{"image/png", []byte("x")}
	return b
}

// A run reports on the day before it, whichever way it comes, and as often as it comes.
func TestReports(t *testing.T) {
	t.Parallel()
	for name, zone := range map[string]string{"UTC": "2026-03-30T02:00:00Z", "the same moment elsewhere": "2026-03-30T04:00:00+02:00"} {
		run := []byte(`{"id": "thumbs-report-1", "time": "` + zone + `", "input": null}`)
		const want = `{"day":"2026-03-29","thumbnails":3,"bytes":30}`
		t.Run(name, func(t *testing.T) {
			var pod, function tables
			pod.items, function.items = map[string]string{}, map[string]string{}
			_, server := startOnPort(t, "thumbs", append(made().start(t), pod.start(t)...)...)
			_, gateway := startOnLambda(t, patience, "thumbs", append(made().start(t), function.start(t)...)...)
			for range 2 {
				if answer, status := postRun(t, server, run); string(answer) != want || status != http.StatusOK {
					t.Errorf("over HTTP: %d %s, want %s", status, answer, want)
				}
				if answer, status := gateway.run(run); string(answer) != want || status != http.StatusOK {
					t.Errorf("on Lambda: %d %s, want %s", status, answer, want)
				}
			}
			kept := map[string]string{"2026-03-29": "3 of 30 bytes, by thumbs-report-1"}
			if !maps.Equal(pod.items, kept) || !maps.Equal(function.items, kept) {
				t.Errorf("kept %v and %v, want %v", pod.items, function.items, kept)
			}
		})
	}
}

func postRun(t *testing.T, base string, run []byte) (answer []byte, status int) {
	t.Helper()
	response, err := newClient().Post(base+reportsPath, "application/json", bytes.NewReader(run))
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if answer, err = io.ReadAll(response.Body); err != nil {
		t.Fatal(err)
	}
	return answer, response.StatusCode
}

// A run that leaves no report is a failure, so that it is tried again and then noticed.
func TestRunsThatFail(t *testing.T) {
	t.Parallel()
	broken := tables{fails: true}
	environment := append(made().start(t), broken.start(t)...)
	_, server := startOnPort(t, "thumbs", environment...)
	_, gateway := startOnLambda(t, patience, "thumbs", environment...)
	for run, want := range map[string]int{
		`{"id": "a", "time": "2026-03-30T02:00:00Z"}`: http.StatusInternalServerError,
		`{"id": "a", "time": "tomorrow"}`:             http.StatusBadRequest,
		`{"id": "", "time": "2026-03-30T02:00:00Z"}`:  http.StatusBadRequest,
		`{"id": "a", "time": null}`:                   http.StatusBadRequest,
	} {
		if answer, status := postRun(t, server, []byte(run)); status != want {
			t.Errorf("%s: %d %s, want %d", run, status, answer, want)
		}
		if payload, status := gateway.run([]byte(run)); status != http.StatusInternalServerError {
			t.Fatalf("%s on Lambda: %d %s", run, status, payload)
		}
		if failure := <-gateway.failures; !strings.Contains(failure, "POST /reports answered") {
			t.Errorf("%s on Lambda: %s", run, failure)
		}
	}
	_, bare := startOnPort(t, "thumbs", made().start(t)...)
	if _, status := postRun(t, bare, []byte(`{"id": "a", "time": "2026-03-30T02:00:00Z"}`)); status != http.StatusNotFound {
		t.Errorf("without a table: %d", status)
	}
}

func TestReportSettings(t *testing.T) {
	for table, want := range map[string]string{"": "REPORTS_TABLE: is set, but empty", "reports": "there is nothing to report on"} {
		if _, err := openReports(t.Context(), lookupIn(map[string]string{"REPORTS_TABLE": table}), nil); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %s", table, err, want)
		}
	}
	if reports, err := openReports(t.Context(), lookupIn(nil), nil); reports != nil || err != nil {
		t.Errorf("without a table: %v, %v", reports, err)
	}
}
