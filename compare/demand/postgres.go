package demand

import "ambi/spec"

// Database is what is known about the use of a PostgreSQL database.
type Database struct {
	Backups  Maybe[int64]   `json:"backups"`  // bytes that its backups hold, on average over a month
	Capacity Maybe[float64] `json:"capacity"` // ACUs of a serverless one, likewise
	Stored   Maybe[int64]   `json:"stored"`   // bytes of a serverless one, likewise
	Writes   Maybe[float64] `json:"writes"`   // requests a month to the storage of a serverless one
	Reads    Maybe[float64] `json:"reads"`    // the same
}

// DatabaseFromSpec takes what a spec says about a database's usage; nil says nothing.
func DatabaseFromSpec(u *spec.PostgresUsage) Database {
	if u == nil {
		return Database{}
	}
	d := Database{Backups: bytesOf(u.Backups), Stored: bytesOf(u.Stored), Writes: perMonth(u.Writes), Reads: perMonth(u.Reads)}
	if u.Capacity != nil {
		d.Capacity = Known(float64(u.Capacity.Milli()) / 1000)
	}
	return d
}
