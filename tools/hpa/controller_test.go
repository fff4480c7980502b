package hpa

import (
	"context"
	"errors"
	"time"

	autoscalingv1 "k8s.io/api/autoscaling/v1"
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	v1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/watch"
	autoscalingclient "k8s.io/client-go/kubernetes/typed/autoscaling/v2"
	coreclient "k8s.io/client-go/kubernetes/typed/core/v1"
	autoscalinglisters "k8s.io/client-go/listers/autoscaling/v2"
	corelisters "k8s.io/client-go/listers/core/v1"
	"k8s.io/client-go/scale"
	"k8s.io/client-go/tools/cache"
	"k8s.io/kubernetes/pkg/controller/podautoscaler"
	"k8s.io/kubernetes/pkg/controller/podautoscaler/metrics"

	ambi "tools/hpa/ambi"
)

const (
	namespace = "default"
	name      = "app"
	// Informers read their stores again after this long, which no test reaches.
	// Those that never do wait on a channel from outside of synctest's bubble.
	resync = 24 * time.Hour
)

// cluster is what the controller talks to, as far as it asks.
type cluster struct {
	replicas int32 // spec.replicas of the scale target
	observed int32 // status.replicas
	updates  int   // of the scale target

	resources map[v1.ResourceName]metrics.PodMetricsInfo
	raw       map[string]metrics.PodMetricsInfo // Pods metrics by name
	values    map[string]int64                  // Object and External metrics by name

	pods cache.SharedIndexInformer
	hpas cache.SharedIndexInformer
}

var errNoAnswer = errors.New("no answer")

// newCluster has one autoscaler and no pods.
func newCluster(hpa *autoscalingv2.HorizontalPodAutoscaler) *cluster {
	index := cache.Indexers{cache.NamespaceIndex: cache.MetaNamespaceIndexFunc}
	return &cluster{
		hpas: cache.NewSharedIndexInformer(lists(&autoscalingv2.HorizontalPodAutoscalerList{Items: []autoscalingv2.HorizontalPodAutoscaler{*hpa}}), &autoscalingv2.HorizontalPodAutoscaler{}, resync, index),
		pods: cache.NewSharedIndexInformer(lists(&v1.PodList{}), &v1.Pod{}, resync, index),
	}
}

// run starts the controller; it ends with the context.
func (c *cluster) run(ctx context.Context, flags ambi.Flags) {
	apps := schema.GroupVersion{Group: "apps", Version: "v1"}
	mapper := meta.NewDefaultRESTMapper([]schema.GroupVersion{apps})
	mapper.Add(apps.WithKind("Deployment"), meta.RESTScopeNamespace)
	controller := podautoscaler.NewHorizontalController(
		ctx, events{}, scales{c}, hpas{}, mapper, answers{c}, hpaInformer{c.hpas}, podInformer{c.pods},
		flags.SyncPeriod, flags.Stabilization, flags.Tolerance, flags.Initialization, flags.ReadinessDelay,
	)
	go c.hpas.RunWithContext(ctx)
	go c.pods.RunWithContext(ctx)
	go controller.Run(ctx, 1)
}

// lists answers one list, and nothing ever changes after it: the tests write
// into the informers' stores.
func lists(list runtime.Object) cache.ListerWatcher {
	return &cache.ListWatch{
		ListWithContextFunc: func(context.Context, metav1.ListOptions) (runtime.Object, error) { return list, nil },
		WatchFuncWithContext: func(context.Context, metav1.ListOptions) (watch.Interface, error) {
			return watch.NewFake(), nil
		},
	}
}

type hpaInformer struct{ informer cache.SharedIndexInformer }

func (i hpaInformer) Informer() cache.SharedIndexInformer { return i.informer }
func (i hpaInformer) Lister() autoscalinglisters.HorizontalPodAutoscalerLister {
	return autoscalinglisters.NewHorizontalPodAutoscalerLister(i.informer.GetIndexer())
}

type podInformer struct{ informer cache.SharedIndexInformer }

func (i podInformer) Informer() cache.SharedIndexInformer { return i.informer }
func (i podInformer) Lister() corelisters.PodLister {
	return corelisters.NewPodLister(i.informer.GetIndexer())
}

// events drops what the controller tells users.
type events struct{ coreclient.EventInterface }

func (e events) Events(string) coreclient.EventInterface { return e }
func (e events) CreateWithEventNamespaceWithContext(_ context.Context, event *v1.Event) (*v1.Event, error) {
	return event, nil
}
func (e events) CreateWithEventNamespace(event *v1.Event) (*v1.Event, error) { return event, nil }
func (e events) PatchWithEventNamespaceWithContext(_ context.Context, event *v1.Event, _ []byte) (*v1.Event, error) {
	return event, nil
}
func (e events) PatchWithEventNamespace(event *v1.Event, _ []byte) (*v1.Event, error) {
	return event, nil
}

// hpas drops the autoscaler's status, which the controller does not read again.
type hpas struct {
	autoscalingclient.HorizontalPodAutoscalerInterface
}

func (h hpas) HorizontalPodAutoscalers(string) autoscalingclient.HorizontalPodAutoscalerInterface {
	return h
}

func (h hpas) UpdateStatus(_ context.Context, hpa *autoscalingv2.HorizontalPodAutoscaler, _ metav1.UpdateOptions) (*autoscalingv2.HorizontalPodAutoscaler, error) {
	return hpa, nil
}

// scales is the scale target.
type scales struct{ *cluster }

func (s scales) Scales(string) scale.ScaleInterface { return scaleTarget{cluster: s.cluster} }

type scaleTarget struct {
	scale.ScaleInterface
	*cluster
}

func (s scaleTarget) Get(context.Context, schema.GroupResource, string, metav1.GetOptions) (*autoscalingv1.Scale, error) {
	return &autoscalingv1.Scale{
		ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: name},
		Spec:       autoscalingv1.ScaleSpec{Replicas: s.replicas},
		Status:     autoscalingv1.ScaleStatus{Replicas: s.observed, Selector: "app=" + name},
	}, nil
}

func (s scaleTarget) Update(_ context.Context, _ schema.GroupResource, scale *autoscalingv1.Scale, _ metav1.UpdateOptions) (*autoscalingv1.Scale, error) {
	s.replicas = scale.Spec.Replicas
	s.updates++
	return scale, nil
}

// answers is the metrics API. It gives copies, which the controller changes.
type answers struct{ *cluster }

func (a answers) GetResourceMetric(_ context.Context, resource v1.ResourceName, _ string, _ labels.Selector, _ string) (metrics.PodMetricsInfo, time.Time, error) {
	return answer(a.resources[resource])
}

func (a answers) GetRawMetric(name, _ string, _ labels.Selector, _ labels.Selector) (metrics.PodMetricsInfo, time.Time, error) {
	return answer(a.raw[name])
}

func answer(samples metrics.PodMetricsInfo) (metrics.PodMetricsInfo, time.Time, error) {
	if len(samples) == 0 {
		return nil, time.Time{}, errNoAnswer
	}
	given := make(metrics.PodMetricsInfo, len(samples))
	for pod, sample := range samples {
		given[pod] = sample
	}
	return given, time.Now(), nil
}

func (a answers) GetObjectMetric(name, _ string, _ *autoscalingv2.CrossVersionObjectReference, _ labels.Selector) (int64, time.Time, error) {
	value, ok := a.values[name]
	if !ok {
		return 0, time.Time{}, errNoAnswer
	}
	return value, time.Now(), nil
}

func (a answers) GetExternalMetric(name, _ string, _ labels.Selector) ([]int64, time.Time, error) {
	value, ok := a.values[name]
	if !ok {
		return nil, time.Time{}, errNoAnswer
	}
	return []int64{value}, time.Now(), nil
}
