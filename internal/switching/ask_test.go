package switching_test

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"ambi/internal/problem"
	"ambi/internal/switching"
	"ambi/spec"
)

// side is a target on loopback that keeps what it is asked.
type side struct {
	*httptest.Server
	mutex sync.Mutex
	asked []string
}

// answering starts a target that answers with these statuses by path, and else with 404.
func answering(t *testing.T, statuses map[string]int) *side {
	s := &side{}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.mutex.Lock()
		s.asked = append(s.asked, r.Method+" "+r.Host+r.URL.Path)
		s.mutex.Unlock()
		status, ok := statuses[r.URL.Path]
		if !ok {
			status = http.StatusNotFound
		}
		if status == http.StatusFound {
			w.Header().Set("Location", "/elsewhere")
		}
		w.WriteHeader(status)
	}))
	t.Cleanup(s.Close)
	return s
}

func ask(t *testing.T, q switching.Question) []switching.Answer {
	t.Helper()
	answers, err := switching.Ask(t.Context(), resolved(t, shop), q)
	if err != nil {
		t.Fatal(err)
	}
	return answers
}

// Only safe routes of services that move are asked for, each once, by the name of the own host, and
// without following where an answer leads.
func TestAsk(t *testing.T) {
	s := answering(t, map[string]int{"/healthz": 200, "/all": 302})
	q := switching.Question{Addresses: map[spec.Target]string{spec.Kubernetes: s.URL}, Params: map[string]string{"id": "7"}}
	ask(t, q)
	if want := []string{"GET kubernetes.shop.example.com/healthz"}; !slices.Equal(s.asked, want) {
		t.Errorf("asked %v", s.asked)
	}
	s.asked, q.Routes = nil, true
	ask(t, q)
	slices.Sort(s.asked)
	want := []string{
		"GET kubernetes.shop.example.com/all", "GET kubernetes.shop.example.com/healthz",
		"GET kubernetes.shop.example.com/items/7", "HEAD kubernetes.shop.example.com/items",
	}
	if !slices.Equal(s.asked, want) {
		t.Errorf("asked %v", s.asked)
	}
}

// Nothing is sent that is not asked for, and nothing to another machine.
func TestAskNothing(t *testing.T) {
	if answers := ask(t, switching.Question{Routes: true}); len(answers) > 0 {
		t.Errorf("answers without an address: %v", answers)
	}
	q := switching.Question{Addresses: map[spec.Target]string{spec.Kubernetes: "https://kubernetes.shop.example.com", spec.Lambda: "nowhere"}}
	list := problem.All(q.Check())
	if len(list) != 2 || !strings.Contains(list.Error(), "may be another machine") || list[0].Flag != "url" {
		t.Errorf("addresses elsewhere: %v", list)
	}
	if _, err := switching.Ask(t.Context(), resolved(t, shop), q); err == nil {
		t.Error("addresses elsewhere are asked")
	}
}

func TestAnswers(t *testing.T) {
	closed := answering(t, nil)
	closed.Close()
	up := map[string]int{"/healthz": 204, "/items/1": 200, "/items": 200, "/all": 401}
	with := func(path string, status int) map[string]int {
		changed := map[string]int{path: status}
		for p, s := range up {
			if p != path {
				changed[p] = s
			}
		}
		return changed
	}
	for _, test := range []struct {
		name   string
		lambda *side
		pods   *side
		blocks []string // what is said, in part
	}{
		{"both alike", answering(t, up), answering(t, up), nil},
		{"one alone", nil, answering(t, up), nil},
		{"not well", nil, answering(t, with("/healthz", 503)), []string{"GET /healthz answered 503, and a health check asks for 2xx or 3xx"}},
		{"not there", nil, answering(t, with("/healthz", 404)), []string{"GET /healthz answered 404"}},
		{"no answer", nil, closed, []string{"GET /healthz was not answered", "GET /items/1 was not", "HEAD /items was not", "GET /all was not"}},
		{"otherwise than before", answering(t, up), answering(t, with("/items/1", 404)), []string{"GET /items/1 answered 404, and lambda answers 200"}},
		{"open where it was not", answering(t, up), answering(t, with("/all", 200)), []string{"GET /all answered 200, and lambda answers 401"}},
		{"failing on both", answering(t, with("/all", 500)), answering(t, with("/all", 500)), []string{"GET /all answered 500", "GET /all answered 500"}},
	} {
		q := switching.Question{Addresses: map[spec.Target]string{}, Routes: true}
		for target, s := range map[spec.Target]*side{spec.Lambda: test.lambda, spec.Kubernetes: test.pods} {
			if s != nil {
				q.Addresses[target] = s.URL
			}
		}
		p := switching.New(switching.Input{Resolved: resolved(t, shop), To: spec.Kubernetes, Accepted: []string{"services.api"}, Answers: ask(t, q)})
		blocks := p.Blocks()
		for i, want := range test.blocks {
			if i >= len(blocks) || !strings.Contains(blocks[i].Text, want) {
				t.Errorf("%s: blocked by %v, want %q", test.name, blocks, want)
			}
		}
		if len(blocks) != len(test.blocks) {
			t.Errorf("%s: blocked by %v", test.name, blocks)
		}
		if test.lambda == nil && !slices.ContainsFunc(p.Checks, func(c switching.Check) bool {
			return c.Subject == "lambda.shop.example.com" && c.Result == switching.NotAsked
		}) {
			t.Errorf("%s: nothing says that Lambda was not asked", test.name)
		}
	}
}
