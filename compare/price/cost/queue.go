package cost

import (
	"cmp"
	"math"
	"slices"
	"time"

	"ambi/compare/demand"
	"ambi/compare/price"
	"ambi/target/data"
	"ambi/target/kubernetes"
	"ambi/target/lambda"
)

// Events is how messages of a queue reach a workload.
type Events struct {
	Uploads bool // they are a bucket's events, which S3 sends
	FIFO    bool // the queue keeps their order
	Batch   int  // the most messages of one invocation
	Pollers int  // of the event source mapping, while there are few messages
	Receive int  // the most messages of one receive by a pod
}

// What SQS meters a request by, and what one may have.
// Sources: aws.amazon.com/sqs/pricing and
// docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ReceiveMessage.html
const (
	sqsUnitBytes = 64 << 10 // of its payload
	sqsMessages  = 10       // received, or deleted, at once
)

// longPoll is how long a receive waits for a message: what the delivery container asks
// for, and what Lambda's pollers were seen to do, three empty receives a minute each
// (github.com/getlift/lift/issues/132).
const longPoll = 20 * time.Second

func eventsOf(f lambda.Service, d kubernetes.Service) *Events {
	if f.Events == nil || d.Events == nil {
		return nil
	}
	return &Events{
		Uploads: f.Events.Uploads, FIFO: f.Events.FIFO, Batch: f.Events.Batch,
		Pollers: min(lambda.Pollers, f.Events.MaximumConcurrency), Receive: d.Events.Messages,
	}
}

// Batch is how many requests or messages one invocation gets on average, not a number
// where that is unknown.
func (w Workload) Batch() float64 {
	if w.Events == nil || w.Events.Batch <= 1 {
		return 1
	}
	return number(w.Traffic.Batch)
}

// Invocations is how many invocations a month has on Lambda.
func (w Workload) Invocations() float64 { return number(w.Traffic.Requests) / w.Batch() }

// units is what a request with some messages is metered as.
func (w Workload) units(messages float64) float64 {
	if w.Events.Uploads {
		return 1 // S3 says of an object some hundred bytes
	}
	return max(1, math.Ceil(number(w.Traffic.Request)*messages/sqsUnitBytes))
}

// queueLines are the numbers of the lines of queues that each target has its own of.
type queueLines struct{ receives, empty, deletes, counts int }

// queueKind is a kind of queue that an app has, with its price.
type queueKind struct {
	fifo      bool
	name, key string
}

// queueKinds are those whose messages reach some of an app's services.
func queueKinds(app App) []queueKind {
	var list []queueKind
	for _, kind := range []queueKind{{false, "Queue requests", "sqs.requests"}, {true, "FIFO queue requests", "sqs.fifo"}} {
		if slices.ContainsFunc(app.Workloads, kind.reaches) {
			list = append(list, kind)
		}
	}
	return list
}

// reaches reports whether a workload takes messages of this kind of queue.
func (k queueKind) reaches(w Workload) bool { return w.Events != nil && w.Events.FIFO == k.fifo }

func (b *builder) queueLines(kind queueKind, counts line) queueLines {
	messages := []demand.Input{demand.Requests, demand.Request}
	var l queueLines
	l.receives = b.add(kind.key, price.Request, line{
		name: kind.name + ", receives", category: Entry, inputs: append(messages[:2:2], demand.Batch),
		formula: "messages / those of one receive x 64 KB units",
	})
	l.deletes = b.add(kind.key, price.Request, line{
		name: kind.name + ", deletes", category: Entry, inputs: append(messages[:1:1], demand.Batch, demand.Duration, demand.Shape),
		formula: "messages / those that are deleted at once",
	})
	counts.name, counts.category = kind.name+", counts", Entry
	l.counts = b.optional(counts.inputs != nil, kind.key, price.Request, counts)
	l.empty = b.add(kind.key, price.Request, line{
		name: kind.name + ", empty receives", category: Idle, inputs: append(messages[:1:1], demand.Batch, demand.Duration, demand.Shape),
		formula: "long polls of 20 s that no message ends",
	})
	return l
}

// messagesOnLambda is the part that queues of a kind have in Lambda's bill.
func (b *builder) messagesOnLambda(kind queueKind, services []function) (queueLines, part) {
	l := b.queueLines(kind, line{formula: "none: Lambda counts no messages"})
	return l, func(scale float64, q []float64) {
		for i := range services {
			f := &services[i]
			if !kind.reaches(f.Workload) {
				continue
			}
			// A receive has ten messages at most, and a batch is deleted ten by ten.
			receives := f.requests * scale / min(f.batch, sqsMessages)
			q[l.receives] += float64(receives * f.Workload.units(min(f.batch, sqsMessages)))
			q[l.deletes] += receives
			q[l.empty] += overTime(f.levels, func(factor float64) float64 {
				return emptyReceives(receives/demand.SecondsPerMonth*factor, float64(f.Events.Pollers))
			})
		}
	}
}

// messagesOnKubernetes is the part that they have in that of Kubernetes.
func (b *builder) messagesOnKubernetes(kind queueKind, c *cluster) (queueLines, part) {
	counts := line{formula: "none: the autoscaler counts no messages"}
	if slices.ContainsFunc(c.services, func(s service) bool { return kind.reaches(s.Workload) && s.Pod.Backlog > 0 }) {
		counts.inputs = []demand.Input{demand.Requests, demand.Duration, demand.Shape}
		counts.formula = "KEDA's every 30 s, and while there are pods the autoscaler's every 15 s"
	}
	l := b.queueLines(kind, counts)
	return l, func(scale float64, q []float64) {
		for i := range c.services {
			s := &c.services[i]
			if !kind.reaches(s.Workload) {
				continue
			}
			together := min(s.Batch(), float64(s.Events.Receive))
			receives := s.requests * scale / together
			q[l.receives] += float64(receives * s.Workload.units(together))
			use := c.queueUse(scale, i, receives/demand.SecondsPerMonth)
			q[l.deletes] += use.deletes
			q[l.empty] += use.empty
			if s.Pod.Backlog > 0 {
				q[l.counts] += demand.SecondsPerMonth/kubernetes.KEDAPoll.Seconds() + float64(use.running*demand.SecondsPerMonth/kubernetes.AutoscalerSync.Seconds())
			}
		}
	}
}

// queueUse is what the pods of one service do with their queue in a month, beside
// receiving.
type queueUse struct {
	deletes, empty float64
	running        float64 // the part of the time with a pod
}

// queueUse walks through the levels of traffic. Pods stay for a while after a burst, so
// that levels hold more than all messages: each gets its part of them.
func (c *cluster) queueUse(scale float64, service int, receives float64) queueUse {
	s := &c.services[service]
	if !c.known || math.IsNaN(receives) {
		return queueUse{math.NaN(), math.NaN(), math.NaN()}
	}
	held := 0.0
	for level, share := range c.shares {
		held += float64(c.factors[level][service] * share)
	}
	var use queueUse
	for level, share := range c.shares {
		factor := c.factors[level][service]
		pods, part := s.replicas(scale, factor), s.running(scale, factor)
		if pods == 0 || part == 0 {
			continue
		}
		seconds := float64(share*part) * demand.SecondsPerMonth
		rate := receives * factor / held / part // a second, while there are pods
		use.empty += seconds * emptyReceives(rate, pods)
		use.deletes += seconds * deletes(float64(rate*min(s.Batch(), float64(s.Events.Receive)))/pods, s.Events.Receive) * pods
		use.running += float64(share * part)
	}
	use.deletes, use.empty = thousandth(use.deletes), thousandth(use.empty)
	return use
}

// emptyReceives is how many receives a second end empty, of some pollers that share rate
// receives a second which do not. A poller waits for a message, with Poisson arrivals, and
// at most for longPoll: it does so in vain with the probability exp(-rate x longPoll / pollers).
func emptyReceives(rate, pollers float64) float64 {
	if rate == 0 {
		return pollers / longPoll.Seconds()
	}
	return rate / math.Expm1(longPoll.Seconds()*rate/pollers)
}

// deletes is how many deletes a second a delivery container makes for some messages a
// second: it deletes what is done once a second, and at once when that are as many as it
// receives at once (warpstreamlabs/bento, internal/impl/aws/input_sqs.go).
func deletes(rate float64, atOnce int) float64 {
	return max(rate/float64(atOnce), -math.Expm1(-rate))
}

// overTime adds up over a month what happens each second, which depends on the level of
// traffic.
func overTime(levels []demand.Level, perSecond func(factor float64) float64) float64 {
	if levels == nil {
		return math.NaN()
	}
	sum := 0.0
	for _, level := range levels {
		sum += float64(perSecond(level.Factor) * level.Share)
	}
	return thousandth(sum * demand.SecondsPerMonth)
}

// thousandth rounds: exponentials may differ in their last digit from machine to machine,
// reports must not.
func thousandth(x float64) float64 { return math.Round(x*1e3) / 1e3 }

// intermittent is a service that has its pods part of the time.
type intermittent struct {
	service int
	part    float64
}

// running is the part of the time, at a level of traffic, in which a service has its pods.
// KEDA removes the last pod once the queue has been empty for its cooldown: with Poisson
// arrivals, a pod runs while a message came within that time and the time to work on it.
func (s *service) running(scale, factor float64) float64 {
	if s.Schedule != nil {
		return s.busy() / s.replicas(scale, factor)
	}
	if s.Events == nil || s.Pod.Min > 0 || s.replicas(scale, factor) != 1 {
		return 1
	}
	stays := kubernetes.KEDACooldown.Seconds() + s.duration
	return math.Round(-math.Expm1(-s.rate(scale, factor)*stays)*1e9) / 1e9
}

// averaged is the mean of a count over the moments of a level, where most is the count with
// all pods. Services whose pods come and go have theirs at the same time as far as they can, as
// all of them have their peaks.
func (c *cluster) averaged(most float64, count func() float64) float64 {
	if len(c.intermittent) == 0 {
		return most
	}
	slices.SortFunc(c.intermittent, func(a, b intermittent) int { return cmp.Compare(a.part, b.part) })
	mean, before, now := 0.0, 0.0, most
	for _, t := range c.intermittent { // the rarest go first
		mean += float64((t.part - before) * now)
		c.replicas[t.service], before = 0, t.part
		now = count()
	}
	return mean + float64((1-before)*now)
}

// Data is what an app's services share and keep.
type Data struct {
	Buckets   []Bucket
	Tables    []Table
	Databases []Database
	Caches    []Cache
	Queues    int // that the data stack makes, with their dead-letter queues and alarms
	Switch    Switch
}

// sent is the shared part of queues of a kind: what comes into them.
func (b *builder) sent(kind queueKind, app App) part {
	sends := b.add(kind.key, price.Request, line{
		name: kind.name + ", sends", category: Shared, inputs: []demand.Input{demand.Requests, demand.Request}, formula: "messages x 64 KB units",
	})
	return func(scale float64, q []float64) {
		for _, w := range app.Workloads {
			if kind.reaches(w) {
				q[sends] += float64(number(w.Traffic.Requests) * scale * w.units(1))
			}
		}
	}
}

// watched is the shared part of what watches queues.
func (b *builder) watched(queues int) part {
	alarms := b.add("alarms.standard", price.AlarmMonth, line{name: "Alarms of queues", category: Shared, formula: "alarms in CloudWatch, of queues and their dead letters", fixed: true})
	return func(_ float64, q []float64) { q[alarms] = float64(queues * data.AlarmsOfQueue) }
}
