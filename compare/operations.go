package compare

import (
	"slices"

	"ambi/compare/price/cost"
	"ambi/spec"
	"ambi/target"
	"ambi/target/kubernetes"
	"ambi/target/lambda"
)

// Duty is an ongoing responsibility of the team on one target.
type Duty struct {
	Target spec.Target `json:"target"`
	Duty   string      `json:"duty"`
	Why    string      `json:"why"`
	From   string      `json:"from"` // what in the plan or the spec brings it
}

// sayDuty notes a duty, if it applies.
type sayDuty func(applies bool, from, duty, why string)

// operations lists the duties that follow from what each target would make.
func (c *comparison) operations() []Duty {
	list := []Duty{}
	for _, t := range spec.Targets() {
		say := func(applies bool, from, duty, why string) {
			if applies {
				list = append(list, Duty{t, duty, why, from})
			}
		}
		target.Pair[func(sayDuty)]{Lambda: c.lambdaDuties, Kubernetes: c.kubernetesDuties}.Of(t)(say)
	}
	return list
}

// functions and deployments report whether something is true of a service.
func (c *comparison) functions(is func(lambda.Service) bool) bool {
	return slices.ContainsFunc(c.Resolved.Lambda.Services, is)
}

func (c *comparison) deployments(is func(kubernetes.Service) bool) bool {
	return slices.ContainsFunc(c.Resolved.Kubernetes.Services, is)
}

func isProvisioned(s lambda.Service) bool { return s.Provisioned > 0 }

func isExposed(s kubernetes.Service) bool { return s.Ingress != nil || s.Gateway != nil }

func (c *comparison) lambdaDuties(say sayDuty) {
	image := c.functions(func(s lambda.Service) bool { return s.Zip == "" })
	adapter := c.functions(func(s lambda.Service) bool { return s.Adapter })
	secrets := len(c.Resolved.Lambda.Secrets) > 0
	domain := len(c.Resolved.Lambda.Domains) > 0
	say(true, "function", "watch cold starts, and decide what to do about them", "a request that finds no idle environment waits for one to start")
	say(true, "function", "keep account quotas ahead of the peak", "beyond the concurrency quota, requests get status 429")
	say(true, "function", "tune memory, which is CPU too", "one number decides speed and price")
	say(image, "function", "rebuild the image for security fixes, and keep it in the function's region", "images are not patched automatically")
	say(!image, "function", "rebuild the zip for security fixes in its dependencies", "AWS patches the runtime, not the zip's contents")
	say(adapter, "function", "keep the Lambda Web Adapter up to date", "every invocation passes through it")
	say(secrets, "secret", "put values into Secrets Manager, and rotate them", "the stack creates secrets without values")
	say(c.functions(isProvisioned), "alias", "size provisioned concurrency", "it is paid for whether it is used or not")
	say(domain, "domain", "renew or validate the certificate", "the API's domain needs one in its region")
	say(c.app.VPC, "function", "own the VPC: subnets, security groups, internet access", "functions in a VPC reach only what it allows")
	say(true, "log group", "watch errors, throttles and duration", "nothing else reports that the app has problems")
}

func (c *comparison) kubernetesDuties(say sayDuty) {
	k := c.Choices.Kubernetes
	nodes := k.Compute == cost.EC2
	secrets := c.deployments(kubernetes.Service.HasSecrets)
	keda := c.deployments(func(s kubernetes.Service) bool { return s.KEDA != nil })
	requests := c.deployments(func(s kubernetes.Service) bool { return s.Metric == kubernetes.Requests })
	permissions := c.deployments(func(s kubernetes.Service) bool { return s.Identity != nil })
	domain := len(c.Resolved.Lambda.Domains) > 0 // whatever serves it here
	say(true, "cluster", "upgrade the cluster, a minor version every 14 months at the latest", c.afterSupport())
	say(nodes && !k.AutoMode, "nodes", "patch the nodes' operating system, by replacing nodes", "fixes to the kernel and the kubelet come as new images")
	say(nodes && !k.AutoMode, "nodes", "run a node autoscaler, and watch that pods find room", "replicas without a node serve no requests")
	say(true, "cluster", "keep add-ons up to date: network plug-in, CoreDNS, kube-proxy, load balancer controller", "they are versions of their own")
	say(true, "HorizontalPodAutoscaler", "run metrics-server, and tune requests and target utilization", "the autoscaler needs both to work")
	say(requests, "HorizontalPodAutoscaler", "run a metrics adapter for the request rate", "the autoscaler's metric comes from it")
	say(keda, "ScaledObject", "run KEDA and the Prometheus that it queries", "it replaces the autoscaler, and scales to zero")
	say(c.messages(func(w cost.Workload) bool { return w.Pod.Backlog > 0 }), "ScaledObject", "run KEDA", "it counts messages, and scales the pods by them")
	say(c.deployments(func(s kubernetes.Service) bool { return s.Events != nil && !s.Events.Pull }), "Deployment", "keep the delivery container up to date", "every message passes through it")
	say(c.deployments(func(s kubernetes.Service) bool { return s.Schedule != nil }), "CronJob", "watch failed Jobs", "the stack declares no alarm on them")
	say(true, "Deployment", "keep probes, spread and disruption budgets right", "nodes come and go under the pods")
	say(true, "Deployment", "rebuild the image for security fixes", "images are not patched automatically")
	say(secrets, "Secret", "create the Secrets, and rotate their values", "the stack refers to them and does not create them")
	say(permissions, "ServiceAccount", "maintain the role's trust in the cluster", "pods get their AWS permissions through it")
	say(c.deployments(isExposed), "Ingress", "run the ingress controller", "routes exist only while it does")
	say(domain, "Ingress", "issue and renew the certificate", "nothing does it by itself")
	say(true, "cluster", "own access to the cluster and its network policies", "anyone who may create a pod may read every Secret in its namespace")
	say(true, "Service", "watch saturation: CPU, memory, replicas at their maximum, pending pods", "nothing else reports that the app has problems")
}

// afterSupport says what happens to a cluster that is not upgraded.
func (c *comparison) afterSupport() string {
	rate, err := c.Sheet.Rate("eks.extended")
	if err != nil {
		return "then standard support ends, and extended support costs more"
	}
	return "then standard support ends, and extended support costs $" + rate.First().String() + " an hour more"
}
