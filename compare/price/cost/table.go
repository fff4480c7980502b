package cost

import (
	"math"

	"ambi/compare/demand"
	"ambi/compare/price"
)

// Table is one table paid by request, and how it is used.
type Table struct {
	Name     string
	Indexes  int  // with all attributes: each holds the items again, and a write is one to each, too
	Recovery bool // to any second of the last 35 days, by backups that are paid for
	demand.Table
}

// What DynamoDB meters a request by.
// Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html
const (
	writeUnitBytes = 1 << 10
	readUnitBytes  = 4 << 10 // half a unit, where the read may be some moments old
)

// TableBackupPrice is the price of point-in-time recovery. A region without it has it on no bill.
const TableBackupPrice = "dynamodb.backups"

// Unknown lists the figures of the table's use that are not given, in the words of the spec.
func (t Table) Unknown() []string {
	return unknown(figure{"stored", t.Stored.IsKnown()}, figure{"writes", t.Writes.IsKnown()}, figure{"reads", t.Reads.IsKnown()}, figure{"itemSize", t.Size.IsKnown()})
}

// units are the units of a month's requests, each of which has size bytes metered by each bytes.
func (t Table) units(requests demand.Maybe[float64], each float64) (units float64, known bool) {
	n, known := requests.Get()
	size, sizeKnown := t.Size.Get()
	return n * max(1, math.Ceil(float64(size)/each)), known && sizeKnown
}

// tables are the lines of DynamoDB.
func (b *builder) tables(list []Table) part {
	var stored, writes, reads, backups float64
	var storedKnown, writesKnown, readsKnown, recovered, backupsKnown bool
	for _, t := range list {
		bytes, ok := t.Stored.Get()
		gb := float64(bytes) / gib
		stored += gb
		storedKnown = storedKnown || ok
		// Recovery is metered by the table and its local indexes; those of ambi are global:
		// docs.aws.amazon.com/amazondynamodb/latest/developerguide/PointInTimeRecovery_Howitworks.html
		if t.Recovery {
			backups += gb / float64(1+t.Indexes)
			recovered, backupsKnown = true, backupsKnown || ok
		}
		if units, ok := t.units(t.Writes, writeUnitBytes); ok {
			writes += units * float64(1+t.Indexes)
			writesKnown = true
		}
		if units, ok := t.units(t.Reads, readUnitBytes); ok {
			reads += units / 2
			readsKnown = true
		}
	}
	storage := b.shared(storedKnown, "dynamodb.storage", price.GBMonth, "Table storage", "GB of items and indexes")
	writing := b.shared(writesKnown, "dynamodb.writes", price.WriteUnit, "Table requests, writes", "items x 1 KB units, for the table and each index")
	reading := b.shared(readsKnown, "dynamodb.reads", price.ReadUnit, "Table requests, reads", "requests x 4 KB units / 2")
	recovery := -1
	// Without a price, reports name it; a line of 0 would say that it costs nothing.
	if recovered && b.sheet.Has(TableBackupPrice) {
		recovery = b.shared(backupsKnown, TableBackupPrice, price.GBMonth, "Table backups", "GB of tables with recovery, without indexes")
	}
	return func(scale float64, q []float64) {
		q[storage], q[writing], q[reading] = stored*scale, writes*scale, reads*scale
		if recovery >= 0 {
			q[recovery] = backups * scale
		}
	}
}
