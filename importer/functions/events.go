package functions

import (
	"slices"
	"strconv"
	"strings"

	"ambi/importer/draft"
	"ambi/importer/source"
)

// Queue is a queue whose messages start a function. Fields are nil where the source does not
// say them.
type Queue struct {
	Source          *source.Node // its ARN
	Batch, Window   *source.Node // messages and seconds
	Most            *source.Node // concurrent invocations
	Failures        *source.Node // how the function reports failures
	Enabled, Filter *source.Node
}

// usualBatch is how many messages Lambda takes at most where nothing is said.
// Source: https://docs.aws.amazon.com/lambda/latest/api/API_CreateEventSourceMapping.html
const usualBatch = 10

// Queue makes the trigger of a queue's messages.
func (t Trigger) Queue(q Queue) Trigger {
	t.Kind = "queue"
	t.Fill = func(a *App, s *draft.Service) {
		to := s.Path("queue.from")
		d := a.Find(q.Source)
		switch {
		case d != nil && d.Kind == "queue":
			a.carry(t.Object, q.Source, to)
		case q.Source == nil:
			s.Set("queue.from", draft.Unresolved{})
			t.Note(t.At, draft.Item{Fate: draft.Approximated, To: to, Why: "names no queue: write it into the spec", Changes: true})
		default:
			d = a.outside(q.Source, s.Name)
			a.approximate(t.Object, q.Source, to, "is a queue that is not in the files: the data stack's setting "+d.Name+".arn says which it is", true)
		}
		if d != nil {
			s.Set("queue.from", d.Name)
		}
		batch := usualBatch
		if n, ok := q.Batch.Int(); ok && n > 0 {
			batch = n
		}
		s.Set("queue.batch", batch)
		a.carry(t.Object, q.Batch, s.Path("queue.batch"))
		if n, ok := q.Window.Int(); ok && n > 0 {
			s.Set("queue.window", strconv.Itoa(n)+"s")
		}
		a.carry(t.Object, q.Window, s.Path("queue.window"))
		if n, ok := q.Most.Int(); ok && n > 0 && n <= 1000 {
			s.Set("scale.max", n)
			s.Set("concurrency", 1)
			a.carry(t.Object, q.Most, s.Path("scale.max"))
		}
		a.leave(t.Object, q.Most, "is no number that a spec has: set scale.max", true)
		t.Skip(q.Failures)
		a.leave(t.Object, q.Filter, "a service gets every message of its queue", true)
		a.off(t, s, q.Enabled)
		s.Set("kubernetes.identity", "pod-identity")
	}
	return t
}

// off notes that an event was turned off.
func (a *App) off(t Trigger, s *draft.Service, enabled *source.Node) {
	switch strings.ToLower(enabled.String()) {
	case "false", "disabled":
		const why = "was turned off: set active to false in the stacks until it is to run"
		s.Comment(t.Kind, why)
		a.approximate(t.Object, enabled, s.Path(t.Kind), why, true)
	default:
		t.Skip(enabled)
	}
}

// Uploads is a bucket whose new objects start a function.
type Uploads struct {
	Bucket         *source.Node
	Prefix, Suffix *source.Node
	Events         []*source.Node // such as s3:ObjectCreated:Put; none for all new objects
}

const newObject = "s3:ObjectCreated"

// Created reports whether any of a bucket's events are new objects, as they are where none are
// named.
func Created(events []*source.Node) bool {
	return len(events) == 0 || slices.ContainsFunc(events, func(n *source.Node) bool { return strings.HasPrefix(n.Text, newObject) })
}

// Uploads makes the trigger of a bucket's new objects.
func (t Trigger) Uploads(u Uploads) Trigger {
	t.Kind = "uploads"
	t.Fill = func(a *App, s *draft.Service) {
		s.Set("kubernetes.identity", "pod-identity")
		const changed = "the bucket's events come in messages of a queue: the app reads them from the body of each record"
		d := a.Find(u.Bucket)
		switch {
		case d != nil && d.Kind == "bucket":
			s.Set("uploads.from", d.Name)
			a.approximate(t.Object, u.Bucket, s.Path("uploads.from"), changed, true)
		default:
			s.Set("uploads.from", draft.Unresolved{})
			s.Comment("uploads.from", "the bucket was not in the files: name one under data, or have its events sent to a queue")
			if u.Bucket == nil {
				u.Bucket = t.At
			}
			a.approximate(t.Object, u.Bucket, s.Path("uploads.from"), "is a bucket that is not in the files: name one under data, or have its owner send the events to a queue", true)
		}
		for _, n := range u.Events {
			switch {
			case n.Text == "s3:ObjectCreated:*":
				a.carry(t.Object, n, s.Path("uploads"))
			case strings.HasPrefix(n.Text, newObject):
				a.approximate(t.Object, n, s.Path("uploads"), "every way of making an object starts the service", true)
			default:
				a.leave(t.Object, n, "only new objects of a bucket start a service", true)
			}
		}
		for key, n := range map[string]*source.Node{"prefix": u.Prefix, "suffix": u.Suffix} {
			if n == nil {
				continue
			}
			s.Set("uploads."+key, n.String())
			if n.Why != "" {
				a.approximate(t.Object, n, s.Path("uploads."+key), n.Why+": write it into the spec", true)
			} else {
				a.carry(t.Object, n, s.Path("uploads."+key))
			}
		}
	}
	return t
}
