//go:build delivery

package delivery_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/aws/aws-lambda-go/events"

	"ambi/internal/sqs"
)

// function is the app as a Lambda function: as many environments as are needed at once, each of which
// takes one event at a time. The emulator is one environment.
type function struct{ environments chan string }

// newFunction starts the function's environments.
func newFunction(t *testing.T, s3 string, environments int) *function {
	t.Helper()
	f := &function{make(chan string, environments)}
	for range environments {
		front, runtime := freePort(t), freePort(t)
		newProgram(t, tool(t, "aws-lambda-rie"), append(credentials(s3), "THUMBNAILS_BUCKET=thumbnails", "AWS_LAMBDA_FUNCTION_TIMEOUT=60"),
			"--runtime-interface-emulator-address", fmt.Sprintf("127.0.0.1:%d", front), "--runtime-api-address", fmt.Sprintf("127.0.0.1:%d", runtime), app(t))
		address := fmt.Sprintf("127.0.0.1:%d", front)
		eventually(t, "the emulator listens", func() bool {
			conn, err := net.Dial("tcp", address)
			if err == nil {
				_ = conn.Close()
			}
			return err == nil
		})
		f.environments <- "http://" + address + "/2015-03-31/functions/function/invocations"
	}
	return f
}

// invoke has an environment that is free answer an event.
func (f *function) invoke(event any) ([]byte, error) {
	body, err := json.Marshal(event)
	if err != nil {
		return nil, err
	}
	environment := <-f.environments
	defer func() { f.environments <- environment }()
	response, err := http.Post(environment, "application/json", bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	if err == nil && response.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: %s", response.Status, answer)
	}
	return answer, err
}

// ServeHTTP stands in for an HTTP API of API Gateway: the function gets the request as an event
// of payload format 2.0, and its answer becomes the response.
func (f *function) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	headers := map[string]string{"host": r.Host}
	for name, values := range r.Header {
		headers[strings.ToLower(name)] = strings.Join(values, ",")
	}
	answer, err := f.invoke(events.APIGatewayV2HTTPRequest{
		Version: "2.0", RouteKey: "$default", RawPath: r.URL.Path, RawQueryString: r.URL.RawQuery, Headers: headers,
		RequestContext: events.APIGatewayV2HTTPRequestContext{
			Stage: "$default", RequestID: "JKJaXmPLvHcESHA=", DomainName: r.Host,
			HTTP: events.APIGatewayV2HTTPRequestContextHTTPDescription{Method: r.Method, Path: r.URL.Path, Protocol: r.Proto, SourceIP: "127.0.0.1"},
		},
	})
	var response events.APIGatewayV2HTTPResponse
	if err == nil {
		err = json.Unmarshal(answer, &response)
	}
	body := []byte(response.Body)
	if err == nil && response.IsBase64Encoded {
		body, err = base64.StdEncoding.DecodeString(response.Body)
	}
	if err != nil || response.StatusCode == 0 {
		http.Error(w, fmt.Sprintf("the function answers %q: %v", answer, err), http.StatusBadGateway)
		return
	}
	for name, value := range response.Headers {
		w.Header().Set(name, value)
	}
	w.WriteHeader(response.StatusCode)
	_, _ = w.Write(body)
}

// startMapping stands in for the event source mapping of a function. It takes messages in batches, and
// deletes those that the function does not report. Stop lets it finish what it has taken, as turning
// the mapping off does.
func startMapping(t *testing.T, f *function, endpoint string, queue *sqs.Queue) (stop func()) {
	t.Helper()
	call := func(operation string, parameters map[string]any, answer any) error {
		parameters["QueueUrl"] = endpoint + queue.Path()
		body, err := json.Marshal(parameters)
		if err != nil {
			return err
		}
		request, err := http.NewRequest(http.MethodPost, endpoint, bytes.NewReader(body))
		if err != nil {
			return err
		}
		request.Header.Set("X-Amz-Target", "AmazonSQS."+operation)
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			return err
		}
		defer response.Body.Close()
		return json.NewDecoder(response.Body).Decode(answer)
	}
	batch := func() error {
		var received struct{ Messages []events.SQSMessage }
		if err := call("ReceiveMessage", map[string]any{"MaxNumberOfMessages": 10, "WaitTimeSeconds": 1}, &received); err != nil || len(received.Messages) == 0 {
			return err
		}
		for i := range received.Messages {
			received.Messages[i].EventSource = "aws:sqs"
		}
		answer, err := f.invoke(map[string]any{"Records": received.Messages})
		if err != nil {
			return err
		}
		var reported events.SQSEventResponse
		if err := json.Unmarshal(answer, &reported); err != nil {
			return fmt.Errorf("%s: %w", answer, err)
		}
		failed := map[string]bool{}
		for _, failure := range reported.BatchItemFailures {
			failed[failure.ItemIdentifier] = true
		}
		for _, message := range received.Messages {
			if !failed[message.MessageId] {
				err = errors.Join(err, call("DeleteMessage", map[string]any{"ReceiptHandle": message.ReceiptHandle}, new(map[string]any)))
			}
		}
		return err
	}
	ctx, cancel := context.WithCancel(context.Background())
	var all sync.WaitGroup
	all.Go(func() {
		for ctx.Err() == nil {
			if err := batch(); err != nil {
				t.Error(err)
			}
		}
	})
	return func() { cancel(); all.Wait() }
}
