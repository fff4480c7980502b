package compare

import (
	"ambi/compare/price/cost"
	"ambi/spec"
)

// Duty is something that a team owns under one model, for as long as the app
// runs there.
type Duty struct {
	Target spec.Target `json:"target"`
	Duty   string      `json:"duty"`
	Why    string      `json:"why"`
	From   string      `json:"from"` // what in the plan or the spec brings it
}

// operations lists the duties that follow from what each target would make.
func (c *comparison) operations() []Duty {
	list := []Duty{}
	for _, t := range spec.Targets() {
		say := func(applies bool, from, duty, why string) {
			if applies {
				list = append(list, Duty{t, duty, why, from})
			}
		}
		if t == spec.Lambda {
			c.lambdaDuties(say)
		} else {
			c.kubernetesDuties(say)
		}
	}
	return list
}

// some reports whether something is true of a service.
func (c *comparison) some(is func(*spec.Service) bool) bool {
	for _, name := range c.App.ServiceNames() {
		if is(c.App.Services[name]) {
			return true
		}
	}
	return false
}

func (c *comparison) lambdaDuties(say func(applies bool, from, duty, why string)) {
	image := c.some(func(s *spec.Service) bool { return s.Lambda.Zip == "" })
	adapter := c.some(func(s *spec.Service) bool { return s.Lambda.Handler == spec.HandlerAdapter })
	secrets := c.some(func(s *spec.Service) bool { return len(s.Secrets) > 0 })
	provisioned := c.some(func(s *spec.Service) bool { return s.Lambda.Provisioned > 0 })
	domain := c.some(func(s *spec.Service) bool { return s.HTTP.Domain != "" })
	say(true, "function", "watch cold starts, and decide what to do about them", "a request that finds no idle environment waits for one to start")
	say(true, "function", "keep account quotas ahead of the peak", "beyond the concurrency quota, requests are answered 429")
	say(true, "function", "tune memory, which is CPU too", "one number decides speed and price")
	say(image, "function", "rebuild the image for security fixes, and keep it in the function's region", "nobody patches what is in an image")
	say(!image, "function", "rebuild the zip for security fixes in its dependencies", "AWS patches the runtime, not what is in the zip")
	say(adapter, "function", "keep the Lambda Web Adapter up to date", "it stands between every invocation and the app")
	say(secrets, "secret", "put values into Secrets Manager, and rotate them", "the stack creates secrets without a value")
	say(provisioned, "alias", "size provisioned concurrency", "it is paid for whether it is used or not")
	say(domain, "domain", "renew or validate the certificate", "the API's domain needs one in its region")
	say(c.app.VPC, "function", "own the VPC: subnets, security groups, the way out", "functions in a VPC reach only what it lets them")
	say(true, "log group", "watch errors, throttles and duration", "nothing else tells that the app is unwell")
}

func (c *comparison) kubernetesDuties(say func(applies bool, from, duty, why string)) {
	k := c.Choices.Kubernetes
	nodes := k.Compute == cost.EC2
	secrets := c.some(func(s *spec.Service) bool { return len(s.Secrets) > 0 })
	ingress := c.some(func(s *spec.Service) bool { return s.Kubernetes.Ingress != nil || s.Kubernetes.Gateway != nil })
	keda := c.some(func(s *spec.Service) bool {
		return s.Kubernetes.ScaleToZero != nil && s.Kubernetes.ScaleToZero.KEDA != nil
	})
	requests := c.some(func(s *spec.Service) bool { return !s.Scale.Requests.IsZero() })
	permissions := c.some(func(s *spec.Service) bool { return len(s.Permissions) > 0 })
	domain := c.some(func(s *spec.Service) bool { return s.HTTP.Domain != "" })
	say(true, "cluster", "upgrade the cluster, a minor version every 14 months at the latest", c.afterSupport())
	say(nodes && !k.AutoMode, "nodes", "patch the nodes' system, by replacing them", "fixes of the kernel and the kubelet come as new images")
	say(nodes && !k.AutoMode, "nodes", "run a node autoscaler, and watch that pods find room", "replicas without a node serve nobody")
	say(true, "cluster", "keep add-ons up to date: network plug-in, CoreDNS, kube-proxy, load balancer controller", "they are versions of their own")
	say(true, "HorizontalPodAutoscaler", "run metrics-server, and tune requests and target utilization", "the autoscaler is blind without the one and wrong without the other")
	say(requests, "HorizontalPodAutoscaler", "run a metrics adapter for the request rate", "the autoscaler's metric comes from it")
	say(keda, "ScaledObject", "run KEDA and the Prometheus that it asks", "it scales to zero in the autoscaler's place")
	say(true, "Deployment", "keep probes, spread and disruption budgets right", "nodes come and go under the pods")
	say(true, "Deployment", "rebuild the image for security fixes", "nobody patches what is in an image")
	say(secrets, "Secret", "create the Secrets, and rotate their values", "the stack refers to them and does not make them")
	say(permissions, "ServiceAccount", "keep the role's trust in the cluster", "pods get their AWS permissions through it")
	say(ingress, "Ingress", "run the ingress controller", "routes exist only while it does")
	say(domain, "Ingress", "issue and renew the certificate", "nothing does it by itself")
	say(true, "cluster", "own access to the cluster and its network policies", "whoever may create a pod may read every Secret in its namespace")
	say(true, "Service", "watch saturation: CPU, memory, replicas at their maximum, pending pods", "nothing else tells that the app is unwell")
}

// afterSupport says what happens to a cluster that is not upgraded.
func (c *comparison) afterSupport() string {
	rate, err := c.Sheet.Rate("eks.extended")
	if err != nil {
		return "then standard support ends, and extended support costs more"
	}
	return "then standard support ends, and extended support costs $" + rate.First().String() + " an hour more"
}
