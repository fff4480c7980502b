package lambda

import "ambi/stacks/stacktest"

func checkAlarms(t stacktest.T, g *stacktest.Graph, s expectations) {
	api := g.One(t, apiType, app)
	failing := g.One(t, alarmType, app+"-5xx")
	checkAlarm(t, failing, s, "AWS/ApiGateway", "5xx", 1000)
	wantTags(t, failing, "")
	failing.Want(t, "statistic", "Sum", "the metric counts answers")
	failing.Want(t, "dimensions.ApiId", api.Output("id"), "it watches this API", api)
	for _, w := range s.services {
		function := g.One(t, functionType, w.name())
		for suffix, metric := range map[string]string{"-errors": "Errors", "-throttles": "Throttles"} {
			lost := g.One(t, alarmType, w.name()+suffix)
			checkAlarm(t, lost, s, "AWS/Lambda", metric, 1000)
			wantTags(t, lost, w.service)
			lost.Want(t, "statistic", "Sum", "the metric counts requests that were lost")
			lost.Want(t, "dimensions.FunctionName", function.Output("name"), "it watches this function", function)
		}
		slow := g.One(t, alarmType, w.name()+"-duration")
		checkAlarm(t, slow, s, "AWS/Lambda", "Duration", float64(w.timeoutSeconds)*1000) // no request takes longer
		wantTags(t, slow, w.service)
		slow.Want(t, "extendedStatistic", "p99", "a mean hides the few requests that are about to time out")
		slow.Want(t, "dimensions.FunctionName", function.Output("name"), "it watches this function", function)
	}
}

// checkAlarm holds an alarm to a metric. When it goes off, and after how long, is a matter of
// taste within bounds.
func checkAlarm(t stacktest.T, r *stacktest.Resource, s expectations, namespace, metric string, most float64) {
	r.Want(t, "namespace", namespace, "AWS keeps the metric there")
	r.Want(t, "metricName", metric, "it is what the alarm watches")
	r.Want(t, "comparisonOperator", "GreaterThanThreshold", "more of it is worse")
	within(t, r, "threshold", 0, most, "the alarm must go off in the end")
	within(t, r, "period", 60, 3600, "a fault is found out within the hour")
	within(t, r, "evaluationPeriods", 1, 24, "AWS looks back one day at most")
	if seconds, _ := r.Input("period").(float64); int(seconds)%60 != 0 {
		t.Errorf("%s: its period is %v s: AWS takes whole minutes", r, seconds)
	}
	if text, _ := r.Inputs["alarmDescription"].(string); text == "" {
		t.Errorf("%s does not say what it is about", r.Name)
	}
	r.Want(t, "treatMissingData", "notBreaching", "nothing is wrong without requests")
	var topics any
	if topic := s.config["alarmTopicArn"]; topic != "" {
		topics = []string{topic}
	}
	r.Want(t, "alarmActions", topics, "it tells whom the stack names")
}
