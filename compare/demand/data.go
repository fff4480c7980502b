package demand

import "ambi/spec"

// Data is what is known about the use of an app's data, by name. What is missing is used in ways
// that are unknown.
type Data struct {
	Buckets   map[string]Bucket
	Tables    map[string]Table
	Databases map[string]Database
	Caches    map[string]Cache
}

// DataFromSpec takes what a spec says about the use of the app's data.
func DataFromSpec(app *spec.App) Data {
	d := Data{Buckets: map[string]Bucket{}, Tables: map[string]Table{}, Databases: map[string]Database{}, Caches: map[string]Cache{}}
	for _, name := range app.DataNames() {
		u := app.UsageOfData(name)
		d.Buckets[name], d.Tables[name] = BucketFromSpec(u.Bucket), TableFromSpec(u.Table)
		d.Databases[name], d.Caches[name] = DatabaseFromSpec(u.Postgres), CacheFromSpec(u.Valkey)
	}
	return d
}
