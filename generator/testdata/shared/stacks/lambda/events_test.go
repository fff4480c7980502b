package lambda

import (
	"encoding/json"

	"example.com/golden/stacks/stacktest"
)

const eventSourceType = "aws:lambda/eventSourceMapping:EventSourceMapping"

// startedBy is the queue, by its output of the data stack, whose messages start a function;
// of the events of a bucket, those that are about objects.
func startedBy(queue string, ofBucket bool) check {
	return func(t stacktest.T, g *stacktest.Graph, w wanted, s expectations) {
		alias, source := g.One(t, aliasType, w.name()), g.One(t, eventSourceType, w.name())
		wantTags(t, source, w.service)
		source.Want(t, "eventSourceArn", stacktest.DataOutputs[queue], "its messages start this function")
		source.Want(t, "functionName", alias.Output("arn"), "it must go to the alias, or a published version would never be used", alias)
		source.Want(t, "enabled", !w.rests(s), "two stacks would take each other's messages")
		source.Want(t, "functionResponseTypes", []string{"ReportBatchItemFailures"}, "one message that fails would bring the whole batch back")
		source.Want(t, "batchSize", w.events.batch, "it is the most that the app takes at once")
		source.Want(t, "scalingConfig.maximumConcurrency", w.events.most, "it is the most that runs at once")
		var window any
		if w.events.windowSeconds > 0 {
			window = w.events.windowSeconds
		}
		source.Want(t, "maximumBatchingWindowInSeconds", window, "messages wait for as long")
		if w.events.batch > 10 && w.events.windowSeconds < 1 {
			t.Errorf("%s: a batch of %d: AWS takes no more than 10 without a window", source, w.events.batch)
		}
		if w.timeoutSeconds < 1 || w.timeoutSeconds > 900 {
			t.Errorf("%s: a timeout of %d s: no invocation lasts longer than 900", source, w.timeoutSeconds)
		}
		checkFilter(t, source, ofBucket)
	}
}

// checkFilter holds an event source to leaving out the test events that S3 sends, and to
// nothing else.
func checkFilter(t stacktest.T, source *stacktest.Resource, ofBucket bool) {
	if !ofBucket {
		source.Want(t, "filterCriteria", nil, "a message that does not match would be deleted silently")
		return
	}
	text, _ := source.Input("filterCriteria.filters[0].pattern").(string)
	var pattern struct {
		Body struct {
			Records struct{ EventSource []string }
		}
	}
	if err := json.Unmarshal([]byte(text), &pattern); err != nil || len(pattern.Body.Records.EventSource) != 1 || pattern.Body.Records.EventSource[0] != "aws:s3" {
		t.Errorf("%s: its filter is %q, want one for records from aws:s3: S3 sends test events too, and the app does not know them", source, text)
	}
}
