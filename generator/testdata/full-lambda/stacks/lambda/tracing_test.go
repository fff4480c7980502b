package lambda

import "example.com/golden/stacks/stacktest"

func traced(t stacktest.T, g *stacktest.Graph, w wanted, _ expectations) {
	g.One(t, functionType, w.name()).Want(t, "tracingConfig.mode", "Active", "Lambda otherwise traces only what a caller has decided to trace")
}

func sendsTraces(stacktest.T, *stacktest.Graph, *stacktest.Resource) statement {
	return statement{Effect: "Allow", Action: names{"xray:PutTelemetryRecords", "xray:PutTraceSegments"}, Resource: names{"*"}}
}
