package kubernetes

import "ambi/compare/simulate/replay"

// startJob starts a pod for what comes.
func (s *simulator) startJob(q *replay.Request) {
	if s.Jobs.OneByOne && s.inUse+s.queued > 0 {
		return
	}
	s.record.Arrive()
	s.record.Add(replay.ColdStarts, 1)
	s.arrived++
	s.startRun(jobRun{s.now, q.CPU, q.Wait, 0})
}

// startRun starts a pod for a run.
func (s *simulator) startRun(q jobRun) {
	i := s.newPod()
	r := s.requests.place()
	entry := &s.requests.all[r]
	entry.arrived, entry.cpu, entry.wait, entry.pod, entry.next = q.arrived, q.cpu, q.wait, i, none
	delete(s.tries, r)
	if q.tries > 0 {
		s.tries[r] = q.tries
	}
	s.enqueue(&s.pods[i], r)
	s.calendar.add(s.now+int64(s.Start.Schedule), schedule, i, s.pods[i].life)
	s.gauges()
}

// beginJob lets a pod that listens begin with its job.
func (s *simulator) beginJob(i int32) {
	p := &s.pods[i]
	if s.Timeout > 0 {
		s.calendar.add(s.now+int64(s.Timeout), kill, i, p.life)
	}
	s.admit(p)
}

// endJob records the end of a job, with which its pod goes.
func (s *simulator) endJob(q *request) {
	p := &s.pods[q.pod]
	s.record.Finish(replay.Served, s.now-q.arrived)
	s.calendar.add(max(s.now, p.admitted+int64(s.Jobs.Least)), stop, q.pod, p.life)
}

// stopJob stops a job that takes too long: the time until it began does not count.
func (s *simulator) stopJob(i int32) {
	if p := &s.pods[i]; p.active > 0 {
		s.leaves(p)
		s.killed(i)
	}
}
