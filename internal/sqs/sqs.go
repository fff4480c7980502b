// Package sqs stands in for Amazon SQS, so that what takes messages from a queue can
// be tested where there is no account.
//
//	stand := sqs.New()
//	dead := stand.Create("dead", sqs.Attributes{})
//	jobs := stand.Create("jobs", sqs.Attributes{Visibility: 4 * time.Second, MaxReceives: 3, DeadLetters: dead})
//	server := httptest.NewServer(stand)
//	jobs.Send("hello")
//	... = server.URL + jobs.Path() // the queue's URL, for a program that uses AWS's SDK
//	... = jobs.Deliveries()
//
// It speaks the JSON protocol of today's SDKs and knows the calls that consumers and
// autoscalers make: SendMessage, ReceiveMessage, DeleteMessage,
// ChangeMessageVisibility, each alone and in a batch, GetQueueAttributes and
// GetQueueUrl. Messages are hidden for the queue's visibility timeout once they are
// received, counted, and moved to the dead-letter queue instead of being delivered
// once too often, as AWS documents it. Unlike SQS it delivers in order, never twice
// by chance, and asks for no signature. Of a FIFO queue it knows message groups: while
// one message of a group is hidden, no later one is received; and it takes a message once
// by its deduplication ID, for ever. It knows no delay, size or retention.
package sqs

import (
	"context"
	"crypto/md5"
	"fmt"
	"slices"
	"strconv"
	"sync"
	"time"
)

// account is the one that AWS's own documentation uses in examples.
const account = "123456789012"

// Server has queues, and serves them over HTTP.
type Server struct {
	mutex  sync.Mutex
	queues map[string]*Queue
}

// New returns a server without queues.
func New() *Server { return &Server{queues: map[string]*Queue{}} }

// Attributes are what a queue is created with.
type Attributes struct {
	Visibility  time.Duration // that a message is hidden once it is received; 30 s if zero
	MaxReceives int           // after which a message is a dead letter; no bound if zero
	DeadLetters *Queue        // where it goes then
	FIFO        bool          // keep the order of each message group
}

// Queue is one queue.
type Queue struct {
	Name       string
	server     *Server // whose mutex guards what follows
	attributes Attributes
	messages   []*message
	grown      chan struct{} // closed, and replaced, when there may be something to receive
	sent       int
	deliveries []Delivery
	deleted    map[string]time.Time
	taken      map[string]string // of a FIFO queue: the message's ID, by its deduplication ID
}

// message is in one queue at a time.
type message struct {
	id, body      string
	group, dedup  string // of a FIFO queue
	attributes    map[string]Attribute
	sent          time.Time
	first         time.Time // received
	hidden        time.Time // until
	receives      int
	receiptHandle string // of the last receipt
}

// Delivery is one receipt of a message.
type Delivery struct {
	MessageID string
	Body      string
	Receives  int // this one included
	At        time.Time
}

// Create makes a queue. A queue of the same name is replaced.
func (s *Server) Create(name string, attributes Attributes) *Queue {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if attributes.Visibility == 0 {
		attributes.Visibility = 30 * time.Second
	}
	q := &Queue{Name: name, server: s, attributes: attributes, grown: make(chan struct{}), deleted: map[string]time.Time{}, taken: map[string]string{}}
	s.queues[name] = q
	return q
}

// Path is the path of the queue's URL.
func (q *Queue) Path() string { return "/" + account + "/" + q.Name }

// ARN names the queue, in a region that any client takes.
func (q *Queue) ARN() string { return "arn:aws:sqs:us-east-1:" + account + ":" + q.Name }

// Attribute is one of a message's own attributes.
type Attribute struct{ DataType, StringValue string }

// Send puts a message into the queue, and returns its ID.
func (q *Queue) Send(body string) string { return q.SendWith(body, nil) }

// SendWith puts a message with attributes of its own into the queue, and returns its ID.
func (q *Queue) SendWith(body string, attributes map[string]Attribute) string {
	return q.send(message{body: body, attributes: attributes})
}

// SendInOrder puts a message into a FIFO queue, and returns its ID: that of an earlier
// message with the same deduplication ID, which is then the only one.
func (q *Queue) SendInOrder(group, dedup, body string) string {
	return q.send(message{body: body, group: group, dedup: dedup})
}

func (q *Queue) send(m message) string {
	q.server.mutex.Lock()
	defer q.server.mutex.Unlock()
	if id, repeated := q.taken[m.dedup]; repeated && m.dedup != "" {
		return id
	}
	q.sent++
	m.id, m.sent = fmt.Sprintf("00000000-0000-4000-8000-%012d", q.sent), time.Now()
	q.taken[m.dedup] = m.id
	q.add(&m)
	return m.id
}

func (q *Queue) add(m *message) {
	q.messages = append(q.messages, m)
	close(q.grown)
	q.grown = make(chan struct{})
}

// Deliveries returns every receipt so far, in order.
func (q *Queue) Deliveries() []Delivery {
	q.server.mutex.Lock()
	defer q.server.mutex.Unlock()
	return slices.Clone(q.deliveries)
}

// Bodies returns the messages that are in the queue, hidden or not, in order.
func (q *Queue) Bodies() []string {
	q.server.mutex.Lock()
	defer q.server.mutex.Unlock()
	bodies := make([]string, len(q.messages))
	for i, m := range q.messages {
		bodies[i] = m.body
	}
	return bodies
}

// Deleted returns when a message was deleted; the zero time if it was not.
func (q *Queue) Deleted(id string) time.Time {
	q.server.mutex.Lock()
	defer q.server.mutex.Unlock()
	return q.deleted[id]
}

// receive returns up to most messages that are visible. It waits for the first, but no
// longer than wait or ctx lasts.
func (q *Queue) receive(ctx context.Context, most int, visibility, wait time.Duration) []message {
	deadline := time.NewTimer(wait)
	defer deadline.Stop()
	for {
		q.server.mutex.Lock()
		received, next := q.take(most, visibility)
		grown := q.grown
		q.server.mutex.Unlock()
		if len(received) > 0 {
			return received
		}
		shown := make(<-chan time.Time)
		if !next.IsZero() {
			shown = time.After(time.Until(next))
		}
		select {
		case <-grown:
		case <-shown:
		case <-deadline.C:
			return nil
		case <-ctx.Done():
			return nil
		}
	}
}

// take receives what is visible, and says when the next message will be. The caller
// holds the mutex.
func (q *Queue) take(most int, visibility time.Duration) (received []message, next time.Time) {
	now := time.Now()
	held := map[string]bool{} // groups that have a hidden message
	for _, m := range q.messages {
		held[m.group] = held[m.group] || q.attributes.FIFO && m.hidden.After(now)
	}
	for _, m := range slices.Clone(q.messages) {
		switch {
		case len(received) == most:
			return received, next
		case m.hidden.After(now):
			if next.IsZero() || m.hidden.Before(next) {
				next = m.hidden
			}
		case held[m.group]:
		case q.attributes.DeadLetters != nil && q.attributes.MaxReceives > 0 && m.receives >= q.attributes.MaxReceives:
			q.remove(m)
			m.hidden, m.receiptHandle = time.Time{}, ""
			q.attributes.DeadLetters.add(m)
		default:
			if m.receives == 0 {
				m.first = now
			}
			m.receives++
			m.hidden = now.Add(visibility)
			m.receiptHandle = m.id + "#" + strconv.Itoa(m.receives)
			q.deliveries = append(q.deliveries, Delivery{m.id, m.body, m.receives, now})
			received = append(received, *m)
		}
	}
	return received, next
}

func (q *Queue) remove(m *message) {
	q.messages = slices.DeleteFunc(q.messages, func(other *message) bool { return other == m })
}

// byHandle finds the message of a receipt. A message that was received again, or
// deleted, has another receipt or none: there is nothing to do for the old one.
func (q *Queue) byHandle(receiptHandle string) *message {
	for _, m := range q.messages {
		if m.receiptHandle == receiptHandle && receiptHandle != "" {
			return m
		}
	}
	return nil
}

func (q *Queue) delete(receiptHandle string) {
	if m := q.byHandle(receiptHandle); m != nil {
		q.remove(m)
		q.deleted[m.id] = time.Now()
		if q.attributes.FIFO { // the next of its group may come
			close(q.grown)
			q.grown = make(chan struct{})
		}
	}
}

func (q *Queue) changeVisibility(receiptHandle string, visibility time.Duration) {
	if m := q.byHandle(receiptHandle); m != nil {
		m.hidden = time.Now().Add(visibility)
		close(q.grown)
		q.grown = make(chan struct{})
	}
}

// counts says how many messages are visible, and how many are not.
func (q *Queue) counts() (visible, hidden int) {
	now := time.Now()
	for _, m := range q.messages {
		if m.hidden.After(now) {
			hidden++
		} else {
			visible++
		}
	}
	return visible, hidden
}

func hash(body string) string { return fmt.Sprintf("%x", md5.Sum([]byte(body))) }
