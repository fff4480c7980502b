package cost

import (
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"ambi/compare/demand"
	"ambi/compare/price"
)

// orders is an instance with a 50 GiB disk whose backups take 70 GiB.
func orders() Database {
	return Database{Name: "orders", Class: "db.t4g.small", StorageGiB: 50, BackupDays: 7, Database: demand.Database{Backups: demand.Known[int64](70 << 30)}}
}

// ledger is an Aurora cluster of 0.5 to 4 ACUs, 1.5 on average, of 20 GiB with 30 GiB of backups, 10 M
// reads and 5 M writes.
func ledger() Database {
	return Database{Name: "ledger", Min: .5, Max: 4, BackupDays: 7, Database: demand.Database{
		Capacity: demand.Known(1.5), Stored: demand.Known[int64](20 << 30), Backups: demand.Known[int64](30 << 30), Writes: demand.Known(5e6), Reads: demand.Known(10e6),
	}}
}

// An instance: 730 h x .032 = 23.36; 50 GB x .115 = 5.75; 20 GB of backups beyond the disk x .095 = 1.90.
// Aurora: 1.5 x 730 x .12 = 131.40; 20 GB x .10 = 2.00; 15 M requests x .20 / M = 3.00; 10 GB of
// backups beyond the database x .021 = .21. Two secrets: .80. Four times the requests: 230 GB of the instance's backups
// are 21.85, and of Aurora 8.00, 12.00 and .84.
func TestDatabasesByHand(t *testing.T) {
	app := App{Workloads: []Workload{resizing(t)}, Data: Data{Databases: []Database{orders(), ledger()}}}
	for _, m := range []*Model{lambdaOf(t, app, Defaults()), kubernetesOf(t, app, Defaults())} {
		wantLines(t, m.Bill(1), map[string]string{
			"Database instances db.t4g.small": "23.36", "Database storage": "5.75", "Database backups": "1.90",
			"Database capacity, Aurora": "131.40", "Database storage, Aurora": "2.00", "Database reads and writes, Aurora": "3.00", "Database backups, Aurora": "0.21",
			"Secrets of databases": "0.80",
		})
		wantLines(t, m.Bill(4), map[string]string{
			"Database instances db.t4g.small": "23.36", "Database storage": "5.75", "Database backups": "21.85",
			"Database capacity, Aurora": "131.40", "Database storage, Aurora": "8.00", "Database reads and writes, Aurora": "12.00", "Database backups, Aurora": "0.84",
			"Secrets of databases": "0.80",
		})
	}
}

// What is not given of a database is unknown; its capacity is at least the least that the spec allows: .5 x 730 x .12
// = 43.80. Backups of one day are free on Aurora.
func TestUnknownUseOfDatabases(t *testing.T) {
	bare := Database{Name: "ledger", Min: .5, Max: 4, BackupDays: 7}
	if got := bare.Unknown(); !slices.Equal(got, []string{"capacity", "stored", "writes", "reads", "backups"}) {
		t.Errorf("unknown: %v", got)
	}
	if got := (Database{Class: "db.t4g.small"}).Unknown(); !slices.Equal(got, []string{"backups"}) {
		t.Errorf("unknown of an instance: %v", got)
	}
	if got := (Database{Min: 1, Max: 1, BackupDays: 1, Database: demand.Database{Stored: demand.Known[int64](1), Writes: demand.Known(1.), Reads: demand.Known(1.)}}).Unknown(); got != nil {
		t.Errorf("unknown of one that is known: %v", got)
	}
	app := App{Workloads: []Workload{resizing(t)}, Data: Data{Databases: []Database{bare}}}
	bill := lambdaOf(t, app, Defaults()).Bill(1)
	wantLines(t, bill, map[string]string{"Database capacity, Aurora": "43.80", "Database storage, Aurora": "0.00"})
	if !slices.ContainsFunc(bill.Components, func(c Component) bool { return strings.Contains(c.Formula, "each at its min") }) {
		t.Error("no formula says that the capacity is the least")
	}
}

// A class without a price has no line, and is named; with a price from the user it is 730 x .065 = 47.45.
func TestClassWithoutAPrice(t *testing.T) {
	medium := Database{Name: "db", Class: "db.t4g.medium", StorageGiB: 20}
	app := App{Workloads: []Workload{resizing(t)}, Data: Data{Databases: []Database{medium, medium}}}
	if got := app.Data.UnsourcedDatabases(sheet(t)); !slices.Equal(got, []string{"db.t4g.medium"}) {
		t.Errorf("without a price: %v", got)
	}
	for _, c := range lambdaOf(t, app, Defaults()).Bill(1).Components {
		if strings.HasPrefix(c.Name, "Database instances") {
			t.Errorf("a line for what has no price: %s", c.Name)
		}
	}
	priced := with(t, "rds.db.t4g.medium=0.065")
	if got := app.Data.UnsourcedDatabases(priced); got != nil {
		t.Errorf("without a price, with one that is given: %v", got)
	}
	m, err := Lambda(priced, app, Defaults())
	if err != nil {
		t.Fatal(err)
	}
	wantLines(t, m.Bill(1), map[string]string{"Database instances db.t4g.medium": "94.90", "Database storage": "4.60"})
}

// with is a sheet with prices that the user gives.
func with(t *testing.T, overrides ...string) *price.Sheet {
	t.Helper()
	book, err := price.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	var changes []price.Change
	for _, o := range overrides {
		change, err := price.ParseOverride(o)
		if err != nil {
			t.Fatal(err)
		}
		changes = append(changes, change)
	}
	sheet, err := book.In("us-east-1", changes...)
	if err != nil {
		t.Fatal(err)
	}
	return sheet
}

// With prices that are given: 100 MB x 730 h x .084 = 6.132 for a cache of less, and 2 GB x 730 x .084 = 122.64;
// (1 M writes + 9 M reads) of 3,200 bytes are 31.25 M units x .0023 = .071875. At twenty times the requests, a
// cache of 2 GB is at its limit of 5: 306.60.
func TestCachesByHand(t *testing.T) {
	small := Cache{Name: "small", MaxGiB: 1, Cache: demand.Cache{Stored: demand.Known[int64](1 << 20)}}
	large := Cache{Name: "large", MaxGiB: 5, Cache: demand.Cache{Stored: demand.Known[int64](2 << 30), Writes: demand.Known(1e6), Reads: demand.Known(9e6), Size: demand.Known[int64](3200)}}
	if got := small.Unknown(); !slices.Equal(got, []string{"writes", "reads", "itemSize"}) {
		t.Errorf("unknown: %v", got)
	}
	app := App{Workloads: []Workload{resizing(t)}, Data: Data{Caches: []Cache{small, large}}}
	for _, c := range lambdaOf(t, app, Defaults()).Bill(1).Components {
		if strings.HasPrefix(c.Name, "Cache") {
			t.Errorf("a line for what has no price: %s", c.Name)
		}
	}
	m, err := Lambda(with(t, CacheStoragePrice+"=0.084", CacheUnitsPrice+"=0.0000000023"), app, Defaults())
	if err != nil {
		t.Fatal(err)
	}
	wantLines(t, m.Bill(1), map[string]string{"Cache storage": "128.77", "Cache requests": "0.07"})
	wantLines(t, m.Bill(20), map[string]string{"Cache storage": "312.73", "Cache requests": "1.44"})
}

// caches is what caches add to both bills: each is paid for at least 100 MB, and stores no more than its most.
func (n naiveQueue) caches() amounts {
	stored, units := 0.0, 0.0
	for _, c := range n.data.Caches {
		gb := math.Max(.1, float64(c.Stored.Or(-1))/1073741824)
		stored += math.Min(gb, float64(c.MaxGiB)) * 730
		commands := c.Writes.Or(-1) + c.Reads.Or(-1)
		if size := float64(c.Size.Or(-1)); size > 1024 {
			commands *= size / 1024
		}
		units += commands
	}
	return amounts{"Cache storage": n.price(CacheStoragePrice, stored), "Cache requests": n.price(CacheUnitsPrice, units)}
}

// randomCaches draws caches, all of whose use is known.
func randomCaches(random *rand.Rand) []Cache {
	var list []Cache
	for range random.IntN(3) {
		list = append(list, Cache{Name: "c", MaxGiB: 1 + random.IntN(20), Cache: demand.Cache{
			Stored: demand.Known(random.Int64N(1 << (20 + random.IntN(16)))), Writes: demand.Known(1e8 * random.Float64()), Reads: demand.Known(1e9 * random.Float64()),
			Size: demand.Known(random.Int64N(4096)),
		}})
	}
	return list
}

// databases is what databases add to both bills, each priced apart where its parts do not
// make up for one another's.
func (n naiveQueue) databases() amounts {
	list := amounts{}
	var capacity, stored, io, kept, disks, backups float64
	clusters, instances := false, false
	classes := map[string]float64{}
	for _, d := range n.data.Databases {
		if d.Class != "" {
			classes[d.Class] += 730
			disks += float64(d.StorageGiB)
			backups += float64(d.Backups.Or(0)) / 1073741824
			instances = true
			continue
		}
		clusters = true
		capacity += d.Capacity.Or(-1) * 730
		stored += float64(d.Stored.Or(0)) / 1073741824
		io += d.Reads.Or(0) + d.Writes.Or(0)
		if over := float64(d.Backups.Or(0)-d.Stored.Or(0)) / 1073741824; over > 0 && d.BackupDays > 1 {
			kept += over
		}
	}
	for class, hours := range classes {
		list["Database instances "+class] = n.price("rds."+class, hours)
	}
	if instances {
		list["Database storage"] = n.price("rds.storage", disks)
		list["Database backups"] = n.price("rds.backups", math.Max(0, backups-disks))
	}
	if clusters {
		list["Database capacity, Aurora"] = n.price("aurora.capacity", capacity)
		list["Database storage, Aurora"] = n.price("aurora.storage", stored)
		list["Database reads and writes, Aurora"] = n.price("aurora.io", io)
		list["Database backups, Aurora"] = n.price("aurora.backups", kept)
	}
	list["Secrets of databases"] = n.price("secrets.secret", float64(len(n.data.Databases)))
	return list
}

// randomDatabases draws databases, all of whose use is known.
func randomDatabases(random *rand.Rand) []Database {
	var list []Database
	for range random.IntN(4) {
		d := Database{Name: "d", BackupDays: 1 + random.IntN(3), Database: demand.Database{Backups: demand.Known(random.Int64N(1 << 38))}}
		if random.IntN(2) == 0 {
			d.Class, d.StorageGiB = []string{"db.t4g.micro", "db.t4g.small", "db.t3.large"}[random.IntN(3)], 20+random.IntN(100)
		} else {
			d.Min, d.Max = .5, 8
			d.Capacity, d.Stored = demand.Known(.5+float64(random.IntN(15))/2), demand.Known(random.Int64N(1<<38))
			d.Writes, d.Reads = demand.Known(1e8*random.Float64()), demand.Known(1e9*random.Float64())
		}
		list = append(list, d)
	}
	return list
}
