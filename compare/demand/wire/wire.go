// Package wire has the JSON documents of monitoring systems as Go types, for the packages that
// read them: traces count requests in them, and records find out how long those took.
package wire

import "encoding/json"

// CloudWatchPage is what GetMetricData returns, or GetMetricStatistics, as the AWS CLI prints
// them.
//
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html,
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricStatistics.html
type CloudWatchPage struct {
	MetricDataResults []MetricData
	NextToken         string // of the page that is missing; empty where none is
	Label             string // of the data points
	Datapoints        []Datapoint
}

// MetricData is a metric with a value a time.
type MetricData struct {
	ID         string `json:"Id"`
	Label      string
	StatusCode string
	Timestamps []json.RawMessage
	Values     []float64
}

// Datapoint has the statistics that were asked for.
type Datapoint struct {
	Timestamp                          json.RawMessage
	Sum, SampleCount, Average, Maximum *float64
}

// LogsInsightsAnswer is what GetQueryResults returns.
//
// https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_GetQueryResults.html
type LogsInsightsAnswer struct {
	Results [][]LogsInsightsField
	Status  string
}

// LogsInsightsField is a column of a row.
type LogsInsightsField struct{ Field, Value string }

// PrometheusAnswer is what a query returns.
//
// https://prometheus.io/docs/prometheus/latest/querying/api/#range-queries
type PrometheusAnswer struct {
	Status, Error string
	Data          struct {
		ResultType string
		Result     []PrometheusSeries
	}
	Warnings []string
}

// PrometheusSeries is a series of [seconds, "value"].
type PrometheusSeries struct {
	Metric map[string]string
	Values [][2]json.RawMessage
}
