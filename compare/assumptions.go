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

// Assumption is something that the figures rest on.
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
	c.assumeData(r, say)
	say("alarms", "the Lambda stack", "%d for each service and %d for the app; the Kubernetes stack declares none, and is counted with as many, since it must be watched too", lambda.AlarmsOfService, lambda.AlarmsOfAPI)
	say("perimeter", "", "both targets: compute, entry, network, logs, traces, egress, secrets, alarms. On neither: image storage and pulls, DNS, certificates, firewalls, metrics beyond AWS's free ones, databases, support plans, taxes, and the team's time; nor the pods that a cluster runs for itself, but for DNS and the agents of each node: %s", strings.Join(cost.ClusterPods(), ", "))
	if c.Behavior == nil {
		say("determinism", "", "the calculation draws no random number and needs no seed")
		return list
	}
	f := c.Behavior.Trace
	if period := c.Behavior.Period; period > 0 {
		say("simulation", "", "the trace is a part of a shape that comes round in %s: no month's cost follows from it", spec.Duration(period))
	}
	say("simulation", "", "quantities that are marked come from a simulation of %s in %s; a month is %.4g times that, as if traffic went on so, and at other numbers of requests each quantity is taken to be off its average by the same factor",
		format.Plural(int(f.Requests), "request"), spec.Duration(f.Span.Round(time.Second)), demand.SecondsPerMonth/max(f.Span.Seconds(), 1))
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
	say("prices", "each component names its own", "list prices on demand in %s, in US dollars, %s: no savings plan, reservation, spot or private agreement but what was given", r.Region, span)
	if c.Book != "" {
		say("prices", c.Book, "the project's own price book goes before ambi's")
	}
	if len(r.PriceChanges) > 0 {
		say("prices", "the user", "given instead of list prices: %s", strings.Join(r.PriceChanges, ", "))
	}
	say("month", "AWS Pricing Calculator", "a month has %d hours, and a GB of data is 2^30 bytes", price.HoursPerMonth)
	if c.Choices.FreeTier {
		say("free tier", "", "AWS's free allowances that never end are counted, as if nothing else in the account used them; those of a new account are not")
	} else {
		say("free tier", "", "AWS's free allowances are not counted")
	}
	if len(c.Choices.Elsewhere) > 0 {
		say("tiers", "the user", "tiers count what the rest of the account uses, as given")
	} else {
		say("tiers", "", "tiers count this app alone: an account that uses more pays the later, lower prices sooner")
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
		if d, ok := t.Duration.Get(); ok {
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
	say("work", "", "a request takes its waiting time and its CPU time on either target; the CPU time is the same work on both, and every request takes the mean")
	if len(c.app.Workloads) > 1 {
		say("work", "", "the services have their peaks at the same time, and keep their mix as the app's requests grow")
	}
}

func (c *comparison) assumeLambda(say sayer) {
	l := c.Choices.Lambda
	say("lambda", "docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html", "CPU grows with memory, and 1,769 MB give one core: below it the CPU time of a request stretches")
	say("lambda", "aws.amazon.com/lambda/pricing", "duration is billed by the millisecond, rounded up, and initialization like it")
	say("keep-alive", "measured by others: 5 to 7 minutes in 2021, 10 in 2019, 25 to 60 before; AWS documents none", "an idle environment lives for %s", l.KeepAlive)
	if c.Behavior == nil || c.Behavior.Lambda == nil {
		say("cold starts", "Erlang's B formula, with Poisson arrivals; within a tenth of SimFaaS's published figures", "how many environments start is estimated, not simulated")
	}
	if c.functions(isProvisioned) && (c.Behavior == nil || c.Behavior.Lambda == nil) {
		say("provisioned concurrency", "Erlang's B formula, with Poisson arrivals at each rate of the shape", "it serves the requests that do not find all of it busy; the others run on demand")
	}
	switch door := l.Door(); {
	case !c.app.OverHTTP(): // no front door
	case door == cost.RESTAPI:
		say("lambda", "aws.amazon.com/api-gateway/pricing", "a REST API meters each request once, whatever its size")
	case door == cost.ALB:
		say("lambda", "aws.amazon.com/elasticloadbalancing/pricing", "an Application Load Balancer in %d zones serves the functions: a capacity unit holds 0.4 GB an hour of theirs; its access log is left out", c.Choices.Kubernetes.Zones)
	case door == cost.FunctionURL:
		say("lambda", "aws.amazon.com/blogs/aws/announcing-aws-lambda-function-urls-built-in-https-endpoints-for-single-function-microservices", "a function URL serves the app, which has no price of its own, and no routes, authorizer or domain either")
	case door == cost.HTTPAPI:
		say("lambda", "our reading of aws.amazon.com/api-gateway/pricing", "an HTTP API meters a request and its response together, by 512 KB")
	}
	if c.Choices.Logs {
		say("logs", "docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs.html", "Lambda adds some %d bytes of its own to what the app logs for a request, as JSON; stored logs shrink to 15 %%, as the AWS Pricing Calculator has it", cost.PlatformLogBytes)
		if c.app.OverHTTP() && (l.Door() == cost.HTTPAPI || l.Door() == cost.RESTAPI) {
			say("logs", "the Lambda stack", "the API logs a line a request, of some %d bytes", cost.AccessLogBytes)
		}
	} else {
		say("logs", "the user", "no logs are counted")
	}
	if c.app.VPC && !l.NATGateways.IsKnown() {
		say("network", "", "functions in a VPC go out through one NAT gateway")
	}
	switch {
	case !c.Choices.Egress:
		say("egress", "the user", "responses do not leave AWS")
	case slices.ContainsFunc(c.app.Workloads, func(w cost.Workload) bool { return !w.Traffic.Outbound.IsKnown() }):
		say("egress", "", "what the app itself sends to the internet is on neither bill: outboundSize is not given")
	default:
		say("egress", "", "of what the app itself exchanges with the internet, outboundSize, all is taken to go out")
	}
	if c.functions(func(f lambda.Service) bool { return f.Tracing }) {
		say("traces", "docs.aws.amazon.com/lambda/latest/dg/services-xray.html", "of each function a request a second is traced, and 5 %% of the others")
	}
}

func (c *comparison) assumeKubernetes(r Result, say sayer) {
	k := c.Choices.Kubernetes
	if k.Compute == cost.Fargate {
		say("fargate", "docs.aws.amazon.com/eks/latest/userguide/fargate-pod-configuration.html", "a pod takes the next larger Fargate size for its requests and 256 MiB; CoreDNS runs there too")
		say("fargate", "github.com/aws/containers-roadmap/issues/1629", "Fargate on EKS is x86_64: it has no Graviton")
	} else if r.Nodes != nil {
		say("nodes", c.Catalog.Source(), "%s, %d at least, with %d GB of disk each; one gives pods %dm CPU, %s MiB and %d places, after what the kernel, the kubelet and the agents of every node keep",
			r.Nodes.Instance, k.MinNodes, k.DiskGB, r.Nodes.Room.MilliCPU, format.Grouped(strconv.Itoa(r.Nodes.Room.MemoryMiB)), r.Nodes.Room.Pods)
		packed := "onto as few nodes as a search finds"
		if len(c.app.Workloads)+1 > nodes.MaxKinds || r.Nodes.Peak > nodes.MaxNodes {
			packed = "the largest first, each on the first node with room, which may take a node more than the best packing"
		}
		if i, err := c.Catalog.Find(r.Nodes.Instance); err == nil && i.Credits() != "" {
			say("nodes", "docs.aws.amazon.com/AWSEC2/latest/UserGuide/burstable-performance-instances-unlimited-mode.html", "%s is burstable, in unlimited mode: CPU above %.4g %% of its vCPUs, on average over a month, is charged for", i.Type, 100*i.Baseline())
		}
		say("nodes", "", "pods are packed %s; EC2 bills nodes by the second", packed)
	}
	say("replicas", "kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale", "as many as hold what the autoscaler watches at its target, its tolerance of 10 %% left aside, and as many as serve the traffic: of CPU that it does not watch a pod gets what %s; scale.max does not bound what is priced, and fit says where it is reached", podGets(k))
	if c.deployments(func(s kubernetes.Service) bool { return s.Metric == kubernetes.Memory }) {
		say("replicas", "", "where the autoscaler watches memory, of which nothing is known here, replicas are as many as serve the traffic")
	}
	for _, f := range c.Resolved.Findings.Kubernetes.Refused() {
		if strings.HasSuffix(f.Path, ".scale.min") {
			say("replicas", "", "Kubernetes is priced with one replica at least, since %s is refused there", f.Path)
		}
	}
	if k.ForPeak {
		say("replicas", "the user", "capacity for the peak is held at all times")
	} else {
		say("replicas", "", "capacity follows traffic: at once upwards, and %s later downwards", k.ScaleIn)
		say("nodes", "karpenter.sh/docs/concepts/disruption", "nodes leave with the replicas, as Karpenter consolidates; the cluster autoscaler takes 10 minutes more (--scale-in 15m)")
		say("node latency", "figures from blogs", "a new node serves about 60 s (Karpenter) to 240 s (cluster autoscaler) after it is asked for; until then requests wait, which costs nothing here")
	}
	if k.Shared > 0 {
		say("cluster", "the user", "the cluster is shared: the app bears %v of what is fixed, and the part of a node that each of its pods reserves", k.Shared)
	} else {
		say("cluster", "", "the cluster is this app's alone")
	}
	switch {
	case k.Compute == cost.Fargate:
		say("network", "docs.aws.amazon.com/eks/latest/userguide/fargate.html", "pods on Fargate are in private subnets, and go out through %s", format.Plural(k.NATGateways, "NAT gateway"))
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
	if c.deployments(func(s kubernetes.Service) bool { return s.Events == nil && !isExposed(s) }) {
		say("load balancer", "the same perimeter for both targets", "where the spec has neither kubernetes.ingress nor kubernetes.gateway, the stack serves the cluster alone; the bill counts all the same a load balancer that the stack does not make")
	}
	if c.deployments(func(s kubernetes.Service) bool {
		return s.Gateway != nil || s.Ingress != nil && s.Ingress.Class != "alb"
	}) {
		say("load balancer", "", "an Application Load Balancer stands for the gateway, or the ingress of another class, that the spec names")
	}
	if k.CrossZone == 0 {
		say("zones", "cross-zone load balancing of an Application Load Balancer is free of transfer charges", "nothing that is charged for crosses zones behind the load balancer")
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
		if w.Events == nil && !slices.Contains(all, w.Balancer) {
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
		return fmt.Sprintf("%d Application Load Balancers in %s each, as the Ingresses make them", len(all), zones)
	}
	return fmt.Sprintf("%d Application Load Balancers in %s each, as the Ingresses make them; %d internal, without public addresses", len(all), zones, internal)
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
