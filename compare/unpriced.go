package compare

import (
	"slices"
	"strings"

	"ambi/compare/demand"
	"ambi/compare/price"
	"ambi/compare/price/cost"
	"ambi/spec"
	"ambi/target/data"
)

// NotPriced is what a comparison leaves out: a service or data whose kind is not priced
// yet, data of whose use too little is known, or what has no sourced price. Its cost is unknown
// and not zero.
type NotPriced struct {
	Service string `json:"service,omitempty"`
	Trigger string `json:"trigger,omitempty"` // of the service
	// Target is the only one that the service is written for: there is nothing to compare it with.
	Target spec.Target `json:"target,omitempty"`
	Data   string      `json:"data,omitempty"`
	Kind   string      `json:"kind,omitempty"` // of the data
	// Figures are those of the data's usage that are unknown; none where the kind itself is
	// not priced yet.
	Figures []string `json:"figures,omitempty"`
	// Price is the key of a price that has no source, and of which the user has given none; For
	// is what it is the price of.
	Price string `json:"price,omitempty"`
	For   string `json:"for,omitempty"`
	// Negligible says that at the price that has no source it would be less than a cent a month.
	Negligible bool `json:"negligible,omitempty"`
}

// Priced returns an app without the services that cannot be compared, and those services by name:
// they cannot be priced yet, or stand in for one another, each on its target. The traffic of the
// others does not change. Services that are written for one target are priced on both, as apps
// that are: Written says which.
func Priced(app *spec.App) (*spec.App, []NotPriced) {
	return without(app.Everywhere(), []string{"http", "queue", "uploads", "schedule", "worker"})
}

// Written is the only target of each service of an app that is written for one, if priced has it
// on both.
func Written(app, priced *spec.App) map[string]spec.Target {
	written := map[string]spec.Target{}
	for _, name := range priced.ServiceNames() {
		if t := app.OnlyTarget(name); t != "" && priced.OnlyTarget(name) == "" {
			written[name] = t
		}
	}
	return written
}

// OverHTTP does the same with the services that are not simulated: those that events start.
func OverHTTP(app *spec.App) (*spec.App, []NotPriced) { return without(app, []string{"http"}) }

// ByMessages does the same with the services that no messages start.
func ByMessages(app *spec.App) (*spec.App, []NotPriced) {
	return without(app, []string{"queue", "uploads"})
}

// Simulable does the same with the services that are not simulated together: those that run all
// the time by themselves.
func Simulable(app *spec.App) (*spec.App, []NotPriced) {
	return without(app, []string{"http", "queue", "uploads", "schedule"})
}

// without removes services whose trigger is not among some, and those that only one target has.
func without(app *spec.App, triggers []string) (*spec.App, []NotPriced) {
	var left []NotPriced
	stays := map[string]bool{}
	for _, name := range app.ServiceNames() {
		one := NotPriced{Service: name, Trigger: app.TriggerOf(name), Target: app.OnlyTarget(name)}
		if stays[name] = one.Target == "" && slices.Contains(triggers, one.Trigger); !stays[name] {
			left = append(left, one)
		}
	}
	if left == nil {
		return app, nil
	}
	return app.Only(func(name string) bool { return stays[name] }), left
}

// What describes what was left out, such as "search (http, on kubernetes only)".
func (n NotPriced) What() string {
	switch {
	case n.Target != "":
		return n.Service + " (" + n.Trigger + ", on " + string(n.Target) + " only)"
	case n.Service != "":
		return n.Service + " (" + n.Trigger + ")"
	default:
		return n.Data + " (" + n.Kind + ")"
	}
}

// dataOf returns what is priced of an app's data, and what is not.
func dataOf(in Input) (cost.Data, []NotPriced) {
	priced := cost.Data{Switch: switchOf(in)}
	var left []NotPriced
	model := in.Resolved.Data
	for _, b := range model.Buckets {
		bucket := cost.Bucket{Name: b.Name, Bucket: in.Data.Buckets[b.Name]}
		priced.Buckets = append(priced.Buckets, bucket)
		if figures := bucket.Unknown(); figures != nil || in.WithoutData {
			left = append(left, NotPriced{Data: b.Name, Kind: "bucket", Figures: figures})
		}
	}
	for _, q := range model.Queues {
		if !q.Existing {
			priced.Queues++
		}
		if q.Consumer == "" || in.WithoutData {
			left = append(left, NotPriced{Data: q.Name, Kind: "queue", Figures: []string{"messages, which no service of the app consumes"}})
		}
	}
	for _, t := range model.Tables {
		table := cost.Table{Name: t.Name, Indexes: len(t.Indexes), Recovery: t.Recovery, Table: in.Data.Tables[t.Name]}
		priced.Tables = append(priced.Tables, table)
		if figures := table.Unknown(); figures != nil || in.WithoutData {
			left = append(left, NotPriced{Data: t.Name, Kind: "table", Figures: figures})
		}
	}
	for _, c := range model.Caches {
		cache := cost.Cache{Name: c.Name, MaxGiB: c.MaxStorageGiB, Cache: in.Data.Caches[c.Name]}
		priced.Caches = append(priced.Caches, cache)
		if figures := cache.Unknown(); figures != nil || in.WithoutData {
			left = append(left, NotPriced{Data: c.Name, Kind: "valkey", Figures: figures})
		}
	}
	for _, p := range model.Postgres {
		if p.Existing {
			continue // it is on its owner's bill
		}
		database := databaseOf(p, in.Data.Databases[p.Name])
		priced.Databases = append(priced.Databases, database)
		if figures := database.Unknown(); figures != nil || in.WithoutData {
			left = append(left, NotPriced{Data: p.Name, Kind: "postgres", Figures: figures})
		}
	}
	if !in.WithoutData {
		return priced, left
	}
	for i := range left {
		left[i].Figures = nil
	}
	return cost.Data{Switch: priced.Switch}, left
}

// switchOf is the DNS of an app with a switch.
func switchOf(in Input) cost.Switch {
	domains := map[string]bool{}
	requests, known := 0.0, true
	for _, s := range in.Resolved.Lambda.Services {
		if slices.Contains(in.Resolved.App.Weighted(), s.Domain) {
			n, given := in.Usage[s.Name].Requests.Get()
			domains[s.Domain], requests, known = true, requests+n, known && given
		}
	}
	if !known {
		return cost.Switch{Domains: len(domains)}
	}
	return cost.Switch{Domains: len(domains), Requests: demand.Known(requests)}
}

// databaseOf combines a database's model with its usage.
func databaseOf(p data.Postgres, usage demand.Database) cost.Database {
	d := cost.Database{Name: p.Name, Class: p.Class, StorageGiB: p.StorageGiB, BackupDays: p.BackupDays, Database: usage}
	if p.Serverless != nil {
		d.Min, d.Max = p.Serverless.Min, p.Serverless.Max
	}
	return d
}

// unsourced are the prices that an app needs, and that have no source.
func unsourced(sheet *price.Sheet, app cost.App) []NotPriced {
	var list []NotPriced
	if runs := app.Runs(); runs > 0 && !sheet.Has(cost.SchedulerPrice) {
		rough, known := sheet.Unsourced(cost.SchedulerPrice)
		list = append(list, NotPriced{
			Price: cost.SchedulerPrice, For: "runs that EventBridge Scheduler starts",
			Negligible: known && rough.Cost(runs) < price.Dollar/100,
		})
	}
	recovered := func(t cost.Table) bool { return t.Recovery }
	if slices.ContainsFunc(app.Data.Tables, recovered) && !sheet.Has(cost.TableBackupPrice) {
		list = append(list, NotPriced{Price: cost.TableBackupPrice, For: "point-in-time recovery of tables"})
	}
	for _, class := range app.Data.UnsourcedDatabases(sheet) {
		list = append(list, NotPriced{Price: cost.DatabasePrice(class), For: "instances of " + class + " for PostgreSQL, by the hour"})
	}
	for _, key := range app.Data.Switch.Unsourced(sheet) {
		list = append(list, NotPriced{Price: key, For: "DNS in Route 53, by which requests are switched"})
	}
	if len(app.Data.Caches) > 0 && !sheet.Has(cost.CacheStoragePrice) {
		list = append(list, NotPriced{Price: cost.CacheStoragePrice, For: "what caches store, by the GB and hour"})
	}
	if len(app.Data.Caches) > 0 && !sheet.Has(cost.CacheUnitsPrice) {
		list = append(list, NotPriced{Price: cost.CacheUnitsPrice, For: "commands of caches, by the KB"})
	}
	return list
}

// Left says what a comparison leaves out and could matter; empty for nothing.
func (r Result) Left() string { return leftOut(r.NotPriced, false) }

// leftOut describes what is not priced, with what is negligible or without.
func leftOut(parts []NotPriced, negligible bool) string {
	var kinds, figures, prices []string
	for _, n := range parts {
		switch {
		case n.Negligible && !negligible:
		case n.Negligible:
			prices = append(prices, n.For+" (--price "+n.Price+"=DOLLARS; at what is said of it, less than a cent a month)")
		case n.Price != "":
			prices = append(prices, n.For+" (--price "+n.Price+"=DOLLARS)")
		case n.Service != "", n.Figures == nil:
			kinds = append(kinds, n.What())
		default:
			figures = append(figures, n.Data+" ("+strings.Join(n.Figures, ", ")+")")
		}
	}
	var all []string
	if kinds != nil {
		all = append(all, strings.Join(kinds, ", ")+": not priced, and in none of these figures")
	}
	if figures != nil {
		all = append(all, "unknown usage of the data: "+strings.Join(figures, ", ")+", the same on both targets")
	}
	if prices != nil {
		all = append(all, "what has no sourced price: "+strings.Join(prices, ", "))
	}
	return strings.Join(all, "; ")
}
