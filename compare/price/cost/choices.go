package cost

import (
	"maps"
	"slices"
	"time"

	"ambi/compare/demand"
	"ambi/compare/price"
	"ambi/internal/problem"
	"ambi/spec"
	"ambi/target/lambda"
)

// Choices is how the team would run the app, as far as the spec does not say. Both targets'
// bills have the same scope.
type Choices struct {
	FreeTier bool `json:"freeTier"` // count AWS's free allowances
	Logs     bool `json:"logs"`     // logs go to CloudWatch
	Egress   bool `json:"egress"`   // responses go out to the internet
	// CDN is the part of the requests over HTTP, and of their bytes, that a CDN in front of either
	// target answers itself: from 0 to 1; 0 means that there is none.
	CDN float64 `json:"cdn,omitempty"`
	// Elsewhere is the rest of the account's usage in a month, by price key: tiers apply to an
	// account's total.
	Elsewhere  map[string]float64 `json:"elsewhere,omitempty"`
	Lambda     LambdaChoices      `json:"lambda"`
	Kubernetes KubernetesChoices  `json:"kubernetes"`
	Team       TeamChoices        `json:"team,omitzero"`
	// Commitments and Copies are on no bill: see compare.Practice.
	Commitments Commitments `json:"commitments,omitzero"`
	Copies      Copies      `json:"copies,omitzero"`
}

// TeamChoices are what the team's work costs. No bill includes it.
type TeamChoices struct {
	Rate       float64 `json:"rate"`       // dollars an hour; 0 where it is not given
	Lambda     float64 `json:"lambda"`     // hours a month
	Kubernetes float64 `json:"kubernetes"` // the same
}

// LambdaChoices are the choices for Lambda.
type LambdaChoices struct {
	FunctionURL bool          `json:"functionURL"`         // instead of the HTTP API
	FrontDoor   FrontDoor     `json:"frontDoor,omitempty"` // instead of the HTTP API, too; see Door
	KeepAlive   spec.Duration `json:"keepAlive"`           // how long an idle environment lives; AWS documents no figure
	// NATGateways are of the VPC that functions run in. Unknown is one where a
	// function runs in a VPC, and none elsewhere.
	NATGateways demand.Maybe[int] `json:"natGateways"`
}

// Compute says what pods run on.
type Compute string

// What pods run on.
const (
	EC2     Compute = "ec2"     // nodes, packed with pods
	Fargate Compute = "fargate" // one Fargate size a pod
)

// KubernetesChoices are the choices for Kubernetes on EKS.
type KubernetesChoices struct {
	Compute  Compute `json:"compute"`
	Instance string  `json:"instance"` // an EC2 type; empty: large of m7g or m7i, or what the largest pod needs
	MinNodes int     `json:"minNodes"` // at least so many, for two zones
	// Utilization is the part of the nodes' CPU that is in use over a month, as measured on
	// clusters: from 0 to 1; 0 means as few nodes as hold the replicas.
	Utilization float64       `json:"utilization,omitempty"`
	ForPeak     bool          `json:"forPeak"` // capacity for the peak at all times, instead of following traffic
	ScaleIn     spec.Duration `json:"scaleIn"` // how long replicas and nodes stay after traffic has fallen
	// Extended is a Kubernetes version in extended support, which costs more.
	Extended bool `json:"extended"`
	AutoMode bool `json:"autoMode"` // EKS Auto Mode, a fee on each node
	// Shared is the share of a cluster's fixed cost that this app pays, if it runs in a cluster
	// with others: from 0 to 1; 0 means its own cluster.
	Shared      float64 `json:"shared"`
	NATGateways int     `json:"natGateways"`
	PublicNodes bool    `json:"publicNodes"` // each node has an IPv4 address, which costs
	Zones       int     `json:"zones"`       // in which the load balancer has an address each
	DiskGB      int     `json:"diskGB"`      // gp3, for each node
	// RequestsPerConnection and ConnectionTime are how clients use connections
	// to the load balancer; a connection lasts one request at least.
	RequestsPerConnection float64       `json:"requestsPerConnection"`
	ConnectionTime        spec.Duration `json:"connectionTime"`
	CrossZone             float64       `json:"crossZone"` // part of the payload that crosses zones behind the load balancer
}

// OnFargate runs pods on Fargate, which on EKS only supports private subnets and needs a NAT
// gateway.
func (k *KubernetesChoices) OnFargate() {
	k.Compute, k.NATGateways = Fargate, max(1, k.NATGateways)
}

// Defaults are the choices of a careful team that has said nothing:
//
//   - an HTTP API, functions outside a VPC, environments kept for 6 minutes
//     (measured as 5 to 7 in 2021, longer before; see keepAlive's band);
//   - a cluster of its own in standard support, two nodes at least, in public
//     subnets as eksctl makes the first node group
//     (docs.aws.amazon.com/eks/latest/eksctl/vpc-configuration.html), 20 GB of disk
//     each, load balancer addresses in two zones;
//   - replicas that leave 5 minutes after traffic has fallen, the autoscaler's
//     default, and nodes with them, as Karpenter consolidates: what a simulation
//     has too;
//   - four requests a connection to the load balancer, the mean that HTTP Archive
//     measured over web pages
//     (discuss.httparchive.org/t/distribution-of-http-requests-per-tcp-connection/365);
//   - nothing that crosses zones behind the load balancer: AWS does not charge
//     for what an Application Load Balancer sends to targets in other zones.
func Defaults() Choices {
	return Choices{
		Logs: true, Egress: true,
		Lambda: LambdaChoices{KeepAlive: spec.Duration(lambda.UsualKeepAlive)},
		Kubernetes: KubernetesChoices{
			Compute: EC2, MinNodes: 2, ScaleIn: spec.Duration(5 * time.Minute), PublicNodes: true, Zones: 2, DiskGB: 20, RequestsPerConnection: 4,
		},
	}
}

// Bounds of choices. Costs are those of a month, so no time is longer.
const (
	maxTime      = spec.Duration(744 * time.Hour)
	maxGateways  = 1000
	maxPerConn   = 1e9
	maxElsewhere = 1e15 // units a month
)

// Check reports every invalid choice, each problem with the choice as its field.
func (c Choices) Check() error {
	var problems problem.List
	fail := func(ok bool, choice, format string, args ...any) {
		if !ok {
			problems = append(problems, problem.Field(choice, format, args...))
		}
	}
	k := c.Kubernetes
	fail(k.Compute == EC2 || k.Compute == Fargate, "compute", "must be ec2 or fargate, got %q", k.Compute)
	fail(k.Compute != Fargate || !k.AutoMode, "autoMode", "manages EC2 nodes, and compute is fargate")
	fail(k.Compute != Fargate || k.NATGateways > 0, "natGateways", "must be at least 1 with fargate: its pods on EKS are in private subnets (docs.aws.amazon.com/eks/latest/userguide/fargate.html)")
	fail(k.MinNodes >= 0 && k.MinNodes <= 1000, "minNodes", "must be 0 to 1000, got %d", k.MinNodes)
	fail(k.Shared >= 0 && k.Shared <= 1, "shared", "must be 0 to 1, got %v", k.Shared)
	fail(k.Utilization == 0 || k.Utilization >= .01 && k.Utilization <= 1, "utilization", "must be 1%% to 100%%, got %v%%", 100*k.Utilization)
	fail(k.Utilization == 0 || k.Compute != Fargate, "utilization", "is of nodes, and compute is fargate")
	fail(k.Zones >= 1 && k.Zones <= 6, "zones", "must be 1 to 6, got %d", k.Zones)
	fail(k.DiskGB >= 0 && k.DiskGB <= 16384, "diskGB", "must be 0 to 16384, got %d", k.DiskGB)
	fail(k.CrossZone >= 0 && k.CrossZone <= 1, "crossZone", "must be 0 to 1, got %v", k.CrossZone)
	fail(k.RequestsPerConnection >= 1 && k.RequestsPerConnection <= maxPerConn, "requestsPerConnection", "must be 1 to 1000000000, got %v", k.RequestsPerConnection)
	fail(k.ConnectionTime >= 0 && k.ConnectionTime <= maxTime, "connectionTime", "must be 0s to %s, a month, got %s", maxTime, k.ConnectionTime)
	fail(k.ScaleIn >= 0 && k.ScaleIn <= maxTime, "scaleIn", "must be 0s to %s, a month, got %s", maxTime, k.ScaleIn)
	for _, n := range []int{k.NATGateways, c.Lambda.NATGateways.Or(0)} {
		fail(n >= 0 && n <= maxGateways, "natGateways", "must be 0 to %d, got %d", maxGateways, n)
	}
	fail(c.Lambda.KeepAlive > 0 && c.Lambda.KeepAlive <= maxTime, "keepAlive", "must be more than 0s and at most %s, a month, got %s", maxTime, c.Lambda.KeepAlive)
	c.Lambda.check(fail)
	fail(c.CDN == 0 || c.CDN >= .01 && c.CDN <= .99, "cdn", "must be 1%% to 99%%, got %v%%", 100*c.CDN)
	fail(c.CDN == 0 || c.Egress, "cdn", "answers clients on the internet, and responses stay within AWS")
	c.Team.check(fail)
	c.Commitments.check(k, fail)
	for _, key := range slices.Sorted(maps.Keys(c.Elsewhere)) {
		_, known := price.UnitOf(key)
		fail(known, "elsewhere", "%s: no such price", key)
		fail(c.Elsewhere[key] >= 0 && c.Elsewhere[key] <= maxElsewhere, "elsewhere", "%s: must be 0 to %v, got %v", key, maxElsewhere, c.Elsewhere[key])
	}
	return problems.Err()
}

// check reports what is wrong with the team's hours.
func (t TeamChoices) check(fail func(ok bool, choice, format string, args ...any)) {
	fail(t.Rate >= 0 && t.Rate <= 10_000, "hourlyRate", "must be 0 to 10000 dollars, got %v", t.Rate)
	fail(t.Lambda >= 0 && t.Lambda <= 10_000, "lambdaHours", "must be 0 to 10000 a month, got %v", t.Lambda)
	fail(t.Kubernetes >= 0 && t.Kubernetes <= 10_000, "kubernetesHours", "must be 0 to 10000 a month, got %v", t.Kubernetes)
	fail(t.Rate > 0 || t.Lambda == 0, "lambdaHours", "needs what an hour of the team costs: --hourly-rate")
	fail(t.Rate > 0 || t.Kubernetes == 0, "kubernetesHours", "needs what an hour of the team costs: --hourly-rate")
}
