package cost

import (
	"math/rand/v2"
	"slices"
	"testing"

	"ambi/compare/demand"
)

// sessions is a table of 3 GiB with one index: 2 M writes and 10 M reads of 1,500 bytes a month.
func sessions() Table {
	return Table{Name: "sessions", Indexes: 1, Recovery: true, Table: demand.Table{
		Stored: demand.Known[int64](3 << 30), Writes: demand.Known(2e6), Reads: demand.Known(10e6), Size: demand.Known[int64](1500),
	}}
}

// 3 GB x .25 = .75; 2 M writes x 2 units x 2, for the index, x .625 / M = 5.00; 10 M reads x
// half a unit x .125 / M = .625, so 5.00 for 8 times as many. Recovery is of 1.5 GB, without the index, x .20 = .30.
func TestTablesByHand(t *testing.T) {
	app := App{Workloads: []Workload{resizing(t)}, Data: Data{Tables: []Table{sessions()}}}
	for _, m := range []*Model{lambdaOf(t, app, Defaults()), kubernetesOf(t, app, Defaults())} {
		wantLines(t, m.Bill(1), map[string]string{"Table storage": "0.75", "Table requests, writes": "5.00", "Table backups": "0.30"})
		wantLines(t, m.Bill(8), map[string]string{"Table storage": "6.00", "Table requests, writes": "40.00", "Table requests, reads": "5.00", "Table backups": "2.40"})
	}
}

// What is not given of a table is on neither bill, and reported as unknown: units need a size.
func TestUnknownUseOfTables(t *testing.T) {
	table := Table{Name: "t", Table: demand.Table{Writes: demand.Known(1e6)}}
	if got := table.Unknown(); !slices.Equal(got, []string{"stored", "reads", "itemSize"}) {
		t.Errorf("unknown: %v", got)
	}
	app := App{Workloads: []Workload{resizing(t)}, Data: Data{Tables: []Table{table}}}
	wantLines(t, lambdaOf(t, app, Defaults()).Bill(1), map[string]string{"Table requests, writes": "0.00"})
	app.Data.Tables[0].Size = demand.Known[int64](0) // an item has a unit at least
	wantLines(t, lambdaOf(t, app, Defaults()).Bill(1), map[string]string{"Table requests, writes": "0.63"})
}

// tables is what tables add to both bills, counted byte by byte of units.
func (n naiveQueue) tables() amounts {
	var stored, writes, reads, backups float64
	recovered := false
	for _, t := range n.data.Tables {
		if t.Recovery {
			backups += float64(t.Stored.Or(0)) / 1073741824 / float64(1+t.Indexes)
			recovered = true
		}
		stored += float64(t.Stored.Or(0)) / 1073741824
		perItem, perRead := 0.0, 0.0
		for left := t.Size.Or(0); perItem == 0 || left > 0; left -= 1024 {
			perItem++
		}
		for left := t.Size.Or(0); perRead == 0 || left > 0; left -= 4096 {
			perRead += .5
		}
		for range 1 + t.Indexes {
			writes += t.Writes.Or(0) * perItem
		}
		reads += t.Reads.Or(0) * perRead
	}
	list := amounts{
		"Table storage": n.price("dynamodb.storage", stored), "Table requests, writes": n.price("dynamodb.writes", writes), "Table requests, reads": n.price("dynamodb.reads", reads),
	}
	if recovered {
		list["Table backups"] = n.price("dynamodb.backups", backups)
	}
	return list
}

// randomTables draws tables, all of whose use is known.
func randomTables(random *rand.Rand) []Table {
	var list []Table
	for range random.IntN(3) {
		list = append(list, Table{Name: "t", Indexes: random.IntN(4), Recovery: random.IntN(2) == 0, Table: demand.Table{
			Stored: demand.Known(random.Int64N(1 << 40)), Writes: demand.Known(1e7 * random.Float64()), Reads: demand.Known(1e8 * random.Float64()), Size: demand.Known(random.Int64N(40_000)),
		}})
	}
	return list
}
