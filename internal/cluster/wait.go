package cluster

import (
	"context"
	"fmt"
	"time"
)

// Wait asks until the answer is no error. When the context ends first, the error
// says for what it waited, why it stopped and what the last answer was.
func Wait(ctx context.Context, what string, ask func(context.Context) error) error {
	const pause = 100 * time.Millisecond
	var last error
	for {
		err := ask(ctx)
		if err == nil {
			return nil
		}
		if ctx.Err() == nil {
			last = err // an error of an ended context would hide the one that matters
		}
		select {
		case <-ctx.Done():
			//nolint:errorlint // the cause is what to look for, and last may be nil
			return fmt.Errorf("waited for %s: %w\nlast: %v", what, context.Cause(ctx), last)
		case <-time.After(pause):
		}
	}
}
