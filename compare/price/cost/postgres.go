package cost

import (
	"fmt"
	"slices"

	"ambi/compare/demand"
	"ambi/compare/price"
)

// Database is one PostgreSQL database that the data stack makes, and how it is used.
type Database struct {
	Name       string
	Class      string  // of an RDS instance, in one zone; empty for Aurora Serverless v2
	StorageGiB int     // of an instance
	Min, Max   float64 // ACUs of Aurora
	BackupDays int
	demand.Database
}

// DatabasePrice is the price of an RDS class.
func DatabasePrice(class string) string { return "rds." + class }

// Unknown lists the figures of the database's use that are not given, in the words of the spec.
func (d Database) Unknown() []string {
	backups := figure{"backups", d.Backups.IsKnown() || d.freeBackups()}
	if d.Class != "" {
		return unknown(backups)
	}
	return unknown(figure{"capacity", d.Capacity.IsKnown() || d.Min == d.Max}, figure{"stored", d.Stored.IsKnown()}, figure{"writes", d.Writes.IsKnown()}, figure{"reads", d.Reads.IsKnown()}, backups)
}

// freeBackups reports whether the backups cost nothing, however large they are: those of one day
// on Aurora (docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-storage-backup.html).
func (d Database) freeBackups() bool { return d.Class == "" && d.BackupDays == 1 }

// capacity is the mean capacity of Aurora in ACUs: the least that the spec allows, where it is not
// given.
func (d Database) capacity() float64 { return d.Capacity.Or(d.Min) }

// databases are the lines of RDS and Aurora. What is stored, read, written and backed up grows
// with the app's requests; instances and capacity do not.
func (b *builder) databases(list []Database) part {
	parts := []part{b.databaseSecrets(len(list))}
	var instances, clusters []Database
	for _, d := range list {
		if d.Class == "" {
			clusters = append(clusters, d)
		} else {
			instances = append(instances, d)
		}
	}
	if len(instances) > 0 {
		parts = append(parts, b.instances(instances))
	}
	if len(clusters) > 0 {
		parts = append(parts, b.clusters(clusters))
	}
	return all(parts)
}

// all is several parts as one.
func all(parts []part) part {
	return func(scale float64, q []float64) {
		for _, p := range parts {
			p(scale, q)
		}
	}
}

// databaseSecrets are the secrets with the passwords, which RDS makes.
func (b *builder) databaseSecrets(n int) part {
	secrets := b.add("secrets.secret", price.SecretMonth, line{name: "Secrets of databases", category: Shared, formula: "a secret with each database's password", fixed: true})
	return func(_ float64, q []float64) { q[secrets] = float64(n) }
}

// instances are the lines of RDS. A class without a price has no line, which would say that it
// costs nothing: reports name it.
func (b *builder) instances(list []Database) part {
	classes := map[int]float64{} // hours by line
	numbers := map[string]int{}
	storage, backups, backedUp := 0.0, 0.0, false
	for _, d := range list {
		storage += float64(d.StorageGiB)
		backups += float64(d.Backups.Or(0)) / gib
		backedUp = backedUp || d.Backups.IsKnown()
		key := DatabasePrice(d.Class)
		if !b.sheet.Has(key) {
			continue
		}
		n, there := numbers[key]
		if !there {
			n = b.add(key, price.Hour, line{name: "Database instances " + d.Class, category: Shared, formula: "instances x 730 h", fixed: true})
			numbers[key] = n
		}
		classes[n] += price.HoursPerMonth
	}
	disks := b.add("rds.storage", price.GBMonth, line{name: "Database storage", category: Shared, formula: "GB of the instances' disks", fixed: true})
	kept := b.shared(backedUp, "rds.backups", price.GBMonth, "Database backups", "GB of backups beyond the instances' disks, which are free")
	return func(scale float64, q []float64) {
		for n, hours := range classes {
			q[n] = hours
		}
		q[disks], q[kept] = storage, max(0, backups*scale-storage)
	}
}

// clusters are the lines of Aurora Serverless v2.
func (b *builder) clusters(list []Database) part {
	acus, stored, io, backups := 0.0, 0.0, 0.0, 0.0
	var storedKnown, ioKnown, backedUp bool
	atLeast := ""
	for _, d := range list {
		acus += d.capacity()
		if !d.Capacity.IsKnown() && d.Min < d.Max {
			atLeast = ", each at its min where its capacity is not given"
		}
		gb := float64(d.Stored.Or(0)) / gib
		stored += gb
		io += d.Writes.Or(0) + d.Reads.Or(0)
		storedKnown, ioKnown = storedKnown || d.Stored.IsKnown(), ioKnown || d.Writes.IsKnown() || d.Reads.IsKnown()
		if d.Backups.IsKnown() && !d.freeBackups() {
			backups += max(0, float64(d.Backups.Or(0))/gib-gb)
			backedUp = true
		}
	}
	capacity := b.add("aurora.capacity", price.ACUHour, line{name: "Database capacity, Aurora", category: Shared, formula: fmt.Sprintf("mean ACUs x 730 h%s", atLeast), fixed: true})
	storage := b.shared(storedKnown, "aurora.storage", price.GBMonth, "Database storage, Aurora", "GB that databases hold")
	requests := b.shared(ioKnown, "aurora.io", price.Request, "Database reads and writes, Aurora", "requests to the storage")
	kept := b.shared(backedUp, "aurora.backups", price.GBMonth, "Database backups, Aurora", "GB of backups beyond the size of each database, which is free")
	return func(scale float64, q []float64) {
		q[capacity], q[storage], q[requests], q[kept] = acus*price.HoursPerMonth, stored*scale, io*scale, backups*scale
	}
}

// UnsourcedDatabases lists the classes of databases that have no price, sorted.
func (d Data) UnsourcedDatabases(sheet *price.Sheet) []string {
	var list []string
	for _, database := range d.Databases {
		if database.Class != "" && !sheet.Has(DatabasePrice(database.Class)) {
			list = append(list, database.Class)
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}
