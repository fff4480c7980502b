package queue

import (
	"github.com/HdrHistogram/hdrhistogram-go"

	"ambi/compare/simulate/replay"
)

// histogram is of times up to the longest that a message is kept, to three digits. Those of
// requests end at an hour.
type histogram struct {
	hdr *hdrhistogram.Histogram
	sum float64
}

func newHistogram() *histogram {
	return &histogram{hdr: hdrhistogram.New(1000, int64(longest), 3)}
}

func (h *histogram) record(nanoseconds int64) {
	h.sum += float64(nanoseconds)
	_ = h.hdr.RecordValue(min(nanoseconds, int64(longest)))
}

func (h *histogram) latency() replay.Latency { return replay.Summarize(h.hdr, h.sum) }
