package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"
)

// Where the two forms cannot be alike: over HTTP, the client has already got the
// beginning of such an answer, and API Gateway changes such a path.
func TestOnLambdaOnly(t *testing.T) {
	t.Parallel()
	_, gateway := startOnLambda(t, patience, "probe")
	client := newClient()
	for _, e := range []exchange{
		{name: "panic after the beginning", method: "GET", target: "/panic-late", status: 500, contentType: plain, contains: "Internal Server Error\n"},
		{name: "answer too long", method: "GET", target: "/long/4500001", status: 500, contentType: plain, contains: "Internal Server Error\n"},
		{name: "encoded question mark", method: "GET", target: "/echo/a/b%3Fc", status: 200, contains: `"rest":"b"`},
		{name: "event too long", method: "POST", target: "/echo/a/b", body: make([]byte, 5_000_000), status: 413, contentType: "application/json"},
		{name: "headers too long", method: "GET", target: "/echo/a/b", header: http.Header{"X-Long": {strings.Repeat("x", gatewayHeaders)}}, status: 431},
		{name: "the same process goes on", method: "GET", target: "/echo/a/b", status: 200},
	} {
		t.Run(e.name, func(t *testing.T) { e.check(t, e.send(t, client, gateway.url)) })
	}
}

// An event of another kind is a mistake of whoever set the function up, who gets
// to see the error, while the process goes on.
func TestOtherEvents(t *testing.T) {
	t.Parallel()
	_, gateway := startOnLambda(t, patience, "thumbs")
	good, err := json.Marshal(newEvent(httptest.NewRequest("GET", "/healthz", nil), nil))
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct{ name, event, want string }{
		{"the console's test event", `{"key1": "value1"}`, "not an API Gateway event of payload format 2.0"},
		{"payload format 1.0", `{"version": "1.0", "httpMethod": "GET", "path": "/healthz"}`, `version \"1.0\"\nhint: set the integration's payload format version to 2.0`},
		{"null", `null`, "not an API Gateway event"},
		{"an array", `[]`, "cannot unmarshal array"},
		{"broken base64", strings.Replace(string(good), `"isBase64Encoded":false`, `"body":"%%","isBase64Encoded":true`, 1), "the event's body is not base64"},
		{"a good one", string(good), ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := httptest.NewRecorder()
			gateway.invoke(w, httptest.NewRequest("GET", "/", nil), []byte(test.event))
			if test.want == "" {
				if w.Code != http.StatusOK || w.Body.String() != "ok\n" {
					t.Errorf("got %d %q", w.Code, w.Body)
				}
				return
			}
			if w.Code != http.StatusInternalServerError {
				t.Errorf("status %d, want 500", w.Code)
			}
			select {
			case got := <-gateway.failures:
				if !strings.Contains(got, test.want) {
					t.Errorf("got error %s, want %s in it", got, test.want)
				}
			default:
				t.Error("the function reported no error")
			}
		})
	}
}

// A request ends before Lambda ends the invocation, so that the client hears of it.
func TestLambdaDeadline(t *testing.T) {
	t.Parallel()
	function, gateway := startOnLambda(t, answerMargin+200*time.Millisecond, "probe")
	function.waitForRecord(t, "serving")
	slow := exchange{method: "GET", target: "/until-the-end", status: 503, contentType: plain, contains: "context deadline exceeded"}
	slow.check(t, slow.send(t, newClient(), gateway.url))
	if record := function.waitForRecord(t, "request"); record["request"] == nil || record["status"] != 503.0 {
		t.Errorf("logged %v, want the invocation's id as request, and the status", record)
	}
}

func TestEventPath(t *testing.T) {
	for _, test := range []struct{ stage, rawPath, want string }{
		{"$default", "/healthz", "/healthz"},
		{"", "/healthz", "/healthz"},
		{"$default", "", "/"},
		{"prod", "/prod/healthz", "/healthz"},
		{"prod", "/prod", "/"},
		{"prod", "/prod/", "/"},
		{"prod", "/prod/prod/x", "/prod/x"},
		{"prod", "/production/x", "/production/x"}, // behind a domain of its own there is no stage
		{"prod", "/healthz", "/healthz"},
	} {
		event := events.APIGatewayV2HTTPRequest{RawPath: test.rawPath}
		event.RequestContext.Stage = test.stage
		if got := withoutStage(event); got != test.want {
			t.Errorf("stage %q, rawPath %q: got %q, want %q", test.stage, test.rawPath, got, test.want)
		}
	}
}

// What an event says beyond a request's usual parts, and what it may lack.
func TestEventRequest(t *testing.T) {
	event := newEvent(httptest.NewRequest("GET", "https://api.example.com/a?b", nil), nil)
	event.RequestContext.HTTP.SourceIP = "2001:db8::1"
	event.Headers["cookie"] = "old=1" // some captures show it beside the list
	event.Cookies = []string{"a=1", "b=2"}
	r, err := newRequest(t.Context(), event)
	if err != nil {
		t.Fatal(err)
	}
	if r.RemoteAddr != "[2001:db8::1]:0" {
		t.Errorf("RemoteAddr %q", r.RemoteAddr)
	}
	if got := r.Header.Values("Cookie"); len(got) != 1 || got[0] != "a=1; b=2" {
		t.Errorf("cookies %q", got)
	}
	if r.Host != "api.example.com" || r.Header.Get("Host") != "" {
		t.Errorf("host %q, header %q", r.Host, r.Header.Get("Host"))
	}
	if r.RequestURI != "/a?b" || r.URL.Host != "" || r.Body != http.NoBody {
		t.Errorf("target %q, host in URL %q, body %v", r.RequestURI, r.URL.Host, r.Body)
	}
	delete(event.Headers, "host")
	if r, err = newRequest(t.Context(), event); err != nil || r.Host != event.RequestContext.DomainName {
		t.Errorf("without a host: got %q, %v, want the API's own", r.Host, err)
	}
}

// A handler may keep net/http from guessing the content type, and where there is no
// body, it has none.
func TestResponseWithoutContentType(t *testing.T) {
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/nil":
			w.Header()["Content-Type"] = nil
		case "/encoded":
			w.Header().Set("Content-Encoding", "gzip")
		case "/not-modified":
			w.Header().Set("Content-Type", "text/html")
			w.WriteHeader(http.StatusNotModified)
		}
		io.WriteString(w, "<html>")
	})
	for _, path := range []string{"/nil", "/encoded", "/not-modified"} {
		event := newEvent(httptest.NewRequest("GET", path, nil), nil)
		var log bytes.Buffer
		response, err := answerRequest(context.Background(), slog.New(slog.NewTextHandler(&log, nil)), handler, event)
		if err != nil {
			t.Fatal(err)
		}
		if got := response.Headers["Content-Type"]; got != "" {
			t.Errorf("%s: content type %q, want none", path, got)
		}
	}
}

// A response that API Gateway has to take apart is no smaller than it looks.
func TestLongestPayloadFits(t *testing.T) {
	w := newResponse(http.MethodGet)
	w.Write(make([]byte, maxBody))
	payload, err := json.Marshal(w.event())
	if err != nil {
		t.Fatal(err)
	}
	if room := lambdaPayload - len(payload); room < 100<<10 {
		t.Errorf("%d bytes are left for headers, want 100 KB", room)
	}
}
