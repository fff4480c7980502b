package spec

import (
	"fmt"
	"reflect"
	"strings"
)

// Uploads has each new object of a bucket reach the service, through a queue.
type Uploads struct {
	From   string   `json:"from" jsonschema:"required" jsonschema_description:"The bucket, by its name under data."`
	Prefix string   `json:"prefix,omitempty" jsonschema_description:"Only objects whose keys begin so."`
	Suffix string   `json:"suffix,omitempty" jsonschema_description:"Only objects whose keys end so."`
	Path   string   `json:"path,omitempty" jsonschema:"default=/events" jsonschema_description:"The path that the bucket's events are posted to, as Lambda's own event JSON."`
	Batch  int      `json:"batch,omitempty" jsonschema:"minimum=1,maximum=10000,default=1" jsonschema_description:"The most messages of one invocation on lambda."`
	Window Duration `json:"window,omitempty" range:"0s to 5m in whole seconds" jsonschema_description:"How long lambda gathers a batch."`
	Pull   Pull     `json:"pull,omitempty" jsonschema:"enum=app" jsonschema_description:"Leave the delivery container out on kubernetes: the app takes messages itself, from the queue whose address is in SERVICE_UPLOADS_QUEUE_URL."`
}

// SetDefaults posts one message at a time to /events.
func (u *Uploads) SetDefaults() { u.Path, u.Batch = "/events", 1 }

// UploadsQueueOf is what the queue of a bucket's events is like: as one of the data
// that says nothing.
func UploadsQueueOf() *Queue {
	q := &Queue{}
	q.SetDefaults()
	return q
}

func (v *validator) uploads(path, name string, s *Service, u *Uploads) {
	switch d := v.app.Data[u.From]; {
	case !v.sound(path+".from") || !v.sound(child("data", u.From)):
	case d == nil || d.Bucket == nil:
		v.fail(path+".from", "must be a bucket of the app's data, got "+quote(u.From), v.suggestData(u.From, "bucket")...)
	case d.Bucket.Existing:
		v.fail(path+".from", u.From+" exists already, and a bucket has one configuration of its notifications: ambi would overwrite its owner's",
			"have its owner send the events to a queue, and take them with queue: data: {QUEUE: {queue: {existing: true}}}")
	default:
		v.filters(path, name, u)
	}
	if at := path + ".prefix"; v.app.Given(at) {
		v.keyPart(at, u.Prefix, keyPrefix)
	}
	if at := path + ".suffix"; v.app.Given(at) {
		v.keyPart(at, u.Suffix, keySuffix)
	}
	v.delivery(path, u.Path, u.Batch, u.Window, u.Pull, s)
}

// filters refuses two that one object can pass: S3 refuses them, and does not say why.
// Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-how-to-filtering.html
func (v *validator) filters(path, name string, u *Uploads) {
	for _, other := range v.startedBy(u.From) {
		if other == name {
			return
		}
		o := v.app.Services[other].Uploads
		if o == nil || o.From != u.From || !overlap(o.Prefix, u.Prefix) || !(strings.HasSuffix(o.Suffix, u.Suffix) || strings.HasSuffix(u.Suffix, o.Suffix)) {
			continue
		}
		v.fail(path, fmt.Sprintf("an object could match both this filter and that of %s in line %d, and S3 only notifies one queue", other, v.at(child("services", other)+".uploads").Line),
			"give them prefixes, or suffixes, where neither includes the other")
		return
	}
}

func (s schema) refineUploads() {
	uploads := s.of(reflect.TypeFor[Uploads]())
	dataName(property(uploads, "from"))
	plainPath(property(uploads, "path"))
	prefix, suffix := property(uploads, "prefix"), property(uploads, "suffix")
	prefix.Pattern, prefix.MaxLength = keyPattern, number(maxKey1024)
	suffix.Pattern, suffix.MaxLength = suffixPattern, number(maxKey1024)
}
