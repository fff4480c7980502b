package main

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"runtime/debug"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-lambda-go/lambda"
)

// answerMargin is how long before Lambda stops an invocation its request ends, so
// that the client still hears why.
const answerMargin = 500 * time.Millisecond

// serveLambda asks the Lambda runtime for one event after the other and answers
// each with handler. It never returns; Lambda ends the process.
func serveLambda(log *slog.Logger, handler http.Handler) {
	log.Info("serving", "address", "the Lambda runtime API")
	lambda.Start(func(ctx context.Context, event json.RawMessage) (any, error) {
		if deadline, ok := ctx.Deadline(); ok {
			var cancel context.CancelFunc
			ctx, cancel = context.WithDeadline(ctx, deadline.Add(-answerMargin))
			defer cancel()
		}
		var posted struct{ Records, ID, Time json.RawMessage }
		switch err := json.Unmarshal(event, &posted); {
		case err == nil && posted.Records != nil:
			return answerPost(ctx, log, handler, eventsPath, event)
		case err == nil && posted.ID != nil && posted.Time != nil:
			return answerPost(ctx, log, handler, reportsPath, event)
		}
		var request events.APIGatewayV2HTTPRequest
		if err := json.Unmarshal(event, &request); err != nil {
			return nil, err
		}
		return answerRequest(ctx, log, handler, request)
	})
}

// answerPost has handler answer an event of SQS, or a run of a schedule, as the Lambda Web Adapter
// has it answered: the event itself is posted. An error gives all messages back to the
// queue, and has a run tried again.
func answerPost(ctx context.Context, log *slog.Logger, handler http.Handler, path string, event []byte) (json.RawMessage, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, path, bytes.NewReader(event))
	if err != nil {
		return nil, err
	}
	request.Header.Set("Content-Type", "application/json")
	w := newResponse(request.Method)
	serveOrPanic(log, handler, w, request)
	if w.panicked || w.status < 200 || w.status > 299 {
		return nil, fmt.Errorf("POST %s answered %d: %s", path, w.status, w.body.Bytes())
	}
	return w.body.Bytes(), nil
}

// answerRequest has handler answer an event of API Gateway's payload format 2.0 as
// if the request that it describes had come over HTTP. It returns an error only for
// an event that describes none.
func answerRequest(ctx context.Context, log *slog.Logger, handler http.Handler, event events.APIGatewayV2HTTPRequest) (events.APIGatewayV2HTTPResponse, error) {
	request, err := newRequest(ctx, event)
	if err != nil {
		return events.APIGatewayV2HTTPResponse{}, err
	}
	w := newResponse(request.Method)
	serveOrPanic(log, handler, w, request)
	if w.panicked || w.body.Len() > maxBody {
		log.Error("no usable response", "path", request.URL.Path, "panicked", w.panicked, "bytes", w.body.Len())
		w = newResponse(request.Method)
		http.Error(w, http.StatusText(http.StatusInternalServerError), http.StatusInternalServerError)
	}
	return w.event(), nil
}

// serveOrPanic calls handler and survives its panic, as a server does: left alone,
// it would end the process, and the next request would wait for a new one.
func serveOrPanic(log *slog.Logger, handler http.Handler, w *response, r *http.Request) {
	defer func() {
		if problem := recover(); problem != nil {
			w.panicked = true
			if problem != http.ErrAbortHandler {
				log.Error("panic", "problem", problem, "stack", string(debug.Stack()))
			}
		}
	}()
	handler.ServeHTTP(w, r)
}

// newRequest builds the request that API Gateway received.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
func newRequest(ctx context.Context, event events.APIGatewayV2HTTPRequest) (*http.Request, error) {
	about := event.RequestContext.HTTP
	if event.Version != "2.0" || about.Method == "" {
		return nil, fmt.Errorf("not an API Gateway event of payload format 2.0, but of version %q\nhint: set the integration's payload format version to 2.0", event.Version)
	}
	body := []byte(event.Body)
	if event.IsBase64Encoded {
		var err error
		if body, err = base64.StdEncoding.DecodeString(event.Body); err != nil {
			return nil, fmt.Errorf("the event's body is not base64: %w", err)
		}
	}
	header := make(http.Header, len(event.Headers)+1)
	for name, value := range event.Headers {
		header.Set(name, value)
	}
	if len(event.Cookies) > 0 {
		header.Set("Cookie", strings.Join(event.Cookies, "; "))
	}
	host := header.Get("Host")
	if host == "" {
		host = event.RequestContext.DomainName
	}
	header.Del("Host") // as net/http does

	// rawPath is not raw: HTTP APIs decode it (aws/aws-lambda-dotnet#1901,
	// honojs/hono#2156), so it must not be decoded again. rawQueryString is raw,
	// while queryStringParameters cannot tell "a,b" from a and b.
	target := &url.URL{Path: withoutStage(event), RawQuery: event.RawQueryString}

	request := &http.Request{
		Method:        about.Method,
		URL:           target,
		RequestURI:    target.RequestURI(),
		Header:        header,
		Body:          http.NoBody,
		ContentLength: int64(len(body)),
		Host:          host,
		RemoteAddr:    net.JoinHostPort(about.SourceIP, "0"), // the port is unknown, but code expects one
	}
	if len(body) > 0 {
		request.Body = io.NopCloser(bytes.NewReader(body))
	}
	request.Proto = about.Protocol
	request.ProtoMajor, request.ProtoMinor, _ = http.ParseHTTPVersion(about.Protocol)
	return request.WithContext(ctx), nil
}

// withoutStage returns the event's path as the client's URL has it behind the
// stage: every stage but $default is the path's first part
// (aws-powertools/powertools-lambda-python#621).
func withoutStage(event events.APIGatewayV2HTTPRequest) string {
	path := event.RawPath
	if stage := event.RequestContext.Stage; stage != "$default" && stage != "" {
		if rest, ok := strings.CutPrefix(path, "/"+stage); ok && (rest == "" || rest[0] == '/') {
			path = rest
		}
	}
	if path == "" {
		return "/"
	}
	return path
}

// response collects what a handler answers, by the rules of net/http's own server.
type response struct {
	header   http.Header
	sent     http.Header // a copy of header from the moment that status was written
	status   int         // 0 until then
	body     bytes.Buffer
	isHead   bool
	panicked bool
}

func newResponse(method string) *response {
	return &response{header: make(http.Header), isHead: method == http.MethodHead}
}

func (w *response) Header() http.Header { return w.header }

func (w *response) WriteHeader(status int) {
	if status < 100 || status > 999 {
		panic(fmt.Sprintf("invalid status code %d", status))
	}
	if w.status != 0 || status < 200 { // API Gateway cannot pass on 1xx
		return
	}
	w.status = status
	w.sent = w.header.Clone()
}

func (w *response) Write(data []byte) (int, error) {
	if w.status == 0 {
		w.WriteHeader(http.StatusOK)
	}
	if !w.mayHaveBody() {
		return 0, http.ErrBodyNotAllowed
	}
	if w.body.Len() == 0 && len(data) > 0 && w.sent.Get("Content-Encoding") == "" {
		if _, known := w.sent["Content-Type"]; !known {
			w.sent.Set("Content-Type", http.DetectContentType(data))
		}
	}
	return w.body.Write(data)
}

func (w *response) mayHaveBody() bool {
	return w.status != http.StatusNoContent && w.status != http.StatusNotModified
}

// event returns the response in payload format 2.0. The body is always base64,
// which API Gateway decodes whatever the content type is. A header's values are
// joined, since the format has no field for several; cookies have their own.
func (w *response) event() events.APIGatewayV2HTTPResponse {
	if w.status == 0 {
		w.WriteHeader(http.StatusOK)
	}
	event := events.APIGatewayV2HTTPResponse{
		StatusCode: w.status,
		Headers:    make(map[string]string, len(w.sent)),
		Cookies:    w.sent["Set-Cookie"],
	}
	for name, values := range w.sent {
		switch name {
		case "Set-Cookie", "Connection", "Transfer-Encoding": // the last two are API Gateway's
			continue
		case "Content-Length": // API Gateway counts itself, if there is a body to count
			if !w.isHead {
				continue
			}
		case "Content-Type":
			if w.status == http.StatusNotModified {
				continue
			}
		}
		event.Headers[name] = oneLine(strings.Join(values, ","))
	}
	switch {
	case w.body.Len() == 0:
	case w.isHead:
		event.Headers["Content-Length"] = strconv.Itoa(w.body.Len())
	default:
		event.Body = base64.StdEncoding.EncodeToString(w.body.Bytes())
		event.IsBase64Encoded = true
	}
	return event
}

// oneLine keeps a value from ending its header and starting another.
func oneLine(value string) string {
	return strings.NewReplacer("\r", " ", "\n", " ").Replace(value)
}
