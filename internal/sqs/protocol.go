package sqs

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"path"
	"strconv"
	"strings"
	"time"
)

// failure is an error of SQS: its code, and the one of the older protocol.
type failure struct{ code, query, message string }

func (f failure) Error() string { return f.code + ": " + f.message }

func noQueue() failure {
	return failure{"QueueDoesNotExist", "AWS.SimpleQueueService.NonExistentQueue", "The specified queue does not exist."}
}

func emptyBatch() failure {
	return failure{"EmptyBatchRequest", "AWS.SimpleQueueService.EmptyBatchRequest", "There should be at least one entry in the request."}
}

func longBatch() failure {
	return failure{"TooManyEntriesInBatchRequest", "AWS.SimpleQueueService.TooManyEntriesInBatchRequest", "Maximum number of entries per request are 10."}
}

func invalid(format string, arguments ...any) failure {
	return failure{"InvalidParameterValueException", "InvalidParameterValue", fmt.Sprintf(format, arguments...)}
}

// request is any request that is known.
type request struct {
	QueueURL            string `json:"QueueUrl"`
	QueueName           string
	MessageBody         string
	MessageAttributes   map[string]Attribute
	MessageGroupID      string `json:"MessageGroupId"`
	MessageDedupID      string `json:"MessageDeduplicationId"`
	MaxNumberOfMessages int
	WaitTimeSeconds     int
	ReceiptHandle       string
	// VisibilityTimeout is missing in a request of an SDK that leaves a zero out.
	VisibilityTimeout *int
	Entries           []entry
	AttributeNames    []string
}

// entry is one of a batch.
type entry struct {
	ID                string `json:"Id"`
	MessageBody       string
	MessageAttributes map[string]Attribute
	MessageGroupID    string `json:"MessageGroupId"`
	MessageDedupID    string `json:"MessageDeduplicationId"`
	ReceiptHandle     string
	VisibilityTimeout int
}

// ServeHTTP answers a call of SQS's JSON protocol.
// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-json-api.html
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	operation, ok := strings.CutPrefix(r.Header.Get("X-Amz-Target"), "AmazonSQS.")
	var call request
	if !ok || r.Method != http.MethodPost || json.NewDecoder(http.MaxBytesReader(w, r.Body, 1<<20)).Decode(&call) != nil {
		http.Error(w, "this stand-in speaks SQS's JSON protocol", http.StatusBadRequest)
		return
	}
	answer, err := s.answer(r, operation, call)
	w.Header().Set("Content-Type", "application/x-amz-json-1.0")
	if f, failed := errors.AsType[failure](err); failed {
		w.Header().Set("X-Amzn-Query-Error", f.query+";Sender")
		w.WriteHeader(http.StatusBadRequest)
		answer = map[string]string{"__type": "com.amazonaws.sqs#" + f.code, "message": f.message}
	}
	_ = json.NewEncoder(w).Encode(answer) // fails only when the client is gone
}

func (s *Server) answer(r *http.Request, operation string, call request) (any, error) {
	name := call.QueueName
	if name == "" {
		name = path.Base(call.QueueURL)
	}
	s.mutex.Lock()
	q := s.queues[name]
	s.mutex.Unlock()
	if q == nil {
		return nil, noQueue()
	}
	switch operation {
	case "GetQueueUrl":
		return map[string]string{"QueueUrl": "http://" + r.Host + q.Path()}, nil
	case "SendMessage":
		if err := q.nameable(call.MessageGroupID, call.MessageDedupID); err != nil {
			return nil, err
		}
		id := q.send(message{body: call.MessageBody, attributes: call.MessageAttributes, group: call.MessageGroupID, dedup: call.MessageDedupID})
		return map[string]string{"MessageId": id, "MD5OfMessageBody": hash(call.MessageBody)}, nil
	case "ReceiveMessage":
		return q.answerReceive(r, call)
	case "DeleteMessage":
		s.mutex.Lock()
		defer s.mutex.Unlock()
		q.delete(call.ReceiptHandle)
		return map[string]string{}, nil
	case "ChangeMessageVisibility":
		s.mutex.Lock()
		defer s.mutex.Unlock()
		q.changeVisibility(call.ReceiptHandle, seconds(call.VisibilityTimeout, 0))
		return map[string]string{}, nil
	case "SendMessageBatch", "DeleteMessageBatch", "ChangeMessageVisibilityBatch":
		return q.answerBatch(operation, call.Entries)
	case "GetQueueAttributes":
		return q.answerAttributes(call.AttributeNames), nil
	default:
		return nil, failure{"InvalidAction", "InvalidAction", "this stand-in does not know the action " + operation}
	}
}

// nameable refuses what a FIFO queue without content-based deduplication does.
func (q *Queue) nameable(group, dedup string) error {
	switch {
	case q.attributes.FIFO && group == "":
		return failure{"MissingParameter", "MissingParameter", "The request must contain the parameter MessageGroupId."}
	case q.attributes.FIFO && dedup == "":
		return invalid("The queue should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly")
	}
	return nil
}

func seconds(given *int, otherwise time.Duration) time.Duration {
	if given == nil {
		return otherwise
	}
	return time.Duration(*given) * time.Second
}

func (q *Queue) answerReceive(r *http.Request, call request) (any, error) {
	most := max(1, call.MaxNumberOfMessages)
	if most > 10 {
		return nil, invalid("Value %d for parameter MaxNumberOfMessages is invalid. Reason: Must be between 1 and 10, if provided.", most)
	}
	if call.WaitTimeSeconds > 20 {
		return nil, invalid("Value %d for parameter WaitTimeSeconds is invalid. Reason: Must be >= 0 and <= 20, if provided.", call.WaitTimeSeconds)
	}
	wait := time.Duration(call.WaitTimeSeconds) * time.Second
	messages := []map[string]any{}
	for _, m := range q.receive(r.Context(), most, seconds(call.VisibilityTimeout, q.attributes.Visibility), wait) {
		answer := map[string]any{
			"MessageId": m.id, "ReceiptHandle": m.receiptHandle, "Body": m.body, "MD5OfBody": hash(m.body),
			"Attributes": map[string]string{
				"ApproximateReceiveCount":          strconv.Itoa(m.receives),
				"SentTimestamp":                    strconv.FormatInt(m.sent.UnixMilli(), 10),
				"ApproximateFirstReceiveTimestamp": strconv.FormatInt(m.first.UnixMilli(), 10),
				"SenderId":                         account,
			},
		}
		if m.group != "" {
			attributes, _ := answer["Attributes"].(map[string]string)
			attributes["MessageGroupId"], attributes["MessageDeduplicationId"] = m.group, m.dedup
		}
		if m.attributes != nil { // whichever are asked for: nobody asks for some
			answer["MessageAttributes"] = m.attributes
		}
		messages = append(messages, answer)
	}
	if len(messages) == 0 {
		return map[string]any{}, nil
	}
	return map[string]any{"Messages": messages}, nil
}

func (q *Queue) answerBatch(operation string, entries []entry) (any, error) {
	switch {
	case len(entries) == 0:
		return nil, emptyBatch()
	case len(entries) > 10:
		return nil, longBatch()
	}
	done := []map[string]string{}
	for _, e := range entries {
		one := map[string]string{"Id": e.ID}
		if operation == "SendMessageBatch" {
			if err := q.nameable(e.MessageGroupID, e.MessageDedupID); err != nil {
				return nil, err
			}
			id := q.send(message{body: e.MessageBody, attributes: e.MessageAttributes, group: e.MessageGroupID, dedup: e.MessageDedupID})
			one["MessageId"], one["MD5OfMessageBody"] = id, hash(e.MessageBody)
		}
		done = append(done, one)
	}
	q.server.mutex.Lock()
	defer q.server.mutex.Unlock()
	for _, e := range entries {
		switch operation {
		case "DeleteMessageBatch":
			q.delete(e.ReceiptHandle)
		case "ChangeMessageVisibilityBatch":
			q.changeVisibility(e.ReceiptHandle, time.Duration(e.VisibilityTimeout)*time.Second)
		}
	}
	return map[string]any{"Successful": done, "Failed": []string{}}, nil
}

func (q *Queue) answerAttributes(names []string) any {
	q.server.mutex.Lock()
	defer q.server.mutex.Unlock()
	visible, hidden := q.counts()
	all := map[string]string{
		"ApproximateNumberOfMessages":           strconv.Itoa(visible),
		"ApproximateNumberOfMessagesNotVisible": strconv.Itoa(hidden),
		"ApproximateNumberOfMessagesDelayed":    "0",
		"VisibilityTimeout":                     strconv.Itoa(int(q.attributes.Visibility / time.Second)),
		"QueueArn":                              q.ARN(),
	}
	asked := map[string]string{}
	for _, name := range names {
		if value, ok := all[name]; ok {
			asked[name] = value
		}
		if name == "All" {
			asked = all
			break
		}
	}
	return map[string]any{"Attributes": asked}
}
