package compare

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"ambi/compare/demand"
	"ambi/compare/format"
	"ambi/compare/price"
	"ambi/compare/price/cost"
	"ambi/compare/price/nodes"
	"ambi/spec"
	"ambi/target/kubernetes"
	"ambi/target/lambda"
)

// Assumption is one assumption behind the figures.
type Assumption struct {
	Topic  string `json:"topic"`
	Text   string `json:"text"`
	Source string `json:"source,omitempty"` // or who said so
}

// assumptions lists every one, the most consequential first.
func (c *comparison) assumptions(r Result) []Assumption {
	var list []Assumption
	say := func(topic, source, format string, args ...any) {
		list = append(list, Assumption{topic, fmt.Sprintf(format, args...), source})
	}
	say("measurement", "", "nothing here was measured on AWS: every figure is computed from the usage given, published prices and documented behaviour")
	c.assumePrices(r, say)
	c.assumeTraffic(say)
	c.assumeLambda(say)
	c.assumeKubernetes(r, say)
	c.assumeMessages(say)
	c.assumeSchedules(say)
	c.assumeWorkers(say)
	c.assumeData(r, say)
	c.assumePractice(r, say)
	say("alarms", "the Lambda stack", "%d for each service and %d for the app; the Kubernetes stack has none, but is priced with as many, because it must be monitored too", lambda.AlarmsOfService, lambda.AlarmsOfAPI)
	dns := "DNS, "
	if c.app.Data.Switch.Domains > 0 {
		dns = ""
	}
	say("perimeter", "", "both targets: compute, entry, network, logs, traces, egress, secrets, alarms. On neither: image storage and pulls, "+dns+"certificates, firewalls, metrics beyond AWS's free ones, databases, support plans, taxes, and the team's time; nor the cluster's own pods, except for DNS and the agents of each node: %s", strings.Join(cost.ClusterPods(), ", "))
	if c.Objective != nil {
		say("objective", "simulated", "each service alone under traffic that is made from its usage, on Lambda and on nodes of its own; --seed, --span and the other settings of \"ambi simulate\" apply")
	} else if c.Behavior == nil {
		say("determinism", "", "the calculation uses no random numbers")
	}
	if c.Behavior == nil {
		return list
	}
	f := c.Behavior.Trace
	if period := c.Behavior.Period; period > 0 {
		say("simulation", "", "the trace is shorter than one period of the shape, %s: it does not give a month's cost", spec.Duration(period))
	}
	say("simulation", "", "marked quantities come from a simulation of %s in %s; a month is %.4g times that, as if traffic continued like this; for other numbers of requests, each quantity is assumed to differ from its average by the same factor",
		format.Plural(int(f.Requests), "request"), spec.Duration(f.Span.Round(time.Second)), demand.SecondsPerMonth/max(f.Span.Seconds(), 1))
	if r.Placement != nil {
		say("mix", "", "the mix of both targets is searched by averages, and compared with both by averages: a simulation has all services on each target")
	}
	for _, a := range c.Behavior.Assumptions {
		if a.Topic != "measurement" {
			say("simulation, "+a.Topic, a.Source, "%s", a.Text)
		}
	}
	return list
}

type sayer func(topic, source, format string, args ...any)

func (c *comparison) assumePrices(r Result, say sayer) {
	var dates []string
	for _, t := range spec.Targets() {
		side := r.Of(t)
		if side.Bill == nil {
			continue
		}
		for _, line := range side.Bill.Components {
			if line.Effective != "" {
				dates = append(dates, line.Effective)
			}
		}
	}
	slices.Sort(dates)
	span := "without a date"
	if len(dates) > 0 {
		span = fmt.Sprintf("dated %s to %s", dates[0], dates[len(dates)-1])
	}
	say("prices", "each component names its own", "list prices on demand in %s, in US dollars, %s: no savings plan, reservation, spot or private agreement except those given", r.Region, span)
	if c.Book != "" {
		say("prices", c.Book, "the project's own price book overrides ambi's")
	}
	if len(r.PriceChanges) > 0 {
		say("prices", "the user", "given instead of list prices: %s", strings.Join(r.PriceChanges, ", "))
	}
	say("month", "AWS Pricing Calculator", "a month has %d hours, and a GB of data is 2^30 bytes", price.HoursPerMonth)
	if c.Choices.FreeTier {
		say("free tier", "", "AWS's permanent free allowances are counted, as if nothing else in the account used them; those for new accounts are not")
	} else {
		say("free tier", "", "AWS's free allowances are not counted")
	}
	if len(c.Choices.Elsewhere) > 0 {
		say("tiers", "the user", "tiers include the given usage of the rest of the account")
	} else {
		say("tiers", "", "tiers only count this app: an account that uses more reaches the later, lower prices sooner")
	}
}

// assumePractice says what commitments and copies cover. Both are the user's.
func (c *comparison) assumePractice(r Result, say sayer) {
	agreed := c.Choices.Commitments
	if len(r.Practice) > 0 {
		say("practice", "the user", "commitments and copies are beside the bills, which have list prices and production alone; their percentages are off what a bill has, and ambi has none of its own")
	}
	if agreed.Savings.Coverage > 0 {
		say("savings plan", "docs.aws.amazon.com/savingsplans/latest/userguide/what-is-savings-plans.html", "it covers nodes, Fargate's vCPUs and memory, and on Lambda duration, initialization and provisioned concurrency; not Lambda's requests, disks, EKS, load balancers nor data; its hourly commitment is used up")
	}
	if agreed.Reserved.Nodes > 0 {
		say("reserved nodes", "docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-reserved-instances.html", "they are paid for all month, used or not, and production's nodes beyond them are on demand")
	}
	if agreed.Spot.Share > 0 {
		counted := "neither interruptions nor spare nodes for them are counted"
		if agreed.Spot.Rate > 0 {
			counted = "the simulation interrupts them; no spare nodes for them are counted"
		}
		say("spot", "docs.aws.amazon.com/AWSEC2/latest/UserGuide/spot-interruptions.html", "AWS takes spot nodes back two minutes after it says so; "+counted)
	}
	for _, one := range c.Choices.Copies {
		text := "an account and a cluster of its own, with all fixed costs and the first tiers of all prices"
		if one.Shared {
			text = "production's account and cluster, onto whose nodes its pods are packed"
		}
		data := "data of its own"
		if one.NoData {
			data = "production's data"
		}
		say("copies", "the user", "%s has the spec's services with %.4g %% of production's requests, %s, and %s; schedules run as often as in production", one.Name, 100*one.Share, text, data)
	}
}

func (c *comparison) assumeTraffic(say sayer) {
	said := map[string]bool{}
	for _, w := range c.app.Workloads {
		t := w.Traffic
		for _, assumed := range t.Profile.Assumed {
			if !said[assumed] {
				said[assumed] = true
				say("shape", "a round number of ambi's, not a measurement", "%s", assumed)
			}
		}
		if len(c.app.Workloads) > largeApp {
			continue
		}
		if n := len(t.Minutes); n > 0 {
			say("shape", "the user", "%s: counts of %s, again and again", w.Name, format.Plural(n, "minute"))
		}
		var given []string
		if q, ok := t.Quantiles.Get(); ok && t.Duration.IsKnown() {
			given = append(given, fmt.Sprintf("a duration of %s at p50 and %s at p99, which is %s on average if waiting is lognormal, with a full core at hand",
				q.P50, q.P99, written(t.Duration.Or(0))))
		} else if d, ok := t.Duration.Get(); ok {
			given = append(given, "a duration of "+spec.Duration(d).String()+" with a full core at hand")
		}
		if d, ok := t.CPUTime.Get(); ok {
			given = append(given, spec.Duration(d).String()+" of CPU time on a full core")
		}
		if d, ok := t.Start.Get(); ok {
			given = append(given, "a start of "+spec.Duration(d).String())
		}
		if len(given) > 0 {
			say("usage", "the user", "%s: %s", w.Name, strings.Join(given, ", "))
		}
	}
	say("work", "", "a request has the same waiting time and CPU time on both targets, and every request takes the mean")
	if len(c.app.Workloads) > 1 {
		say("work", "", "the services peak at the same time, and keep their proportions as the app's requests grow")
	}
}

func (c *comparison) assumeLambda(say sayer) {
	l := c.Choices.Lambda
	say("lambda", "docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html", "CPU is proportional to memory, and 1,769 MB give one core: with less, a request's CPU time takes longer")
	say("lambda", "aws.amazon.com/lambda/pricing", "duration and initialization are billed by the millisecond, rounded up")
	say("keep-alive", "measured by others: 5 to 7 minutes in 2021, 10 in 2019, 25 to 60 before; AWS documents none", "an idle environment lives for %s", l.KeepAlive)
	if c.Behavior == nil || c.Behavior.Lambda == nil {
		say("cold starts", "Erlang's B formula, with Poisson arrivals; within a tenth of SimFaaS's published figures", "the number of environments that start is estimated, not simulated")
	}
	if c.functions(isProvisioned) && (c.Behavior == nil || c.Behavior.Lambda == nil) {
		say("provisioned concurrency", "Erlang's B formula, with Poisson arrivals at each rate of the shape", "it serves requests unless all of it is busy; the others run on demand")
	}
	switch door := l.Door(); {
	case !c.app.OverHTTP(): // no front door
	case door == cost.RESTAPI:
		say("lambda", "aws.amazon.com/api-gateway/pricing", "a REST API meters each request once, whatever its size")
	case door == cost.ALB:
		say("lambda", "aws.amazon.com/elasticloadbalancing/pricing", "an Application Load Balancer in %d zones serves the functions: a capacity unit covers 0.4 GB an hour of their traffic; its access log is not included", c.Choices.Kubernetes.Zones)
	case door == cost.FunctionURL:
		say("lambda", "aws.amazon.com/blogs/aws/announcing-aws-lambda-function-urls-built-in-https-endpoints-for-single-function-microservices", "a function URL serves the app: it costs nothing extra, and has no routes, authorizer or domain")
	case door == cost.HTTPAPI:
		say("lambda", "our reading of aws.amazon.com/api-gateway/pricing", "an HTTP API meters a request and its response together, by 512 KB")
	}
	if c.Choices.Logs {
		say("logs", "docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs.html", "Lambda adds about %d bytes of JSON to the app's logs for each request; stored logs are compressed to 15 %%, as in the AWS Pricing Calculator", cost.PlatformLogBytes)
		if c.app.OverHTTP() && (l.Door() == cost.HTTPAPI || l.Door() == cost.RESTAPI) {
			say("logs", "the Lambda stack", "the API logs a line of about %d bytes per request", cost.AccessLogBytes)
		}
	} else {
		say("logs", "the user", "no logs are counted")
	}
	if c.app.VPC && !l.NATGateways.IsKnown() {
		say("network", "", "functions in a VPC reach the internet through one NAT gateway")
	}
	switch {
	case !c.Choices.Egress:
		say("egress", "the user", "responses do not leave AWS")
	case slices.ContainsFunc(c.app.Workloads, func(w cost.Workload) bool { return !w.Traffic.Outbound.IsKnown() }):
		say("egress", "", "traffic that the app itself sends to the internet is on neither bill: outboundSize is not given")
	default:
		say("egress", "", "outboundSize, which the app itself exchanges with the internet, is counted as outgoing")
	}
	if c.Choices.CDN > 0 {
		say("cdn", "the user", "CloudFront answers %.4g %% of the requests over HTTP, and of their bytes, in front of either target; the others reach the target in the same shape, and what the target sends to CloudFront is free", 100*c.Choices.CDN)
		if cost.CDNPriced(c.Sheet) {
			say("cdn", "aws.amazon.com/cloudfront/pricing", "clients are in the United States, Mexico and Canada and use HTTPS; no plan at a flat rate, log, function or invalidation is counted")
		} else {
			say("cdn", "", "what CloudFront itself costs is on neither bill: the price book has no sourced price of it")
		}
	}
	if c.functions(func(f lambda.Service) bool { return f.Tracing }) {
		say("traces", "docs.aws.amazon.com/lambda/latest/dg/services-xray.html", "for each function, one request a second is traced, and 5 %% of the others")
	}
}

// measuredUtilization is where the measured utilization of clusters is reported: Cast AI's
// yearly reports of 2024, 2025 and 2026, of clusters that it does not manage.
const measuredUtilization = "cast.ai/reports/kubernetes-cost-benchmark"

func (c *comparison) assumeKubernetes(r Result, say sayer) {
	k := c.Choices.Kubernetes
	if k.Compute == cost.Fargate {
		say("fargate", "docs.aws.amazon.com/eks/latest/userguide/fargate-pod-configuration.html", "a pod gets the smallest Fargate size that fits its requests plus 256 MiB; CoreDNS runs there too")
		say("fargate", "github.com/aws/containers-roadmap/issues/1629", "Fargate on EKS is x86_64 only, without Graviton")
	} else if r.Nodes != nil {
		say("nodes", c.Catalog.Source(), "%s, at least %d, with %d GB of disk each; a node has %dm CPU, %s MiB and %d places for pods, after the kernel, the kubelet and the agents of every node",
			r.Nodes.Instance, k.MinNodes, k.DiskGB, r.Nodes.Room.MilliCPU, format.Grouped(strconv.Itoa(r.Nodes.Room.MemoryMiB)), r.Nodes.Room.Pods)
		packed := "onto as few nodes as a search finds"
		if len(c.app.Workloads)+1 > nodes.MaxKinds || r.Nodes.Peak > nodes.MaxNodes {
			packed = "the largest first, each on the first node with room, which may need one node more than the best packing"
		}
		if i, err := c.Catalog.Find(r.Nodes.Instance); err == nil && i.Credits() != "" {
			say("nodes", "docs.aws.amazon.com/AWSEC2/latest/UserGuide/burstable-performance-instances-unlimited-mode.html", "%s is burstable, in unlimited mode: CPU above %.4g %% of its vCPUs, on average over a month, is charged for", i.Type, 100*i.Baseline())
		}
		say("nodes", "", "pods are packed %s; EC2 bills nodes by the second", packed)
	}
	say("replicas", "kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale", "as many as keep the autoscaler's metric at its target, ignoring its tolerance of 10 %%, and as many as serve the traffic: of CPU that the autoscaler does not watch, a pod gets what %s; scale.max does not limit what is priced, and the limits section says where it is reached", podGets(k))
	if c.deployments(func(s kubernetes.Service) bool { return s.Metric == kubernetes.Memory }) {
		say("replicas", "", "if the autoscaler watches memory, which is unknown here, there are as many replicas as serve the traffic")
	}
	for _, f := range c.Resolved.Findings.Kubernetes.Refused() {
		if strings.HasSuffix(f.Path, ".scale.min") {
			say("replicas", "", "Kubernetes is priced with at least one replica, because it refuses %s", f.Path)
		}
	}
	if k.Utilization > 0 {
		say("nodes", "the user", "over a month %.4g %% of the nodes' CPU is in use, at most: there are as many as that takes, if pods need fewer", 100*k.Utilization)
	} else if k.Compute == cost.EC2 {
		say("nodes", measuredUtilization, "there are as few as hold the replicas; measured clusters have more spare capacity: 13 %% of their CPU was in use in 2023, 10 %% in 2024, 8 %% in 2025 (--utilization)")
	}
	if k.ForPeak {
		say("replicas", "the user", "capacity for the peak is kept at all times")
	} else {
		say("replicas", "", "capacity follows traffic: up immediately, and down %s later", k.ScaleIn)
		say("nodes", "karpenter.sh/docs/concepts/disruption", "nodes are removed with the replicas, as Karpenter consolidates; the cluster autoscaler takes 10 minutes longer (--scale-in 15m)")
		say("node latency", "figures from blogs", "a new node is ready about 60 s (Karpenter) to 240 s (cluster autoscaler) after it is ordered; until then requests wait, which costs nothing here")
	}
	if k.Shared > 0 {
		say("cluster", "the user", "the cluster is shared: the app pays %v of the fixed cost, and the part of a node that each of its pods reserves", k.Shared)
	} else {
		say("cluster", "", "the cluster is this app's alone")
	}
	switch {
	case k.Compute == cost.Fargate:
		say("network", "docs.aws.amazon.com/eks/latest/userguide/fargate.html", "pods on Fargate are in private subnets, and reach the internet through %s", format.Plural(k.NATGateways, "NAT gateway"))
	case k.NATGateways > 0:
		say("network", "the user", "nodes go out through %s", format.Plural(k.NATGateways, "NAT gateway"))
	case k.PublicNodes && k.Compute == cost.EC2:
		say("network", "docs.aws.amazon.com/eks/latest/eksctl/vpc-configuration.html", "nodes are in public subnets, with an IPv4 address each, and need no NAT gateway")
	}
	if !c.app.OverHTTP() {
		say("load balancer", "", "there is none: no service answers requests")
		return
	}
	connections := "the user"
	if k.RequestsPerConnection == cost.Defaults().Kubernetes.RequestsPerConnection {
		connections = "the mean over web pages, by HTTP Archive: discuss.httparchive.org/t/365"
	}
	say("load balancer", connections, "%s; a connection carries %s", c.balancers(), connection(k))
	if c.deployments(func(s kubernetes.Service) bool { return s.Events == nil && s.Schedule == nil && !isExposed(s) }) {
		say("load balancer", "the same scope for both targets", "without kubernetes.ingress or kubernetes.gateway in the spec, the stack only serves the cluster; the bill still includes a load balancer that the stack does not create")
	}
	if c.deployments(func(s kubernetes.Service) bool {
		return s.Gateway != nil || s.Ingress != nil && s.Ingress.Class != "alb"
	}) {
		say("load balancer", "", "an Application Load Balancer is priced in place of the spec's gateway or ingress of another class")
	}
	if k.CrossZone == 0 {
		say("zones", "cross-zone load balancing of an Application Load Balancer has no transfer charges", "no charged traffic crosses zones behind the load balancer")
	}
}

// podGets says how much CPU a pod gets at most.
func podGets(k cost.KubernetesChoices) string {
	switch {
	case k.Compute == cost.Fargate:
		return "its Fargate size has"
	case k.Shared > 0:
		return "it requests"
	}
	return "its node has to give"
}

// balancers says which load balancers the bill counts.
func (c *comparison) balancers() string {
	zones := format.Plural(c.Choices.Kubernetes.Zones, "zone")
	var all []cost.Balancer
	for _, w := range c.app.Workloads {
		if w.OverHTTP() && !slices.Contains(all, w.Balancer) {
			all = append(all, w.Balancer)
		}
	}
	internal := 0
	for _, b := range all {
		if b.Internal {
			internal++
		}
	}
	switch {
	case len(all) == 1 && internal == 0:
		return "one Application Load Balancer in " + zones + " serves all services"
	case len(all) == 1:
		return "one internal Application Load Balancer in " + zones + ", without public addresses, serves all services"
	case internal == 0:
		return fmt.Sprintf("%d Application Load Balancers in %s each, as the Ingresses create them", len(all), zones)
	}
	return fmt.Sprintf("%d Application Load Balancers in %s each, as the Ingresses create them; %d internal, without public addresses", len(all), zones, internal)
}

// connection says what clients do with a connection to the load balancer.
func connection(k cost.KubernetesChoices) string {
	text := "one request and lasts as long as it takes"
	if k.RequestsPerConnection != 1 {
		text = fmt.Sprintf("%v requests and lasts as long as they take", math.Round(k.RequestsPerConnection*10)/10)
	}
	if k.ConnectionTime > 0 {
		text += fmt.Sprintf(", %s at least", k.ConnectionTime)
	}
	return text
}
