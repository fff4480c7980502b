//go:build delivery

package delivery_test

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/netip"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"ambi/generator"
	"ambi/internal/awsapi"
	"ambi/internal/route53"
	"ambi/internal/sqs"
	"ambi/spec"
	"ambi/target"
)

const (
	domain = "thumbs.example.com"
	// pace is how much faster than Route 53 the stand-in is: an answer may be kept for 0.6 seconds
	// in place of 60, and a side that fails is noticed after about one in place of 90.
	pace = 100
)

// share is how a stack of the traffic weighs the targets.
type share struct{ lambda, kubernetes int }

// steps are those of docs/switching.md, one way.
var steps = []share{{100, 0}, {99, 1}, {90, 10}, {50, 50}, {0, 100}}

// emittedRecords are the resources of the traffic's program that ambi emits for the example with a
// switch, for each of the steps. The program runs as it is, with its own stacktest in place of Pulumi.
func emittedRecords(t *testing.T) map[share][]awsapi.Resource {
	t.Helper()
	text, err := os.ReadFile("../../app/app.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for from, to := range map[string]string{
		"targets: [lambda, kubernetes]\n":   "targets: [lambda, kubernetes]\nswitch: {}\n",
		"      routes:\n":                   "      domain: " + domain + "\n      routes:\n",
		"kubernetes: {namespace: thumbs}\n": "kubernetes: {namespace: thumbs, ingress: {class: alb, scheme: internet-facing}}\n",
	} {
		if bytes.Count(text, []byte(from)) != 1 {
			t.Fatalf("the example does not have %q once", from)
		}
		text = bytes.Replace(text, []byte(from), []byte(to), 1)
	}
	app, err := spec.Parse("app.yaml", text)
	if err != nil {
		t.Fatal(err)
	}
	const module = "example.com/thumbs"
	in := generator.InputOf(target.Resolve(app), module, spec.Targets()...)
	files, err := generator.Generate(in)
	if err != nil {
		t.Fatal(err)
	}
	own, err := generator.Module(module)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	write := func(name string, content []byte) {
		file := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, f := range append(files, own...) {
		if !strings.HasSuffix(f.Path, "_test.go") {
			write(f.Path, f.Content)
		}
	}
	beside, err := generator.ProgramsBeside(in)
	if err != nil {
		t.Fatal(err)
	}
	var settings []map[string]string
	for _, program := range beside {
		if program.Folder != generator.TrafficFolder {
			continue
		}
		for _, s := range steps {
			all := maps.Clone(program.Placeholders)
			all["lambda"], all["kubernetes"] = strconv.Itoa(s.lambda), strconv.Itoa(s.kubernetes)
			settings = append(settings, all)
		}
	}
	given, err := json.Marshal(settings)
	if err != nil {
		t.Fatal(err)
	}
	write("given.json", given)
	write(generator.TrafficFolder+"/declared_test.go", []byte(`package main

import (
	"encoding/json"
	"os"
	"testing"

	"`+module+`/stacks/stacktest"
)

func TestDeclared(t *testing.T) {
	text, err := os.ReadFile("../../given.json")
	var settings []map[string]string
	if err == nil {
		err = json.Unmarshal(text, &settings)
	}
	if err != nil {
		t.Fatal(err)
	}
	var all [][]map[string]any
	for _, given := range settings {
		var declared []map[string]any
		for _, r := range stacktest.Run(t, deploy, given).Resources {
			declared = append(declared, map[string]any{"urn": r.URN, "type": r.Type, "id": r.Output("id"), "inputs": r.Inputs})
		}
		all = append(all, declared)
	}
	if text, err = json.Marshal(all); err == nil {
		err = os.WriteFile("../../declared.json", text, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
}
`))
	cmd := exec.Command("go", "test", "-vet=off", "-run", "^TestDeclared$", "./"+generator.TrafficFolder)
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	var declared [][]awsapi.Resource
	text, err = os.ReadFile(filepath.Join(dir, "declared.json"))
	if err == nil {
		err = json.Unmarshal(text, &declared)
	}
	if err != nil || len(declared) != len(steps) {
		t.Fatalf("%d sets of resources: %v", len(declared), err)
	}
	records := map[share][]awsapi.Resource{}
	for i, s := range steps {
		records[s] = declared[i]
	}
	return records
}

// side is one target as callers and health checks reach it: TLS in front of the app, on an
// address of its own.
type side struct {
	target  string
	address netip.Addr
	served  atomic.Int64 // requests under the shared name
	sick    atomic.Bool  // its health path says so, and all else goes on
	app     http.Handler
	server  *httptest.Server
}

func (s *side) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch {
	case r.URL.Path == "/healthz" && s.sick.Load():
		http.Error(w, "on purpose", http.StatusServiceUnavailable)
		return
	case r.Host == domain:
		s.served.Add(1)
	case r.Host != s.target+"."+domain:
		http.Error(w, "the host of another side: "+r.Host, http.StatusMisdirectedRequest)
		return
	}
	s.app.ServeHTTP(w, r)
}

// comeUp starts the side's front.
func (s *side) comeUp(t *testing.T, port int, certificate tls.Certificate) {
	t.Helper()
	listener, err := net.Listen("tcp", netip.AddrPortFrom(s.address, uint16(port)).String())
	if err != nil {
		t.Skipf("%v\nhint: on macOS, sudo ifconfig lo0 alias %s", err, s.address)
	}
	s.server = httptest.NewUnstartedServer(s)
	_ = s.server.Listener.Close()
	s.server.Listener = listener
	s.server.TLS = &tls.Config{Certificates: []tls.Certificate{certificate}}
	s.server.StartTLS()
	t.Cleanup(s.server.Close)
}

// certify makes a certificate for the shared name and those of the sides, and who trusts it.
func certify(t *testing.T) (tls.Certificate, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: domain}, DNSNames: []string{domain, "*." + domain},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(parsed)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, pool
}

// function is the app as a Lambda function: as many environments as are needed at once, each of which
// takes one event at a time. The emulator is one environment.
type function struct{ environments chan string }

// newFunction starts the function's environments.
func newFunction(t *testing.T, s3 string, environments int) *function {
	t.Helper()
	f := &function{make(chan string, environments)}
	for range environments {
		front, runtime := freePort(t), freePort(t)
		newProgram(t, tool(t, "aws-lambda-rie"), append(credentials(s3), "THUMBNAILS_BUCKET=thumbnails", "AWS_LAMBDA_FUNCTION_TIMEOUT=60"),
			"--runtime-interface-emulator-address", fmt.Sprintf("127.0.0.1:%d", front), "--runtime-api-address", fmt.Sprintf("127.0.0.1:%d", runtime), app(t))
		address := fmt.Sprintf("127.0.0.1:%d", front)
		eventually(t, "the emulator listens", func() bool {
			conn, err := net.Dial("tcp", address)
			if err == nil {
				_ = conn.Close()
			}
			return err == nil
		})
		f.environments <- "http://" + address + "/2015-03-31/functions/function/invocations"
	}
	return f
}

// invoke has an environment that is free answer an event.
func (f *function) invoke(event any) ([]byte, error) {
	body, err := json.Marshal(event)
	if err != nil {
		return nil, err
	}
	environment := <-f.environments
	defer func() { f.environments <- environment }()
	response, err := http.Post(environment, "application/json", bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	if err == nil && response.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: %s", response.Status, answer)
	}
	return answer, err
}

// ServeHTTP stands in for an HTTP API of API Gateway: the function gets the request as an event
// of payload format 2.0, and its answer becomes the response.
func (f *function) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	headers := map[string]string{"host": r.Host}
	for name, values := range r.Header {
		headers[strings.ToLower(name)] = strings.Join(values, ",")
	}
	answer, err := f.invoke(events.APIGatewayV2HTTPRequest{
		Version: "2.0", RouteKey: "$default", RawPath: r.URL.Path, RawQueryString: r.URL.RawQuery, Headers: headers,
		RequestContext: events.APIGatewayV2HTTPRequestContext{
			Stage: "$default", RequestID: "JKJaXmPLvHcESHA=", DomainName: r.Host,
			HTTP: events.APIGatewayV2HTTPRequestContextHTTPDescription{Method: r.Method, Path: r.URL.Path, Protocol: r.Proto, SourceIP: "127.0.0.1"},
		},
	})
	var response events.APIGatewayV2HTTPResponse
	if err == nil {
		err = json.Unmarshal(answer, &response)
	}
	body := []byte(response.Body)
	if err == nil && response.IsBase64Encoded {
		body, err = base64.StdEncoding.DecodeString(response.Body)
	}
	if err != nil || response.StatusCode == 0 {
		http.Error(w, fmt.Sprintf("the function answers %q: %v", answer, err), http.StatusBadGateway)
		return
	}
	for name, value := range response.Headers {
		w.Header().Set(name, value)
	}
	w.WriteHeader(response.StatusCode)
	_, _ = w.Write(body)
}

// answer is what callers see of a response.
type answer struct {
	status int
	kind   string
	body   string
}

func get(ctx context.Context, client *http.Client, url string) (answer, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return answer{}, err
	}
	response, err := client.Do(request)
	if err != nil {
		return answer{}, err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	return answer{response.StatusCode, response.Header.Get("Content-Type"), string(body)}, err
}

// network is how this machine reaches the sides: each host at the address that DNS says, all at one port.
type network struct {
	zone     *route53.Zone
	resolver *net.Resolver
	port     int
	trusted  *x509.CertPool
}

// client opens a connection for each request, and keeps an answer of DNS for as long as it may, or
// not at all.
func (n *network) client(keeps bool) *http.Client {
	var mutex sync.Mutex
	var known netip.Addr
	var until time.Time
	find := func(ctx context.Context, host string) (netip.Addr, error) {
		mutex.Lock()
		defer mutex.Unlock()
		if keeps && time.Now().Before(until) {
			return known, nil
		}
		found, err := n.resolver.LookupNetIP(ctx, "ip4", host)
		if err != nil {
			return netip.Addr{}, err
		}
		known, until = found[0].Unmap(), time.Now().Add(n.zone.TTL(host))
		return known, nil
	}
	return &http.Client{Transport: &http.Transport{
		DisableKeepAlives: true,
		TLSClientConfig:   &tls.Config{RootCAs: n.trusted},
		DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
			host, port, err := net.SplitHostPort(address)
			if err != nil || port != "443" {
				return nil, fmt.Errorf("nobody answers at %s", address)
			}
			ip, err := find(ctx, host)
			if err != nil {
				return nil, err
			}
			var dialer net.Dialer
			return dialer.DialContext(ctx, network, netip.AddrPortFrom(ip, uint16(n.port)).String())
		},
	}}
}

// steady are callers who together ask 200 times a second, or as often as the machine can.
type steady struct {
	done     atomic.Int64
	mutex    sync.Mutex
	problems []string
}

const (
	callers   = 20
	perSecond = 200
	atOnce    = 50 // requests, at the most: a machine that is too slow gets fewer and not all
)

// start begins, and returns how to end it.
func (s *steady) start(n *network, expected map[string]answer) (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	var paths []string
	for path := range expected {
		paths = append(paths, path)
	}
	var clients []*http.Client
	for range callers {
		clients = append(clients, n.client(true))
	}
	var all sync.WaitGroup
	all.Go(func() {
		ticker := time.NewTicker(time.Second / perSecond)
		defer ticker.Stop()
		room := make(chan struct{}, atOnce)
		for i := 0; ctx.Err() == nil; i++ {
			<-ticker.C
			room <- struct{}{}
			path := paths[i%len(paths)]
			all.Go(func() {
				defer func() { <-room }()
				got, err := get(context.Background(), clients[i%callers], "https://"+domain+path)
				if err != nil || got != expected[path] {
					s.mutex.Lock()
					s.problems = append(s.problems, fmt.Sprintf("%s: %d %s %.80q: %v", path, got.status, got.kind, got.body, err))
					s.mutex.Unlock()
				}
				s.done.Add(1)
			})
		}
	})
	return func() { cancel(); all.Wait() }
}

// goOn waits until so many more requests have been answered.
func (s *steady) goOn(t *testing.T, requests int64) {
	t.Helper()
	until := s.done.Load() + requests
	eventually(t, "requests are answered", func() bool { return s.done.Load() >= until })
}

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

// startMapping stands in for the event source mapping of a function. It takes messages in batches, and
// deletes those that the function does not report. Stop lets it finish what it has taken, as turning
// the mapping off does.
func startMapping(t *testing.T, f *function, endpoint string, queue *sqs.Queue) (stop func()) {
	t.Helper()
	call := func(operation string, parameters map[string]any, answer any) error {
		parameters["QueueUrl"] = endpoint + queue.Path()
		body, err := json.Marshal(parameters)
		if err != nil {
			return err
		}
		request, err := http.NewRequest(http.MethodPost, endpoint, bytes.NewReader(body))
		if err != nil {
			return err
		}
		request.Header.Set("X-Amz-Target", "AmazonSQS."+operation)
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			return err
		}
		defer response.Body.Close()
		return json.NewDecoder(response.Body).Decode(answer)
	}
	batch := func() error {
		var received struct{ Messages []events.SQSMessage }
		if err := call("ReceiveMessage", map[string]any{"MaxNumberOfMessages": 10, "WaitTimeSeconds": 1}, &received); err != nil || len(received.Messages) == 0 {
			return err
		}
		for i := range received.Messages {
			received.Messages[i].EventSource = "aws:sqs"
		}
		answer, err := f.invoke(map[string]any{"Records": received.Messages})
		if err != nil {
			return err
		}
		var reported events.SQSEventResponse
		if err := json.Unmarshal(answer, &reported); err != nil {
			return fmt.Errorf("%s: %w", answer, err)
		}
		failed := map[string]bool{}
		for _, failure := range reported.BatchItemFailures {
			failed[failure.ItemIdentifier] = true
		}
		for _, message := range received.Messages {
			if !failed[message.MessageId] {
				err = errors.Join(err, call("DeleteMessage", map[string]any{"ReceiptHandle": message.ReceiptHandle}, new(map[string]any)))
			}
		}
		return err
	}
	ctx, cancel := context.WithCancel(context.Background())
	var all sync.WaitGroup
	all.Go(func() {
		for ctx.Err() == nil {
			if err := batch(); err != nil {
				t.Error(err)
			}
		}
	})
	return func() { cancel(); all.Wait() }
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
