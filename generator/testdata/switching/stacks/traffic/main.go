// Command traffic is the Pulumi program of where requests to moving go: DNS records in Route 53
// that share each domain out between AWS Lambda and Kubernetes by weights. It has stacks of its
// own, so that moving traffic changes neither target, and neither target's updates move traffic.
// ambi wrote it from app/app.yaml, and it is yours to edit; "ambi diff" shows how it differs
// from what ambi would write today.
//
// To send one request in ten to Kubernetes:
//
//	pulumi config set lambda 90 && pulumi config set kubernetes 10 && pulumi up
package main

import (
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/route53"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"example.com/golden/stacks/settings"
)

const app = "moving"

// targets are what the weights are between; each is the name of a setting.
var targets = []string{"lambda", "kubernetes"}

// domain is a host name that both targets serve.
type domain struct {
	name   string
	health string // the path that says, under a target's own host, whether it is up
}

// ownHost is where one target alone answers, whatever the weights. Health checks ask it: they
// send the host that they ask, so that the shared name would not tell which target answers.
func (d domain) ownHost(target string) string { return target + "." + d.name }

var domains = []domain{
	{name: "account.example.com", health: "/up"},
	{name: "shop.example.com", health: "/healthz"},
	{name: "status.example.com", health: "/status"},
}

const (
	// ttlSeconds is how long resolvers may remember an answer, and so how long a change of
	// weights or of health takes at the least. Some resolvers and clients remember longer.
	ttlSeconds = 60
	maxWeight  = 255
	// A target is down after three failures, 30 seconds apart.
	checkSeconds  = 30
	checkFailures = 3
)

// stack is the traffic as one stack directs it.
type stack struct {
	zone      string            // the hosted zone of the records
	weights   map[string]int    // by target
	addresses map[string]string // what each own host leads to
}

func main() {
	pulumi.Run(deploy)
}

// deploy declares the records. All settings are read first, so that a bad one stops the update
// before anything has changed.
func deploy(ctx *pulumi.Context) error {
	read := settings.Read(ctx)
	s := &stack{zone: read.HostedZone("zoneId"), weights: map[string]int{}, addresses: map[string]string{}}
	total := 0
	for _, target := range targets {
		read.Demand(target, "it is the weight of the target's records, such as 100 or 0")
		s.weights[target] = read.Int(target, 1, 0, maxWeight)
		total += s.weights[target]
		for _, d := range domains {
			s.addresses[d.ownHost(target)] = read.HostName(d.ownHost(target))
		}
	}
	// Route 53 takes weights that are all 0 for equal ones.
	read.Require(total > 0, "all weights are 0\nhint: pulumi config set --stack %s %s 100", ctx.Stack(), targets[0])
	if err := read.Err(); err != nil {
		return err
	}
	for _, d := range domains {
		for _, target := range targets {
			if err := s.direct(ctx, d, target); err != nil {
				return err
			}
		}
	}
	for _, target := range targets {
		ctx.Export(target, pulumi.Int(s.weights[target])) // which says how far traffic has moved
	}
	return nil
}

// direct sends a target its share of a domain's requests, as long as it is up. Where it is not,
// the other target gets them all.
func (s *stack) direct(ctx *pulumi.Context, d domain, target string) error {
	host := d.ownHost(target)
	own, err := route53.NewRecord(ctx, host, &route53.RecordArgs{
		ZoneId:  pulumi.String(s.zone),
		Name:    pulumi.String(host),
		Type:    pulumi.String("CNAME"),
		Ttl:     pulumi.Int(ttlSeconds),
		Records: pulumi.StringArray{pulumi.String(s.addresses[host])},
	})
	if err != nil {
		return err
	}
	check, err := route53.NewHealthCheck(ctx, host, &route53.HealthCheckArgs{
		Type:             pulumi.String("HTTPS"),
		Fqdn:             pulumi.String(host),
		Port:             pulumi.Int(443),
		ResourcePath:     pulumi.String(d.health),
		EnableSni:        pulumi.Bool(true), // the certificate is for the host
		RequestInterval:  pulumi.Int(checkSeconds),
		FailureThreshold: pulumi.Int(checkFailures),
		Tags:             pulumi.StringMap{"app": pulumi.String(app), "Name": pulumi.String(host)},
	}, pulumi.DependsOn([]pulumi.Resource{own}))
	if err != nil {
		return err
	}
	_, err = route53.NewRecord(ctx, d.name+"-"+target, &route53.RecordArgs{
		ZoneId:        pulumi.String(s.zone),
		Name:          pulumi.String(d.name),
		Type:          pulumi.String("CNAME"),
		Ttl:           pulumi.Int(ttlSeconds),
		SetIdentifier: pulumi.String(target),
		WeightedRoutingPolicies: route53.RecordWeightedRoutingPolicyArray{
			route53.RecordWeightedRoutingPolicyArgs{Weight: pulumi.Int(s.weights[target])},
		},
		HealthCheckId: check.ID(),
		Records:       pulumi.StringArray{pulumi.String(host)},
	}, pulumi.DependsOn([]pulumi.Resource{own}))
	return err
}
