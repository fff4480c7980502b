//go:build delivery

package delivery_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/netip"
	"net/url"
	"strconv"
	"sync"
	"testing"
	"time"

	"ambi/internal/route53"
	"ambi/internal/sqs"
)

const (
	domain = "thumbs.example.com"
	// pace is how much faster than Route 53 the stand-in is: an answer may be kept for 0.6 seconds
	// in place of 60, and a side that fails is noticed after about one in place of 90.
	pace = 100
)

// Steady requests see no failure and no other answer while they move from Lambda to Kubernetes by the
// weights of the emitted records, Lambda goes and comes back, and they move back. A side whose health
// check fails gets none.
func TestSwitch(t *testing.T) {
	records := emittedRecords(t)
	zone, err := route53.New(records[steps[0]], pace)
	if err != nil {
		t.Fatal(err)
	}
	server, err := zone.Serve("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Close() })
	certificate, trusted := certify(t)
	callers := &network{zone, server.Resolver(), freePort(t), trusted}

	_, s3 := newBucket(t, 0)
	_, port := startApp(t, s3)
	pod := &url.URL{Scheme: "http", Host: "127.0.0.1:" + strconv.Itoa(port)}
	lambda := &side{target: "lambda", address: netip.MustParseAddr("127.0.0.2"), app: newFunction(t, s3, 4)}
	kubernetes := &side{target: "kubernetes", address: netip.MustParseAddr("127.0.0.3"), app: httputil.NewSingleHostReverseProxy(pod)}
	sides := []*side{lambda, kubernetes}
	for _, s := range sides {
		s.comeUp(t, callers.port, certificate)
		zone.Lead("address.of."+s.target+"."+domain, s.address)
	}
	watched, stop := context.WithCancel(t.Context())
	var watching sync.WaitGroup
	watching.Go(func() { zone.Watch(watched, callers.client(false)) })
	t.Cleanup(func() { stop(); watching.Wait() })
	check := map[*side]string{}
	for _, r := range records[steps[0]] {
		for _, s := range sides {
			if r.Type == "aws:route53/healthCheck:HealthCheck" && r.Inputs["fqdn"] == s.target+"."+domain {
				check[s] = r.ID
			}
		}
	}

	expected := map[string]answer{}
	for _, size := range []string{"40/30", "120/80", "1/1", "0/0", "big/20"} { // the last two are refused
		path := "/placeholders/" + size
		if expected[path], err = get(t.Context(), http.DefaultClient, pod.String()+path); err != nil {
			t.Fatal(err)
		}
	}
	var requests steady
	began := time.Now()
	end := requests.start(callers, expected)
	defer end()

	// serve has callers learn what DNS says now, and counts whom they ask then.
	serve := func() map[*side]int64 {
		t.Helper()
		time.Sleep(2 * zone.TTL(domain)) // an answer on its way was kept later than it was given
		before := map[*side]int64{}
		for _, s := range sides {
			before[s] = s.served.Load()
		}
		requests.goOn(t, 300)
		count := map[*side]int64{}
		for _, s := range sides {
			count[s] = s.served.Load() - before[s]
		}
		return count
	}
	move := func(to share) {
		t.Helper()
		if err := zone.Change(records[to]); err != nil {
			t.Fatal(err)
		}
		served := serve()
		t.Logf("%d of Lambda, %d of Kubernetes: %d and %d requests", to.lambda, to.kubernetes, served[lambda], served[kubernetes])
		for s, weight := range map[*side]int{lambda: to.lambda, kubernetes: to.kubernetes} {
			if !zone.Up(check[s]) {
				t.Errorf("the health check of %s fails", s.target)
			}
			if weight == 0 && served[s] > 0 || weight >= 50 && served[s] == 0 {
				t.Errorf("with a weight of %d, %s is asked %d times", weight, s.target, served[s])
			}
		}
	}
	up := func(s *side, want bool) {
		t.Helper()
		eventually(t, fmt.Sprintf("the health check of %s passes: %t", s.target, want), func() bool { return zone.Up(check[s]) == want })
	}

	for _, to := range steps {
		move(to)
	}
	lambda.server.Close() // its stack is destroyed, and its records stay
	up(lambda, false)
	if served := serve(); served[lambda] > 0 {
		t.Errorf("Lambda is not there, and is asked %d times", served[lambda])
	}
	lambda.comeUp(t, callers.port, certificate)
	up(lambda, true)
	for i := len(steps) - 1; i >= 0; i-- {
		move(steps[i])
		if steps[i] != (share{50, 50}) {
			continue
		}
		for _, s := range sides {
			s.sick.Store(true)
			up(s, false)
			if served := serve(); served[s] > 0 {
				t.Errorf("the health check of %s fails, and it is asked %d times", s.target, served[s])
			}
			s.sick.Store(false)
			up(s, true)
		}
	}
	end()
	took := time.Since(began)
	t.Logf("%d requests, %.0f a second", requests.done.Load(), float64(requests.done.Load())/took.Seconds())
	for i, problem := range requests.problems {
		if i == 10 {
			t.Errorf("and %d more", len(requests.problems)-i)
			break
		}
		t.Error(problem)
	}
}

// Messages that come all the time are each done while their consumer is moved as docs/switching.md
// says, the new one on before the old one goes, and back.
func TestSwitchOfConsumers(t *testing.T) {
	stand := sqs.New()
	queues := httptest.NewServer(stand)
	t.Cleanup(queues.Close)
	dead := stand.Create("dead", sqs.Attributes{})
	jobs := stand.Create("jobs", sqs.Attributes{Visibility: visibility, MaxReceives: 10, DeadLetters: dead})
	s3, endpoint := newBucket(t, 0)
	lambda := newFunction(t, endpoint, 1)
	_, port := startApp(t, endpoint)

	sent := map[string]string{} // the thumbnail, by the message
	sending, stop := context.WithCancel(t.Context())
	var sender sync.WaitGroup
	sender.Go(func() {
		for i := 0; sending.Err() == nil; i++ {
			key := fmt.Sprintf("incoming/%d.png", i)
			s3.set("originals/"+key, picture(t, i%200))
			sent[jobs.Send(uploaded(key))] = "thumbnails/" + key
			time.Sleep(50 * time.Millisecond)
		}
	})
	defer func() { stop(); sender.Wait() }()
	goOn := func(who string) {
		t.Helper()
		until := len(s3.thumbnails()) + 60
		eventually(t, "messages are done by "+who, func() bool { return len(s3.thumbnails()) >= until })
	}
	toLambda := func() (stop func()) { t.Helper(); return startMapping(t, lambda, queues.URL, jobs) }

	rest := toLambda()
	goOn("Lambda")
	pods := startDelivery(t, jobs, queues.URL, facts{port: port, timeoutSeconds: 10, atOnce: 4})
	goOn("both")
	rest()
	goOn("pods")
	rest = toLambda()
	defer func() { rest() }()
	goOn("both")
	pods.kill() // which says nothing of what it had taken
	goOn("Lambda")

	stop()
	sender.Wait()
	eventually(t, "the queue is empty", func() bool { return len(jobs.Bodies()) == 0 })
	if letters := dead.Bodies(); len(letters) > 0 {
		t.Errorf("dead letters: %q", letters)
	}
	for id, thumbnail := range sent {
		put, deleted := s3.firstPut(thumbnail), jobs.Deleted(id)
		if put.IsZero() || deleted.Before(put) {
			t.Errorf("%s was put at %v, its message deleted at %v", thumbnail, put, deleted)
		}
	}
	t.Logf("%d messages, %d deliveries", len(sent), len(jobs.Deliveries()))
}
