package generator

import "ambi/target/kubernetes"

func kubernetesPlan(m *kubernetes.Model) []Resource {
	var plan []Resource
	for _, s := range m.Services {
		for _, token := range []string{
			"kubernetes:core/v1:ServiceAccount",
			"kubernetes:apps/v1:Deployment",
			"kubernetes:core/v1:Service",
			"kubernetes:autoscaling/v2:HorizontalPodAutoscaler",
		} {
			plan = append(plan, Resource{Type: token, Name: m.App + "-" + s.Name, Service: s.Name})
		}
	}
	return plan
}
