package records

import (
	"encoding/json"
	"errors"
	"io"
	"maps"
	"math"
	"slices"
	"strings"

	"ambi/compare/demand/wire"
	"ambi/internal/problem"
)

// lambdaMetric is what a metric of Lambda or of Lambda Insights is about, by a part of its ID
// or label.
//
// https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html,
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Lambda-Insights-metrics.html
type lambdaMetric int

const (
	otherMetric lambdaMetric = iota
	invocations
	duration
	initDuration // of Lambda Insights, in ms
	cpuTotal     // of Lambda Insights: user and system, in ms
	usedMemory   // of Lambda Insights, in MB
	totalMemory
)

func metricOf(id, label string) (kind lambdaMetric, sum bool) {
	text := strings.ToLower(id + " " + label)
	plain := strings.NewReplacer("_", "", " ", "", "-", "", "@", "").Replace(text)
	has := func(word string) bool { return strings.Contains(plain, word) }
	sum = has("sum")
	switch {
	case has("initduration"):
		return initDuration, sum
	case has("cputotaltime"):
		return cpuTotal, sum
	case has("usedmemorymax"):
		return usedMemory, sum
	case has("totalmemory"):
		return totalMemory, sum
	case has("duration") && !has("iterator") && !has("extensions"):
		return duration, sum
	case has("invocations"):
		return invocations, true
	}
	return otherMetric, false
}

// cloudWatch reads pages of GetMetricData and GetMetricStatistics. A mean of an interval counts
// by the invocations in it.
func (r *Report) cloudWatch(text io.Reader, name string) error {
	decoder := json.NewDecoder(io.LimitReader(text, maxText))
	values := map[lambdaMetric]map[string]float64{} // by time
	sums := map[lambdaMetric]bool{}
	next, known := "", false
	var labels []string
	for {
		var page wire.CloudWatchPage
		err := decoder.Decode(&page)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return badJSON(name, "of CloudWatch", err)
		}
		next = page.NextToken
		for _, m := range page.MetricDataResults {
			if len(m.Timestamps) != len(m.Values) {
				return problem.File(name, 0, "%s has %d timestamps and %d values", m.Label, len(m.Timestamps), len(m.Values))
			}
			labels = append(labels, m.Label)
			kind, sum := metricOf(m.ID, m.Label)
			if kind == otherMetric {
				continue
			}
			if _, twice := values[kind]; twice && sums[kind] != sum {
				return problem.File(name, 0, "has two statistics of %s", m.Label).Hint("give Average, and Invocations with the statistic Sum")
			}
			if values[kind] == nil {
				values[kind] = map[string]float64{}
			}
			sums[kind] = sum
			for i, at := range m.Timestamps {
				if v := m.Values[i]; v < 0 || math.IsNaN(v) || math.IsInf(v, 0) {
					r.skipped++
					continue
				}
				values[kind][string(at)] = m.Values[i]
			}
		}
		if len(page.Datapoints) > 0 {
			labels = append(labels, page.Label)
			known = r.dataPoints(name, page) || known
		}
	}
	if next != "" {
		r.warn("%s: is not complete: the page that its NextToken asks for is missing", name)
	}
	known = r.series(name, values, sums) || known
	if !known {
		return problem.File(name, 0, "has none of Lambda's metrics that are known, got %s", strings.Join(labels, ", ")).
			Hint("give Duration with Average and Invocations with Sum, or Lambda Insights' cpu_total_time, init_duration and used_memory_max")
	}
	return nil
}

// series adds the metrics of GetMetricData.
func (r *Report) series(name string, values map[lambdaMetric]map[string]float64, sums map[lambdaMetric]bool) (known bool) {
	counts := values[invocations]
	for _, kind := range []lambdaMetric{duration, initDuration, cpuTotal, usedMemory, totalMemory} {
		points := values[kind]
		for _, at := range slices.Sorted(maps.Keys(points)) { // in order: adding rounds
			v := points[at]
			weight, counted := counts[at]
			switch {
			case counts == nil && sums[kind]:
				r.warn("%s: has sums without Invocations: they say no mean", name)
				continue
			case counts == nil:
				weight = severalInvocations
				r.warn("%s: has no Invocations, so each interval counts alike", name)
			case !counted:
				r.skipped++
				continue
			case weight <= 0:
				continue
			case sums[kind]:
				v /= weight
			}
			w := noRow()
			*map[lambdaMetric]*float64{duration: &w.duration, initDuration: &w.start, cpuTotal: &w.cpu, usedMemory: &w.used, totalMemory: &w.memory}[kind] = v
			r.add(w, max(weight, severalInvocations))
			known = known || kind != totalMemory
		}
	}
	if counts != nil && values[initDuration] != nil {
		r.warn("%s: starts are weighted by invocations, and not by cold starts, which the metrics do not count", name)
	}
	return known
}

// dataPoints adds those of GetMetricStatistics.
func (r *Report) dataPoints(name string, page wire.CloudWatchPage) (known bool) {
	kind, _ := metricOf("", page.Label)
	for _, d := range page.Datapoints {
		var mean float64
		weight := severalInvocations
		switch {
		case kind == otherMetric || kind == invocations:
			return false
		case d.Average != nil:
			mean = *d.Average
			if d.SampleCount != nil {
				weight = *d.SampleCount
			} else {
				r.warn("%s: has no SampleCount, so each interval counts alike", name)
			}
		case d.Sum != nil && d.SampleCount != nil && *d.SampleCount > 0:
			mean, weight = *d.Sum / *d.SampleCount, *d.SampleCount
		case d.Maximum != nil && kind == usedMemory:
			mean = *d.Maximum
		default:
			r.skipped++
			continue
		}
		w := noRow()
		*map[lambdaMetric]*float64{duration: &w.duration, initDuration: &w.start, cpuTotal: &w.cpu, usedMemory: &w.used, totalMemory: &w.memory}[kind] = mean
		r.add(w, weight)
		known = true
	}
	return known
}
