package spec

import (
	"reflect"
	"strings"

	"github.com/invopop/jsonschema"
)

// triggerKeys are the keys of what makes a service run, of which each has one.
func triggerKeys() []string { return []string{"http", "queue", "uploads", "schedule", "worker"} }

// Trigger is the key of what makes the service run.
func (s *Service) Trigger() string {
	switch {
	case s.Queue != nil:
		return "queue"
	case s.Uploads != nil:
		return "uploads"
	case s.Schedule != nil:
		return "schedule"
	case s.Worker != nil:
		return "worker"
	}
	return "http"
}

// StartedBy says what starts the service, after its name or "it": its queue starts it.
func (s *Service) StartedBy() string {
	switch {
	case s.Worker != nil:
		return "a worker runs all the time by itself"
	case s.IsHTTP():
		return "requests start it"
	}
	return "its " + s.Trigger() + " starts it"
}

// IsHTTP reports whether requests start the service.
func (s *Service) IsHTTP() bool { return s.Trigger() == "http" }

// triggers checks what starts a service, except http.
func (v *validator) triggers(path, name string, s *Service) {
	var given []string
	for _, key := range triggerKeys() {
		if v.app.Given(child(path, key)) {
			given = append(given, key)
		}
	}
	switch {
	case len(given) > 1:
		// Each is checked all the same, so that the one that stays is right.
		last := len(given) - 1
		v.note(v.at(child(path, given[1])), child(path, given[1]), strings.Join(given[:last], ", ")+" and "+given[last]+": choose one", "a service has one trigger; two services may share an image")
	case len(given) == 0 && v.sound(path+".http"):
		v.note(v.at(path), path, "has no trigger: "+listed(triggerKeys(), " or "), "http: {routes: [GET /]} answers requests")
		return
	}
	if s.Queue != nil && v.sound(path+".queue") {
		v.queue(path+".queue", name, s, s.Queue)
	}
	if u := s.Uploads; u != nil && v.sound(path+".uploads") {
		v.uploads(path+".uploads", name, s, u)
	}
	if s.Schedule != nil && v.sound(path+".schedule") {
		v.schedule(path+".schedule", s.Schedule)
		v.withoutScale(path)
	}
	if s.Worker != nil {
		v.worker(path)
	}
	if !s.IsHTTP() && !v.app.Given(path+".http") {
		v.withoutHTTP(path, s)
	}
}

// withoutHTTP refuses what only a service over HTTP has.
func (v *validator) withoutHTTP(path string, s *Service) {
	for key, hint := range map[string]string{
		"kubernetes.ingress": "it receives no requests", "kubernetes.gateway": "it receives no requests",
		"kubernetes.serviceMonitor": "it has no Service to scrape",
		"kubernetes.metric":         "scale.backlog counts messages", "kubernetes.scaleToZero": "scale.backlog scales to zero",
		"scale.requests": "scale.backlog counts messages",
	} {
		if !s.IsEvents() {
			hint = "it receives no requests"
		}
		if at := path + "." + key; v.app.Given(at) {
			v.fail(at, "is only for a service with http", hint)
		}
	}
}

// refineTriggers says that a service has one.
func (s schema) refineTriggers() {
	service := s.of(reflect.TypeFor[Service]())
	for _, key := range triggerKeys() {
		service.OneOf = append(service.OneOf, &jsonschema.Schema{Required: []string{key}})
	}
}

// TriggerOf is what starts one of the app's services, as its key in the spec, such as queue.
func (a *App) TriggerOf(service string) string { return a.Services[service].Trigger() }
