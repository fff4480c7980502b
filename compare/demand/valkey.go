package demand

import "ambi/spec"

// Cache is what is known about the use of a cache.
type Cache struct {
	Stored Maybe[int64]   `json:"stored"`   // bytes, on average over a month
	Writes Maybe[float64] `json:"writes"`   // commands a month that write
	Reads  Maybe[float64] `json:"reads"`    // commands a month that read
	Size   Maybe[int64]   `json:"itemSize"` // bytes that a mean command transfers
}

// CacheFromSpec takes what a spec says about a cache's usage; nil says nothing.
func CacheFromSpec(u *spec.ValkeyUsage) Cache {
	if u == nil {
		return Cache{}
	}
	return Cache{Stored: bytesOf(u.Stored), Writes: perMonth(u.Writes), Reads: perMonth(u.Reads), Size: bytesOf(u.ItemSize)}
}
