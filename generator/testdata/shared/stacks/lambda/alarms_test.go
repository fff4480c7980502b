package lambda

import (
	"example.com/golden/stacks/stacktest"
)

func checkAlarms(t stacktest.T, g *stacktest.Graph, f facts) {
	api := g.One(t, apiType, app)
	failing := g.One(t, alarmType, app+"-5xx")
	checkAlarm(t, failing, f, "AWS/ApiGateway", "5xx", serverErrors, 1)
	failing.Want(t, "statistic", "Sum", "the metric counts answers")
	failing.Want(t, "dimensions.ApiId", api.Output("id"), "it watches this API", api)
	for _, s := range f.services {
		function := g.One(t, functionType, s.name)
		for suffix, metric := range map[string]string{"-errors": "Errors", "-throttles": "Throttles"} {
			lost := g.One(t, alarmType, s.name+suffix)
			checkAlarm(t, lost, f, "AWS/Lambda", metric, 0, 1)
			lost.Want(t, "statistic", "Sum", "the metric counts requests that were lost")
			lost.Want(t, "dimensions.FunctionName", function.Output("name"), "it watches this function", function)
		}
		slow := g.One(t, alarmType, s.name+"-duration")
		checkAlarm(t, slow, f, "AWS/Lambda", "Duration", slowPart*float64(s.timeoutSeconds)*1000, slowPeriods)
		slow.Want(t, "extendedStatistic", "p99", "a mean hides the few requests that are about to time out")
		slow.Want(t, "dimensions.FunctionName", function.Output("name"), "it watches this function", function)
	}
}

func checkAlarm(t stacktest.T, r *stacktest.Resource, f facts, namespace, metric string, above float64, periods int) {
	r.Want(t, "namespace", namespace, "AWS keeps the metric there")
	r.Want(t, "metricName", metric, "it is what the alarm watches")
	r.Want(t, "comparisonOperator", "GreaterThanThreshold", "more of it is worse")
	r.Want(t, "threshold", above, "somebody should look above it")
	r.Want(t, "period", alarmPeriodSeconds, "AWS has no default")
	r.Want(t, "evaluationPeriods", periods, "AWS has no default")
	if text, _ := r.Inputs["alarmDescription"].(string); text == "" {
		t.Errorf("%s says nothing to whom it wakes", r.Name)
	}
	r.Want(t, "treatMissingData", "notBreaching", "nothing is wrong where nobody asks")
	var topics any
	if f.alarmTopic != "" {
		topics = []string{f.alarmTopic}
	}
	r.Want(t, "alarmActions", topics, "it tells whom the stack names")
}
