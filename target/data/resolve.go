package data

import (
	"cmp"
	"slices"

	"ambi/spec"
	"ambi/target/finding"
)

// Resolve decides everything about an app's data, and notes what each field becomes. The result
// is the same for both targets.
func Resolve(app *spec.App, notes *finding.Notes) Model {
	r := &resolver{app: app, notes: notes, consumers: app.Consumers()}
	model := Model{App: app.Name}
	for _, name := range app.DataNames() {
		at := "data." + name
		switch d := app.Data[name]; {
		case d.Bucket != nil:
			model.Buckets = append(model.Buckets, r.bucket(at+".bucket", name, d.Bucket))
		case d.Queue != nil:
			model.Queues = append(model.Queues, r.queue(at+".queue", name, d.Queue))
		case d.Table != nil:
			model.Tables = append(model.Tables, r.table(at+".table", name, d.Table))
		case d.Valkey != nil:
			model.Caches = append(model.Caches, r.valkey(at+".valkey", name, d.Valkey))
		case d.Postgres != nil:
			model.Postgres = append(model.Postgres, r.postgres(at+".postgres", name, d.Postgres))
		}
	}
	for _, name := range app.ServiceNames() {
		if app.Services[name].Uploads != nil {
			model.Queues = append(model.Queues, r.uploads(name))
		}
	}
	slices.SortFunc(model.Queues, func(a, b Queue) int { return cmp.Compare(a.Name, b.Name) })
	return model
}

type resolver struct {
	app       *spec.App
	notes     *finding.Notes
	consumers map[string]string // of each queue
}
