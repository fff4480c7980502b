// Package route53 stands in for Amazon Route 53, so that what an emitted program says of a host
// name can be asked over DNS where there is no account.
//
//	zone, err := route53.New(resources, pace) // of the program, as internal/awsapi has them
//	zone.Lead("balancer.example.com", address)
//	server, err := zone.Serve("127.0.0.1:0")
//	go zone.Watch(ctx, client)
//	... = server.Resolver() // for a net.Dialer
//	zone.Change(resources)  // as an update does
//
// It answers for records of type CNAME, simple and weighted, and follows them to an address. Of the
// records of one name it picks one by the weights, among those whose health check passes, as AWS
// documents it: records of weight 0 count when all others are down, and all count when none is up.
// https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/health-checks-how-route-53-chooses-records.html
//
// Unlike Route 53, it has one health checker in place of many around the world, it answers the same
// to everybody at once after a change, and time can pass faster.
package route53

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"sync"
	"time"

	"ambi/internal/awsapi"
)

// Record is one record of a name.
type Record struct {
	Name       string
	To         string // the name that it leads to
	TTL        time.Duration
	Identifier string // which tells it from others of the name; empty where it is the only one
	Weight     int
	Check      string // the ID of its health check; empty where it has none
}

// Check is a health check.
type Check struct {
	ID       string
	URL      string
	Interval time.Duration
	Failures int // in a row, after which it is down; as many successes bring it up again
}

// Zone has the records of a hosted zone, and knows which health checks pass.
type Zone struct {
	pace float64

	mutex   sync.Mutex
	records map[string][]Record // by name
	checks  []Check
	health  map[string]*health // by check
	leads   map[string]netip.Addr
	answers map[string]int // given, by the record's name and identifier
	random  *rand.Rand
}

// health is what a checker knows of a host: it is up until its failures say otherwise.
type health struct {
	down   bool
	inARow int // answers that speak against what is known
}

// New makes a zone of a program's resources. Time passes pace times as fast as in the real zone:
// with 100, an answer that may be kept for a minute may be kept for 0.6 seconds, and a health check of
// every 30 seconds asks three times a second.
func New(resources []awsapi.Resource, pace float64) (*Zone, error) {
	z := &Zone{
		pace: pace, health: map[string]*health{}, leads: map[string]netip.Addr{}, answers: map[string]int{},
		random: rand.New(rand.NewPCG(1, 2)),
	}
	return z, z.Change(resources)
}

// Change has the zone hold these resources, and no others. An error names what the stand-in does
// not know.
func (z *Zone) Change(resources []awsapi.Resource) error {
	records := map[string][]Record{}
	var checks []Check
	for _, r := range resources {
		in := inputs{r, nil}
		switch r.Type {
		case "aws:route53/record:Record":
			record := Record{
				Name: in.text("name"), To: in.one("records"), TTL: time.Duration(in.number("ttl")) * time.Second,
				Identifier: in.optional("setIdentifier"), Check: in.optional("healthCheckId"),
			}
			if record.Identifier != "" {
				record.Weight = in.weight()
			}
			if kind := in.text("type"); kind != "CNAME" {
				in.refuse("type", kind)
			}
			records[record.Name] = append(records[record.Name], record)
		case "aws:route53/healthCheck:HealthCheck":
			if kind := in.text("type"); kind != "HTTPS" {
				in.refuse("type", kind)
			}
			host := in.text("fqdn")
			if port := in.number("port"); port != 443 { // which the header Host goes without
				host = fmt.Sprintf("%s:%d", host, port)
			}
			checks = append(checks, Check{
				ID: r.ID, URL: "https://" + host + in.text("resourcePath"),
				Interval: time.Duration(in.number("requestInterval")) * time.Second, Failures: in.number("failureThreshold"),
			})
		default:
			in.refuse("type", r.Type)
		}
		if in.err != nil {
			return in.err
		}
	}
	z.mutex.Lock()
	defer z.mutex.Unlock()
	known := map[string]*health{}
	for _, c := range checks {
		if known[c.ID] = z.health[c.ID]; known[c.ID] == nil {
			known[c.ID] = &health{}
		}
	}
	for name, all := range records {
		for _, r := range all {
			switch {
			case len(all) > 1 && r.Identifier == "":
				return fmt.Errorf("%s has a simple record beside others", name)
			case r.Check != "" && known[r.Check] == nil:
				return fmt.Errorf("%s names the health check %s, which is not there", name, r.Check)
			}
		}
	}
	z.records, z.checks, z.health = records, checks, known
	return nil
}

// Takes is how long something takes at the zone's pace.
func (z *Zone) Takes(d time.Duration) time.Duration { return time.Duration(float64(d) / z.pace) }

// TTL is how long the answer for a name may be kept, at the zone's pace.
func (z *Zone) TTL(name string) time.Duration {
	z.mutex.Lock()
	defer z.mutex.Unlock()
	ttl := addressTTL * time.Second
	for _, r := range z.records[name] {
		ttl = min(ttl, r.TTL)
	}
	return z.Takes(ttl)
}

// Lead says which address a name outside the zone has, such as that of a load balancer.
func (z *Zone) Lead(name string, to netip.Addr) {
	z.mutex.Lock()
	defer z.mutex.Unlock()
	z.leads[name] = to
}

// Answers counts the answers so far, by the identifier of the record that was picked for a name.
func (z *Zone) Answers(name string) map[string]int {
	z.mutex.Lock()
	defer z.mutex.Unlock()
	count := map[string]int{}
	for key, n := range z.answers {
		if of, identifier, _ := strings.Cut(key, " "); of == name {
			count[identifier] = n
		}
	}
	return count
}

// resolve follows a name to an address, and returns the records on the way, each as the answer to
// a question of its own. The address is invalid where the way ends.
func (z *Zone) resolve(name string) (way []Record, address netip.Addr) {
	z.mutex.Lock()
	defer z.mutex.Unlock()
	for range 8 { // no zone that is meant has more
		record, found := z.pick(name)
		if !found {
			break
		}
		z.answers[name+" "+record.Identifier]++
		way, name = append(way, record), record.To
	}
	return way, z.leads[name]
}

// pick is the record that answers for a name now.
func (z *Zone) pick(name string) (Record, bool) {
	all := z.records[name]
	up := func(r Record) bool { return r.Check == "" || !z.health[r.Check].down }
	weighs := func(r Record) bool { return r.Identifier == "" || r.Weight > 0 }
	for _, counts := range []func(Record) bool{
		func(r Record) bool { return weighs(r) && up(r) },
		up,
		weighs,
		func(Record) bool { return true },
	} {
		var among []Record
		total := 0
		for _, r := range all {
			if counts(r) {
				among, total = append(among, r), total+r.Weight
			}
		}
		if len(among) == 0 {
			continue
		}
		if total == 0 { // as for equal weights
			return among[z.random.IntN(len(among))], true
		}
		at := z.random.IntN(total)
		for _, r := range among {
			if at -= r.Weight; at < 0 {
				return r, true
			}
		}
	}
	return Record{}, false
}

// Up reports whether a health check passes.
func (z *Zone) Up(check string) bool {
	z.mutex.Lock()
	defer z.mutex.Unlock()
	known := z.health[check]
	return known != nil && !known.down
}

// Watch makes the health checks that the zone has now until the context ends. The client finds a
// host by this zone, too.
func (z *Zone) Watch(ctx context.Context, client *http.Client) {
	z.mutex.Lock()
	checks := z.checks
	z.mutex.Unlock()
	var all sync.WaitGroup
	for _, c := range checks {
		all.Go(func() {
			for ctx.Err() == nil {
				passes := ask(ctx, client, c)
				if ctx.Err() == nil {
					z.learn(c, passes)
				}
				select {
				case <-ctx.Done():
				case <-time.After(z.Takes(c.Interval)):
				}
			}
		})
	}
	all.Wait()
}

// ask makes a health check once. An answer of 2xx or 3xx passes.
func ask(ctx context.Context, client *http.Client, c Check) bool {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, c.URL, nil)
	if err != nil {
		return false
	}
	response, err := client.Do(request)
	if err != nil {
		return false
	}
	_ = response.Body.Close()
	return response.StatusCode >= 200 && response.StatusCode < 400
}

// learn takes one result of a health check in.
func (z *Zone) learn(c Check, passes bool) {
	z.mutex.Lock()
	defer z.mutex.Unlock()
	known := z.health[c.ID]
	switch {
	case known == nil: // it was removed
	case passes != known.down:
		known.inARow = 0
	default:
		if known.inARow++; known.inARow >= c.Failures {
			known.down, known.inARow = !known.down, 0
		}
	}
}

// inputs reads a resource's inputs.
type inputs struct {
	awsapi.Resource
	err error // the first
}

func (in *inputs) refuse(input string, value any) {
	if in.err == nil {
		in.err = fmt.Errorf("%s: the stand-in does not know %s %v", in.URN, input, value)
	}
}

func (in *inputs) text(input string) string {
	text, ok := in.Inputs[input].(string)
	if !ok || text == "" {
		in.refuse(input, in.Inputs[input])
	}
	return text
}

func (in *inputs) optional(input string) string {
	if in.Inputs[input] == nil {
		return ""
	}
	return in.text(input)
}

func (in *inputs) number(input string) int {
	number, ok := in.Inputs[input].(float64)
	if !ok {
		in.refuse(input, in.Inputs[input])
	}
	return int(number)
}

// one is the only element of a list.
func (in *inputs) one(input string) string {
	list, _ := in.Inputs[input].([]any)
	if len(list) == 1 {
		if text, ok := list[0].(string); ok {
			return text
		}
	}
	in.refuse(input, in.Inputs[input])
	return ""
}

func (in *inputs) weight() int {
	if policies, _ := in.Inputs["weightedRoutingPolicies"].([]any); len(policies) == 1 {
		if policy, ok := policies[0].(map[string]any); ok {
			if weight, ok := policy["weight"].(float64); ok {
				return int(weight)
			}
		}
	}
	in.refuse("weightedRoutingPolicies", in.Inputs["weightedRoutingPolicies"])
	return 0
}

// Server answers questions about a zone.
type Server struct {
	zone *Zone
	conn net.PacketConn
}

// Serve answers over UDP on an address, until the server is closed.
func (z *Zone) Serve(address string) (*Server, error) {
	conn, err := net.ListenPacket("udp4", address)
	if err != nil {
		return nil, err
	}
	s := &Server{zone: z, conn: conn}
	go s.serve()
	return s, nil
}

// Close stops the server.
func (s *Server) Close() error { return s.conn.Close() }

// Resolver asks the server, and remembers nothing.
func (s *Server) Resolver() *net.Resolver {
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		var dialer net.Dialer
		return dialer.DialContext(ctx, "udp4", s.conn.LocalAddr().String())
	}}
}
