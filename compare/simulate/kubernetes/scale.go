package kubernetes

import (
	"time"

	"ambi/compare/simulate/hpa"
)

// scrape reads what pods have used and taken.
func (s *simulator) scrape() {
	s.calendar.add(s.now+int64(s.Metrics.Resolution), scrape, s.index, 0)
	s.use(s.now)
	s.saw()
	s.arrivals.add(point{at: s.now, taken: s.arrived})
	for _, i := range s.live {
		p := &s.pods[i]
		if p.phase != up {
			continue
		}
		d := &s.domains[p.domain]
		d.advance(s.now)
		p.account(d)
		// A container's first value counts from its start, once it is old enough.
		if p.scrapes.count == 0 {
			if s.now-p.started < int64(s.Metrics.Fresh) {
				continue
			}
			p.scrapes.add(point{at: p.started})
		}
		p.scrapes.add(point{s.now, p.used, p.taken})
	}
}

func (s *simulator) windows() int { return int(s.Metrics.Window / s.Metrics.Resolution) }

// decide lets the autoscaler decide.
func (s *simulator) decide() {
	s.calendar.add(s.now+int64(s.Flags.SyncPeriod), decide, s.index, 0)
	s.read()
	d := s.autoscaler.Sync(time.Duration(s.now), s.wanted, s.reading)
	if d.Replicas != s.wanted {
		s.scale(d.Replicas)
	}
}

// read is what the autoscaler sees. The API keeps times in whole seconds.
func (s *simulator) read() {
	r := &s.reading
	r.Pods, r.Observed = r.Pods[:0], 0
	for m := range r.Metrics {
		r.Metrics[m].Samples = r.Metrics[m].Samples[:0]
	}
	for _, i := range s.live {
		p := &s.pods[i]
		if !p.leaving {
			r.Observed++
		}
		pod := hpa.Pod{
			Phase: hpa.Pending, Deleting: p.leaving, Known: true, Ready: p.ready,
			Changed: seconds(p.changed), Started: seconds(p.admitted), Request: int64(s.Pod.MilliCPU),
		}
		if p.phase == up {
			pod.Phase = hpa.Running
		}
		r.Pods = append(r.Pods, pod)
		from, to, ok := p.scrapes.over(s.windows())
		for m, metric := range s.Autoscaler.Metrics {
			sample := hpa.Sample{Known: ok, Taken: seconds(to.at), Window: time.Duration(to.at - from.at)}
			switch length := to.at - from.at; {
			case !ok:
			case metric.CPU:
				// Millicores, rounded up as quantities are.
				sample.Value = (((to.used-from.used)>>unitBits)*1000 + length - 1) / length
			default:
				sample.Value = perSecond(from, to)
			}
			r.Metrics[m].Samples = append(r.Metrics[m].Samples, sample)
		}
	}
	for m, metric := range s.Autoscaler.Metrics {
		if s.depth != nil && metric.Kind == hpa.TotalPerPod {
			r.Metrics[m].Value = int64(s.depth()) * 1000
		} else if metric.Kind == hpa.Total || metric.Kind == hpa.TotalPerPod {
			from, to, ok := s.arrivals.over(s.windows())
			r.Metrics[m].Failed = !ok
			if ok {
				r.Metrics[m].Value = perSecond(from, to)
			}
		}
	}
}

// perSecond is thousandths of a request a second.
func perSecond(from, to point) int64 {
	return int64(float64(to.taken-from.taken) * 1e12 / float64(to.at-from.at))
}

func seconds(at int64) time.Duration { return time.Duration(at).Truncate(time.Second) }

// poll lets KEDA look whether there are requests.
func (s *simulator) poll() {
	s.calendar.add(s.now+int64(s.KEDA.Poll), poll, s.index, 0)
	switch {
	case s.wantsPods():
		s.active = s.now
		if s.wanted == 0 {
			s.scale(1)
		}
	case s.wanted > 0 && s.now-s.active >= int64(s.KEDA.Cooldown):
		s.scale(0)
	}
}

// wantsPods is what KEDA finds: requests, or messages.
func (s *simulator) wantsPods() bool {
	if s.depth != nil {
		return s.depth() > 0
	}
	from, to, ok := s.arrivals.over(s.windows())
	return ok && to.taken > from.taken
}
