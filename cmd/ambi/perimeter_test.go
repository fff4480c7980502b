package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"ambi/compare"
	"ambi/compare/demand"
	"ambi/compare/price"
	"ambi/compare/price/cost"
	"ambi/compare/price/nodes"
	"ambi/generator"
	"ambi/spec"
	"ambi/target"
)

// bearing is what a kind of resource does to a bill: lines that it puts there, or
// why it puts none.
type bearing struct {
	lines []string
	free  string
}

// bearings are those of every kind of resource that the stacks register.
func bearings() map[string]bearing {
	lines := func(names ...string) bearing { return bearing{lines: names} }
	free := func(why string) bearing { return bearing{free: why} }
	cluster := free("an object of the cluster, which EKS control plane pays for")
	balancer := lines("Application Load Balancer", "Load balancer capacity")
	identity := free("AWS charges nothing for IAM")
	part := free("a part of the API, which HTTP API requests pays for")
	// What it costs is the requests to it, and dead letters are none while runs succeed.
	deadLetters := free("a queue that nothing is sent to costs nothing")
	pods := lines("Nodes m7g.large, in use", "Nodes m7g.large, idle", "Disks", "Logs, ingestion", "Logs, storage")
	outside := func(pod string) bearing { return bearing{free: "left out: " + pod} }
	return map[string]bearing{
		"aws:apigatewayv2/api:Api":                                             lines("HTTP API requests"),
		"aws:apigatewayv2/apiMapping:ApiMapping":                               part,
		"aws:apigatewayv2/authorizer:Authorizer":                               part,
		"aws:apigatewayv2/domainName:DomainName":                               part,
		"aws:apigatewayv2/integration:Integration":                             part,
		"aws:apigatewayv2/route:Route":                                         part,
		"aws:apigatewayv2/stage:Stage":                                         lines("Access log of the API, ingestion"),
		"aws:cloudwatch/logGroup:LogGroup":                                     lines("Logs, ingestion", "Logs, storage"),
		"aws:cloudwatch/metricAlarm:MetricAlarm":                               lines("Alarms"),
		"aws:eks/podIdentityAssociation:PodIdentityAssociation":                identity,
		"aws:iam/role:Role":                                                    identity,
		"aws:iam/rolePolicy:RolePolicy":                                        identity,
		"aws:lambda/alias:Alias":                                               free("a name of the function"),
		"aws:lambda/function:Function":                                         lines("Lambda requests", "Lambda duration, arm64", "Lambda initialization, arm64", "Traces, recorded"),
		"aws:lambda/permission:Permission":                                     identity,
		"aws:lambda/provisionedConcurrencyConfig:ProvisionedConcurrencyConfig": lines("Lambda provisioned concurrency in use, arm64", "Lambda provisioned concurrency, idle, arm64"),
		"aws:secretsmanager/secret:Secret":                                     lines("Secrets", "Secrets, calls"),
		"aws:route53/healthCheck:HealthCheck":                                  lines("DNS, health checks", "DNS, checks over HTTPS"),
		"aws:route53/record:Record":                                            lines("DNS, hosted zone", "DNS, queries"),
		"kubernetes:apps/v1:Deployment":                                        pods,
		"kubernetes:autoscaling/v2:HorizontalPodAutoscaler":                    outside("metrics-server"),
		"aws:lambda/eventSourceMapping:EventSourceMapping":                     lines("Queue requests, receives", "Queue requests, deletes", "Queue requests, empty receives"),
		"aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig":       free("a setting of the function's alias"),
		"aws:scheduler/schedule:Schedule":                                      lines("Schedule invocations"),
		"aws:sqs/queue:Queue":                                                  deadLetters,
		"aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule":            free("AWS charges nothing for security groups"),
		"kubernetes:apps/v1:StatefulSet":                                       pods,
		"kubernetes:batch/v1:CronJob":                                          pods,
		"kubernetes:core/v1:ConfigMap":                                         cluster,
		"kubernetes:keda.sh/v1alpha1:TriggerAuthentication":                    cluster,
		"kubernetes:core/v1:Service":                                           cluster,
		"kubernetes:core/v1:ServiceAccount":                                    cluster,
		"kubernetes:gateway.networking.k8s.io/v1:HTTPRoute":                    balancer,
		"kubernetes:gateway.envoyproxy.io/v1alpha1:SecurityPolicy":             balancer,
		"kubernetes:keda.sh/v1alpha1:ScaledObject":                             outside("KEDA"),
		"kubernetes:monitoring.coreos.com/v1:ServiceMonitor":                   outside("Prometheus"),
		"kubernetes:networking.k8s.io/v1:Ingress":                              balancer,
		"kubernetes:networking.k8s.io/v1:NetworkPolicy":                        cluster,
		"kubernetes:policy/v1:PodDisruptionBudget":                             cluster,
	}
}

// TestEveryResourceIsInTheBill walks the plans of all golden specs. Each kind of
// resource has a line on its target's bill, costs nothing, or is named as left out.
func TestEveryResourceIsInTheBill(t *testing.T) {
	specs, err := filepath.Glob("../../generator/testdata/*/app.yaml")
	if err != nil || len(specs) == 0 {
		t.Fatal(err, specs)
	}
	known, seen := bearings(), map[string]bool{}
	for _, path := range specs {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		app, err := spec.Parse(path, text)
		if err != nil {
			t.Fatal(err)
		}
		dns := generator.TrafficPlan(generator.Input{Traffic: &target.Resolve(app).Traffic})
		mixed := slices.ContainsFunc(app.ServiceNames(), func(name string) bool { return len(app.Services[name].Targets) == 1 })
		// Services that are left out are named; see compare.NotPriced.
		if app, _ = compare.Priced(app); len(app.Services) == 0 {
			continue
		}
		resolved := target.Resolve(app)
		result := perimeter(t, resolved)
		perimeter := ""
		for _, a := range result.Assumptions {
			if a.Topic == "perimeter" {
				perimeter = a.Text
			}
		}
		for _, pod := range cost.ClusterPods() {
			if !strings.Contains(perimeter, pod) {
				t.Errorf("%s: the perimeter does not say that %s is left out", path, pod)
			}
		}
		in := generator.Input{}
		if slices.Contains(app.Targets, spec.Lambda) {
			in.Lambda = &resolved.Lambda
		}
		if slices.Contains(app.Targets, spec.Kubernetes) {
			in.Kubernetes = &resolved.Kubernetes
		}
		for on, plan := range generator.Plan(in) {
			bill := result.Of(on).Bill
			if bill == nil && mixed {
				continue // compared as a whole, the app has services that this target refuses
			}
			if bill == nil {
				t.Errorf("%s: no bill for %s", path, on)
				continue
			}
			for _, resource := range slices.Concat(plan, dns) {
				seen[resource.Type] = true
				b, ok := known[resource.Type]
				if !ok {
					t.Errorf("%s: nobody says what %s costs", path, resource.Type)
				}
				for _, name := range b.lines {
					// Where functions or nodes are of the other architecture.
					other := strings.NewReplacer("arm64", "x86_64", "m7g", "m7i").Replace(name)
					if !slices.ContainsFunc(bill.Components, func(c cost.Component) bool { return c.Name == name || c.Name == other }) {
						t.Errorf("%s: %s has no line %q, for %s", path, on, name, resource.Type)
					}
				}
				if pod, out := strings.CutPrefix(b.free, "left out: "); out && !slices.Contains(cost.ClusterPods(), pod) {
					t.Errorf("%s: the perimeter does not know %s", resource.Type, pod)
				}
			}
		}
	}
	for kind := range known {
		if !seen[kind] {
			t.Errorf("no plan has %s", kind)
		}
	}
}

// perimeter compares an app under some traffic.
func perimeter(t *testing.T, app *target.Resolved) compare.Result {
	t.Helper()
	book, err := price.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	sheet, err := book.In("us-east-1")
	if err != nil {
		t.Fatal(err)
	}
	catalog, err := nodes.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	usage := map[string]demand.Usage{}
	for _, name := range app.Services() {
		usage[name] = demand.Usage{
			Requests: demand.Known(1e6), Duration: demand.Known(40 * time.Millisecond), CPUTime: demand.Known(12 * time.Millisecond),
			Request: demand.Known[int64](2000), Response: demand.Known[int64](6000), Log: demand.Known[int64](300), Outbound: demand.Known[int64](0),
			Start: demand.Known(120 * time.Millisecond), Shape: spec.Steady,
		}
	}
	result, err := compare.Compare(compare.Input{Resolved: app, Usage: usage, Sheet: sheet, Catalog: catalog, Choices: cost.Defaults()})
	if err != nil {
		t.Fatal(err)
	}
	return result
}
