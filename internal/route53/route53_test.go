package route53

import (
	"context"
	"errors"
	"maps"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"ambi/internal/awsapi"
)

const (
	name   = "shop.example.com"
	recTyp = "aws:route53/record:Record"
	chkTyp = "aws:route53/healthCheck:HealthCheck"
)

// side is a target's part of a zone as the emitted program has it.
func side(target string, weight float64) []awsapi.Resource {
	host := target + "." + name
	return []awsapi.Resource{
		{Type: recTyp, Inputs: map[string]any{"name": host, "type": "CNAME", "ttl": 60.0, "records": []any{"balancer.of." + target}}},
		{Type: chkTyp, ID: target, Inputs: map[string]any{
			"type": "HTTPS", "fqdn": host, "port": 443.0, "resourcePath": "/up", "requestInterval": 30.0, "failureThreshold": 3.0,
		}},
		{Type: recTyp, Inputs: map[string]any{
			"name": name, "type": "CNAME", "ttl": 60.0, "records": []any{host}, "setIdentifier": target, "healthCheckId": target,
			"weightedRoutingPolicies": []any{map[string]any{"weight": weight}},
		}},
	}
}

var addresses = map[string]netip.Addr{"a": netip.MustParseAddr("127.0.0.2"), "b": netip.MustParseAddr("127.0.0.3")}

func zone(t *testing.T, a, b float64) *Zone {
	t.Helper()
	z, err := New(slices.Concat(side("a", a), side("b", b)), 1)
	if err != nil {
		t.Fatal(err)
	}
	for target, address := range addresses {
		z.Lead("balancer.of."+target, address)
	}
	return z
}

// fail has a health check see so many answers of one kind.
func (z *Zone) see(id string, passes bool, times int) {
	for range times {
		z.learn(Check{ID: id, Failures: 3}, passes)
	}
}

// Which records count, and how often each is picked of those that do.
func TestPick(t *testing.T) {
	down := func(ids ...string) func(*Zone) {
		return func(z *Zone) {
			for _, id := range ids {
				z.see(id, false, 3)
			}
		}
	}
	for what, c := range map[string]struct {
		a, b float64
		then func(*Zone)
		want float64 // of the answers, a's
	}{
		"by weight":                    {a: 1, b: 99, want: .01},
		"half":                         {a: 50, b: 50, want: .5},
		"all":                          {a: 100, b: 0, want: 1},
		"all weights are 0":            {a: 0, b: 0, want: .5},
		"one is down":                  {a: 1, b: 99, then: down("b"), want: 1},
		"what has all weight is down":  {a: 0, b: 100, then: down("b"), want: 1},
		"both are down":                {a: 1, b: 99, then: down("a", "b"), want: .01},
		"what has no weight is down":   {a: 0, b: 100, then: down("a"), want: 0},
		"two failures are not enough":  {a: 0, b: 100, then: func(z *Zone) { z.see("b", false, 2) }, want: 0},
		"two failures and a success":   {a: 0, b: 100, then: func(z *Zone) { z.see("b", false, 2); z.see("b", true, 1); z.see("b", false, 2) }, want: 0},
		"up again":                     {a: 0, b: 100, then: func(z *Zone) { z.see("b", false, 3); z.see("b", true, 3) }, want: 0},
		"two successes are not enough": {a: 0, b: 100, then: func(z *Zone) { z.see("b", false, 3); z.see("b", true, 2) }, want: 1},
	} {
		t.Run(what, func(t *testing.T) {
			z := zone(t, c.a, c.b)
			if c.then != nil {
				c.then(z)
			}
			const draws = 10_000
			count := map[netip.Addr]int{}
			for range draws {
				_, address := z.resolve(name)
				count[address]++
			}
			got := float64(count[addresses["a"]]) / draws
			if exact := c.want == 0 || c.want == 1; exact && got != c.want || got < c.want-.02 || got > c.want+.02 {
				t.Errorf("a has %.3f of the answers, want %.2f", got, c.want)
			}
			if want := map[string]int{"a": count[addresses["a"]], "b": count[addresses["b"]]}; !maps.Equal(want, z.Answers(name)) && len(z.Answers(name)) == 2 {
				t.Errorf("it counts %v, and gave %v", z.Answers(name), want)
			}
		})
	}
}

// A stock resolver finds addresses, and what the zone says next once it has changed.
func TestServe(t *testing.T) {
	z := zone(t, 100, 0)
	server, err := z.Serve("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	find := func(host string) string {
		t.Helper()
		found, err := server.Resolver().LookupNetIP(t.Context(), "ip4", host)
		if err != nil || len(found) != 1 {
			t.Fatalf("%s: %v, %v", host, found, err)
		}
		return found[0].String()
	}
	if got := find("Shop.example.com"); got != "127.0.0.2" {
		t.Errorf("got %s", got)
	}
	if got := find("b." + name); got != "127.0.0.3" {
		t.Errorf("b's own host leads to %s", got)
	}
	if canonical, err := server.Resolver().LookupCNAME(t.Context(), name); err != nil || canonical != "balancer.of.a." {
		t.Errorf("the way ends at %s: %v", canonical, err)
	}
	if err := z.Change(slices.Concat(side("a", 0), side("b", 100))); err != nil {
		t.Fatal(err)
	}
	if got := find(name); got != "127.0.0.3" {
		t.Errorf("after the change, %s", got)
	}
	if _, err := server.Resolver().LookupHost(t.Context(), "other.example.com"); err == nil || !strings.Contains(err.Error(), "no such host") {
		t.Errorf("another name: %v", err)
	}
}

// What the stand-in does not know, it does not pass over.
func TestRefuses(t *testing.T) {
	for what, change := range map[string]func(all []awsapi.Resource) []awsapi.Resource{
		"an alias":   func(all []awsapi.Resource) []awsapi.Resource { all[2].Inputs["type"] = "A"; return all },
		"two values": func(all []awsapi.Resource) []awsapi.Resource { all[0].Inputs["records"] = []any{"a", "b"}; return all },
		"no weight": func(all []awsapi.Resource) []awsapi.Resource {
			delete(all[2].Inputs, "weightedRoutingPolicies")
			return all
		},
		"a check of TCP":          func(all []awsapi.Resource) []awsapi.Resource { all[1].Inputs["type"] = "TCP"; return all },
		"a check that is missing": func(all []awsapi.Resource) []awsapi.Resource { return slices.Delete(all, 1, 2) },
		"a simple record beside others": func(all []awsapi.Resource) []awsapi.Resource {
			all[0].Inputs["name"] = name
			return all
		},
		"another type": func(all []awsapi.Resource) []awsapi.Resource { all[0].Type = "aws:route53/zone:Zone"; return all },
	} {
		t.Run(what, func(t *testing.T) {
			if _, err := New(change(side("a", 1)), 1); err == nil {
				t.Error("it is taken")
			}
		})
	}
}

// A watch ends with its context.
func TestWatchEnds(t *testing.T) {
	ctx, stop := context.WithCancelCause(t.Context())
	stop(errors.New("over"))
	zone(t, 1, 1).Watch(ctx, nil)
}
