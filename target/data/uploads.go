package data

import "ambi/spec"

// Upload says which of a bucket's new objects start a service, and through which queue.
type Upload struct {
	Service, Queue string
	Prefix, Suffix string
}

// uploads is the queue of the events that reach a service.
func (r *resolver) uploads(service string) Queue {
	out := r.queueOf(spec.UploadsQueue(service), spec.UploadsQueueOf())
	out.Bucket = r.app.Services[service].Uploads.From
	return out
}

// uploadsTo lists the services that a bucket's events start. All of them are needed at
// once: a bucket has one configuration of its notifications.
func (r *resolver) uploadsTo(bucket string) []Upload {
	var list []Upload
	for _, name := range r.app.ServiceNames() {
		if u := r.app.Services[name].Uploads; u != nil && u.From == bucket {
			list = append(list, Upload{Service: name, Queue: spec.UploadsQueue(name), Prefix: u.Prefix, Suffix: u.Suffix})
		}
	}
	return list
}
