package demand

import "ambi/spec"

// Table is what is known about the use of a table.
type Table struct {
	Stored Maybe[int64]   `json:"stored"`   // bytes of items and indexes, on average over a month
	Writes Maybe[float64] `json:"writes"`   // items a month that are put, updated or deleted
	Reads  Maybe[float64] `json:"reads"`    // requests a month that read
	Size   Maybe[int64]   `json:"itemSize"` // bytes of a mean item, or of what one request reads
}

// TableFromSpec takes what a spec says about a table's usage; nil says nothing.
func TableFromSpec(u *spec.TableUsage) Table {
	if u == nil {
		return Table{}
	}
	return Table{Stored: bytesOf(u.Stored), Writes: perMonth(u.Writes), Reads: perMonth(u.Reads), Size: bytesOf(u.ItemSize)}
}
