package replay

import (
	"context"
	"errors"
	"slices"
)

// WasStopped reports whether a source ended because the run was stopped: what came
// until then counts, and is a part.
func WasStopped(ctx context.Context, err error) bool {
	return err != nil && ctx.Err() != nil && errors.Is(err, ctx.Err())
}

// Passed are a trace's counts up to a time on the trace's own clock: what a
// sampled run that was stopped there stands for.
func (p *Plan) Passed(to int64) Counts {
	to = min(max(to, 0), p.span)
	c := Counts{Minutes: slices.Clone(p.counts[:(to+minute-1)/minute]), Span: to}
	if last := len(c.Minutes) - 1; last >= 0 { // what there is of the minute in which it stopped
		from := int64(last) * minute
		c.Minutes[last] *= float64(to-from) / float64(min(minute, p.span-from))
	}
	return c
}
