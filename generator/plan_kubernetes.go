package generator

import "ambi/target/kubernetes"

const policyType = "kubernetes:networking.k8s.io/v1:NetworkPolicy"

func kubernetesPlan(m *kubernetes.Model) []Resource {
	plan := rulesOf(m.App, reachedByPods(m))
	for _, s := range m.Services {
		name := m.App + "-" + s.Name
		if s.Events != nil && !s.Events.Pull {
			plan = append(plan, Resource{Type: "kubernetes:core/v1:ConfigMap", Name: name + "-delivery", Service: s.Name})
		}
		if s.Backlog > 0 {
			plan = append(plan,
				Resource{Type: "aws:iam/role:Role", Name: name + "-keda", Service: s.Name},
				Resource{Type: "aws:iam/rolePolicy:RolePolicy", Name: name + "-keda", Service: s.Name},
				Resource{Type: "kubernetes:keda.sh/v1alpha1:TriggerAuthentication", Name: name + "-trigger", Service: s.Name})
		}
		for _, token := range kubernetesTypes(s) {
			plan = append(plan, Resource{Type: token, Name: name, Service: s.Name})
		}
		if s.Stateful() {
			plan = append(plan, Resource{Type: "kubernetes:core/v1:Service", Name: name + "-pods", Service: s.Name})
		}
		if s.Gateway != nil && s.HealthRoute != "" {
			plan = append(plan, Resource{Type: "kubernetes:gateway.networking.k8s.io/v1:HTTPRoute", Name: name + "-health", Service: s.Name})
		}
		if s.Reach == kubernetes.FromCallers {
			for _, caller := range s.Callers {
				plan = append(plan, Resource{Type: policyType, Name: name + ".from." + m.App + "-" + caller, Service: s.Name})
			}
		}
	}
	return plan
}

// kubernetesTypes lists the resources of a service that have its name.
func kubernetesTypes(s kubernetes.Service) []string {
	var types []string
	if s.Identity != nil {
		types = append(types, "aws:iam/role:Role", "aws:iam/rolePolicy:RolePolicy")
	}
	types = append(types, "kubernetes:core/v1:ServiceAccount")
	if s.Identity != nil && !s.Identity.IRSA {
		types = append(types, "aws:eks/podIdentityAssociation:PodIdentityAssociation")
	}
	if s.Schedule != nil {
		return append(types, policyType, "kubernetes:batch/v1:CronJob")
	}
	types = append(types, policyType)
	if s.Stateful() {
		types = append(types, "kubernetes:apps/v1:StatefulSet")
	} else {
		types = append(types, "kubernetes:apps/v1:Deployment")
	}
	if s.HasHTTP() {
		types = append(types, "kubernetes:core/v1:Service")
	}
	types = append(types, "kubernetes:policy/v1:PodDisruptionBudget")
	if s.Ingress != nil {
		types = append(types, "kubernetes:networking.k8s.io/v1:Ingress")
	}
	if s.TokenCheck != nil {
		types = append(types, "kubernetes:gateway.envoyproxy.io/v1alpha1:SecurityPolicy")
	}
	if s.Gateway != nil {
		types = append(types, "kubernetes:gateway.networking.k8s.io/v1:HTTPRoute")
	}
	if s.MetricsPath != "" {
		types = append(types, "kubernetes:monitoring.coreos.com/v1:ServiceMonitor")
	}
	if s.Stateful() {
		return types
	}
	if s.KEDA != nil || s.Backlog > 0 {
		return append(types, "kubernetes:keda.sh/v1alpha1:ScaledObject")
	}
	return append(types, "kubernetes:autoscaling/v2:HorizontalPodAutoscaler")
}
