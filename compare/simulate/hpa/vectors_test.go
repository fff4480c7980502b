package hpa

import (
	"bytes"
	"encoding/json"
	"os"
	"testing"
	"time"
)

// vector is one of the controller's own test cases, restated as data; see the
// file's source and note. They stand for about v1.37; tools/hpa runs v1.34.4.
type vector struct {
	Kind, Name   string
	Current      int32
	Desired      int32
	Min, Max     int32
	Target       int64
	Usage        int64
	Ready        int
	Pods         []vectorPod
	TolDown      float64 `json:"tol_down"`
	TolUp        float64 `json:"tol_up"`
	UpRules      rules   `json:"up_rules"`
	DownRules    rules   `json:"down_rules"`
	UpEvents     []pair  `json:"up_events"`
	DownEvents   []pair  `json:"down_events"`
	Recs         []pair
	UpWindow     float64 `json:"up_window"`
	DownWindow   float64 `json:"down_window"`
	Expect       int32
	ExpectUtil   *int64 `json:"expect_util"`
	ExpectAvg    *int64 `json:"expect_avg"`
	ExpectReason Limit  `json:"expect_condition"`
}

type vectorPod struct {
	Request int64
	Usage   *int64
	State   string
}

type rules struct {
	Select   string
	Window   float64
	Policies []policy
}

// policy is [type, value, seconds] in the file.
type policy struct{ Policy }

func (p *policy) UnmarshalJSON(text []byte) error {
	var kind string
	var value int32
	var period float64
	if err := json.Unmarshal(text, &[]any{&kind, &value, &period}); err != nil {
		return err
	}
	p.Policy = Policy{Percent: kind == "Percent", Value: value, Period: seconds(period)}
	return nil
}

// pair is [replicas, seconds ago] in the file.
type pair struct {
	replicas int32
	ago      time.Duration
}

func (p *pair) UnmarshalJSON(text []byte) error {
	var ago float64
	if err := json.Unmarshal(text, &[]any{&p.replicas, &ago}); err != nil {
		return err
	}
	p.ago = seconds(ago)
	return nil
}

func seconds(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }

// The tests behind the vectors do not use the controller's defaults.
const (
	vectorInitialization = 2 * time.Minute
	vectorReadinessDelay = 10 * time.Second
	vectorNow            = 3 * time.Hour
)

func TestVectors(t *testing.T) {
	text, err := os.ReadFile("testdata/vectors.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Source, Note string
		Vectors      []vector
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&file); err != nil {
		t.Fatal(err)
	}
	if len(file.Vectors) != 59 {
		t.Errorf("%d vectors, want 59", len(file.Vectors))
	}
	for _, v := range file.Vectors {
		t.Run(v.Kind+"/"+v.Name, func(t *testing.T) {
			n, value, reason := v.run(t)
			if n != v.Expect {
				t.Errorf("%d replicas, want %d", n, v.Expect)
			}
			if v.ExpectUtil != nil && value != *v.ExpectUtil {
				t.Errorf("utilization %d, want %d", value, *v.ExpectUtil)
			}
			if v.ExpectAvg != nil && value != *v.ExpectAvg {
				t.Errorf("average %d, want %d", value, *v.ExpectAvg)
			}
			if reason != v.ExpectReason {
				t.Errorf("limit %q, want %q", reason, v.ExpectReason)
			}
		})
	}
}

// run is what this package makes of the vector.
func (v vector) run(t *testing.T) (n int32, value int64, reason Limit) {
	a := New(Spec{Min: v.Min, Max: v.Max}, Flags{Initialization: vectorInitialization, ReadinessDelay: vectorReadinessDelay})
	a.tolerances = tolerances{v.TolDown, v.TolUp}
	switch v.Kind {
	case "resource", "pods_metric":
		m := Metric{Kind: Utilization, CPU: true, Target: v.Target}
		if v.Kind == "pods_metric" {
			m = Metric{Kind: Average, Target: v.Target}
		}
		pods, samples := v.pods(t)
		n, value, ok := a.replicas(m, vectorNow, v.Current, Reading{Pods: pods}, &Measured{Samples: samples})
		if !ok {
			t.Error("the metric has no answer")
		}
		return n, value, ""
	case "value":
		m := Metric{Kind: Total, Target: v.Target}
		pods := make([]Pod, v.Ready)
		for i := range pods {
			pods[i] = Pod{Phase: Running, Known: true, Ready: true}
		}
		n, _, ok := a.replicas(m, vectorNow, v.Current, Reading{Pods: pods}, &Measured{Value: v.Usage})
		if !ok {
			t.Error("the metric has no answer")
		}
		return n, 0, ""
	case "per_pod":
		m := Metric{Kind: TotalPerPod, Target: v.Target}
		n, _, _ := a.replicas(m, vectorNow, v.Current, Reading{Observed: v.Current}, &Measured{Value: v.Usage})
		return n, 0, ""
	case "rate":
		a.ups, a.downs = changes(v.UpEvents), changes(v.DownEvents)
		n, reason = a.limit(vectorNow, v.Current, v.Desired, v.Min, v.Max, &Behavior{Up: v.UpRules.rules(t), Down: v.DownRules.rules(t)})
		return n, 0, reason
	case "stabilize":
		a.recommendations = recommendations(v.Recs)
		b := &Behavior{Up: Rules{Window: seconds(v.UpWindow)}, Down: Rules{Window: seconds(v.DownWindow)}}
		return a.stabilize(vectorNow, v.Current, v.Desired, b), 0, ""
	case "legacy_stabilize":
		a.recommendations = recommendations(v.Recs)
		return a.highest(vectorNow, v.Desired, DefaultFlags().Stabilization), 0, ""
	case "legacy_rules":
		n, reason = limitWithout(v.Current, v.Desired, v.Min, v.Max)
		return n, 0, reason
	}
	t.Fatalf("no such kind: %q", v.Kind)
	return 0, 0, ""
}

// pods are pods of which the state follows by the controller's rules.
func (v vector) pods(t *testing.T) ([]Pod, []Sample) {
	pods, samples := make([]Pod, len(v.Pods)), make([]Sample, len(v.Pods))
	for i, p := range v.Pods {
		pod := Pod{Phase: Running, Known: true, Ready: true, Request: p.Request}
		switch p.State {
		case "ready":
		case "hot": // ready, but the sample is of its start
			pod.Started, pod.Changed = vectorNow-time.Minute, vectorNow-30*time.Second
		case "unready":
			pod.Ready = false
			pod.Started, pod.Changed = vectorNow-time.Minute, vectorNow-time.Minute
		case "pending":
			pod.Phase, pod.Ready = Pending, false
		case "ignored":
			pod.Phase = Succeeded
		default:
			t.Fatalf("no such state: %q", p.State)
		}
		pods[i] = pod
		if p.Usage != nil {
			samples[i] = Sample{Known: true, Value: *p.Usage, Taken: vectorNow, Window: time.Minute}
		}
	}
	return pods, samples
}

func (r rules) rules(t *testing.T) Rules {
	out := Rules{Window: seconds(r.Window)}
	switch r.Select {
	case "Max":
	case "Min":
		out.Select = Smallest
	case "Disabled":
		out.Select = Disabled
	default:
		t.Fatalf("no such choice: %q", r.Select)
	}
	for _, p := range r.Policies {
		out.Policies = append(out.Policies, p.Policy)
	}
	return out
}

func changes(pairs []pair) []change {
	var list []change
	for _, p := range pairs {
		list = append(list, change{replicas: p.replicas, at: vectorNow - p.ago})
	}
	return list
}

func recommendations(pairs []pair) []recommendation {
	var list []recommendation
	for _, p := range pairs {
		list = append(list, recommendation{p.replicas, vectorNow - p.ago})
	}
	return list
}
