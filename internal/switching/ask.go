package switching

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"time"

	"ambi/internal/measure"
	"ambi/internal/measure/load"
	"ambi/internal/problem"
	"ambi/spec"
	"ambi/target"
)

// Question says what is asked of the targets.
type Question struct {
	// Addresses say where targets answer in place of their own hosts, such as
	// http://localhost:8080. Requests carry the name of the own host.
	Addresses map[spec.Target]string
	// Remote lets requests leave this machine. Without it, only targets with an address are
	// asked.
	Remote bool
	// Routes asks for each route whose method is safe, too.
	Routes bool
	// Params are the values of the parameters of paths; 1 for others.
	Params map[string]string
}

// Answer is what a target answered to one request.
type Answer struct {
	Target spec.Target
	Domain string
	Method string
	Path   string
	Health bool   // it is what a health check asks
	Status int    // 0 for none
	Failed string // why there is none
}

// Host is the target's own.
func (a Answer) Host() string { return spec.OwnHost(a.Target, a.Domain) }

// same reports whether two answers are to the same request, but for the target.
func (a Answer) same(other Answer) bool {
	return a.Domain == other.Domain && a.Method == other.Method && a.Path == other.Path && a.Health == other.Health
}

// patience is how long an answer may take. A health check of Route 53 waits for up to 4 seconds for
// the connection and 2 for the answer, and a cold start may come before it.
// Source: https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/dns-failover-determining-health-of-endpoints.html
const patience = 30 * time.Second

// Asks reports whether a target is asked at all.
func (q Question) Asks(t spec.Target) bool { return q.Remote || q.Addresses[t] != "" }

// Check returns the problems of a question.
func (q Question) Check() error {
	var problems problem.List
	for _, t := range spec.Targets() {
		if address := q.Addresses[t]; address != "" {
			_, err := load.NewClient(address, q.Remote, patience)
			problems.Add(problem.InFlag("url", err))
		}
	}
	return problems.Err()
}

// Ask asks both targets, where it may: at the path of the health check of each domain, and for the
// routes that are asked for. Each request is sent once, without a token or a body, and no redirect
// is followed. What fails is in the answers; an error is that of the question or of the context.
func Ask(ctx context.Context, r *target.Resolved, q Question) ([]Answer, error) {
	if err := q.Check(); err != nil {
		return nil, err
	}
	var all []Answer
	for _, t := range spec.Targets() {
		if !q.Asks(t) {
			continue
		}
		for _, d := range r.Traffic.Domains {
			address := cmp.Or(q.Addresses[t], "https://"+d.Own(t))
			client, err := load.NewClient(address, q.Remote, patience)
			if err != nil {
				return nil, err
			}
			for _, request := range q.requests(r.App, d.Name, d.Path) {
				request.Target, request.Domain = t, d.Name
				if request.Status, err = client.Ask(ctx, request.Method, request.Path, request.Host(), patience); err != nil {
					request.Failed = reason(err)
				}
				all = append(all, request)
			}
			client.Close()
		}
	}
	return all, ctx.Err()
}

// reason is why a request had no answer, without the address, which is shown beside it.
func reason(err error) string {
	var failed *url.Error
	if errors.As(err, &failed) {
		err = failed.Err
	}
	return err.Error()
}

// requests are those for a domain: its health check first.
func (q Question) requests(app *spec.App, domain, health string) []Answer {
	list := []Answer{{Method: http.MethodGet, Path: health, Health: true}}
	if !q.Routes {
		return list
	}
	for _, place := range app.Places() {
		s := app.Services[place.Service]
		if s.HTTP.Domain != domain || s.Alone() || !slices.Contains([]string{http.MethodGet, http.MethodHead, spec.Any}, place.Route.Method) {
			continue
		}
		for _, r := range measure.OfRoutes([]spec.Route{place.Route}, q.Params) {
			list = append(list, Answer{Method: r.Method, Path: r.Path})
		}
	}
	return list
}

// answers checks what the targets answered.
func (b *builder) answers() {
	for _, t := range []spec.Target{b.To, b.from} {
		for _, d := range b.Resolved.Traffic.Domains {
			host := d.Own(t)
			if !slices.ContainsFunc(b.Answers, func(a Answer) bool { return a.Host() == host }) {
				b.check(host, NotAsked, fmt.Sprintf("GET %s was not asked", d.Path), fmt.Sprintf("--remote asks it, or --url %s=ADDRESS where it answers on this machine", t))
			}
			for _, a := range b.Answers {
				if a.Host() == host {
					result, text, hints := b.judged(a)
					b.check(host, result, fmt.Sprintf("%s %s %s", a.Method, a.Path, text), hints...)
				}
			}
		}
	}
}

// judged says what an answer means for the move.
func (b *builder) judged(a Answer) (result Result, text string, hints []string) {
	switch {
	case a.Status == 0:
		return Blocks, "was not answered: " + a.Failed, nil
	case a.Health && (a.Status < 200 || a.Status >= 400): // as Route 53 judges
		return Blocks, fmt.Sprintf("answered %d, and a health check asks for 2xx or 3xx", a.Status), nil
	case a.Health:
		return OK, fmt.Sprintf("answered %d", a.Status), nil
	case a.Status >= 500:
		return Blocks, fmt.Sprintf("answered %d", a.Status), nil
	}
	i := slices.IndexFunc(b.Answers, func(o Answer) bool { return o.Target != a.Target && o.same(a) && o.Status != 0 })
	switch {
	case i < 0:
		return OK, fmt.Sprintf("answered %d; the other target was not asked", a.Status), nil
	case b.Answers[i].Status != a.Status && a.Target == b.To:
		return Blocks, fmt.Sprintf("answered %d, and %s answers %d", a.Status, b.from, b.Answers[i].Status),
			[]string{"where a path needs a parameter that exists, --param NAME=VALUE gives it"}
	}
	return OK, fmt.Sprintf("answered %d", a.Status), nil
}
