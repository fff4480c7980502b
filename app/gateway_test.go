package main

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"mime"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"
)

// gateway stands in for API Gateway's HTTP APIs in front of one Lambda function, on
// the function's side of which it serves the Lambda Runtime API. What it does to a
// request and to a response, it does as those do, as far as that is documented or
// was found out; the threads are named. It cannot prove more than that.
type gateway struct {
	url         string
	timeout     time.Duration // of the function
	invocations chan *invocation
	running     chan *invocation // has the one that the function works on
	failures    chan string      // what the function reported as errors
}

// invocation is one event on its way through the function.
type invocation struct {
	id       string
	event    []byte
	deadline time.Time
	done     chan []byte // gets the payload of the response, or is closed after an error
}

const (
	lambdaPayload  = 6 << 20 // bytes, of a request and of a response
	gatewayHeaders = 10240   // bytes, of request line and headers together
)

// startOnLambda starts a role as a Lambda function would run, and returns the API
// in front of it.
func startOnLambda(t *testing.T, timeout time.Duration, role string, environment ...string) (*process, *gateway) {
	t.Helper()
	g := &gateway{
		timeout:     timeout,
		invocations: make(chan *invocation),
		running:     make(chan *invocation, 1),
		failures:    make(chan string, 100),
	}
	runtime := http.NewServeMux()
	runtime.HandleFunc("GET /2018-06-01/runtime/invocation/next", g.next)
	runtime.HandleFunc("POST /2018-06-01/runtime/invocation/{id}/response", g.response)
	runtime.HandleFunc("POST /2018-06-01/runtime/invocation/{id}/error", g.failure)
	runtimeServer := httptest.NewServer(runtime)
	front := httptest.NewServer(g)
	g.url = front.URL
	t.Cleanup(func() {
		front.CloseClientConnections()
		front.Close()
		runtimeServer.CloseClientConnections()
		runtimeServer.Close()
	})
	p := startProcess(t, role, append(environment, "AWS_LAMBDA_RUNTIME_API="+runtimeServer.Listener.Addr().String())...)
	return p, g
}

// next hands the function an event, as soon as there is one.
func (g *gateway) next(w http.ResponseWriter, r *http.Request) {
	select {
	case <-r.Context().Done():
	case invocation := <-g.invocations:
		g.running <- invocation
		header := w.Header()
		header.Set("Lambda-Runtime-Aws-Request-Id", invocation.id)
		header.Set("Lambda-Runtime-Deadline-Ms", strconv.FormatInt(invocation.deadline.UnixMilli(), 10))
		header.Set("Lambda-Runtime-Invoked-Function-Arn", "arn:aws:lambda:us-east-1:123456789012:function:thumbs:live")
		header.Set("Lambda-Runtime-Trace-Id", "Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700;Sampled=0")
		header.Set("Content-Type", "application/json")
		w.Write(invocation.event)
	}
}

func (g *gateway) response(w http.ResponseWriter, r *http.Request) {
	invocation := <-g.running
	payload, err := io.ReadAll(r.Body)
	switch {
	case err != nil || r.PathValue("id") != invocation.id:
		w.WriteHeader(http.StatusBadRequest)
		close(invocation.done)
	case len(payload) > lambdaPayload:
		w.WriteHeader(http.StatusRequestEntityTooLarge)
		close(invocation.done)
	default:
		w.WriteHeader(http.StatusAccepted)
		invocation.done <- payload
	}
}

func (g *gateway) failure(w http.ResponseWriter, r *http.Request) {
	invocation := <-g.running
	message, _ := io.ReadAll(r.Body)
	g.failures <- string(message)
	w.WriteHeader(http.StatusAccepted)
	close(invocation.done)
}

// ServeHTTP sends a client's request through the function.
func (g *gateway) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	size := len(r.Method) + len(r.RequestURI)
	for name, values := range r.Header {
		size += len(name)*len(values) + len(strings.Join(values, ""))
	}
	if size > gatewayHeaders {
		fail(w, http.StatusRequestHeaderFieldsTooLarge, "Request Header Fields Too Large")
		return
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return // the client is gone
	}
	event, err := json.Marshal(newEvent(r, body))
	if err != nil {
		panic(err)
	}
	g.invoke(w, r, event)
}

func (g *gateway) invoke(w http.ResponseWriter, r *http.Request, event []byte) {
	if len(event) > lambdaPayload {
		fail(w, http.StatusRequestEntityTooLarge, "Request Entity Too Large")
		return
	}
	payload, status := g.run(event)
	if status != http.StatusOK {
		fail(w, status, http.StatusText(status))
		return
	}
	var response events.APIGatewayV2HTTPResponse
	if json.Unmarshal(payload, &response) != nil || response.StatusCode == 0 {
		fail(w, http.StatusInternalServerError, "Internal Server Error")
		return
	}
	write(w, r, response)
}

// run has the function work on an event, and returns what it answers. Status is that
// of API Gateway where there is no answer.
func (g *gateway) run(event []byte) (payload []byte, status int) {
	ctx, cancel := context.WithTimeout(context.Background(), g.timeout)
	defer cancel()
	deadline, _ := ctx.Deadline()
	invocation := &invocation{
		id:       fmt.Sprintf("8476a536-e9f4-11e8-9739-%012x", time.Now().UnixNano()&0xffffffffffff),
		event:    event,
		deadline: deadline,
		done:     make(chan []byte, 1),
	}
	select {
	case g.invocations <- invocation:
	case <-ctx.Done():
		return nil, http.StatusServiceUnavailable
	}
	select {
	case payload, ok := <-invocation.done:
		if !ok {
			return nil, http.StatusInternalServerError
		}
		return payload, http.StatusOK
	case <-ctx.Done():
		return nil, http.StatusInternalServerError
	}
}

// fail answers in API Gateway's own words.
func fail(w http.ResponseWriter, status int, message string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	fmt.Fprintf(w, `{"message":%q}`, message)
}

// newEvent describes a request in payload format 2.0.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
func newEvent(r *http.Request, body []byte) events.APIGatewayV2HTTPRequest {
	// The path is decoded (aws/aws-lambda-dotnet#1901, fastify/aws-lambda-fastify#169)
	// and ends at a question mark that this brings about (middleapi/standard-server#93).
	path, _, _ := strings.Cut(r.URL.Path, "?")
	sourceIP, _, _ := net.SplitHostPort(r.RemoteAddr)

	headers := map[string]string{
		"host":              r.Host,
		"content-length":    strconv.Itoa(len(body)),
		"x-amzn-trace-id":   "Root=1-5e6722a7-cc56xmpl46db7ae02d4da47e",
		"x-forwarded-for":   sourceIP,
		"x-forwarded-port":  "443",
		"x-forwarded-proto": "https",
	}
	var cookies []string
	for name, values := range r.Header {
		if name == "Cookie" {
			for cookie := range strings.SplitSeq(strings.Join(values, ";"), ";") {
				cookies = append(cookies, strings.TrimSpace(cookie))
			}
			continue
		}
		headers[strings.ToLower(name)] = strings.Join(values, ",")
	}
	var parameters map[string]string
	for name, values := range r.URL.Query() {
		if parameters == nil {
			parameters = make(map[string]string)
		}
		parameters[name] = strings.Join(values, ",")
	}
	routeKey, pathParameters := matchRoute(r.Method, path)
	now := time.Now().UTC()
	event := events.APIGatewayV2HTTPRequest{
		Version:               "2.0",
		RouteKey:              routeKey,
		RawPath:               path,
		RawQueryString:        r.URL.RawQuery,
		Cookies:               cookies,
		Headers:               headers,
		QueryStringParameters: parameters,
		PathParameters:        pathParameters,
		RequestContext: events.APIGatewayV2HTTPRequestContext{
			RouteKey:     routeKey,
			AccountID:    "123456789012",
			Stage:        "$default",
			RequestID:    "JKJaXmPLvHcESHA=",
			APIID:        "r3pmxmplak",
			DomainName:   "r3pmxmplak.execute-api.us-east-1.amazonaws.com",
			DomainPrefix: "r3pmxmplak",
			Time:         now.Format("02/Jan/2006:15:04:05 -0700"),
			TimeEpoch:    now.UnixMilli(),
			HTTP: events.APIGatewayV2HTTPRequestContextHTTPDescription{
				Method:    r.Method,
				Path:      path,
				Protocol:  r.Proto,
				SourceIP:  sourceIP,
				UserAgent: r.UserAgent(),
			},
		},
	}
	if len(body) > 0 {
		event.IsBase64Encoded = !travelsAsText(r.Header.Get("Content-Type"))
		if event.IsBase64Encoded {
			event.Body = base64.StdEncoding.EncodeToString(body)
		} else {
			event.Body = string(bytes.ToValidUTF8(body, []byte("\ufffd")))
		}
	}
	return event
}

// travelsAsText says for which content types the body is not base64: for these
// few only, not even for form data or none at all (ministackorg/ministack#766).
func travelsAsText(contentType string) bool {
	mediaType, _, _ := mime.ParseMediaType(contentType)
	return strings.HasPrefix(mediaType, "text/") ||
		slices.Contains([]string{"application/json", "application/xml", "application/javascript"}, mediaType)
}

// matchRoute finds the route among those that app.yaml has. What matches none goes
// to $default; without that route, API Gateway itself would answer 404.
func matchRoute(method, path string) (key string, parameters map[string]string) {
	routes := []string{"POST /thumbnails", "GET /placeholders/{width}/{height}"}
	parts := strings.Split(path, "/")
	for _, route := range routes {
		routeMethod, pattern, _ := strings.Cut(route, " ")
		patternParts := strings.Split(pattern, "/")
		if routeMethod != method || len(patternParts) != len(parts) {
			continue
		}
		parameters := make(map[string]string)
		matches := true
		for i, part := range patternParts {
			if name, ok := strings.CutPrefix(part, "{"); ok {
				parameters[strings.TrimSuffix(name, "}")] = parts[i]
			} else if part != parts[i] {
				matches = false
			}
		}
		if matches {
			return route, parameters
		}
	}
	return "$default", nil
}

// write answers the client what the function's response says.
func write(w http.ResponseWriter, r *http.Request, response events.APIGatewayV2HTTPResponse) {
	body := []byte(response.Body)
	if response.IsBase64Encoded {
		var err error
		if body, err = base64.StdEncoding.DecodeString(response.Body); err != nil {
			fail(w, http.StatusInternalServerError, "Internal Server Error")
			return
		}
	}
	header := w.Header()
	for _, name := range slices.Sorted(maps.Keys(response.Headers)) { // multiValueHeaders mean nothing in format 2.0
		if strings.ContainsAny(response.Headers[name], "\r\n") {
			fail(w, http.StatusInternalServerError, "Internal Server Error")
			return
		}
		header.Set(name, response.Headers[name])
	}
	for _, cookie := range response.Cookies {
		header.Add("Set-Cookie", cookie)
	}
	header.Set("Apigw-Requestid", "JKJaXmPLvHcESHA=")
	hasBody := response.StatusCode != http.StatusNoContent && response.StatusCode != http.StatusNotModified
	if hasBody && header.Get("Content-Type") == "" {
		header.Set("Content-Type", "text/plain; charset=utf-8") // API Gateway's default in format 2.0
	}
	if hasBody && r.Method != http.MethodHead {
		header.Set("Content-Length", strconv.Itoa(len(body)))
	}
	w.WriteHeader(response.StatusCode)
	w.Write(body)
}
