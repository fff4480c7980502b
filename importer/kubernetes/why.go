package kubernetes

import (
	"regexp"
	"strings"

	"ambi/importer/source"
)

const workloadFile = "stacks/kubernetes/workload.go"

// whyNoKind says what becomes of an object that is no part of a service.
func whyNoKind(kind string) (why string, changes bool) {
	switch kind {
	case "Namespace":
		return "a namespace must exist: a stack makes none", false
	case "ServiceAccount":
		return "each service gets an account of its own; what a role allows in AWS goes under permissions", false
	case "PodDisruptionBudget":
		return "each service gets one that lets a drain of nodes take one pod at a time", false
	case "NetworkPolicy":
		return "each service gets one: what needs it may connect, and whatever serves its routes from outside", false
	case "Secret":
		return "secrets stay outside the spec and the stack: no service refers to this one", false
	case "ConfigMap":
		return "no variable of a service comes from it; a spec has variables, and no files", true
	case "CronJob":
		return "ambi has no schedules yet", true
	case "Job":
		return "ambi has no jobs that run once: run it beside the stack", true
	case "DaemonSet":
		return "a pod on each node is no service that a function could replace", true
	case "Pod", "ReplicaSet", "ReplicationController":
		return "only Deployments and StatefulSets become services", true
	case "Role", "RoleBinding", "ClusterRole", "ClusterRoleBinding":
		return "pods get no token for the Kubernetes API", true
	case "PersistentVolumeClaim", "PersistentVolume", "StorageClass":
		return "an instance keeps nothing on disk, since a function cannot", true
	case "Service":
		return "it leads to no workload among the files", true
	case "Ingress", "HTTPRoute":
		return "it leads to no service among the files", true
	case "HorizontalPodAutoscaler", "ScaledObject":
		return "it scales no workload among the files", true
	case "Gateway", "GatewayClass", "IngressClass", "Certificate", "Issuer", "ClusterIssuer":
		return "belongs to the cluster, and must exist", false
	case "ServiceMonitor", "PodMonitor":
		return "it watches no service among the files", false
	case "CustomResourceDefinition":
		return "belongs to the cluster, and must exist", false
	}
	return "ambi has no word for this kind", true
}

// reasons are why values of known paths have no place in a spec. The first that matches counts.
func reasons() []reason {
	return []reason{
		{`^metadata\.(annotations|labels|finalizers|ownerReferences|uid|resourceVersion|generation|selfLink|managedFields)`, "labels and annotations are the stack's: edit " + workloadFile, false},
		{`\.template\.metadata`, "labels and annotations are the stack's: edit " + workloadFile, false},
		{`\.spec\.(affinity|tolerations|nodeSelector|nodeName|priorityClassName|runtimeClassName|schedulerName|topologySpreadConstraints)`, "which nodes pods run on is said in " + workloadFile, false},
		{`\.spec\.initContainers`, "a service has one container: add what runs before it in " + workloadFile, true},
		{`\.spec\.containers\[\d+\]$`, "a service has one container: add a second one in " + workloadFile, true},
		{`\.spec\.volumes`, "its mounts say what becomes of it", false},
		{`\.volumeMounts`, "an instance keeps nothing on disk but /tmp, since a function cannot", true},
		{`volumeClaimTemplates`, "an instance keeps nothing on disk, since a function cannot", true},
		{`\.(command|args)(\[|$)`, "the image's own command runs: put it into the image", true},
		{`\.(stdin|tty|stdinOnce|workingDir)$`, "the image says it", false},
		{`imagePullPolicy`, "an image is pinned by its tag or digest, and pulled where a node lacks it", false},
		{`\.lifecycle`, "a pod goes on serving for a while once it is told to stop, so that no request is lost; for more edit " + workloadFile, false},
		{`(strategy|updateStrategy|revisionHistoryLimit|minReadySeconds|progressDeadlineSeconds|podManagementPolicy|paused)`, "new pods are ready before old ones go: edit " + workloadFile, false},
		{`serviceAccount(Name)?$|automountServiceAccountToken`, "each service gets an account of its own, without a token; what its role allows in AWS goes under permissions", true},
		{`securityContext|SecurityContext`, "pods run as a user without privileges, with no capabilities: edit " + workloadFile, true},
		{`\.(hostNetwork|hostPID|hostIPC|hostPort|hostAliases|hostname|subdomain|shareProcessNamespace|dnsPolicy|dnsConfig)$`, "pods have addresses of their own, and nothing of their node", true},
		{`terminationGracePeriodSeconds`, "a pod that stops gets as long as its timeout says", false},
		{`termination(MessagePath|MessagePolicy)|enableServiceLinks|restartPolicy|serviceAccountToken`, "says what is usual", false},
		{`resources\.limits\.cpu`, "pods have no CPU limit, which would only slow them down while CPU is idle", false},
		{`resources`, "a service has cpu and memory alone", true},
		{`(liveness|readiness|startup)Probe`, "how often and how long is asked is said in " + workloadFile, false},
		{`\.ports\[\d+\]`, "a service answers on one port", true},
		{`behavior|cooldownPeriod|pollingInterval|advanced|fallback`, "how fast it scales is said in stacks/kubernetes/autoscaler.go", false},
		{`rules\[\d+\]\.filters`, "requests reach the app as they come: nothing changes them on the way", true},
		{`rules\[\d+\].*(headers|queryParams)`, "a route is a method and a path", true},
		{`rules\[\d+\].*weight`, "each route leads to one service", true},
		{`(sessionAffinity|externalTrafficPolicy|internalTrafficPolicy|loadBalancer\w+|externalIPs|allocateLoadBalancerNodePorts|healthCheckNodePort|ipFamil\w+|clusterIPs?|publishNotReadyAddresses|trafficDistribution)`, "the Service is the stack's: edit " + workloadFile, false},
	}
}

type reason struct {
	pattern string
	why     string
	changes bool
}

// whyNot says why a value has no place in a spec.
func (o *object) whyNot(n *source.Node) (string, bool) {
	for _, r := range reasons() {
		if regexp.MustCompile(r.pattern).MatchString(n.Path) {
			return r.why, r.changes
		}
	}
	if strings.Contains(n.Path, "annotations") {
		return "the object is the stack's", false
	}
	return "ambi has no word for it", true
}
