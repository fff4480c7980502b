package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"example.com/golden/stacks/stacktest"
)

const (
	recordType = "aws:route53/record:Record"
	checkType  = "aws:route53/healthCheck:HealthCheck"
	zone       = "Z0123456789ABCDEFGHIJ"
)

// wanted are the domains that the spec has, and where each says whether it is up.
var wanted = []domain{
	{name: "account.example.com", health: "/up"},
	{name: "shop.example.com", health: "/healthz"},
	{name: "status.example.com", health: "/status"},
}

// configuration is what a stack must set.
func configuration(changed map[string]string) map[string]string {
	all := map[string]string{"zoneId": zone, "lambda": "90", "kubernetes": "10"}
	for _, d := range domains {
		for _, target := range targets {
			all[d.ownHost(target)] = address(d, target)
		}
	}
	maps.Copy(all, changed)
	return all
}

// address is where a target's own host leads.
func address(d domain, target string) string { return target + ".address.of." + d.name }

func TestStack(t *testing.T) {
	checkAll(t, stacktest.Run(t, deploy, configuration(nil)), map[string]int{"lambda": 90, "kubernetes": 10})
}

// All traffic may be on one target, and the other one's records are still there.
func TestAllOnOneTarget(t *testing.T) {
	for _, target := range targets {
		weights, changed := map[string]int{}, map[string]string{}
		for _, other := range targets {
			weights[other], changed[other] = 0, "0"
		}
		weights[target], changed[target] = 100, "100"
		checkAll(t, stacktest.Run(t, deploy, configuration(changed)), weights)
	}
}

// checkAll holds a stack to everything that must be true of it, whatever else a team adds.
// It takes a stacktest.T rather than a *testing.T, so that it can be tried on a stack that is
// known to be broken.
func checkAll(t stacktest.T, g *stacktest.Graph, weights map[string]int) {
	for _, d := range wanted {
		for _, target := range []string{"lambda", "kubernetes"} {
			checkShare(t, g, d, target, weights[target])
		}
	}
	for target, weight := range weights {
		g.Exports.Want(t, target, weight, "\"ambi switch\" reads how far traffic has moved")
	}
}

// checkShare holds a target's records of a domain to what must be true of them.
func checkShare(t stacktest.T, g *stacktest.Graph, d domain, target string, weight int) {
	host := target + "." + d.name
	own, check, shared := g.One(t, recordType, host), g.One(t, checkType, host), g.One(t, recordType, d.name+"-"+target)
	for _, record := range []*stacktest.Resource{own, shared} {
		record.Want(t, "zoneId", zone, "no other zone is asked for the name")
		record.Want(t, "type", "CNAME", "records of one name must have one type, and only Lambda's could be an alias")
		if ttl, _ := record.Input("ttl").(float64); ttl < 1 || ttl > 60 {
			t.Errorf("%s: a TTL of %v s: with health checks AWS says at most 60, and a way back takes as long", record, record.Input("ttl"))
		}
	}
	own.Want(t, "name", host, "the target alone answers there")
	own.Want(t, "records", []string{address(d, target)}, "the target's stack says where it answers")
	own.Want(t, "weightedRoutingPolicies", nil, "the name leads to one target, whatever the weights")
	own.Want(t, "setIdentifier", nil, "the name leads to one target, whatever the weights")

	check.Want(t, "type", "HTTPS", "the target answers over TLS only, and a check of the connection alone would pass where the app fails")
	check.Want(t, "fqdn", host, "the shared name would lead to either target")
	check.Want(t, "port", 443, "the target answers there")
	check.Want(t, "resourcePath", d.health, "the app says there whether it is up")
	check.Want(t, "enableSni", true, "without the host's name a target shows another certificate, or none")
	check.Want(t, "disabled", nil, "Route 53 takes a target whose check is off for one that is up")
	check.Want(t, "invertHealthcheck", nil, "a target that is down would get all the traffic")
	if every := check.Input("requestInterval"); every != 10.0 && every != 30.0 {
		t.Errorf("%s: it asks every %v s: Route 53 knows 10 and 30", check, every)
	}
	if failures, _ := check.Input("failureThreshold").(float64); failures < 1 || failures > 10 {
		t.Errorf("%s: a target is down after %v failures: Route 53 knows 1 to 10", check, check.Input("failureThreshold"))
	}
	check.Want(t, "tags.app", app, "bills and tools go by it")
	check.Want(t, "tags.Name", host, "consoles show it")

	shared.Want(t, "name", d.name, "callers use it")
	shared.Want(t, "records", []string{host}, "it is where the target alone answers")
	shared.Want(t, "setIdentifier", target, "Route 53 tells the records of one name apart by it, and a new one replaces the record")
	shared.Want(t, "weightedRoutingPolicies[0].weight", weight, "the stack says how much of the traffic the target gets")
	shared.Want(t, "healthCheckId", check.Output("id"), "a target that is down gets no traffic", check)

	for _, later := range []*stacktest.Resource{check, shared} {
		if !slices.Contains(later.Needs[""], own.URN) {
			t.Errorf("%s: does not wait for %s: until that leads somewhere, the target is down", later, own)
		}
	}
}

// Weights that are all 0 would be equal ones.
func TestNoWeights(t *testing.T) {
	zero := map[string]string{}
	for _, target := range targets {
		zero[target] = "0"
	}
	graph, err := stacktest.Deploy(t, deploy, configuration(zero))
	if err == nil || !strings.Contains(err.Error(), "all weights are 0") {
		t.Errorf("weights that are all 0 are not refused: %v", err)
	}
	if len(graph.Resources) > 0 {
		t.Errorf("declared in spite of it: %v", graph.Names())
	}
}

// Bad settings are refused, all of them at once, before anything is declared; so is a stack that
// lacks any.
func TestBadSettings(t *testing.T) {
	bad := map[string]string{"zoneId": "example.com", "lambda": "-1", "kubernetes": fmt.Sprint(maxWeight + 1)}
	missing := map[string]string{"zoneId": "", "lambda": "", "kubernetes": ""}
	for _, d := range domains {
		for _, target := range targets {
			bad[d.ownHost(target)], missing[d.ownHost(target)] = "192.0.2.1", ""
		}
	}
	for _, given := range []map[string]string{bad, missing} {
		graph, err := stacktest.Deploy(t, deploy, given)
		for key, value := range given {
			if err == nil || !strings.Contains(err.Error(), stacktest.Project+":"+key+":") {
				t.Errorf("%s: %q is not refused: %v", key, value, err)
			}
		}
		if len(graph.Resources) > 0 {
			t.Errorf("declared in spite of it: %v", graph.Names())
		}
	}
}

func TestNoErrorIsLost(t *testing.T) {
	stacktest.LostErrors(t, ".")
}
