package spec

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/invopop/jsonschema"
)

// Queue is a queue of the data.
type Queue struct {
	Attempts  int  `json:"attempts,omitempty" jsonschema:"minimum=1,maximum=1000,default=5" jsonschema_description:"How often a message is delivered before it goes to the dead-letter queue."`
	Retention Age  `json:"retention,omitempty" jsonschema:"default=4d" range:"1m to 13d in whole seconds" jsonschema_description:"How long a message is kept that is not taken. The dead-letter queue keeps messages 14 days."`
	Existing  bool `json:"existing,omitempty" jsonschema_description:"It exists already, and ambi leaves it as it is: a data stack's setting NAME.arn says which it is."`
	FIFO      bool `json:"fifo,omitempty" jsonschema_description:"Deliver the messages of one group in their order. Who sends names the group, and what tells a message from a repeat."`
}

// SetDefaults gives a message five attempts within four days.
func (q *Queue) SetDefaults() { q.Attempts, q.Retention = 5, Age(4*day) }

// QueueTrigger starts the service with the messages of a queue.
type QueueTrigger struct {
	From   string   `json:"from" jsonschema:"required" jsonschema_description:"The queue, by its name under data."`
	Path   string   `json:"path,omitempty" jsonschema:"default=/events" jsonschema_description:"The path that messages are posted to, as Lambda's own event JSON."`
	Batch  int      `json:"batch,omitempty" jsonschema:"minimum=1,maximum=10000,default=1" jsonschema_description:"The most messages of one invocation on lambda."`
	Window Duration `json:"window,omitempty" range:"0s to 5m in whole seconds" jsonschema_description:"How long lambda gathers a batch."`
	Pull   Pull     `json:"pull,omitempty" jsonschema:"enum=app" jsonschema_description:"Leave the delivery container out on kubernetes: the app takes messages itself, from the queue whose address is in NAME_QUEUE_URL."`
}

// Pull says what receives messages from a queue on Kubernetes.
type Pull string

// PullApp makes the app itself receive them.
const PullApp Pull = "app"

// SetDefaults posts one message at a time to /events.
func (q *QueueTrigger) SetDefaults() { q.Path, q.Batch = "/events", 1 }

// Events has the settings that both triggers through a queue share.
type Events struct {
	Queue  string // under data, or the one of the uploads
	Path   string
	Batch  int
	Window Duration
	Pull   bool // by the app
	FIFO   bool // the queue keeps the order of each message group
}

// Events returns how events reach a service, by its name; false for a service over HTTP.
func (a *App) Events(service string) (Events, bool) {
	s := a.Services[service]
	switch {
	case s.Queue != nil:
		q := s.Queue
		d := a.Data[q.From]
		return Events{q.From, q.Path, q.Batch, q.Window, q.Pull == PullApp, d != nil && d.Queue != nil && d.Queue.FIFO}, true
	case s.Uploads != nil:
		u := s.Uploads
		return Events{UploadsQueue(service), u.Path, u.Batch, u.Window, u.Pull == PullApp, false}, true
	}
	return Events{}, false
}

// IsEvents reports whether messages of a queue, not requests, start the service.
func (s *Service) IsEvents() bool { return s.Queue != nil || s.Uploads != nil }

// Limits of SQS and of Lambda's event source mappings.
// Sources: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-quotas.html
// and https://docs.aws.amazon.com/lambda/latest/api/API_CreateEventSourceMapping.html
const (
	MaxUnwindowed    = 10 // messages in a batch without a window
	deliveryPort     = 4195
	visibilityFactor = 6
)

// Visibility is a queue's visibility timeout: six times the service's timeout, which leaves
// Lambda room to retry, plus the window.
// Source: https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
func (e Events) Visibility(timeout Duration) time.Duration {
	return visibilityFactor*timeout.Std() + e.Window.Std()
}

// queue checks what a queue's messages start.
func (v *validator) queue(at, name string, s *Service, q *QueueTrigger) {
	switch d := v.app.Data[q.From]; {
	case !v.sound(at+".from") || !v.sound(child("data", q.From)):
	case d == nil || d.Queue == nil:
		v.fail(at+".from", "must be a queue of the app's data, got "+quote(q.From), v.suggestData(q.From, "queue")...)
	default:
		v.consumer(at+".from", name, q.From)
		if !d.Queue.Existing {
			v.expiry(at+".from", s, d.Queue, Events{Window: q.Window})
		}
		if d.Queue.FIFO {
			v.ordered(at, q)
		}
	}
	v.delivery(at, q.Path, q.Batch, q.Window, q.Pull, s)
}

// consumer refuses a second service that receives messages from a queue: each would get only
// some of them.
func (v *validator) consumer(path, name, queue string) {
	for _, other := range v.startedBy(queue) {
		if other == name {
			return
		}
		if q := v.app.Services[other].Queue; q != nil && q.From == queue {
			v.fail(path, fmt.Sprintf("%s already receives its messages, in line %d", other, v.at(child("services", other)+".queue.from").Line),
				"each message goes to one service: give the second one its own queue, and send to both")
			return
		}
	}
}

// expiry refuses a retention that ends before a message's last attempt: the message would never
// reach the dead-letter queue.
func (v *validator) expiry(path string, s *Service, q *Queue, e Events) {
	least := time.Duration(q.Attempts) * e.Visibility(s.Timeout)
	if q.Retention.Std() >= least {
		return
	}
	v.fail(path, fmt.Sprintf("the queue keeps a message %s, and %d attempts of six times timeout plus window take %s: it would be lost before it reaches the dead-letter queue",
		q.Retention, q.Attempts, Age(least)), "raise the queue's retention, or lower its attempts or the service's timeout")
}

// ordered refuses what Lambda does not take of a FIFO queue.
// Source: https://docs.aws.amazon.com/lambda/latest/api/API_CreateEventSourceMapping.html
func (v *validator) ordered(path string, q *QueueTrigger) {
	if q.Batch > MaxUnwindowed {
		v.fail(path+".batch", fmt.Sprintf("must be at most %d from a FIFO queue, got %d", MaxUnwindowed, q.Batch))
	}
	if q.Window > 0 {
		v.fail(path+".window", "is not for a FIFO queue", "remove it: Lambda takes what there is at once")
	}
}

// delivery checks what both triggers from a queue have.
func (v *validator) delivery(path, eventPath string, batch int, window Duration, pull Pull, s *Service) {
	v.path(path+".path", eventPath)
	if batch > MaxUnwindowed && window == 0 {
		v.fail(path+".batch", fmt.Sprintf("must be at most %d without a window, got %d", MaxUnwindowed, batch), "window: 1s")
	}
	if service := strings.TrimSuffix(strings.TrimSuffix(path, ".queue"), ".uploads"); s.Port == deliveryPort && pull != PullApp {
		v.fail(service+".port", fmt.Sprintf("must not be %d, which the delivery container uses", deliveryPort))
	}
}

func (s schema) refineQueue() {
	trigger := s.of(reflect.TypeFor[QueueTrigger]())
	trigger.Title = "queue trigger"
	dataName(property(trigger, "from"))
	plainPath(property(trigger, "path"))
}

func dataName(p *jsonschema.Schema) { p.Pattern, p.MaxLength = labelPattern, number(maxName-2) }

// Consumers maps each queue to the service that receives its messages.
func (a *App) Consumers() map[string]string {
	consumers := map[string]string{}
	for _, name := range slices.Sorted(slices.Values(a.ServiceNames())) {
		if e, ok := a.Events(name); ok {
			consumers[e.Queue] = name
		}
	}
	return consumers
}
