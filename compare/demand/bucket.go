package demand

import "ambi/spec"

// Bucket is what is known about the use of a bucket.
type Bucket struct {
	Stored Maybe[int64]   `json:"stored"` // bytes, on average over a month
	Writes Maybe[float64] `json:"writes"` // requests a month that write or list
	Reads  Maybe[float64] `json:"reads"`  // requests a month that read
}

// BucketFromSpec takes what a spec says about a bucket's usage; nil says nothing.
func BucketFromSpec(u *spec.BucketUsage) Bucket {
	if u == nil {
		return Bucket{}
	}
	return Bucket{Stored: bytesOf(u.Stored), Writes: perMonth(u.Writes), Reads: perMonth(u.Reads)}
}

func perMonth(r spec.Rate) Maybe[float64] {
	if r.IsZero() {
		return Maybe[float64]{}
	}
	return Known(r.PerMonth())
}
